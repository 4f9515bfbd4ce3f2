/** Figures: facts measured on Leicester's reply of 2022 against DfE's files, 2017/18 to 2020/21. */
import { describe, expect, it } from "vitest";
import { type ColumnFit, chooseColumn } from "../../src/resolve/column.ts";

const fitOf = (measure: string, exact: number, meanPercent: number, cells = 4, councils = 1): ColumnFit => ({
  measure,
  cells,
  exact,
  meanPercent,
  councils,
});
const ON_PLANS = "How many children in total were on child protection plans in the following financial years?";

describe("the column of a question", () => {
  it("is the one that fits councils that answered the same words, though the words say children", () => {
    const fits = [
      fitOf("cpp_any_point", 1, 0.125),
      fitOf("cpp_children_any_point", 0, 0.712),
      fitOf("referrals", 0, 60),
    ];
    expect(chooseColumn("cpp_any_point", ON_PLANS, fits)).toEqual({
      measure: "cpp_any_point",
      basis: "same_wording",
      because:
        "1 of 4 figures of 1 council that answered the same words are exact, on average 0.13 % off, against 0.71 % for children",
      other: "cpp_children_any_point",
    });
  });

  it("follows the evidence against the question's own words and the catalogue", () => {
    const fits = [fitOf("cpp_any_point", 0, 0.7), fitOf("cpp_children_any_point", 4, 0)];
    const choice = chooseColumn("cpp_any_point", "How many child protection plans were there?", fits);
    expect(choice).toMatchObject({ measure: "cpp_children_any_point", basis: "same_wording", other: "cpp_any_point" });
  });

  it("never is one that counts something else, however well it fits", () => {
    const choice = chooseColumn("cpp_started", "How many children were added to plans?", [fitOf("icpc", 4, 0)]);
    expect(choice).toMatchObject({ measure: "cpp_started", basis: "catalogue" });
  });

  it.each([
    ["two figures", [fitOf("cpp_children_any_point", 2, 0, 2)]],
    ["a column that is 1.5 % off", [fitOf("cpp_children_any_point", 0, 1.5)]],
    ["two columns that fit equally", [fitOf("cpp_children_any_point", 3, 0.5), fitOf("cpp_any_point", 3, 0.5)]],
    ["nothing", []],
  ])("is not told by %s", (_, fits) => {
    expect(chooseColumn("cpp_any_point", ON_PLANS, fits)).toMatchObject({
      measure: "cpp_any_point",
      basis: "catalogue",
    });
  });

  it.each([
    ["How many distinct children were on plans?", "cpp_any_point", "cpp_children_any_point"],
    ["What was the number of child protection plans in the year?", "cpp_any_point", "cpp_any_point"],
    ["How many episodes of need were open?", "cin_children_any_point", "cin_episodes_any_point"],
    ["How many individual children were referred?", "referrals", "children_referred"],
    ["What was the number of section 47 enquiries?", "s47_enquiries", "s47_enquiries"],
  ])("is what the words leave no choice about: %s", (question, asked, measure) => {
    expect(chooseColumn(asked, question, [])).toMatchObject({ measure, basis: "own_words" });
  });

  it("quotes whole words of the question", () => {
    const question = "Please state the number of section 47 enquiries, started in each year.";
    expect(chooseColumn("s47_enquiries", question, [])?.because).toBe(
      'the question says "number of section 47 enquiries"',
    );
  });

  it("is the catalogue's where the words name two populations", () => {
    const question = "How many episodes of need were there, and how many distinct children?";
    expect(chooseColumn("cin_children_any_point", question, [])).toMatchObject({ basis: "catalogue" });
  });

  it("is none where the catalogue knows no measure, or DfE prints none", () => {
    expect(chooseColumn(null, "How many chairs?", [fitOf("referrals", 4, 0)])).toBeNull();
    expect(chooseColumn("early_help_spend", "How much was spent on early help?", [])).toBeNull();
  });
});
