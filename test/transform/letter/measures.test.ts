/** What a question measures: wordings of letters, questions that lean on the one before, and what is no measure at all. */
import { describe, expect, it } from "vitest";
import { findLeaningMeasure, findMeasure } from "../../../src/catalogue/question-wordings.ts";
import { readLetter } from "../../../src/transform/letter.ts";
import { letterText } from "../../letters-score.ts";

describe("measures of questions", () => {
  it.each([
    ["How many children were in need at any point during 2020/21 and 2021/22?", "cin_children_any_point"],
    ["How many child protection plans were started in the year ending 31 March 2023?", "cpp_started"],
    ["How many child protection plans ended in the year to 31 March 2020?", "cpp_ended"],
    ["How many children in need were there on 31 March 2020?", "cin_episodes_at_31_march"],
    ["How many children ended an episode of need in these financial years?", "cin_children_ended"],
    ["How much went on early help in 2022/23?", "early_help_spend"],
    ["How much money was put into early help in 2022/23?", "early_help_spend"],
    ["Referrals to social care in 2021/22.", "referrals"],
    ["Referrals in 2021/22", "referrals"],
    ["Initial child protection conferences in 2021/22.", "icpc"],
    ["Children on a child protection plan at the end of the year.", "cpp_at_31_march"],
    ["Busiest worker on 1 March 2023", "caseload_highest"],
  ])("%s", (question, measure) => {
    expect(findMeasure(question)).toBe(measure);
  });

  it.each([
    "How many children were referred to the Children's Reporter in 2019/20?",
    "How many children in need were open to the council on 31/03/20 who were 16 or 17 years old?",
    "The number of days in 2020/21 on which a case was without a named worker.",
    "Please provide the audit of section 47 enquiries that was carried out in 2022.",
    "For each child protection plan that was open at any time in 2019/20, the number of social workers who were allocated.",
    "The number of referrals in which violence was mentioned. For those referrals: the number of children in the household",
    "How many children in need were seen in the year ending 31 March 2020?",
    "Referrals policy",
    "How many of the referrals in 2021/22 were found to be malicious?",
    "The number of all such referrals that came at night in 2021/22",
  ])("leaves unknown what is unknown: %s", (question) => {
    expect(findMeasure(question)).toBeNull();
  });

  it.each([
    ["What was the highest?", "caseload_average", "caseload_highest"],
    ["And what is the average?", "caseload_highest", "caseload_average"],
    ["What was their average number of cases on that day?", "caseload_highest", "caseload_average"],
    ["What was the number of plans that ended in these financial years?", "cpp_any_point", "cpp_ended"],
    ["What was the highest?", "referrals", null],
    ["What was the highest hourly rate?", "caseload_average", null],
    ["How many of the plans were reviewed?", "cpp_any_point", null],
  ])("%s after %s", (question, before, measure) => {
    expect(findLeaningMeasure(question, before)).toBe(measure);
  });
});

describe("councils in capitals", () => {
  const councilOf = (head: string) =>
    readLetter(
      letterText("head.txt", `${head}\n\nDear Mr Example\n\n1. How many referrals were there in 2020/21?\n\n345\n`),
    ).council.la_code;

  it.each([
    ["SANDWELL METROPOLITAN BOROUGH COUNCIL\nSandwell Council House, Freeth Street, Oldbury", "E08000028"],
    ["Information Governance\nSandwell Council\nSandwell Council House", "E08000028"],
    ["THE HIGHLAND COUNCIL\nGlenurquhart Road, Inverness\nwww.sandwell.gov.uk", null],
  ])("%s", (head, code) => {
    expect(councilOf(head)).toBe(code);
  });
});

describe("the date of a reply", () => {
  it.each([
    "Date response sent: 6 March 2019",
    "Date the reply was issued: 6 March 2019",
    "Response date: 6 March 2019",
  ])("%s", (line) => {
    const text = `Disclosure log\n${line}\n\n1. How many referrals were there in 2017/18?\n\n345\n`;
    expect(readLetter(letterText("date.txt", text)).response_date).toBe("2019-03-06");
  });
});
