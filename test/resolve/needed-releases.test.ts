/** Days of publication: DfE's for 2021 to 2023. */
import { describe, expect, it } from "vitest";
import { findNeededReleases, type OpenCell } from "../../src/resolve/needed-releases.ts";

const LISTED = [
  { slug: "2023", publishedAt: "2023-10-26T08:30:00.000Z" },
  { slug: "2022", publishedAt: "2022-10-27T08:30:00.000Z" },
  { slug: "2021", publishedAt: "2021-10-28T08:30:02.000Z" },
];
const ALL_FILES = ["B1", "C1", "C4", "D1"];
const cell = (change: Partial<OpenCell> = {}): OpenCell => ({
  publication: "children-in-need",
  dataSet: "C1",
  cited: "2021",
  periodEnd: "2021-03-31",
  letterDate: "2022-05-05",
  blank: true,
  ...change,
});
const held = (...slugs: string[]) => slugs.map((slug) => ({ slug, dataSets: ALL_FILES }));

describe("releases that are needed", () => {
  it("are the newest and the one cited", () => {
    expect(findNeededReleases([cell()], LISTED, [], [])).toEqual(["2023", "2021"]);
  });

  it("are none without a cell, or when all are held", () => {
    expect(findNeededReleases([], LISTED, [], [])).toEqual([]);
    expect(findNeededReleases([cell()], LISTED, held("2023", "2021"), [])).toEqual([]);
  });

  it("are the first that holds the period too, where the one cited ends before it", () => {
    const late = cell({ periodEnd: "2022-03-31" });
    expect(findNeededReleases([late], LISTED, held("2023"), [])).toEqual(["2022", "2021"]);
  });

  it("are the newest on the letter's date, for a blank that cites none", () => {
    const gap = cell({ cited: null, periodEnd: "2018-03-31", letterDate: "2023-01-10" });
    expect(findNeededReleases([gap], LISTED, [], [])).toEqual(["2023", "2022"]);
  });

  it("are only the newest beside a council's own figure", () => {
    expect(findNeededReleases([cell({ cited: null, blank: false })], LISTED, [], [])).toEqual(["2023"]);
  });

  it("are asked for though EES does not list them, once", () => {
    const old = cell({ cited: "2019", periodEnd: "2019-03-31" });
    expect(findNeededReleases([old], LISTED, held("2023", "2021"), [])).toEqual(["2019"]);
    expect(findNeededReleases([old], LISTED, held("2023", "2021"), ["2019"])).toEqual([]);
  });

  it("go back one by one while no held release has the data set", () => {
    const plan = cell({ dataSet: "D1", cited: null, letterDate: null, periodEnd: "2021-03-31" });
    const without = [{ slug: "2023", dataSets: ["B1", "C1"] }];
    expect(findNeededReleases([plan], LISTED, without, [])).toEqual(["2022"]);
    expect(findNeededReleases([plan], LISTED, [...without, ...held("2022")], [])).toEqual([]);
    expect(findNeededReleases([plan], LISTED, without, ["2022"])).toEqual(["2021"]);
  });

  it("are none before the series", () => {
    const early = cell({ dataSet: "D1", cited: null, letterDate: null, periodEnd: "2012-03-31" });
    expect(findNeededReleases([early], LISTED, [{ slug: "2023", dataSets: ["B1"] }], [])).toEqual([]);
  });
});
