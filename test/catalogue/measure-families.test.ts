import { describe, expect, it } from "vitest";
import { candidatesOf, listMeasureKin, MEASURE_FAMILIES } from "../../src/catalogue/measure-families.ts";
import { measureByCode } from "../../src/catalogue/measures.ts";
import { coverageOf, firstReleaseOf } from "../../src/catalogue/release-coverage.ts";

describe("families of measures", () => {
  it.each(MEASURE_FAMILIES)("$subject: members are DfE's, each of another population", ({ members, stock }) => {
    const measures = members.map(measureByCode);
    expect(measures.every((measure) => measure.dfe !== null && measure.timing === "year")).toBe(true);
    expect(new Set(measures.map((measure) => measure.population)).size).toBe(members.length);
    if (stock !== null) expect(measureByCode(stock).timing).toBe("last_day");
  });

  it("are told apart: no measure is in two", () => {
    const members = MEASURE_FAMILIES.flatMap((family) => family.members);
    expect(new Set(members).size).toBe(members.length);
  });

  it("give candidates, what was asked for first", () => {
    expect(candidatesOf("cin_episodes_started")).toEqual(["cin_episodes_started", "cin_children_started"]);
    expect(candidatesOf("cpp_at_31_march")).toEqual(["cpp_at_31_march"]);
  });

  it("name how their members differ", () => {
    const relations = new Map(listMeasureKin().map(({ measure, kin, relation }) => [`${measure} ${kin}`, relation]));
    expect(relations.get("cpp_any_point cpp_children_any_point")).toBe("plans_or_children");
    expect(relations.get("cin_children_ended cin_episodes_ended")).toBe("episodes_or_children");
    expect(relations.get("cin_children_any_point cin_episodes_at_31_march")).toBe("stock_or_flow");
    expect(relations.size).toBe(listMeasureKin().length);
  });
});

describe("what a release covers", () => {
  it("is 2013 to its own reporting year", () => {
    expect(coverageOf("children-in-need", "2021")).toEqual({ from: "2012-04-01", until: "2021-03-31" });
  });
  it.each(["2021-22", "2021-revised", "latest"])("is not known for %s", (release) => {
    expect(coverageOf("children-in-need", release)).toBeNull();
  });
  it("tells the first release that holds a period", () => {
    expect(firstReleaseOf("children-in-need", "2022-03-31")).toBe("2022");
    expect(firstReleaseOf("children-in-need", "2012-03-31")).toBeNull();
    expect(firstReleaseOf("children-in-need", "2022-12-31")).toBeNull();
    expect(firstReleaseOf("school-exclusions", "2022-03-31")).toBeNull();
  });
});
