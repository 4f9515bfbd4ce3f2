import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeReaders, type DocumentReading, readDocument, readDocuments } from "../../src/extract/letter-text.ts";
import { packagePath } from "../../src/package-root.ts";
import { makeDocx, makeEml, makeHtml, makePdf } from "../support/make-documents.ts";

const root = mkdtempSync(join(tmpdir(), "s21-letters-"));
const letters = join(root, "letters");

beforeAll(() => {
  mkdirSync(join(letters, "b", "deep"), { recursive: true });
  mkdirSync(join(letters, "folder.pdf"));
  mkdirSync(join(letters, ".hidden"));
  const put = (name: string, text = name): void => writeFileSync(join(letters, name), text);
  for (const name of ["c.txt", "a.txt", "b/2.txt", "b/1.txt", "b/deep/x.txt", ".hidden/h.txt", ".DS_Store", "~$c.docx"])
    put(name);
  put("-rf");
  put("line\nbreak \u001b[31m.txt", "hostile name");
  writeFileSync(join(root, "outside.txt"), "outside");
  symlinkSync(join(root, "outside.txt"), join(letters, "link-out.txt"));
  symlinkSync("a.txt", join(letters, "link-in.txt"));
  symlinkSync("nowhere.txt", join(letters, "link-broken.txt"));
  symlinkSync(root, join(letters, "link-up"));
  symlinkSync(join(letters, "b"), join(letters, "link-loop"));
});

afterAll(() => {
  closeReaders();
  rmSync(root, { recursive: true });
});

async function collect(paths: string[], options = {}): Promise<DocumentReading[]> {
  const readings: DocumentReading[] = [];
  for await (const reading of readDocuments(paths, options)) readings.push(reading);
  return readings;
}

function fileOf(reading: DocumentReading): string {
  return reading.kind === "read" ? (reading.texts[0]?.file ?? "") : reading.file;
}

function linesOf(reading: DocumentReading): string[] {
  return reading.kind === "read" ? (reading.texts[0]?.lines.map((line) => line.text) ?? []) : [];
}

describe("a folder", () => {
  test("is read in depth, by name, without hidden files, and each thing that cannot be read is told", async () => {
    const readings = await collect([letters]);
    expect(readings.map((reading) => [fileOf(reading).slice(letters.length + 1), reading.kind])).toEqual([
      ["-rf", "read"],
      ["a.txt", "read"],
      ["b/1.txt", "read"],
      ["b/2.txt", "read"],
      ["b/deep/x.txt", "read"],
      ["c.txt", "read"],
      ["folder.pdf", "set_aside"],
      ["line\nbreak \u001b[31m.txt", "read"],
      ["link-broken.txt", "set_aside"],
      ["link-in.txt", "read"],
      ["link-out.txt", "set_aside"],
      ["link-up", "set_aside"],
    ]);
    const codes = readings.flatMap((reading) => (reading.kind === "set_aside" ? [reading.problem.code] : []));
    expect(new Set(codes)).toEqual(new Set(["unreadable"]));
  });

  test("gives the same order whatever the number of readers", async () => {
    const orders = await Promise.all([1, 3, 16].map((concurrency) => collect([letters], { concurrency })));
    expect(orders[1]?.map(fileOf)).toEqual(orders[0]?.map(fileOf));
    expect(orders[2]?.map(fileOf)).toEqual(orders[0]?.map(fileOf));
  });

  test("can be left before its end", async () => {
    for await (const reading of readDocuments([letters])) {
      expect(reading.kind).toBe("read");
      break;
    }
    expect(linesOf(await readDocument(join(letters, "a.txt")))).toEqual(["a.txt"]);
  });
});

describe("one document", () => {
  test("keeps its path as given, its bytes and their sha256", async () => {
    const path = join(letters, "a.txt");
    const sha256 = createHash("sha256").update("a.txt").digest("hex");
    expect(await readDocument(path)).toEqual({
      kind: "read",
      texts: [{ file: path, sha256, bytes: 5, format: "txt", lines: [{ number: 1, text: "a.txt", page: null }] }],
      problems: [],
    });
  });

  test.each([
    ["not there", join(root, "none.txt")],
    ["a folder", join(letters, "b")],
    ["a device", "/dev/zero"],
  ])("%s is unreadable", async (_, path) => {
    expect(await readDocument(path)).toMatchObject({
      kind: "set_aside",
      file: path,
      sha256: null,
      problem: { code: "unreadable" },
    });
  });

  test.skipIf(process.getuid?.() === 0)(
    "a file without permission is unreadable (cannot be shown as root)",
    async () => {
      const path = join(root, "locked.txt");
      writeFileSync(path, "x", { mode: 0 });
      expect(await readDocument(path)).toMatchObject({ problem: { code: "unreadable" } });
    },
  );

  test("set aside for what it holds, it has its sha256", async () => {
    const path = join(root, "nul.txt");
    writeFileSync(path, "\0");
    const sha256 = createHash("sha256").update("\0").digest("hex");
    expect(await readDocument(path)).toMatchObject({
      kind: "set_aside",
      sha256,
      bytes: 1,
      problem: { code: "not-text" },
    });
  });
});

describe("the same letter in every format", () => {
  const lines = ["Dear Ms Smith", "", "1. How many plans (£)?", "Year\tNumber", "2017/18\t3,585", "2018/19\t12.5"];

  test.each([
    ["letter.txt", Buffer.from(lines.join("\n"))],
    ["letter.docx", makeDocx(lines)],
    ["letter.pdf", makePdf(lines)],
    ["letter.html", makeHtml(lines)],
  ])("%s gives the same lines", async (name, bytes) => {
    writeFileSync(join(root, name), bytes);
    expect(linesOf(await readDocument(join(root, name)))).toEqual(lines);
  });

  test("letter.eml gives them under its headers", async () => {
    writeFileSync(join(root, "letter.eml"), makeEml(lines));
    expect(linesOf(await readDocument(join(root, "letter.eml"))).slice(5)).toEqual(lines);
  });
});

const seeds = packagePath("../shared/seeds");

describe.skipIf(!existsSync(seeds))("real letters", () => {
  test("every line has the number that it has in the file", async () => {
    const readings = await collect([seeds]);
    expect(readings).toHaveLength(readdirSync(seeds).length);
    for (const reading of readings) {
      const text = readFileSync(fileOf(reading), "utf8");
      expect(linesOf(reading).join("\n")).toBe(text.replace(/\n$/, ""));
    }
  });

  test("a Word file of a letter has the letter's words line by line", async () => {
    for (const name of readdirSync(seeds)) {
      const text = readFileSync(join(seeds, name), "utf8").split("\n");
      writeFileSync(join(root, "seed.docx"), makeDocx(text));
      const words = (lines: string[]): string[] =>
        lines.map((line) => line.replace(/[ \u00a0]+/g, " ").trim()).filter((line) => line !== "");
      expect(words(linesOf(await readDocument(join(root, "seed.docx"))))).toEqual(words(text));
    }
  });
});
