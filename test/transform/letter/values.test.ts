import { describe, expect, it } from "vitest";
import { readValue } from "../../../src/transform/letter/values.ts";

describe("values", () => {
  it.each([
    ["3585", 3585, null],
    ["3,585", 3585, null],
    ["14.71", 14.71, null],
    ["£10,576,000", 10576000, "GBP"],
    ["£3495.58", 3495.58, "GBP"],
    ["£4.9m", 4900000, "GBP"],
    ["£2.35 million", 2350000, "GBP"],
    ["£4,107k", 4107000, "GBP"],
    ["£10.576.000", 10576000, "GBP"],
    ["45%", 45, "percent"],
    ["45 per cent", 45, "percent"],
    ["Two.", 2, null],
    ["Sixty-eight", 68, null],
    ["Nil", 0, null],
    ["None.", 0, null],
    ["27 cases", 27, null],
    ["38.5 days", 38.5, "days"],
    ["2,874*", 2874, null],
    ["5 – all employed directly", 5, null],
    ["17 (figure subject to audit)", 17, null],
    ["7 (seven) staff", 7, null],
    ["approximately 45", 45, null],
  ])("%s is %d", (text, value, unit) => {
    expect(readValue(text)).toMatchObject({ status: "reported", value, unit, unclear: null });
  });

  it.each([
    "<5",
    "fewer than 5",
    "less than five",
    "under 5",
    "Five or less",
    "The number is under 5.",
    "fewer than five children",
  ])("%s hides a small number", (text) => {
    expect(readValue(text)).toMatchObject({ status: "suppressed", value: null });
  });

  it.each([
    ["N/A", "not_applicable"],
    ["not yet available", "not_available"],
    ["not recorded separately", "not_held"],
  ])("%s is %s", (text, status) => {
    expect(readValue(text)).toMatchObject({ status, value: null });
  });

  it("keeps a range as words", () => {
    expect(readValue("16 – 20")).toMatchObject({ status: "reported", value: null, unit: "text" });
  });

  it.each(["£4,883,350k", "1,23,4", "-10"])("%s is a number that is not trusted", (text) => {
    expect(readValue(text)).toMatchObject({ value: null });
    expect(readValue(text)?.unclear).not.toBeNull();
  });

  it.each(["27 years and 6 months", "54 weeks", "Yes", "12 minutes a file", "SK9 5AF", "less than 50", ""])(
    "%s is no value",
    (text) => {
      expect(readValue(text)).toBeNull();
    },
  );
});
