import { describe, expect, it } from "vitest";
import { MEASURES } from "../../src/catalogue/measures.ts";
import { findMeasure, QUESTION_WORDINGS } from "../../src/catalogue/question-wordings.ts";

describe("question wordings", () => {
  it("name measures of the catalogue only", () => {
    const codes = new Set(MEASURES.map((measure) => measure.code));
    for (const { measure } of QUESTION_WORDINGS.filter((one) => one.measure !== "cpp_children_at_31_march"))
      expect(codes.has(measure), measure).toBe(true);
  });

  it.each([
    ["How many referrals did the department receive in each year?", "referrals"],
    ["The number of re-referrals within 12 months", "re_referrals"],
    ["The percentage of those referrals that were repeat referrals within twelve months", "re_referrals_percent"],
    ["How many children were referred to you in each calendar year?", "children_referred"],
    ["What was the number of section 47 enquiries made by your children's services?", "s47_enquiries"],
    ["How many initial child protection conferences were held?", "icpc"],
    ["How many children in total were on child protection plans in the following financial years?", "cpp_any_point"],
    ["How many children were newly added to child protection plans?", "cpp_started"],
    ["How many child protection plans came to an end?", "cpp_ended"],
    ["How many children were on a child protection plan on 31 March 2021?", "cpp_at_31_march"],
    ["How many individual children became the subject of a child protection plan?", "cpp_children_started"],
    ["How many children in need were there at any point in 2021/22?", "cin_children_any_point"],
    ["How many children in need episodes ended in the year?", "cin_episodes_ended"],
    ["How many children were newly assessed as 'in need'?", "cin_children_started"],
    ["How many children were removed from the ‘in need’ category?", "cin_children_ended"],
    ["What was the highest caseload of a frontline child protection social worker?", "caseload_highest"],
    ["What was the mean caseload of your social workers?", "caseload_average"],
    ["How much was spent on early help and prevention services?", "early_help_spend"],
    [
      "On 1 April 2022 how many children in need or on a plan had no allocated social worker?",
      "children_without_allocated_worker",
    ],
  ])("%s", (question, measure) => {
    expect(findMeasure(question)).toBe(measure);
  });

  it.each([
    "How many children in need episodes were open at any point in the year, and how many ended in the year?",
    "How many of these children on a plan were disabled?",
    "How many assessments under section 17 of the Children Act 1989 were completed?",
    "What was the highest caseload, and what is the average caseload?",
    "How many children were on plans?",
    "How many referrals to fostering were there?",
    "",
  ])("leaves unknown what is unknown: %s", (question) => {
    expect(findMeasure(question)).toBeNull();
  });
});
