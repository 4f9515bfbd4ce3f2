import { describe, expect, it } from "vitest";
import {
  describeProblem,
  findDisagreements,
  observationsOf,
  referredCellsOf,
} from "../../src/transform/letter-observations.ts";
import { makeAnswer, makeLetter, makeQuestion, YEAR_2019 } from "../support/make-letters.ts";

const SOURCE = { letterId: "0123456789abcdef", fileName: "reply.txt", sha256: "a".repeat(64) };
const only = (answer: Parameters<typeof makeAnswer>[0]) =>
  makeLetter({ questions: [makeQuestion({ answers: [makeAnswer(answer)] })] });

describe("observationsOf", () => {
  it("names the council by the catalogue, the letter's date as UK midnight in UTC, and silence on re-use as unknown", () => {
    expect(observationsOf(makeLetter(), SOURCE)).toEqual([
      {
        source: "council",
        area_code: "E06000016",
        area_name: "Leicester",
        area_level: "local_authority",
        measure: "referrals",
        breakdown: "",
        period_kind: "financial_year",
        period_label: "2017/18",
        period_start: "2017-04-01",
        period_end: "2018-03-31",
        value: "27",
        value_text: "27",
        unit: "count",
        status: "reported",
        exemption: null,
        publication: null,
        release: null,
        release_version_id: null,
        data_set: null,
        published_at: "2022-06-15T00:00:00.000Z",
        letter_id: SOURCE.letterId,
        question: "3",
        part: "",
        question_text: "How many referrals?",
        source_file: "reply.txt",
        source_line: 12,
        source_column: null,
        source_area_code: null,
        source_sha256: SOURCE.sha256,
        source_url: null,
        licence: "unknown",
      },
    ]);
  });

  it("keeps the letter's words where the council is not in the catalogue, and its terms where it has any", () => {
    const council = { name_in_letter: "The Moray Council", la_code: null };
    const [row] = observationsOf(makeLetter({ council, response_date: null, licence: "OGL-UK-3.0" }), SOURCE);
    expect(row).toMatchObject({
      area_code: null,
      area_name: "The Moray Council",
      published_at: null,
      licence: "OGL-UK-3.0",
    });
  });

  it.each([
    [14.71, "14.71"],
    [0, "0"],
    [10_576_000, "10576000"],
    [1e21, "1000000000000000000000"],
    [1e-7, "0.0000001"],
  ])("writes %d as decimal text", (value, text) => {
    expect(observationsOf(only({ value }), SOURCE)[0]?.value).toBe(text);
  });

  it("keeps different answers to one cell and tells of them; the same answer twice counts once", () => {
    const answers = [makeAnswer(), makeAnswer({ line: 40 }), makeAnswer({ value: 29, value_text: "29", line: 41 })];
    const letter = makeLetter({ questions: [makeQuestion({ answers })] });
    expect(observationsOf(letter, SOURCE).map((row) => [row.value, row.source_line])).toEqual([
      ["27", 12],
      ["29", 41],
    ]);
    expect(findDisagreements(letter)).toMatchObject([
      { code: "answers-disagree", line: 12, question: "3", found: "27 (line 12), 29 (line 41)" },
    ]);
  });

  it("does not take a count and its share, or two periods, for a disagreement", () => {
    const answers = [
      makeAnswer(),
      makeAnswer({ unit: "percent", value: 12, value_text: "12%" }),
      makeAnswer({ period: YEAR_2019, value: 31, value_text: "31" }),
    ];
    const letter = makeLetter({ questions: [makeQuestion({ answers })] });
    expect(observationsOf(letter, SOURCE)).toHaveLength(3);
    expect(findDisagreements(letter)).toEqual([]);
  });

  it("leaves a disagreement that the reading told of to the reading", () => {
    const answers = [makeAnswer(), makeAnswer({ value: 29, value_text: "29", line: 41 })];
    const problems = [{ code: "answers-disagree", message: "told", line: 41 }];
    expect(findDisagreements(makeLetter({ questions: [makeQuestion({ answers })], problems }))).toEqual([]);
  });

  it.each([
    ["a value with a status that has none", { status: "not_held" as const }],
    ["a value that is no number", { value: Number.NaN }],
    ["a day that does not exist", { period: { ...YEAR_2019, end: "2019-02-30" } }],
    ["a period that ends before it starts", { period: { ...YEAR_2019, end: "2018-03-31" } }],
  ])("refuses %s", (_, answer) => {
    expect(() => observationsOf(only(answer), SOURCE)).toThrow();
  });

  it("takes nothing from a letter that was set aside", () => {
    expect(observationsOf(makeLetter({ readable: false }), SOURCE)).toEqual([]);
  });
});

describe("referredCellsOf", () => {
  const referral = {
    url: "https://explore-education-statistics.service.gov.uk/find-statistics/children-in-need/2021",
    publication_slug: "children-in-need",
    release_slug: "2021",
    file_codes: ["C1"],
    la_filter: "Coventry",
    words: "select Coventry in column F",
  };

  it("has a row for each referred cell and for no other", () => {
    const answers = [
      makeAnswer({ status: "referred", value: null, value_text: "", exemption: "s21", referral }),
      makeAnswer({ period: YEAR_2019 }),
    ];
    expect(referredCellsOf(makeLetter({ questions: [makeQuestion({ answers })] }), SOURCE)).toEqual([
      {
        letter_id: SOURCE.letterId,
        question: "3",
        part: "",
        breakdown: "",
        period_kind: "financial_year",
        period_label: "2017/18",
        period_start: "2017-04-01",
        period_end: "2018-03-31",
        ...referral,
        source_line: 12,
      },
    ]);
  });

  it("keeps a referral without directions, with the answer's words", () => {
    const words = "This is on our website";
    const cells = referredCellsOf(only({ status: "referred", value: null, value_text: words, period: null }), SOURCE);
    expect(cells).toMatchObject([{ url: null, publication_slug: null, file_codes: [], words, period_kind: null }]);
  });
});

describe("describeProblem", () => {
  it("says the line's words, the question that it belongs to, and what was expected", () => {
    const lines = [{ number: 12, text: "  15.5, or 25 ", page: null }];
    const problem = { code: "several-figures", message: "several figures", line: 12 };
    expect(describeProblem(problem, makeLetter(), lines)).toEqual({
      ...problem,
      question: "3",
      part: "",
      found: "15.5, or 25",
      expected: "one figure",
    });
  });
});
