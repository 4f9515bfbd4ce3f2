import { describe, expect, it } from "vitest";
import {
  findAskedPeriods,
  findPeriods,
  NO_HINT,
  readHint,
  readWholePeriod,
} from "../../../src/transform/letter/periods.ts";

const found = (text: string, hint = NO_HINT) =>
  findPeriods(text, hint).map(({ period }) => `${period.kind} ${period.label}`);

describe("periods", () => {
  it.each([
    ["2017/18", "financial_year 2017/18"],
    ["17/18", "financial_year 2017/18"],
    ["2017-18", "financial_year 2017/18"],
    ["2017-2018", "financial_year 2017/18"],
    ["2017 – 18", "financial_year 2017/18"],
    ["FY18", "financial_year 2017/18"],
    ["year ending 31 March 2018", "financial_year 2017/18"],
    ["y/e 31/03/2018", "financial_year 2017/18"],
    ["April 1 2012 to end of March 2013", "financial_year 2012/13"],
    ["April 2017 to March 2018", "financial_year 2017/18"],
    ["1 January 2021 to 31 December 2021", "calendar_year 2021"],
    ["2018", "calendar_year 2018"],
    ["1 September 2021 to 31 August 2022", "academic_year 2021/22"],
    ["academic year 2021/22", "academic_year 2021/22"],
    ["1 April to 30 June 2022", "quarter 2022/23 Q1"],
    ["Q4 2021/22", "quarter 2021/22 Q4"],
    ["2012-13 Quarter 1", "quarter 2012/13 Q1"],
    ["first quarter of 2023", "quarter 2023 Q1"],
    ["Jun 2023", "month June 2023"],
    ["Apr-21", "month April 2021"],
    ["as at 1 April 2022", "as_at 1 April 2022"],
    ["30th September 2021", "as_at 30 September 2021"],
    ["31.03.2020", "as_at 31 March 2020"],
    ["1 April 2023 to 31 December 2023", "financial_year 1 April 2023 to 31 December 2023"],
  ])("%s is %s", (text, expected) => {
    expect(found(text)).toEqual([expected]);
  });

  it.each([
    "Freedom of Information Act 2000",
    "the 1989 Act",
    "since 2016",
    "18.5",
    "1,234",
    "2,018",
    "31/02/2020",
    "16-17 year olds",
    "2018 referrals",
  ])("%s is none", (text) => {
    expect(found(text)).toEqual([]);
  });

  it("gives the first and last day", () => {
    expect(findPeriods("2012/13 Q4")[0]?.period).toEqual({
      kind: "quarter",
      label: "2012/13 Q4",
      start: "2013-01-01",
      end: "2013-03-31",
    });
    expect(findPeriods("Feb 2020")[0]?.period).toMatchObject({ start: "2020-02-01", end: "2020-02-29" });
  });

  it("reads a bare year by what surrounds it", () => {
    expect(found("2018", readHint("as at 31 March of each year"))).toEqual(["as_at 31 March 2018"]);
    expect(found("2018", readHint("for the year ending 31 March"))).toEqual(["financial_year 2017/18"]);
    expect(found("2017/18", readHint("On 1 April in the following financial years"))).toEqual(["as_at 1 April 2017"]);
    expect(found("March 2020", readHint("looked after at the end of March?"))).toEqual(["as_at 31 March 2020"]);
  });

  it("takes a range of years apart only where it is asked for", () => {
    expect(findAskedPeriods("in each year from 2017/18 to 2019/20").map((period) => period.label)).toEqual([
      "2017/18",
      "2018/19",
      "2019/20",
    ]);
    expect(found("2017/18 to 2019/20")).toEqual(["financial_year 1 April 2017 to 31 March 2020"]);
    expect(findAskedPeriods("31 March 2019, 2020 and 2021").map((period) => period.label)).toEqual([
      "31 March 2019",
      "31 March 2020",
      "31 March 2021",
    ]);
  });

  it("tells a line that is a period from one that holds one", () => {
    expect(readWholePeriod("In 2017/18:")?.label).toBe("2017/18");
    expect(readWholePeriod("2017/18 - 345")).toBeNull();
    expect(readWholePeriod("There were 5 in 2017/18")).toBeNull();
  });
});
