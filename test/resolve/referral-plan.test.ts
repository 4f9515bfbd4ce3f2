import { describe, expect, it } from "vitest";
import { planReferral } from "../../src/resolve/referral-plan.ts";

const COVENTRY = "E08000026";
const directions = {
  url: "https://explore-education-statistics.service.gov.uk/find-statistics/characteristics-of-children-in-need/2021#dataDownloads-1",
  publication_slug: "characteristics-of-children-in-need",
  release_slug: "2021",
  file_codes: ["C1"],
  la_filter: "Coventry",
};

describe("a referral", () => {
  it("leads to the publication under its current slug, and to what its release covers", () => {
    expect(planReferral(directions, COVENTRY, "C1")).toEqual({
      publication: "children-in-need",
      release: "2021",
      coversFrom: "2012-04-01",
      coversUntil: "2021-03-31",
      problem: null,
      note: null,
    });
  });

  it("to no release in particular leaves the release open", () => {
    expect(planReferral({ ...directions, release_slug: null }, COVENTRY, "C1")).toMatchObject({
      release: null,
      coversUntil: null,
      problem: null,
    });
  });

  it.each([
    ["a link elsewhere", { publication_slug: null, url: "https://www.leicester.gov.uk/budget" }, /Explore Education/],
    ["words only", { publication_slug: null, url: null }, /no link/],
    [
      "a publication that is not read",
      { publication_slug: "school-exclusions" },
      /school-exclusions is not in the catalogue/,
    ],
  ])("can't be followed: %s", (_, change, problem) => {
    expect(planReferral({ ...directions, ...change }, COVENTRY, "C1").problem).toMatch(problem);
  });

  it("can't be followed without a council or a column", () => {
    expect(planReferral(directions, null, "C1").problem).toMatch(/council is not identified/);
    expect(planReferral(directions, COVENTRY, null).problem).toMatch(/no DfE column/);
  });

  it.each([
    ["Hull", "E06000010", 'the filter "Hull" finds nothing: the files have "Kingston upon Hull, City of"'],
    ["Leicester", COVENTRY, 'the filter "Leicester" is another authority\'s name'],
    ["Coventri", COVENTRY, 'the filter "Coventri" is not one authority\'s name'],
    ["coventry", COVENTRY, null],
  ])("with the filter %s is followed all the same, and what is wrong is said", (la_filter, areaCode, note) => {
    const plan = planReferral({ ...directions, la_filter }, areaCode, "C1");
    expect(plan).toMatchObject({ problem: null, note });
  });

  it("to another file than the one that has the figure says so", () => {
    expect(planReferral(directions, COVENTRY, "D1").note).toBe("the letter names C1; the figure is in D1");
  });
});
