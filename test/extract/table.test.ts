import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LimitError, type S21Error, SourceNotTrustedError } from "../../src/errors.ts";
import { openTable, type TableRecord } from "../../src/extract/table.ts";
import { limitEach } from "../support/own-time.ts";

limitEach(10);

/** In pieces of `size` bytes: where a chunk ends must make no difference. */
async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface ReadTable {
  header: string[];
  records: TableRecord[];
}

async function read(content: string | Buffer, size = 65_536): Promise<ReadTable> {
  const table = await openTable(inPieces(Buffer.from(content as string), size), "c1.csv");
  const records: TableRecord[] = [];
  for await (const record of table.records) records.push(record);
  return { header: table.header, records };
}

/** `2: 1|2` for the record `1,2` on line 2. */
const told = ({ records }: ReadTable) => records.map(({ line, cells }) => `${line}: ${cells.join("|")}`);

async function refusalOf(content: string | Buffer, size?: number): Promise<S21Error> {
  const error = await read(content, size).then(
    () => new Error("it was taken"),
    (thrown: unknown) => thrown,
  );
  expect(error).toSatisfy((one) => one instanceof SourceNotTrustedError || one instanceof LimitError);
  return error as S21Error;
}

const SIZES = [1, 2, 3, 7, 65_536];

