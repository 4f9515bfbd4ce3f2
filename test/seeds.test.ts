/** The five real letters. Expectations were read off the letters themselves; skipped where the shared data is absent. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Answer, Letter } from "../src/letter.ts";
import { readLetter } from "../src/transform/letter.ts";
import { letterText } from "./letters-score.ts";

const SEEDS = fileURLToPath(new URL("../../shared/seeds/", import.meta.url));
const YEARS = ["2017/18", "2018/19", "2019/20", "2020/21", "2021/22"];
const CELLS = ["3", "4", "5a", "5b", "5c", "6a", "6b", "6c"];
const MEASURES = [
  "referrals",
  "s47_enquiries",
  "cpp_any_point",
  "cpp_started",
  "cpp_ended",
  "cin_children_any_point",
  "cin_children_started",
  "cin_children_ended",
];

function readSeed(start: string): Letter {
  const name = readdirSync(SEEDS).find((file) => file.startsWith(start));
  if (name === undefined) throw new Error(`no seed ${start}`);
  return readLetter(letterText(name, readFileSync(`${SEEDS}${name}`, "utf8")));
}

function questionOf(letter: Letter, name: string) {
  const question = letter.questions.find((one) => `${one.ref}${one.part}` === name);
  if (question === undefined) throw new Error(`no question ${name}`);
  return question;
}

const answersOf = (letter: Letter, name: string): Answer[] => questionOf(letter, name).answers;
const valuesOf = (letter: Letter, name: string) => answersOf(letter, name).map((answer) => answer.value);
const labelsOf = (letter: Letter, name: string) => answersOf(letter, name).map((answer) => answer.period?.label);

describe.skipIf(!existsSync(SEEDS))("the real letters", () => {
  describe("Leicester 2022", () => {
    const letter = existsSync(SEEDS) ? readSeed("000") : ({} as Letter);

    it("is Leicester by its e-mail address and a sentence of refusal, and may be re-used", () => {
      expect(letter.readable).toBe(true);
      expect(letter.council).toEqual({ name_in_letter: "Leicester City Council", la_code: "E06000016" });
      expect(letter.licence).toBe("OGL-UK-3.0");
    });

    it("has eight questions with their parts", () => {
      expect(letter.questions.map((question) => question.ref + question.part)).toEqual(["1", "2", ...CELLS, "7", "8"]);
    });

    it("gives the forty figures of questions 3 to 6c", () => {
      const printed = [
        [3585, 2096, 2708, 3434, 2284],
        [1910, 1104, 1425, 1383, 1289],
        [1137, 1095, 840, 883, 882],
        [741, 481, 491, 566, 488],
        [522, 744, 524, 489, 487],
        [4100, 3611, 3530, 3933, 3991],
        [2083, 1319, 1789, 2201, 2136],
        [1650, 1712, 1677, 2070, 2157],
      ];
      CELLS.forEach((cell, place) => {
        expect(valuesOf(letter, cell), cell).toEqual(printed[place]);
        expect(labelsOf(letter, cell), cell).toEqual(YEARS);
        expect(questionOf(letter, cell).measure).toBe(MEASURES[place]);
        for (const answer of answersOf(letter, cell))
          expect(answer).toMatchObject({ status: "reported", unit: "count", breakdown: "" });
      });
      expect(answersOf(letter, "6c")[4]).toMatchObject({ line: 142, value_text: "2157" });
    });

    it("keeps the three averages of question 2 apart and says so", () => {
      expect(valuesOf(letter, "1")).toEqual([27]);
      expect(questionOf(letter, "1")).toMatchObject({ measure: "caseload_highest" });
      expect(labelsOf(letter, "1")).toEqual(["1 April 2022"]);
      expect(answersOf(letter, "2").map((answer) => answer.value_text)).toEqual(["15.5", "25", "16.0"]);
      expect(new Set(answersOf(letter, "2").map((answer) => answer.breakdown)).size).toBe(3);
      expect(letter.problems.map((problem) => problem.code)).toContain("several-figures");
    });

    it("tells spending that is not held from spending in pounds", () => {
      const [first, ...rest] = answersOf(letter, "7");
      expect(first).toMatchObject({
        status: "not_held",
        exemption: "s1(1)",
        value: null,
        period: { label: "2011/12" },
      });
      expect(rest.map((answer) => answer.value)).toEqual([10576000, 7390000, 7116000, 8127000, 8520000]);
      expect(rest.every((answer) => answer.unit === "GBP")).toBe(true);
    });

    it("reads five zeros, each as at 1 April of its financial year", () => {
      expect(valuesOf(letter, "8")).toEqual([0, 0, 0, 0, 0]);
      expect(labelsOf(letter, "8")).toEqual([2017, 2018, 2019, 2020, 2021].map((year) => `1 April ${year}`));
    });
  });

  describe("Coventry 2022", () => {
    const letter = existsSync(SEEDS) ? readSeed("001") : ({} as Letter);

    it("has reference, date and terms", () => {
      expect(letter.council).toEqual({ name_in_letter: "Coventry City Council", la_code: "E08000026" });
      expect(letter.request_reference).toBe("FOI413132846");
      expect(letter.response_date).toBe("2022-05-05");
      expect(letter.licence).toContain("does not confer an automatic right to re-use");
    });

    it("refers forty cells to the file of their question", () => {
      const codes = ["C1", "C4", "D1", "D1", "D1", "B1", "B1", "B1"];
      CELLS.forEach((cell, place) => {
        expect(labelsOf(letter, cell), cell).toEqual(YEARS);
        expect(questionOf(letter, cell).measure).toBe(MEASURES[place]);
        for (const answer of answersOf(letter, cell)) {
          expect(answer).toMatchObject({ status: "referred", exemption: "s21", value: null });
          expect(answer.referral).toMatchObject({
            url: "https://explore-education-statistics.service.gov.uk/find-statistics/characteristics-of-children-in-need/2021#dataDownloads-1",
            publication_slug: "characteristics-of-children-in-need",
            release_slug: "2021",
            file_codes: [codes[place]],
            la_filter: "Coventry",
          });
        }
      });
    });

    it("gives caseloads as at the day that its note names", () => {
      expect(answersOf(letter, "1")).toMatchObject([{ value: 28, period: { label: "30 September 2021" } }]);
      expect(answersOf(letter, "2")).toMatchObject([{ value: 14.71, period: { label: "30 September 2021" } }]);
      expect(answersOf(letter, "1a")).toMatchObject([
        { status: "reported", value: null, unit: "text", value_text: "One Case per Child." },
      ]);
    });

    it("reads question 8 as at 31 March, with a gap at each end", () => {
      expect(labelsOf(letter, "8")).toEqual([2018, 2019, 2020, 2021, 2022].map((year) => `31 March ${year}`));
      expect(answersOf(letter, "8").map((answer) => answer.status)).toEqual([
        "not_held",
        "reported",
        "reported",
        "reported",
        "unanswered",
      ]);
      expect(valuesOf(letter, "8")).toEqual([null, 11, 2, 11, null]);
      expect(answersOf(letter, "8")[0]?.exemption).toBe("s1(1)");
    });

    it("reads spending", () => {
      expect(valuesOf(letter, "7")).toEqual([null, 4883350, 5337890, 6151891, 5491674, 5234079]);
      expect(answersOf(letter, "7")[0]).toMatchObject({ status: "not_held", exemption: "s1(1)" });
    });
  });

  describe("Leicester 2015", () => {
    const letter = existsSync(SEEDS) ? readSeed("002") : ({} as Letter);

    it("reads a table with one cell per line: twelve quarters, two rows", () => {
      const cells = answersOf(letter, "5a");
      expect(cells).toHaveLength(24);
      const row = (label: string) => cells.filter((cell) => cell.breakdown === label).map((cell) => cell.value);
      expect(row("Employees absent through sickness at least once")).toEqual([
        46, 43, 44, 50, 51, 46, 51, 44, 41, 50, 50, 36,
      ]);
      expect(row("Working days lost to sickness")).toEqual([
        676, 517, 316, 380, 448, 588, 782, 606, 483, 730, 849, 707,
      ]);
      expect(cells[4]?.period).toEqual({
        kind: "quarter",
        label: "2013/14 Q1",
        start: "2013-04-01",
        end: "2013-06-30",
      });
      expect(answersOf(letter, "5b").map((answer) => answer.status)).toEqual(["not_held", "not_held", "not_held"]);
    });

    it("keeps refusals, a referral to the council's own pages, and a range as words", () => {
      expect(answersOf(letter, "1").map((answer) => [answer.status, answer.exemption])).toEqual(
        Array(3).fill(["not_held", "s1(1)"]),
      );
      for (const answer of answersOf(letter, "2")) {
        expect(answer).toMatchObject({
          status: "referred",
          exemption: "s21",
          referral: { publication_slug: null, release_slug: null },
        });
        expect(answer.referral?.url).toBe(
          "http://www.leicester.gov.uk/your-council/how-we-work/performance-and-spending",
        );
      }
      expect(answersOf(letter, "3")).toMatchObject([
        { status: "reported", value: null, value_text: "16 – 20", unit: "text" },
      ]);
    });
  });

  describe("Leicester 2024", () => {
    const letter = existsSync(SEEDS) ? readSeed("003") : ({} as Letter);

    it("withholds names, also where it only says as above", () => {
      for (const name of ["1a", "1b", "2"])
        expect(answersOf(letter, name)).toMatchObject([{ status: "withheld", exemption: "s40(2)" }]);
    });

    it("reads figures by team; a dash is no minus", () => {
      expect(answersOf(letter, "4a").map((answer) => [answer.breakdown, answer.value])).toEqual([
        ["Children in Need Areas", 84],
        ["CASP", 36],
        ["Looked After Children", 27],
      ]);
      expect(answersOf(letter, "4b").map((answer) => answer.value)).toEqual([15, 10, 10]);
      expect(answersOf(letter, "3b").map((answer) => answer.value)).toEqual([8, 8, 4]);
    });

    it("tells the two questions 7 apart", () => {
      expect(answersOf(letter, "7a")).toMatchObject([
        { value: null, value_text: "27 years and 6 months", unit: "text" },
      ]);
      expect(valuesOf(letter, "7#2a")).toEqual([14, 17, 13]);
    });
  });

  it("refuses a committee's report", () => {
    const letter = readSeed("004");
    expect(letter.readable).toBe(false);
    expect(letter.questions).toEqual([]);
    expect(letter.problems).toMatchObject([{ code: "not-a-reply" }]);
    expect(letter.problems[0]?.message).toContain("report");
  });
});
