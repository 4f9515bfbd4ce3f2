/** The byte scan against `csv-parse` alone: the same records, counts and refusals, whatever the bytes. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readBlocks } from "../../src/extract/file-blocks.ts";
import { type Choice, openTable, type TableRecord } from "../../src/extract/table.ts";
import { parseRecords } from "../../src/extract/table-parser.ts";
import { countLines, provenUtf8 } from "../../src/extract/utf8.ts";
import { REAL_FILES } from "../support/warehouses.ts";

interface Reading {
  header: string[];
  wanted: TableRecord[];
  rows: number;
  refused: number;
}

/** What was read, or the refusal's code and message. */
type Outcome = Reading | { code: string; message: string };

async function outcomeOf(read: () => Promise<Reading>): Promise<Outcome> {
  try {
    return await read();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === undefined) throw error;
    return { code, message };
  }
}

type Chunks = () => AsyncIterable<Buffer>;
type Wants = (cells: string[]) => boolean;

/** Every record by `csv-parse`, and the choice put to each. */
function readSlowly(chunks: Chunks, wants: Wants): Promise<Outcome> {
  return outcomeOf(async () => {
    const counter = countLines();
    const reading: Reading = { header: [], wanted: [], rows: -1, refused: 0 };
    for await (const record of parseRecords(
      provenUtf8(chunks(), "c1.csv", () => counter),
      "c1.csv",
    )) {
      reading.rows += 1;
      if (reading.rows === 0) reading.header = record.cells;
      else if (wants(record.cells)) reading.wanted.push(record);
      else reading.refused += 1;
    }
    if (reading.rows < 0)
      throw Object.assign(new Error("c1.csv is empty; expected a header and rows"), { code: "empty-file" });
    return reading;
  });
}

function readByScan(chunks: Chunks, columns: Choice["columns"], wants: Wants): Promise<Outcome> {
  return outcomeOf(async () => {
    const table = await openTable(chunks(), "c1.csv");
    const within = columns.filter((column) => column < table.header.length);
    const chosen = table.choose({ columns: within, refuse: ({ cells }) => (wants(cells) ? null : "other") });
    const wanted: TableRecord[] = [];
    for await (const batch of chosen.batches) wanted.push(...batch);
    return { header: table.header, wanted, rows: chosen.rows(), refused: chosen.refused("other") };
  });
}

function inPieces(bytes: Buffer, size: number): Chunks {
  return async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
}

/** Rows of a few places; cells with commas, quotes, line ends and characters of several bytes; any line end. */
const place = fc.constantFrom(
  "E08000026,Coventry",
  "E08000026,Leicester",
  'E06000023,"Bristol, City of"',
  "E06000016,Leicester",
  ",",
);
const cell = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("1", "c", "", "4656", "12.5", "é€😀", " ", "\u0000") },
  {
    weight: 2,
    arbitrary: fc
      .string({ unit: fc.constantFrom("a", '""', ",", "\n", "\r", "\r\n", "é", "x".repeat(40)), maxLength: 5 })
      .map((text) => `"${text}"`),
  },
);
/** What may stand between two good rows: mostly nothing; sometimes what a table must be refused for, or is odd. */
const oddity = fc.oneof(
  { weight: 30, arbitrary: fc.constant("") },
  { weight: 2, arbitrary: fc.constantFrom("\n", "\r\n", "\r", "\n\n\n") },
  {
    weight: 1,
    arbitrary: fc.constantFrom('"', 'x"y,', '"a"b,', "short\n", "a,b,c,d,e,f,g\n", '"a"\u0000,', '""', "\ufeff", "é"),
  },
);
const row = fc
  .tuple(oddity, fc.constantFrom("2021", "2022"), place, cell, cell)
  .map(([odd, ...cells]) => odd + cells.join(","));
const file = fc
  .tuple(
    fc.constantFrom("", "\ufeff", "\n", "\ufeff\ufeff", "\ufeff\r\n"),
    fc.constantFrom("year,code,name,a,b", 'year,code,"na\r\nme",a,"b"', 'year,code,name,a,"'),
    fc.array(row, { maxLength: 14 }),
    fc.constantFrom("\n", "\r\n", "\r"),
    fc.constantFrom("", "end"),
    fc.nat(400),
  )
  .map(([mark, header, rows, eol, last, broken]) => {
    const bytes = Buffer.from(mark + [header, ...rows].join(eol) + (last === "" ? "" : eol));
    // One file in ten has a byte that is not UTF-8.
    if (broken < 40 && broken < bytes.length) bytes[broken] = 0xe9;
    return bytes;
  });

const WANTS: Record<string, Wants> = {
  one: (cells) => cells[1] === "E08000026",
  several: (cells) => cells[2] !== "Leicester",
  all: () => true,
  none: () => false,
};

/** Ten thousand in continuous integration; fewer where somebody waits. */
const RANDOM_FILES = Number(process.env.S21_RANDOM_FILES ?? 2_000);

describe("random files", () => {
  it("give the same records, lines, counts and refusals as csv-parse alone", { timeout: 240_000 }, async () => {
    let refused = 0;
    let read = 0;
    const check = fc.asyncProperty(
      file,
      fc.constantFrom(...Object.keys(WANTS)),
      fc.constantFrom(1, 7, 64, 64, 64, 65_536, 65_536, 65_536),
      async (bytes, choice, size) => {
        const wants = WANTS[choice] as Wants;
        // What is wanted depends on code and name; the key may hold more.
        const columns = size === 7 ? [0, 1, 2] : [1, 2];
        const chunks = inPieces(bytes, size);
        const slow = await readSlowly(chunks, wants);
        expect(await readByScan(chunks, columns, wants)).toEqual(slow);
        if ("code" in slow) refused += 1;
        else read += slow.wanted.length;
      },
    );
    await fc.assert(check, { numRuns: RANDOM_FILES });
    // Neither way is tested by few: about as many records are read as there are files, and far more than a tenth is refused.
    expect(refused).toBeGreaterThan(RANDOM_FILES / 10);
    expect(read).toBeGreaterThan(RANDOM_FILES / 2);
  });
});

describe.skipIf(!existsSync(REAL_FILES))("the published files", () => {
  const files = existsSync(REAL_FILES)
    ? readdirSync(REAL_FILES, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".csv"))
    : [];

  it.each(files)("%s: one authority, all, none", async (name) => {
    const chunks = () => readBlocks(join(REAL_FILES, name));
    for (const wants of [(cells: string[]) => cells.includes("Coventry"), () => true, () => false]) {
      const columns = Array.from({ length: 12 }, (_, index) => index);
      expect(await readByScan(chunks, columns, wants)).toEqual(await readSlowly(chunks, wants));
    }
  });
});
