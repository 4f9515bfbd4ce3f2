import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EesPeriod, financialYear, lastDayOf, readEesPeriod } from "../../src/transform/ees-period.ts";

const MEANING = "year_to_31_march";
const read = (digits: string, identifier: string) => readEesPeriod(digits, identifier, MEANING);
const readOrFail = (digits: string, identifier: string): EesPeriod => {
  const period = read(digits, identifier);
  if ("expected" in period) throw new Error(`${digits} ${identifier}: expected ${period.expected}`);
  return period;
};

// First and last days worked out by hand from the calendar: an academic year is taken from 1 September, a financial year
// from 1 April, a tax year from 6 April; quarters are three months each; 2020 and 2024 are leap years.
const KNOWN: [string, string, EesPeriod["kind"], string, string, string][] = [
  ["2018", "Reporting year", "financial_year", "2017/18", "2017-04-01", "2018-03-31"],
  ["2013", "Reporting year", "financial_year", "2012/13", "2012-04-01", "2013-03-31"],
  ["2000", "Reporting year", "financial_year", "1999/00", "1999-04-01", "2000-03-31"],
  ["201718", "Academic year", "academic_year", "2017/18", "2017-09-01", "2018-08-31"],
  ["201718", "Academic year Q1", "quarter", "2017/18 Q1", "2017-09-01", "2017-11-30"],
  ["201718", "Academic year Q2", "quarter", "2017/18 Q2", "2017-12-01", "2018-02-28"],
  ["201920", "Academic year Q2", "quarter", "2019/20 Q2", "2019-12-01", "2020-02-29"],
  ["201718", "Academic year Q3", "quarter", "2017/18 Q3", "2018-03-01", "2018-05-31"],
  ["201718", "Academic year Q4", "quarter", "2017/18 Q4", "2018-06-01", "2018-08-31"],
  ["2018", "Calendar year", "calendar_year", "2018", "2018-01-01", "2018-12-31"],
  ["2018", "Calendar year Q1", "quarter", "2018 Q1", "2018-01-01", "2018-03-31"],
  ["2018", "Calendar year Q2", "quarter", "2018 Q2", "2018-04-01", "2018-06-30"],
  ["2018", "Calendar year Q3", "quarter", "2018 Q3", "2018-07-01", "2018-09-30"],
  ["2018", "Calendar year Q4", "quarter", "2018 Q4", "2018-10-01", "2018-12-31"],
  ["201718", "Financial year", "financial_year", "2017/18", "2017-04-01", "2018-03-31"],
  ["199900", "Financial year", "financial_year", "1999/00", "1999-04-01", "2000-03-31"],
  ["201718", "Financial year Q1", "quarter", "2017/18 Q1", "2017-04-01", "2017-06-30"],
  ["201718", "Financial year Q2", "quarter", "2017/18 Q2", "2017-07-01", "2017-09-30"],
  ["201718", "Financial year Q3", "quarter", "2017/18 Q3", "2017-10-01", "2017-12-31"],
  ["201718", "Financial year Q4", "quarter", "2017/18 Q4", "2018-01-01", "2018-03-31"],
  ["201718", "Part 1 (April to September)", null, "2017/18 Part 1 (Apr to Sep)", "2017-04-01", "2017-09-30"],
  ["201718", "Part 2 (October to March)", null, "2017/18 Part 2 (Oct to Mar)", "2017-10-01", "2018-03-31"],
  ["201718", "Tax year", null, "2017/18", "2017-04-06", "2018-04-05"],
  ["201718", "Tax year Q1", "quarter", "2017/18 Q1", "2017-04-06", "2017-07-05"],
  ["201718", "Tax year Q2", "quarter", "2017/18 Q2", "2017-07-06", "2017-10-05"],
  ["201718", "Tax year Q3", "quarter", "2017/18 Q3", "2017-10-06", "2018-01-05"],
  ["201718", "Tax year Q4", "quarter", "2017/18 Q4", "2018-01-06", "2018-04-05"],
  ["2018", "January", "month", "January 2018", "2018-01-01", "2018-01-31"],
  ["2018", "February", "month", "February 2018", "2018-02-01", "2018-02-28"],
  ["2020", "February", "month", "February 2020", "2020-02-01", "2020-02-29"],
  ["2000", "February", "month", "February 2000", "2000-02-01", "2000-02-29"],
  ["1900", "February", "month", "February 1900", "1900-02-01", "1900-02-28"],
  ["2018", "March", "month", "March 2018", "2018-03-01", "2018-03-31"],
  ["2018", "April", "month", "April 2018", "2018-04-01", "2018-04-30"],
  ["2018", "May", "month", "May 2018", "2018-05-01", "2018-05-31"],
  ["2018", "June", "month", "June 2018", "2018-06-01", "2018-06-30"],
  ["2018", "July", "month", "July 2018", "2018-07-01", "2018-07-31"],
  ["2018", "August", "month", "August 2018", "2018-08-01", "2018-08-31"],
  ["2018", "September", "month", "September 2018", "2018-09-01", "2018-09-30"],
  ["2018", "October", "month", "October 2018", "2018-10-01", "2018-10-31"],
  ["2018", "November", "month", "November 2018", "2018-11-01", "2018-11-30"],
  ["2018", "December", "month", "December 2018", "2018-12-01", "2018-12-31"],
];

