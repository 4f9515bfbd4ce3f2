/** What is told of councils whose area changed. Days and kinds: the orders that each is cited by. */
import { load } from "cheerio";
import { expect, test } from "vitest";
import { measureByCode } from "../../../src/catalogue/measures.ts";
import { areaBreaksOf } from "../../../src/serve/pages/area-breaks.ts";
import type { SeriesCell } from "../../../src/serve/pages/council-rows.ts";
import { SITE } from "../../../src/serve/pages/places.ts";
import { renderTrend } from "../../../src/serve/pages/trend.ts";

const YEARS = Array.from({ length: 13 }, (_, index) => `${2012 + index}/${13 + index}`);

test.each([
  [
    "E06000062",
    "2021/22",
    "split from Northamptonshire",
    "West Northamptonshire began",
    "Northamptonshire (Structural Changes) Order 2020",
  ],
  [
    "E10000021",
    "2021/22",
    "council divided",
    "divided between North Northamptonshire and West Northamptonshire",
    "Northamptonshire (Structural Changes) Order 2020",
  ],
  [
    "E06000058",
    "2019/20",
    "councils merged",
    "had been Bournemouth (until 2019), Poole (until 2019) and part of Dorset (until 2019)",
    "Bournemouth, Dorset and Poole (Structural Changes) Order 2018",
  ],
  [
    "E06000029",
    "2019/20",
    "council merged",
    "became part of Bournemouth, Christchurch and Poole",
    "Bournemouth, Dorset and Poole (Structural Changes) Order 2018",
  ],
  [
    "E06000064",
    "2023/24",
    "split from Cumbria",
    "Westmorland and Furness began",
    "Cumbria (Structural Changes) Order 2022",
  ],
  [
    "E08000037",
    "2013/14",
    "boundary changed",
    "On 1 April 2013 the boundary of Gateshead changed",
    "ONS, Code History Database",
  ],
])("%s breaks before %s: %s", (code, year, drawn, said, source) => {
  expect(areaBreaksOf(code, YEARS)).toEqual([
    { before: YEARS.indexOf(year), drawn, said: expect.stringContaining(said), source },
  ]);
});

test("another code for the same area is told, and breaks no line", () => {
  // Buckinghamshire (Structural Changes) Order 2019: the county became a unitary authority of the same area.
  expect(areaBreaksOf("E06000060", YEARS)).toMatchObject([
    { drawn: null, said: expect.stringContaining("stayed the same") },
  ]);
});

test("a change within a year breaks before that year; one outside of the series does not", () => {
  // Barnsley and Sheffield (Boundary Change) Order 2024: 1 May 2025.
  expect(areaBreaksOf("E08000038", YEARS)).toEqual([]);
  expect(areaBreaksOf("E08000038", [...YEARS, "2025/26"])).toMatchObject([{ before: 13, drawn: "boundary changed" }]);
  expect(areaBreaksOf("E06000062", ["2021/22", "2022/23"])).toEqual([]);
  expect(areaBreaksOf("E08000026", YEARS)).toEqual([]);
});

test("the trend shows it: a line in the drawing, its reason beside it and in words", async () => {
  const figure = (year: string): SeriesCell => ({
    area_code: "E06000064",
    area_name: "Westmorland and Furness",
    period_label: year,
    period_end: `${Number(year.slice(0, 4)) + 1}-03-31`,
    value: "100",
    unit: "count",
    status: "reported",
    citation: `dfe:${"a".repeat(64)}:2:Referrals:referrals@2025`,
  });
  const facts = {
    measure: measureByCode("referrals"),
    series: YEARS.slice(11).map(figure),
    areaCode: "E06000064",
    own: [],
  };
  const $ = load(String(await renderTrend(facts, YEARS, SITE)));
  expect($(".chart__break line").length).toBe(1);
  expect($(".chart__break text").text()).toBe("split from Cumbria");
  expect($("desc").text()).toContain("On 1 April 2023 Westmorland and Furness began.");
  expect($("p").text()).toContain("Source: Cumbria (Structural Changes) Order 2022.");
});
