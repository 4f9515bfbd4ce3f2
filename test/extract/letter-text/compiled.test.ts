/** The compiled package reads documents without tsx, and its reader processes cannot read other files. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
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
  const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const options = ["-p", packagePath("tsconfig.build.json"), "--outDir", compiled, "--sourceMap", "false"];
  // Other parts of the tree may be in the making; what is needed here is written all the same.
  await run(process.execPath, [compiler, ...options]).catch((error: { stdout: string }) => {
    expect(error.stdout).not.toMatch(/src\/extract\/letter-text/);
  });
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
    import { readDocuments } from ${JSON.stringify(join(compiled, "extract/letter-text.js"))};
    const texts = [];
    for await (const reading of readDocuments(["."])) texts.push(reading.texts[0].lines.at(-1).text);
    console.log(JSON.stringify(texts));`);
  expect(texts).toEqual(Array(5).fill("2017/18\t3,585"));
});

test("a compiled reader process may read its libraries and nothing else", async () => {
  const answers = await runCompiled(`
    import { execFileSync } from "node:child_process";
    import { permissionFlags } from ${JSON.stringify(join(compiled, "extract/letter-text/reader-pool.js"))};
    const attempt = (path) => execFileSync(process.execPath, [...permissionFlags(), "--input-type=module", "-e",
      "import fs from 'node:fs'; try { fs.readFileSync(" + JSON.stringify(path) + "); console.log('open') } " +
      "catch (error) { console.log(error.code) }"], { encoding: "utf8", cwd: "/" }).trim();
    console.log(JSON.stringify([attempt(${JSON.stringify(join(folder, "a.txt"))}),
      attempt(${JSON.stringify(join(compiled, "extract/letter-text.js"))})]));`);
  expect(answers).toEqual(["ERR_ACCESS_DENIED", "open"]);
});
