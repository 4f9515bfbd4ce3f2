import { describe, expect, it } from "vitest";
import { findTimeIdentifier, MONTH_NAMES } from "../../src/catalogue/time-identifiers.ts";

const QUARTERS = [" Q1", " Q2", " Q3", " Q4"];
const withQuarters = (label: string) => [label, ...QUARTERS.map((quarter) => label + quarter)];

// EES's enumeration of time identifiers: label in the CSV, and the digits that go with it.
const SIX = [
  ...["Academic year", "Financial year", "Tax year"].flatMap(withQuarters),
  "Part 1 (April to September)",
  "Part 2 (October to March)",
];
const MONTHS = "January February March April May June July August September October November December".split(" ");
const FOUR = [...withQuarters("Calendar year"), ...MONTHS];
const WITHOUT_DAYS = ["Autumn term", "Spring term", "Autumn and spring term", "Summer term"].concat(
  Array.from({ length: 52 }, (_, index) => `Week ${index + 1}`),
);

describe("time identifiers", () => {
  it.each(SIX)("%s goes with six digits", (label) => {
    expect(findTimeIdentifier(label)).toMatchObject({ digits: 6 });
  });

  it.each(FOUR)("%s goes with four digits", (label) => {
    expect(findTimeIdentifier(label)).toMatchObject({ digits: 4 });
  });

  it("know terms and weeks, which have no fixed days", () => {
    for (const label of WITHOUT_DAYS) expect(findTimeIdentifier(label), label).toBe("without_days");
  });

  it("are found whatever their case and the blanks around them", () => {
    expect(findTimeIdentifier("  FINANCIAL YEAR q3 ")).toBe(findTimeIdentifier("Financial year Q3"));
    expect(findTimeIdentifier("AUTUMN TERM")).toBe("without_days");
  });

  it.each([
    "",
    "Reporting yr",
    "Week 0",
    "Week 53",
    "Week 100",
    "Week",
    "Financial year Q5",
    "Financial  year",
    "Financial year Q",
    "Jan",
    "FY",
    "Fiscal year",
    "constructor",
    "__proto__",
    // It has no days in EES; what it means is said per data set.
    "Reporting year",
  ])("%j is unknown here", (label) => {
    expect(findTimeIdentifier(label)).toBe("unknown");
  });

  it("name the months in order", () => {
    expect(MONTH_NAMES).toEqual(MONTHS);
  });
});
