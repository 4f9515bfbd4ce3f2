/** Figures: DfE, Children in need, release 2022, C1, Coventry, 2019/20 to 2021/22. */
import { describe, expect, it } from "vitest";
import type { Period } from "../../src/observation.ts";
import { describeDirections, directQuestion, type PublishedFigure } from "../../src/resolve/directions.ts";

const year = (first: number): Period => ({
  kind: "financial_year",
  label: `${first}/${String(first + 1).slice(2)}`,
  start: `${first}-04-01`,
  end: `${first + 1}-03-31`,
});
const figure = (first: number, value: string | null, change: Partial<PublishedFigure> = {}): PublishedFigure => ({
  measure: "referrals",
  area_name: "Coventry",
  period_kind: "financial_year",
  period_label: year(first).label,
  period_start: year(first).start,
  period_end: year(first).end,
  value,
  unit: "count",
  status: value === null ? "suppressed" : "reported",
  publication: "children-in-need",
  release: "2022",
  data_set: "C1",
  published_at: "2022-10-27T08:30:00.000Z",
  source_file: "c1_children_in_need_referrals_and_rereferrals_2013_to_2022.csv",
  source_line: 728,
  source_column: "Referrals",
  source_area_code: "E08000026",
  ...change,
});
const FIGURES = [figure(2019, null), figure(2020, "5754"), figure(2021, "4987")];
const ask = (periods: Period[], measure: string | null = "referrals") =>
  directQuestion({ ref: "1", part: "", text: "How many referrals were received?", measure, periods }, [], FIGURES);
const WORDS = {
  formatNumber: (value: string) => value,
  sayDate: (iso: string) => iso.slice(0, 10),
  releasePage: (publication: string, release: string) => `https://ees.example/${publication}/${release}`,
  sayStatus: (status: string) => status,
};

describe("directions", () => {
  it("lead to release, file, rows and column, and tell what is not covered and why", () => {
    const text = describeDirections(ask([year(2019), year(2020), year(2021), year(2022), year(2011)]), WORDS);
    expect(text).toContain(
      "1. Open https://ees.example/children-in-need/2022 (release 2022, published on 2022-10-27).",
    );
    expect(text).toContain("open c1_children_in_need_referrals_and_rereferrals_2013_to_2022.csv.");
    expect(text).toContain("la_name is “Coventry” (new_la_code E08000026) and time_period is 2021 or 2022.");
    expect(text).toContain("5. Read the column Referrals.\nYou will find: 2020/21: 5754; 2021/22: 4987.");
    expect(text).toContain("Without a number there, so not answered by these directions: 2019/20 (suppressed).");
    expect(text).toContain("2022/23 (the newest that DfE has published is 2021/22)");
    expect(text).toContain("2011/12 (DfE’s series begins with 2019/20)");
  });

  it("cover every year that is published where the request names none", () => {
    expect(ask([]).directions.flatMap((place) => place.years)).toEqual(["2021", "2022"]);
  });

  it("stand apart for each release and file", () => {
    const newer = figure(2021, "4990", { release: "2023", source_column: "referral_count" });
    const found = directQuestion(
      { ref: "1", part: "", text: "How many referrals?", measure: "referrals", periods: [] },
      [],
      [figure(2020, "5754"), newer],
    );
    expect(found.directions.map((place) => [place.release, place.column])).toEqual([
      ["2022", "Referrals"],
      ["2023", "referral_count"],
    ]);
  });

  it("are not given for what DfE does not count, nor by calendar years or for one day", () => {
    expect(describeDirections(ask([year(2020)], null), WORDS)).toBeNull();
    const calendar: Period = { kind: "calendar_year", label: "2021", start: "2021-01-01", end: "2021-12-31" };
    const day: Period = { kind: "as_at", label: "31 March 2021", start: "2021-03-31", end: "2021-03-31" };
    expect(ask([calendar, day]).notCovered).toEqual([
      { period: "2021", because: "DfE counts by the year to 31 March, not by this period" },
      { period: "31 March 2021", because: "DfE counts this over the year, not on one day" },
    ]);
  });

  it("take the figure of the year's last day for a year, where DfE counts on that day", () => {
    const stock = figure(2020, "542", {
      measure: "cpp_at_31_march",
      period_kind: "as_at",
      period_start: "2021-03-31",
      period_label: "31 March 2021",
    });
    const asked = {
      ref: "2",
      part: "",
      text: "How many plans at 31 March?",
      measure: "cpp_at_31_march",
      periods: [year(2020)],
    };
    expect(directQuestion(asked, [], [stock]).directions[0]?.figures).toEqual([stock]);
  });
});
