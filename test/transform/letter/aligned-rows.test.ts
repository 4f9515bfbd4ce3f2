import { describe, expect, it } from "vitest";
import { divideAlignedRows } from "../../../src/transform/letter/aligned-rows.ts";

const linesOf = (text: string) => text.split("\n").map((one, index) => ({ number: index + 1, text: one, page: null }));
const divide = (text: string) => divideAlignedRows(linesOf(text)).map((line) => line.text);

describe("rows set out with spaces", () => {
  it("keep each figure in its column where one is missing", () => {
    const table =
      "              2019     2020     2021\nIn need       2,011    2,156    2,098\nDisability    214               231";
    expect(divide(table)).toEqual(["\t2019\t2020\t2021", "In need\t2,011\t2,156\t2,098", "Disability\t214\t\t231"]);
  });

  it("are left as they are where nothing is missing, or where it can't be told what is", () => {
    for (const table of [
      "Category   2018-19   2019-20\nNeglect    104       131\nTotal      222       251",
      "Year  Boys  Girls\n2020  12    14\n2021       9",
      "We looked   at this  again\nand found  nothing",
    ])
      expect(divide(table)).toEqual(table.split("\n"));
  });
});
