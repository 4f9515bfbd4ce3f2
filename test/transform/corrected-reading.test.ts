import { describe, expect, it } from "vitest";
import { type CellReading, correctReading, samePrint } from "../../src/transform/corrected-reading.ts";

const READ: CellReading = { value: "28", status: "reported", unit: "count", exemption: null };

function correct(meant: string, read: Partial<CellReading> = {}, measure: string | null = null) {
  const corrected = correctReading({ ...READ, ...read }, measure, meant);
  return corrected.kind === "corrected" ? corrected.reading : corrected;
}

describe("correctReading", () => {
  it.each([
    ["29", { value: "29", unit: "count" }],
    ["10,576,000", { value: "10576000" }],
    ["£4,883,350.50", { value: "4883350.50", unit: "GBP" }],
    ["-3", { value: "-3" }],
    ["12.5 %", { value: "12.5", unit: "percent" }],
  ])("takes the number %s", (meant, reading) => {
    expect(correct(meant)).toMatchObject({ ...reading, status: "reported", exemption: null });
  });

  it.each(["<5", "< 5", "fewer than 5", "five or less", "under 5"])(
    "takes %s for a small number that is hidden",
    (meant) => {
      expect(correct(meant)).toEqual({ value: null, status: "suppressed", unit: "count", exemption: null });
    },
  );

  it.each([
    ["not_held", "not_held"],
    ["Not held", "not_held"],
    ["cost-limit", "cost_limit"],
    ["unanswered", "unanswered"],
  ])("takes %s for the status %s", (meant, status) => {
    expect(correct(meant)).toEqual({ value: null, status, unit: "count", exemption: null });
  });

  it("keeps the section cited only where the status stays", () => {
    const read = { value: null, status: "withheld" as const, exemption: "s40(2)" };
    expect(correct("withheld", read)).toMatchObject({ exemption: "s40(2)" });
    expect(correct("not_held", read)).toMatchObject({ exemption: null });
    expect(correct("5", read)).toMatchObject({ exemption: null });
  });

  it("gives a number where words stood the measure's unit; without a measure it is a count", () => {
    const words = { value: null, unit: "text" as const };
    expect(correct("10,576", words, "early_help_spend")).toMatchObject({ value: "10576", unit: "GBP" });
    expect(correct("18", words)).toMatchObject({ value: "18", unit: "count" });
    expect(correct("12.5", { unit: "percent" }, "referrals")).toMatchObject({ unit: "percent" });
  });

  it.each(["", "about 30", "16 – 20", "1,23", "reported", "4.9m", "1e5", "NaN"])("refuses %j", (meant) => {
    expect(correct(meant)).toMatchObject({ kind: "refused" });
  });

  it("refuses pounds for a measure that counts children", () => {
    expect(correct("£29", {}, "referrals")).toMatchObject({ kind: "refused" });
  });
});

describe("samePrint", () => {
  it("takes no account of blanks, nor of the apostrophe before a formula", () => {
    expect(samePrint(" 4,107  k", "4,107 k")).toBe(true);
    expect(samePrint("'-10", "-10")).toBe(true);
    expect(samePrint("27", "28")).toBe(false);
    expect(samePrint("'27", "27")).toBe(false);
  });
});
