import { describe, expect, it } from "vitest";
import { type DataSet, findPublication } from "../../src/catalogue/publications.ts";
import { EXIT, SourceNotTrustedError } from "../../src/errors.ts";
import { type ColumnPlan, planColumns } from "../../src/transform/dfe-header.ts";

const PLACES =
  "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,new_la_code,la_name";
// The first lines of C1 as the releases of 2022 and 2025 print them.
const C1_2022 = `${PLACES},Category,Referrals,Referrals_rate,Re_referrals,Re_referrals_percent,No_Further_Action,No_Further_Action_percent,Not_in_Need,Not_in_Need_percent,Referrals_child,Referrals_child_rate,Re_referrals_child,Re_referrals_child_percent`;
const C1_2025 = `${PLACES},category,referral_count,rereferral_count,rereferral_percent,no_further_action_count,no_further_action_percent,not_in_need_count,not_in_need_percent,referral_child_count,rereferral_child_count,rereferral_child_percent`;
const C1_MEASURES = [
  "referrals",
  "referrals_rate",
  "re_referrals",
  "re_referrals_percent",
  "referrals_no_further_action",
  "referrals_no_further_action_percent",
  "referrals_not_in_need",
  "referrals_not_in_need_percent",
  "children_referred",
  "children_referred_rate",
  "children_re_referred",
  "children_re_referred_percent",
];

const C1 = findPublication("children-in-need")?.dataSets.find(({ code }) => code === "C1") as DataSet;
const plan = (header: string, release = "2022"): ColumnPlan =>
  planColumns(header.split(","), "children-in-need", C1, release);
const codesOf = ({ measures }: ColumnPlan) => measures.map(({ measure }) => measure.code);

function refusalOf(header: string | string[], release = "2022"): { code: string; message: string } {
  try {
    planColumns(Array.isArray(header) ? header : header.split(","), "children-in-need", C1, release);
  } catch (error) {
    expect(error).toBeInstanceOf(SourceNotTrustedError);
    expect((error as SourceNotTrustedError).exitCode).toBe(EXIT.sourceNotTrusted);
    return error as SourceNotTrustedError;
  }
  throw new Error("the header was taken");
}

describe("a header of a published release", () => {
  it("of 2022 is read", () => {
    const { width, identifying, constant, measures, extra } = plan(C1_2022);
    expect(width).toBe(23);
    expect(identifying).toMatchObject({ time_period: 0, old_la_code: 7, new_la_code: 8, la_name: 9 });
    expect(constant).toEqual([{ name: "category", index: 10 }]);
    expect(measures.map(({ measure }) => measure.code)).toEqual(C1_MEASURES);
    expect(measures.map(({ index }) => index)).toEqual(C1_MEASURES.map((_, index) => 11 + index));
    expect(extra).toEqual([]);
  });

  it("of 2025 is the same measures under new names, without the rates", () => {
    expect(codesOf(plan(C1_2025, "2025"))).toEqual(C1_MEASURES.filter((code) => !code.endsWith("_rate")));
    const referrals = plan(C1_2025, "2025").measures.find(({ measure }) => measure.code === "referrals");
    expect(referrals).toMatchObject({ header: "referral_count", index: 11 });
  });

  it("is read in any order of the columns", () => {
    const names = C1_2022.split(",");
    for (let turn = 1; turn < names.length; turn += 1) {
      const turned = [...names.slice(turn), ...names.slice(0, turn)];
      const { identifying, constant, measures } = plan(turned.join(","));
      expect(turned[identifying.la_name]).toBe("la_name");
      expect(turned[constant[0]?.index ?? -1]).toBe("Category");
      for (const { header, index } of measures) expect(turned[index]).toBe(header);
      expect(measures).toHaveLength(12);
    }
  });

  it("is read whatever its case, with blanks around the names", () => {
    const odd = C1_2022.split(",").map((name, index) => (index % 2 === 0 ? ` ${name.toUpperCase()}\t` : name));
    const { measures } = planColumns(odd, "children-in-need", C1, "2022");
    expect(measures.map(({ measure }) => measure.code)).toEqual(C1_MEASURES);
    expect(measures[0]?.header).toBe("Referrals");
    expect(measures[1]?.header).toBe("REFERRALS_RATE");
  });

  it("of a release whose slug has a label is read by its year", () => {
    expect(codesOf(plan(C1_2025, "2025-revised"))).toHaveLength(10);
    expect(refusalOf(C1_2025, "2024-revised").code).toBe("column-gone");
  });
});

describe("a header that changed", () => {
  it("by a renamed column is refused with what is gone and what is new", () => {
    const { code, message } = refusalOf(C1_2022.replace(",Referrals,", ",Referrals_total,"));
    expect(code).toBe("column-gone");
    expect(message).toMatch(/C1: .*gone: Referrals;.*new: Referrals_total\b/);
  });

  it("as in 2025, for a release that should print the old names, names every rate that is gone", () => {
    const { message } = refusalOf(C1_2025, "2024");
    expect(message).toContain("Referrals_rate");
    expect(message).toContain("Referrals_child_rate");
  });

  it("by an extra column is read, and the column reported", () => {
    const { measures, extra, width } = plan(`${C1_2022}, Referrals_self `);
    expect(extra).toEqual(["Referrals_self"]);
    expect(measures).toHaveLength(12);
    expect(width).toBe(24);
  });

  it("by a location column of another level, which EES knows, is read without a word", () => {
    expect(plan(`${C1_2022},lad_code,lad_name,rsc_region_lead_name,school_urn,trust_id,provider_ukprn`).extra).toEqual(
      [],
    );
  });

  it.each(PLACES.split(","))("by the loss of %s is refused", (name) => {
    const { code, message } = refusalOf(
      C1_2022.split(",")
        .filter((one) => one !== name)
        .join(","),
    );
    expect(code).toBe("column-gone");
    expect(message).toMatch(new RegExp(`gone: ${name};`));
  });

  it("by the loss of its category is refused", () => {
    expect(refusalOf(C1_2022.replace(",Category", "")).message).toMatch(/gone: category;.*no column is new/);
  });

  it("by a column that stands twice is refused, in another case too", () => {
    expect(refusalOf(`${C1_2022},Referrals`)).toMatchObject({ code: "duplicate-column" });
    expect(refusalOf(`${C1_2022}, referrals `).message).toContain('"referrals"');
    expect(refusalOf(`${C1_2022},,`)).toMatchObject({ code: "duplicate-column" });
  });

  it("by printing one measure under two names is refused: which of them is meant?", () => {
    const { message } = refusalOf(`${C1_2022},referral_count`);
    expect(message).toContain("Referrals");
    expect(message).toContain("referral_count");
  });

  it.each(["__proto__", "constructor", "toString", "hasOwnProperty", ""])(
    "by a column called %j loses no column",
    (name) => {
      const { measures, extra } = planColumns([name, ...C1_2022.split(",")], "children-in-need", C1, "2022");
      expect(extra).toEqual([name]);
      expect(measures.map(({ index }) => index)).toEqual(C1_MEASURES.map((_, index) => 12 + index));
      expect(Object.keys(Object.prototype)).toEqual([]);
    },
  );

  it("into a web page is refused", () => {
    expect(refusalOf("<!DOCTYPE html>").code).toBe("column-gone");
  });
});
