import { describe, expect, it } from "vitest";
import { SYMBOLS } from "../../src/catalogue/symbols.ts";

describe("symbols", () => {
  // Source: DfE's data standard for EES ("Data symbols"), and the guidance of Children in need 2020 and 2021 for `:`.
  it("mean what DfE's standard says, obsolete spellings too", () => {
    expect(Object.fromEntries(SYMBOLS)).toEqual({
      c: "suppressed",
      z: "not_applicable",
      x: "not_available",
      ":": "not_available",
      "..": "not_available",
      "-": "not_available",
      "": "not_available",
      u: "low_reliability",
      low: "rounds_to_zero",
      k: "rounds_to_zero",
      "~": "rounds_to_zero",
    });
  });

  it("never stand for a number, and are kept as they are looked up: trimmed and in lower case", () => {
    for (const [symbol, status] of SYMBOLS) {
      expect(status).not.toBe("reported");
      expect(symbol).toBe(symbol.trim().toLowerCase());
      expect(symbol).not.toMatch(/\d/);
    }
  });
});
