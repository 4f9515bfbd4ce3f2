import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { TYPE } from "../../src/load/engine.ts";
import { formatCsv, formatTable, rowsForJson } from "../../src/serve/table.ts";

test("numeric columns become JSON numbers; what a number can't hold stays text", () => {
  const fields = [
    { name: "value", dataTypeID: TYPE.numeric },
    { name: "count", dataTypeID: TYPE.int8 },
    { name: "ratio", dataTypeID: 701 },
    { name: "year", dataTypeID: 25 },
  ];
  const rows = [
    { value: "5754", count: 3, ratio: 0.5, year: "2021" },
    { value: "-17.50", count: "9007199254740993", ratio: Number.NaN, year: "007" },
    { value: null, count: null, ratio: null, year: null },
    { value: "NaN", count: 0, ratio: Number.POSITIVE_INFINITY, year: "" },
    { value: "90071992547409930", count: 1, ratio: 1, year: "1e5" },
  ];
  expect(JSON.parse(JSON.stringify(rowsForJson(rows, fields)))).toEqual([
    { value: 5754, count: 3, ratio: 0.5, year: "2021" },
    { value: -17.5, count: "9007199254740993", ratio: "NaN", year: "007" },
    { value: null, count: null, ratio: null, year: null },
    { value: "NaN", count: 0, ratio: "Infinity", year: "" },
    { value: "90071992547409930", count: 1, ratio: 1, year: "1e5" },
  ]);
});

test("CSV neutralises what a spreadsheet would run, and nothing that is a number", () => {
  const text = [
    "=1+1",
    "+44 1234",
    "-cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\ttab",
    "\rreturn",
    "-5",
    "-17.5",
    "- none",
    "a=b",
  ];
  const rows = [...text.map((one) => ({ one })), { one: -3585 }, { one: "-9007199254740993" }];
  expect(parse(formatCsv(rows, ["one"])).flat()).toEqual([
    "one",
    "'=1+1",
    "'+44 1234",
    "'-cmd|' /C calc'!A0",
    "'@SUM(A1)",
    "'\ttab",
    "'\rreturn",
    "-5",
    "-17.5",
    "'- none",
    "a=b",
    "-3585",
    "-9007199254740993",
  ]);
});

test("CSV quotes commas, quotes and line ends, keeps empty rows, and ends without a blank line", () => {
  const rows = [
    { a: 'Bristol, "City of"', b: "two\nlines" },
    { a: null, b: null },
    { a: { n: [1] }, b: "end " },
    { a: "", b: null },
  ];
  const csv = formatCsv(rows, ["a", "b"]);
  expect(parse(csv)).toEqual([
    ["a", "b"],
    ['Bristol, "City of"', "two\nlines"],
    ["", ""],
    ['{"n":[1]}', "end "],
    ["", ""],
  ]);
  expect(csv.endsWith("\n")).toBe(false);
  expect(formatCsv([], ["a", "b"])).toBe("a,b");
});

test("a table shows no control characters, whatever a file or letter holds", () => {
  const shown = formatTable(
    [{ "na\u001b[2Jme": "\u001b]0;title\u0007 \u009b31m \u202Egnitsil \u0000 two\nlines" }, { "na\u001b[2Jme": null }],
    ["na\u001b[2Jme"],
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(shown.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  expect(shown).toContain("\\u001b]0;title\\u0007");
  expect(shown).toContain("two\\u000alines");
});

test("a table cuts cells that are too wide, sets numbers right, and says when it is empty", () => {
  const shown = formatTable(
    [
      { n: 5, text: "x".repeat(300) },
      { n: 5754, text: "y" },
    ],
    ["n", "text"],
  );
  expect(shown).toContain("│    5 │");
  expect(shown).toContain(`${"x".repeat(99)}…`);
  expect(shown).not.toContain("x".repeat(100));
  expect(formatTable([], ["n"])).toBe("(no rows)");
});
