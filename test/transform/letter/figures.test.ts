import { describe, expect, it } from "vitest";
import { findFigures, readLabelled, readLabelledList, readPairs } from "../../../src/transform/letter/figures.ts";
import { findPeriods, NO_HINT } from "../../../src/transform/letter/periods.ts";

const figuresOf = (text: string) => findFigures(text, findPeriods(text)).map((figure) => figure.value.text);
const pairsOf = (text: string) => readPairs(text, NO_HINT)?.map((pair) => [pair.period.label, pair.value.value]);

describe("figures in sentences", () => {
  it.each([
    ["15.5 which includes newly qualified workers who have a caseload limit of 14.", ["15.5"]],
    ["We work towards an average of 16 – 20 cases per staff member.", ["16 – 20"]],
    ["Within 24 hours each case has a plan.", []],
    ["Under section 12 the limit is 18 hours or £450.", []],
    ["Children aged 16 to 17 are counted: 45.", ["45"]],
    ["Call 01234 567890.", []],
    ["One was begun, in September 2018.", ["One"]],
    ["Calculated as one case per child.", []],
    ["There were no children waiting.", ["There were no"]],
    ["There were fewer than five children.", ["fewer than five"]],
    ["a rate of 47 per 10,000", ["47"]],
  ])("%s", (text, expected) => {
    expect(figuresOf(text)).toEqual(expected);
  });
});

describe("pairs", () => {
  it.each([
    [
      "2017/18 – 345, 2018/19 – 376",
      [
        ["2017/18", 345],
        ["2018/19", 376],
      ],
    ],
    [
      "512 in 2018-19, 498 in 2019-20 and 533 in 2020-21.",
      [
        ["2018/19", 512],
        ["2019/20", 498],
        ["2020/21", 533],
      ],
    ],
    [
      "In 2018 there were 560, in 2019 there were 601.",
      [
        ["2018", 560],
        ["2019", 601],
      ],
    ],
    ["Year ending 31 March 2018: 383", [["2017/18", 383]]],
    ["2019 - 268", [["2019", 268]]],
    ["FY17 £4.9m", [["2016/17", 4900000]]],
  ])("%s", (text, expected) => {
    expect(pairsOf(text)).toEqual(expected);
  });

  it("pairs nothing off by halves", () => {
    expect(pairsOf("2017/18 and 2018/19: 345")).toBeUndefined();
  });
});

describe("labels", () => {
  it.each([
    ["CASP -10", "CASP", 10],
    ["CASP 36", "CASP", 36],
    ["Children in Need Areas- 84", "Children in Need Areas", 84],
    ["Looked After Children x4", "Looked After Children", 4],
    ["Teams = 14", "Teams", 14],
    ["Agency social workers: £1,907k", "Agency social workers", 1907000],
  ])("%s", (text, label, value) => {
    expect(readLabelled(text)).toMatchObject({ label, value: { value } });
  });

  it("takes a list apart", () => {
    expect(readLabelledList("Initial 412, Review 1,020")?.map((one) => [one.label, one.value.value])).toEqual([
      ["Initial", 412],
      ["Review", 1020],
    ]);
  });

  it("takes no sentence for a label", () => {
    expect(readLabelled("The total is 45")).toBeNull();
  });
});