describe("periods", () => {
  it.each(KNOWN)("%s %s", (digits, identifier, kind, label, start, end) => {
    expect(read(digits, identifier)).toEqual({ kind, label, start, end });
  });

  it("of a council's 2017/18 are DfE's reporting year 2018 and financial year 201718, and no other", () => {
    expect(read("2018", "Reporting year")).toEqual(financialYear(2017));
    expect(read("201718", "Financial year")).toEqual(financialYear(2017));
    expect(read("201718", "Academic year")).not.toEqual(financialYear(2017));
    expect(read("201718", "Tax year")).not.toEqual(financialYear(2017));
  });

  it("are read with blanks around, whatever the identifier's case", () => {
    expect(read(" 2018 ", " REPORTING YEAR\t")).toEqual(financialYear(2017));
  });

  it("are the same in every time zone", () => {
    const zone = process.env.TZ;
    try {
      for (const other of ["America/Los_Angeles", "Pacific/Kiritimati", "Europe/London"]) {
        process.env.TZ = other;
        expect(readOrFail("2018", "March")).toMatchObject({ start: "2018-03-01", end: "2018-03-31" });
        expect(lastDayOf(financialYear(2017)).end).toBe("2018-03-31");
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });
});

describe("digits that do not go with the identifier are refused", () => {
  it.each([
    ["202122", "Reporting year"],
    ["2021/22", "Reporting year"],
    ["202101", "Reporting year"],
    ["21", "Reporting year"],
    ["", "Reporting year"],
    ["20 21", "Reporting year"],
    ["2021.0", "Reporting year"],
    ["-2021", "Reporting year"],
    ["２０２１", "Reporting year"],
    ["2999", "Reporting year"],
    ["0000", "Reporting year"],
    ["1899", "Reporting year"],
    ["2018", "Financial year"],
    ["202101", "Financial year"],
    ["201717", "Financial year"],
    ["201719", "Financial year"],
    ["201816", "Financial year"],
    ["2017/18", "Financial year"],
    ["2017-18", "Financial year"],
    ["20172018", "Financial year"],
    ["", "Financial year"],
    ["201718", "Calendar year"],
    ["201718", "January"],
    ["2018", "Academic year"],
    ["2018", "Tax year Q2"],
    ["2018", "Part 1 (April to September)"],
  ])("%j with %s", (digits, identifier) => {
    expect(read(digits, identifier)).toEqual({ expected: expect.stringContaining("time_period") });
  });
});

describe("identifiers without days are refused", () => {
  it.each(["Autumn term", "Spring term", "Summer term", "Autumn and spring term"])("%s", (identifier) => {
    expect(read("201718", identifier)).toEqual({ expected: "an identifier with fixed first and last days" });
  });

  it.each(["Week 1", "Week 52"])("%s", (identifier) => {
    expect(read("2018", identifier)).toEqual({ expected: "an identifier with fixed first and last days" });
  });

  it.each(["Week 53", "Reporting yr", "", "Reporting years", "2018"])("%j, which EES does not have", (identifier) => {
    expect(read("2018", identifier)).toEqual({ expected: expect.stringContaining("time_identifier that EES has") });
  });
});

describe("as at the last day", () => {
  it("of the reporting year 2018 is 31 March 2018", () => {
    expect(lastDayOf(readOrFail("2018", "Reporting year"))).toEqual({
      kind: "as_at",
      label: "31 March 2018",
      start: "2018-03-31",
      end: "2018-03-31",
    });
  });

  it.each([
    ["2020", "February", "29 February 2020"],
    ["201718", "Tax year", "5 April 2018"],
    ["2018", "Calendar year", "31 December 2018"],
  ])("of %s %s is %s", (digits, identifier, label) => {
    const day = lastDayOf(readOrFail(digits, identifier));
    expect(day).toMatchObject({ kind: "as_at", label });
    expect(day.start).toBe(day.end);
  });
});

describe("whatever is printed", () => {
  const identifiers = fc.oneof(
    fc.constantFrom("Reporting year", ...KNOWN.map(([, identifier]) => identifier)),
    fc.string({ maxLength: 30 }),
  );

  it("a period is days in order, of the years that are printed, or a refusal", () => {
    const digits = fc.oneof(fc.stringMatching(/^\d{0,8}$/), fc.string({ maxLength: 10 }));
    fc.assert(
      fc.property(digits, identifiers, (timePeriod, identifier) => {
        const period = read(timePeriod, identifier);
        if ("expected" in period) return;
        expect(timePeriod.trim()).toMatch(/^(\d{4}|\d{6})$/);
        const year = Number(timePeriod.trim().slice(0, 4));
        expect(period.start <= period.end).toBe(true);
        for (const day of [period.start, period.end]) {
          expect(day).toMatch(/^\d{4}-\d\d-\d\d$/);
          expect(new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10)).toBe(day);
          expect(Math.abs(Number(day.slice(0, 4)) - year)).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
