/** The compiled package reads documents without tsx, and its reader processes cannot read other files. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { packagePath } from "../../../src/package-root.ts";
import { makeDocx, makeEml, makeHtml, makePdf } from "../../support/make-documents.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "s21-compiled-"));
/** Beside `src`, so that the libraries are found as they are from `dist`; `*.tmp` is ignored by git. */
const compiled = packagePath(`compiled-${process.pid}.tmp`);
const lines = ["1. How many referrals?", "2017/18\t3,585"];

beforeAll(async () => {
  writeFileSync(join(folder, "a.txt"), lines.join("\n"));
  writeFileSync(join(folder, "b.docx"), makeDocx(lines));
  writeFileSync(join(folder, "c.pdf"), makePdf(lines));
  writeFileSync(join(folder, "d.html"), makeHtml(lines));
  writeFileSync(join(folder, "e.eml"), makeEml(lines));
  // A copy: a parser of it is replaced below.
  cpSync(inject("compiledFolder"), compiled, { recursive: true });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(compiled, { recursive: true });
});

async function runCompiled(script: string): Promise<unknown> {
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: folder });
  return JSON.parse(stdout);
}

test("every format is read from the compiled files", async () => {
  const texts = await runCompiled(`
    import { readDocuments } from ${JSON.stringify(join(compiled, "src/extract/letter-text.js"))};
    const texts = [];
    for await (const reading of readDocuments(["."])) texts.push(reading.texts[0].lines.at(-1).text);
    console.log(JSON.stringify(texts));`);
  expect(texts).toEqual(Array(5).fill("2017/18\t3,585"));
});

describe("a parser that follows what a document says", () => {
  const entry = join(compiled, "src/extract/letter-text/reader-process.js");
  const visits: string[] = [];
  const canary = http.createServer((request, response) => {
    visits.push(request.url ?? "");
    response.end("seen");
  });
  let sealed = "";

  beforeAll(async () => {
    await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(canary.address() as AddressInfo).port}`;
    writeFileSync(join(folder, "follow.html"), `<html>${address}</html>`);
    writeFileSync(join(compiled, "src/extract/letter-text/html.js"), followingParser());
    sealed = readFileSync(entry, "utf8");
  });
  afterAll(() => canary.close());

  /** Stands in for the HTML parser of the compiled package, and tries every way out that a page could name. */
  function followingParser(): string {
    return `
      import fs from "node:fs";
      import { get } from "node:http";
      import { connect } from "node:net";
      import { once } from "node:events";
      export async function readHtml(bytes) {
        const address = /http[^<]+/.exec(Buffer.from(bytes).toString())[0];
        const ways = {
          fetch: async () => (await fetch(address + "/fetch")).text(),
          get: async () => once(get(address + "/get"), "response"),
          connect: async () => once(connect(new URL(address).port, "127.0.0.1"), "connect"),
          read: async () => fs.readFileSync(${JSON.stringify(join(folder, "a.txt"))}),
          write: async () => fs.writeFileSync(${JSON.stringify(join(folder, "written"))}, "x"),
          code: async () => new Function("return 1")(),
          environment: async () => { if (process.env.HOME === undefined) throw new Error(); },
        };
        const open = [];
        for (const [name, way] of Object.entries(ways)) await way().then(() => open.push(name), () => undefined);
        return { lines: [{ text: "open: " + open.join(" "), page: null }], problems: [] };
      }`;
  }

  const readIt = `
    import { readDocument } from ${JSON.stringify(join(compiled, "src/extract/letter-text.js"))};
    console.log(JSON.stringify((await readDocument("follow.html")).texts[0].lines[0].text));`;

  test("finds no way out of a reader process", async () => {
    expect(await runCompiled(readIt)).toBe("open: ");
    expect(visits).toEqual([]);
  });

  test("and finds the network where the process is not sealed, so that this test can tell", async () => {
    writeFileSync(entry, sealed.replace("sealProcess();", ""));
    expect(await runCompiled(readIt)).toBe("open: fetch get connect");
    expect(visits).toEqual(["/fetch", "/get"]);
  });
});
