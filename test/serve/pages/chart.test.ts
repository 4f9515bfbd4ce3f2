import { load } from "cheerio";
import { expect, test } from "vitest";
import { renderChart } from "../../../src/serve/pages/chart.ts";

const draw = async (values: (number | null)[]) =>
  load(
    String(
      await renderChart({
        id: "trend",
        title: "Referrals <in> Coventry",
        description: "By year",
        periods: ["2018/19", "2019/20", "2020/21", "2021/22"],
        series: [
          { name: "Coventry", values },
          { name: "England", values: [1, 2, 3, 4] },
        ],
        breaks: [{ before: 2, words: "council began" }],
        axis: "Number",
        format: String,
      }),
    ),
  );

test("a year without a figure breaks the line, and is told under the axis", async () => {
  const $ = await draw([10, null, 30, 40]);
  const path = $(".chart__series--0 .chart__line").attr("d") ?? "";
  expect(path.match(/M/g)?.length).toBe(2);
  expect($(".chart__gap title").length).toBe(1);
  expect($(".chart__series--0 .chart__point").length).toBe(3);
});

test("lines differ by dash and marker, not by colour alone; a break is drawn between its years", async () => {
  const $ = await draw([10, 20, 30, 40]);
  const dashes = $(".chart__line")
    .map((_, one) => $(one).attr("stroke-dasharray"))
    .get();
  expect(new Set(dashes).size).toBe(2);
  const points = ["0", "1"].map((at) => $(`.chart__series--${at} .chart__point`).first().attr("d"));
  expect(points[0]).not.toBe(points[1]);
  const at = Number($(".chart__break line").attr("x1"));
  const places = $(".chart__series--0 .chart__point")
    .map((_, one) => Number(/\((\S+)/.exec($(one).attr("transform") ?? "")?.[1]))
    .get();
  expect(at).toBeGreaterThan(places[1] as number);
  expect(at).toBeLessThan(places[2] as number);
});

test("it is named and described", async () => {
  const $ = await draw([1, 2, 3, 4]);
  expect($("svg").attr("role")).toBe("img");
  expect([$("#trend-title").text(), $("#trend-description").text()]).toEqual(["Referrals <in> Coventry", "By year"]);
});

test("without any figure there is no line and no fault", async () => {
  const $ = await draw([null, null, null, null]);
  expect($(".chart__series--0 .chart__line").attr("d")).toBe("");
  expect($.html()).not.toMatch(/NaN|undefined/);
});