describe.each(SIZES)("in pieces of %i bytes", (size) => {
  it.each([
    ["LF", "a,b\n1,2\n3,4\n"],
    ["CRLF", "a,b\r\n1,2\r\n3,4\r\n"],
    ["CR", "a,b\r1,2\r3,4\r"],
    ["LF after a CRLF header", "a,b\r\n1,2\n3,4\n"],
    ["CRLF after an LF header", "a,b\n1,2\r\n3,4\r\n"],
    ["all three", "a,b\r1,2\r\n3,4\n"],
    ["no last line end", "a,b\n1,2\n3,4"],
    ["a byte order mark", "\ufeffa,b\r\n1,2\r\n3,4\r\n"],
    ["a byte order mark and a quoted header", '\ufeff"a",b\n1,2\n3,4\n'],
  ])("line ends and marks make no difference: %s", async (_, text) => {
    const table = await read(text, size);
    expect(table.header).toEqual(["a", "b"]);
    expect(told(table)).toEqual(["2: 1|2", "3: 3|4"]);
  });

  it("quoted commas, quotes and line ends belong to the cell, and lines are counted past them", async () => {
    for (const [eol, name] of [
      ["\n", "LF"],
      ["\r\n", "CRLF"],
      ["\r", "CR"],
    ] as const) {
      const lines = [
        "la_name,n",
        '"Bristol, City of",1',
        '"two',
        'lines",2',
        "x,3",
        '"a',
        "b",
        '",4',
        '"say ""so""",5',
        "",
      ];
      const table = await read(lines.join(eol), size);
      expect(told(table), name).toEqual([
        "2: Bristol, City of|1",
        `3: two${eol}lines|2`,
        "5: x|3",
        `6: a${eol}b${eol}|4`,
        '9: say "so"|5',
      ]);
    }
  });

  it("quoted line ends in the header count too", async () => {
    expect(told(await read('"a\r\nb",c\r\n1,2\r\n', size))).toEqual(["3: 1|2"]);
  });

  it("empty lines are no records, and are counted as lines", async () => {
    expect(told(await read("a,b\n\n1,2\n\n\n3,4\n\n", size))).toEqual(["3: 1|2", "6: 3|4"]);
    expect(told(await read("a,b\r\n\r\n1,2\r\n", size))).toEqual(["3: 1|2"]);
  });

  it("cells are as printed, blanks and all", async () => {
    expect(told(await read(" a ,b\n 1 ,\t\n", size))).toEqual(["2:  1 |\t"]);
    expect((await read(" a ,b\n", size)).header).toEqual([" a ", "b"]);
  });

  it.each([
    ["a short row", "a,b\n1,2\n3\n5,6\n", 3, "expect 2, got 1"],
    ["a long row", "a,b\n1,2\n3,4,5\n", 3, "expect 2, got 3"],
    ["a quote that is never closed", 'a,b\n1,2\n3,"4\n5,6\n7,8\n', 3, "never closed"],
    ["one after a cell of two lines", 'a,b\r\n"1\r\n",2\r\n3,"4\r\n5,6\r\n', 4, "never closed"],
    ["a quote inside a cell", 'a,b\n1,2\n3,x"4"\n', 3, "Quote"],
    ["text after a closing quote", 'a,b\r\n"1\r\n",2\r\n3,"4"x\r\n', 4, "Quote"],
  ])("%s is refused, with its line", async (_, text, line, words) => {
    const refusal = await refusalOf(text, size);
    expect(refusal.code).toBe("not-a-table");
    expect(refusal.message).toContain(`c1.csv, line ${line}: `);
    expect(refusal.message).toContain(words);
  });

  it.each([
    ["Latin-1 at the end of a line", Buffer.from("a,b\n1,2\n3,caf\xe9\n", "latin1"), 3],
    ["Latin-1 at the start of a line", Buffer.from("a,b\n1,2\n\xc9,4\n5,6\n", "latin1"), 3],
    ["Latin-1 in the header", Buffer.from("a,\xe9\n1,2\n", "latin1"), 1],
    ["Latin-1 and CRLF", Buffer.from("a,b\r\n1,2\r\n3,\xe9\r\n", "latin1"), 3],
    ["Latin-1 and CR", Buffer.from("a,b\r1,2\r3,\xe9\r", "latin1"), 3],
    ["a character cut off at the end", Buffer.concat([Buffer.from("a,b\n1,2\n3,"), Buffer.from([0xe2, 0x82])]), 3],
    ["an overlong character", Buffer.concat([Buffer.from("a,b\n1,"), Buffer.from([0xc0, 0xaf]), Buffer.from("\n")]), 2],
    ["half a surrogate", Buffer.concat([Buffer.from("a,b\n1,"), Buffer.from([0xed, 0xa0, 0x80])]), 2],
    [
      "windows-1252 pounds, after good characters",
      Buffer.from("a,b\né€😀,2\n3,\xa34\n".replace("é€😀", "x"), "latin1"),
      3,
    ],
  ])("%s is refused, with its line", async (_, bytes, line) => {
    const refusal = await refusalOf(bytes, size);
    expect(refusal).toMatchObject({ code: "not-utf-8", message: `c1.csv, line ${line}: bytes that are not UTF-8` });
  });

  it("characters of several bytes are whole wherever a piece ends", async () => {
    expect(told(await read("a,b\né,€\n😀,ä\n", size))).toEqual(["2: é|€", "3: 😀|ä"]);
  });

  it("UTF-16 is refused, with or without a mark", async () => {
    const text = "\ufeffa,b\n1,2\n";
    expect((await refusalOf(Buffer.from(text, "utf16le"), size)).message).toContain("UTF-16");
    expect((await refusalOf(Buffer.from(text, "utf16le").swap16(), size)).message).toContain("UTF-16");
    // Without a mark it is good UTF-8 full of NULs, whose last line is one NUL.
    expect(await refusalOf(Buffer.from(text.slice(1), "utf16le"), size)).toMatchObject({ code: "not-a-table" });
  });
});

describe("a table that is none", () => {
  it.each([
    ["nothing", ""],
    ["a byte order mark", "\ufeff"],
    ["line ends", "\r\n\n\r"],
  ])("%s is refused as empty", async (_, text) => {
    expect(await refusalOf(text)).toMatchObject({ code: "empty-file" });
  });

  it("a header alone is a table of no rows; whoever reads it decides", async () => {
    expect(await read("a,b\r\n")).toEqual({ header: ["a", "b"], records: [] });
  });

  it("odd column names are names like others", async () => {
    const { header, records } = await read("__proto__,constructor,a,a\n1,2,3,4\n");
    expect(header).toEqual(["__proto__", "constructor", "a", "a"]);
    expect(records).toEqual([{ line: 2, cells: ["1", "2", "3", "4"] }]);
  });
});

