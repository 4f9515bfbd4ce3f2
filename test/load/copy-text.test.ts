import { PGlite } from "@electric-sql/pglite";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyLine, createCopyLines } from "../../src/load/copy-text.ts";

interface Row {
  name: string | null;
  value: string | number | null;
  seen: boolean;
}

describe("a line of COPY's text format", () => {
  it("has the columns in the order asked for, with tabs between and no line end", () => {
    const row: Row = { name: "Coventry", value: 5754, seen: true };
    expect(copyLine<Row>(["value", "name", "seen"], row)).toBe("5754\tCoventry\ttrue");
    expect(copyLine<Row>(["name"], row)).toBe("Coventry");
    expect(copyLine<Row>([], row)).toBe("");
  });

  it("tells null from empty text, and from the text that null is written as", () => {
    expect(copyLine<Row>(["name", "value"], { name: null, value: "", seen: false })).toBe("\\N\t");
    expect(copyLine<Row>(["name"], { name: "\\N", value: null, seen: false })).toBe("\\\\N");
    expect(copyLine<Row>(["name"], { name: "\\.", value: null, seen: false })).toBe("\\\\.");
  });

  it("escapes what would end a column or a line", () => {
    expect(copyLine<Row>(["name"], { name: "a\tb\nc\r\nd\\e", value: null, seen: false })).toBe(
      "a\\tb\\nc\\r\\nd\\\\e",
    );
  });

  it("keeps digits as they are", () => {
    const row: Row = { name: null, value: "9007199254740993.10", seen: false };
    expect(copyLine<Row>(["value"], row)).toBe("9007199254740993.10");
  });
});

describe("lines of many rows", () => {
  it("are those that each row would have alone, whatever changed from the row before", () => {
    const row = fc.record({
      name: fc.constantFrom("a", "b", "", "\\", null),
      value: fc.constantFrom<Row["value"][]>("1", 1, 2, null),
      seen: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const lineOf = createCopyLines<Row>([["name"], ["value", "seen"]]);
        expect(rows.map(lineOf)).toEqual(rows.map((one) => copyLine<Row>(["name", "value", "seen"], one)));
      }),
    );
  });

  it("keep the place of a first column that is empty", () => {
    const lineOf = createCopyLines<Row>([["name"], ["value"]]);
    expect(lineOf({ name: "", value: "", seen: true })).toBe("\t");
    expect(lineOf({ name: "", value: null, seen: true })).toBe("\t\\N");
  });
});

describe("read by Postgres", () => {
  let db: PGlite;
  beforeAll(async () => {
    db = await PGlite.create();
    await db.exec("create table copied (at integer, one text, two text)");
  });
  afterAll(() => db.close());

  it("every text comes back as it was, and every null", { timeout: 60_000 }, async () => {
    const text = fc.oneof(
      fc.constant(null),
      fc.string({
        unit: fc.constantFrom("\\", "\t", "\n", "\r", "N", ".", "x", "é", "😀", '"', "\b", "\v"),
        maxLength: 8,
      }),
      fc.string({ unit: "grapheme", maxLength: 20 }).filter((one) => !one.includes("\u0000")),
    );
    const rows = fc.sample(fc.tuple(text, text), { numRuns: 2_000, seed: 20_220_331 });
    const lines = rows.map(([one, two], at) => `${copyLine(["at", "one", "two"], { at, one, two })}\n`);
    await db.query("copy copied from '/dev/blob'", [], { blob: new Blob(lines) });
    const { rows: read } = await db.query("select one, two from copied order by at");
    expect(read).toEqual(rows.map(([one, two]) => ({ one, two })));
  });
});
