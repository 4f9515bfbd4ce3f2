import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SYMBOLS } from "../../src/catalogue/symbols.ts";
import { UNITS } from "../../src/observation.ts";
import { readDfeCell } from "../../src/transform/dfe-cell.ts";

describe("numbers", () => {
  it.each(["0", "5", "10", "5754", "640430", "999999999999999999"])("%s is reported, digit for digit", (text) => {
    expect(readDfeCell(text, "count")).toEqual({ status: "reported", value: text, valueText: text });
  });

  it.each(["0", "544.5", "482", "0.1", "100", "12.50"])("%s is reported as a rate", (text) => {
    expect(readDfeCell(text, "rate_per_10000")).toEqual({ status: "reported", value: text, valueText: text });
  });

  it("beyond 2^53 stay exact", () => {
    expect(readDfeCell("9007199254740993", "count")).toMatchObject({ value: "9007199254740993" });
  });

  it("may have blanks around them, which the verbatim text keeps", () => {
    expect(readDfeCell(" 5754\t", "count")).toEqual({ status: "reported", value: "5754", valueText: " 5754\t" });
  });
});

describe("symbols", () => {
  // By DfE's data standard for EES, and the guidance of Children in need 2020 and 2021.
  it.each([
    ["c", "suppressed"],
    ["z", "not_applicable"],
    ["x", "not_available"],
    [":", "not_available"],
    ["..", "not_available"],
    ["-", "not_available"],
    ["", "not_available"],
    ["u", "low_reliability"],
    ["low", "rounds_to_zero"],
    ["k", "rounds_to_zero"],
    ["~", "rounds_to_zero"],
    ["C", "suppressed"],
    ["Z", "not_applicable"],
    ["LOW", "rounds_to_zero"],
    [" c ", "suppressed"],
    ["   ", "not_available"],
  ])("%j is %s, without a number, in every unit", (text, status) => {
    for (const unit of UNITS) expect(readDfeCell(text, unit)).toEqual({ status, value: null, valueText: text });
  });
});

describe("anything else is refused with what was expected", () => {
  const NOT_A_COUNT = [
    // a symbol that nobody promised
    ...["q", "cc", "c.", "...", ".", "*", "#N/A", "N/A", "NA", "NULL", "null", "lo", "true", "—", "–"],
    // a number dressed up
    ...["1,234", "1 234", "1\u00a0234", "£5", "5%", "5p", "(5)", "5*", "[5]", "<5", "~5", "1-5", "5 c", "1.234,5"],
    // a number that a parser would take for another
    ...["-5", "+5", "-0", "1e5", "1E5", "0x10", "0b1", "0o7", "007", "00", "01.5", "1_000", "5.", ".5", "5..", "1.2.3"],
    ...["NaN", "Infinity", "-Infinity", "1/2", "½", "٣", "５", "²", "Ⅴ", "1000000000000000000", "1\u0000", "1\n2"],
  ];

  it.each(NOT_A_COUNT)("%j", (text) => {
    for (const unit of UNITS) {
      expect(readDfeCell(text, unit)).toEqual({
        expected: expect.stringMatching(/number or one of the symbols .*\bc\b/),
      });
    }
  });

  it.each(["5.0", "5.5", "0.1"])("%s where whole things are counted", (text) => {
    expect(readDfeCell(text, "count")).toEqual({ expected: "a whole number" });
    expect(readDfeCell(text, "percent")).toMatchObject({ status: "reported", value: text });
  });
});

describe("whatever the text", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "binary", maxLength: 30 }),
    fc.stringMatching(/^[-+ ]?[0-9.,eExX%£cuzk~:]{0,12}$/),
    fc.double().map(String),
    fc.bigInt().map(String),
    fc.constantFrom(...SYMBOLS.keys()),
  );
  const plain = /^\s*(0|[1-9][0-9]*)(\.[0-9]+)?\s*$/u;

  it("no number comes from nothing, and none is changed", () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(...UNITS), (text, unit) => {
        const reading = readDfeCell(text, unit);
        if ("expected" in reading) return;
        expect(reading.valueText).toBe(text);
        expect(reading.status === "reported").toBe(reading.value !== null);
        if (reading.status !== "reported") expect(SYMBOLS.get(text.trim().toLowerCase())).toBe(reading.status);
        else {
          expect(text).toMatch(plain);
          expect(reading.value).toBe(text.trim());
        }
      }),
      { numRuns: 20_000 },
    );
  });

  it("a plain whole number of up to 18 digits is always read", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), (number) => {
        expect(readDfeCell(String(number), "count")).toMatchObject({ status: "reported", value: String(number) });
      }),
    );
  });

  it("a million characters end within 10 s", { timeout: 10_000 }, () => {
    for (const text of [
      "1".repeat(1e6),
      `1.${"0".repeat(1e6)}`,
      " ".repeat(1e6),
      `${" ".repeat(1e6)}x1`,
      "1,".repeat(5e5),
    ]) {
      readDfeCell(text, "count");
    }
  });
});