describe("limits", () => {
  const TEN_MEGABYTES = 10 * 1024 * 1024;

  it.each([
    ["a cell of 10 MB", `a,b\n1,2\n${"x".repeat(TEN_MEGABYTES)},4\n`],
    ["a quoted cell of 10 MB", `a,b\n1,2\n"${"x".repeat(TEN_MEGABYTES)}",4\n`],
    ["a quote that swallows 10 MB", `a,b\n1,2\n"${"5,6\n".repeat(TEN_MEGABYTES / 4)}`],
  ])("%s ends at the cap, with its line", async (_, text) => {
    const refusal = await refusalOf(text);
    expect(refusal).toMatchObject({ code: "record-too-long" });
    expect(refusal.message).toContain("c1.csv, line 3: ");
  });

  it("a hundred thousand columns end at the cap", async () => {
    const wide = Array.from({ length: 100_000 }, (_, index) => `c${index}`).join();
    expect(await refusalOf(`${wide}\n${wide}\n`)).toMatchObject({ code: "too-many-columns" });
  });

  it("an endless first line is not read to its end", async () => {
    let sent = 0;
    async function* endless() {
      for (; sent < 1_000; sent += 1) yield Buffer.alloc(65_536, "x");
    }
    await expect(openTable(endless(), "c1.csv")).rejects.toBeInstanceOf(LimitError);
    expect(sent).toBeLessThan(100);
  });

  it("a reader that stops early stops the source", async () => {
    let ended = false;
    async function* lines() {
      try {
        yield Buffer.from("a,b\n");
        for (let index = 0; index < 1_000_000; index += 1) yield Buffer.from("1,2\n".repeat(1_000));
      } finally {
        ended = true;
      }
    }
    const { records } = await openTable(lines(), "c1.csv");
    for await (const { line } of records) if (line === 10) break;
    await expect.poll(() => ended).toBe(true);
  });

  it("a source that breaks is told as it broke", async () => {
    async function* broken() {
      yield Buffer.from("a,b\n1,2\n");
      throw new SourceNotTrustedError("wrong-crc", "CRC");
    }
    const reading = async () => {
      for await (const _ of (await openTable(broken(), "c1.csv")).records);
    };
    await expect(reading()).rejects.toMatchObject({ code: "wrong-crc" });
  });
});

describe("whatever the cells", () => {
  it("what is written is read, on the line where it was written", async () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "é", "😀", ",", '"', "\n", "\r", "\r\n", " "), maxLength: 6 });
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 });
    const check = fc.asyncProperty(
      rows,
      fc.constantFrom("\n", "\r\n", "\r"),
      fc.constantFrom(...SIZES),
      async (cells, eol, size) => {
        let line = 1;
        let text = "";
        const expected: TableRecord[] = [];
        for (const record of [["a", "b"], ...cells]) {
          expected.push({ line, cells: record });
          const printed = `${record.map((one) => `"${one.replaceAll('"', '""')}"`).join()}${eol}`;
          line += printed.match(/\r\n|\r|\n/g)?.length ?? 0;
          text += printed;
        }
        const { header, records } = await read(text, size);
        expect([{ line: 1, cells: header }, ...records]).toEqual(expected);
      },
    );
    await fc.assert(check, { numRuns: 500 });
  });
});

const FOLDER = resolve(import.meta.dirname, "../../../shared/ees/characteristics-of-children-in-need");

describe.skipIf(!existsSync(FOLDER))("the published files", () => {
  it("have on every line what the table says", async () => {
    for (const release of readdirSync(FOLDER)) {
      const name = readdirSync(join(FOLDER, release, "data")).find((one) => one.startsWith("c1_")) ?? "";
      const content = readFileSync(join(FOLDER, release, "data", name), "utf8");
      const lines = content.split("\n").map((line) => line.replace(/\r$/, ""));
      const { records } = await read(content);
      expect(records.length).toBe(lines.filter((line) => line !== "").length - 1);
      for (const { line, cells } of records) {
        const printed = lines[line - 1] as string;
        expect(printed.replaceAll('"', "")).toBe(cells.join());
      }
    }
  });
});
