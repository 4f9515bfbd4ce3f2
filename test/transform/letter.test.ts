/** Whole letters of our own, one form each: layouts, blocks, tables, doubts, councils, and input that means harm. */
import { describe, expect, it } from "vitest";
import { readLetter } from "../../src/transform/letter.ts";
import { letterText } from "../letters-score.ts";
import { startTimer } from "../support/own-time.ts";

const HEAD = "Leeds City Council\n\nThank you for your request under the Freedom of Information Act 2000.\n\n";
const read = (body: string) => readLetter(letterText("letter.txt", `${HEAD}${body}`));

/** Every cell as `question|period|breakdown|status|value`. */
function cells(body: string): string[] {
  return read(body).questions.flatMap((question) =>
    question.answers.map((answer) =>
      [
        question.ref + question.part,
        answer.period?.label ?? "",
        answer.breakdown,
        answer.status,
        answer.value ?? "",
      ].join("|"),
    ),
  );
}

describe("where the answer stands", () => {
  it.each([
    ["on the next line", "1. How many cases in 2020/21?\n45"],
    ["after the question mark", "1. How many cases in 2020/21? 45"],
    ["after a dash", "1. Number of cases in 2020/21 - 45"],
    ["after a label", "1. How many cases in 2020/21?\nAnswer: 45"],
    ["beside A1", "Q1 How many cases in 2020/21?\nA1 45"],
    ["in a sentence", "1. How many cases in 2020/21?\n\nWe had 45 cases in 2020/21."],
    ["in a row of a table", "| No | Question | Response |\n|---|---|---|\n| 1 | How many cases in 2020/21? | 45 |"],
    ["under quoted lines", "> 1. How many cases in 2020/21?\n\n45"],
    ["by number after the request", "You asked:\n\n1. How many cases in 2020/21?\n\nOur response:\n\n1. 45"],
    ["without any number", "How many cases in 2020/21?\n\n45"],
    ["in the council's words alone", "You asked for the number of cases in 2020/21.\n\nOur response:\n\n2020/21: 45"],
  ])("%s", (_, body) => {
    expect(cells(body)).toEqual(["1|2020/21||reported|45"]);
  });

  it("answers items by number", () => {
    const body = "1. How many in\n(i) 2019/20; (ii) 2020/21?\n2. How many teams?\n\nResponse\n\n1. i) 34\nii) 45\n2. 8";
    expect(cells(body)).toEqual(["1|2019/20||reported|34", "1|2020/21||reported|45", "2|||reported|8"]);
  });

  it("reads years that the lead-in names, one value each", () => {
    const body =
      "For 2019/20 and 2020/21:\n\n1) How many cases?\n2) Is there a plan?\n\nOur answers are:\n\n1) 34 and 45\n2) Yes";
    expect(cells(body)).toEqual(["1|2019/20||reported|34", "1|2020/21||reported|45", "2|||reported|"]);
  });

  it("leaves what is blank unanswered", () => {
    expect(cells("1. How many in\ni) 2019/20\n\nii) 2020/21\n45\n2. How many?")).toEqual([
      "1|2019/20||unanswered|",
      "1|2020/21||reported|45",
      "2|||unanswered|",
    ]);
  });

  it("takes a number of four digits for a count where a year stands already", () => {
    expect(cells("1. How many in\ni) 2018/19\n2010\nii) 2019/20\n2022")).toEqual([
      "1|2018/19||reported|2010",
      "1|2019/20||reported|2022",
    ]);
  });

  it("tells parts that restart and numbers that repeat apart", () => {
    const parts = "PART A\n\n1. How many children?\n5\n2. How many plans?\n6\n\nPART B\n\n1. How many workers?\n7";
    expect(cells(parts)).toEqual(["A.1|||reported|5", "A.2|||reported|6", "B.1|||reported|7"]);
    expect(cells("1. How many?\n5\n2. How many cars?\n6\n2. How many vans?\n7")).toEqual([
      "1|||reported|5",
      "2|||reported|6",
      "2#2|||reported|7",
    ]);
  });

  it("does not count the steps of an instruction as questions", () => {
    const body =
      "1. How many?\n\nSection 21 applies: https://www.gov.uk/x\n1. Click on 'Download'\n2. Open the file\n\n2. How many teams?\n\n8";
    expect(cells(body)).toEqual(["1|||referred|", "2|||reported|8"]);
  });
});

describe("blocks and references", () => {
  it("spreads a range, a list and the whole request", () => {
    const asked = "1. How many cats?\n2. How many dogs?\n3. How many cows?\n\n";
    expect(cells(`${asked}In respect of questions 1 to 3, section 12 of the Act applies.`)).toEqual(
      ["1", "2", "3"].map((ref) => `${ref}|||cost_limit|`),
    );
    expect(cells(`${asked}For questions 1 and 3 we hold no information.`)).toEqual([
      "1|||not_held|",
      "2|||unanswered|",
      "3|||not_held|",
    ]);
    expect(cells(`${asked}Your request is refused under section 14(1).`)).toEqual(
      ["1", "2", "3"].map((ref) => `${ref}|||refused|`),
    );
  });

  it("never overwrites an answer", () => {
    expect(cells("1. How many cats?\n5\n2. How many dogs?\n\nFor questions 1 and 2 section 12 applies.")).toEqual([
      "1|||reported|5",
      "2|||cost_limit|",
    ]);
  });

  it("copies refusals, not figures", () => {
    const body =
      "1. Who?\nWithheld, section 40(2).\n2. Where?\nAs above\n3. How many?\n7\n4. How many of them?\nSee Q3";
    expect(cells(body)).toEqual(["1|||withheld|", "2|||withheld|", "3|||reported|7", "4|||reported|"]);
  });
});

describe("tables", () => {
  it("reads years across and down, thousands of pounds, and totals", () => {
    expect(
      cells("1. Spend on early help\n\n| £000s | 2019/20 | 2020/21 |\n|---|---|---|\n| Net | 7,118 | 7,340.5 |"),
    ).toEqual(["1|2019/20||reported|7118000", "1|2020/21||reported|7340500"]);
    expect(cells("1. Number of plans\n\nYear\tStarted\tEnded\n2019/20\t88\t90\n2020/21\t91\t<5")).toEqual([
      "1|2019/20|Started|reported|88",
      "1|2019/20|Ended|reported|90",
      "1|2020/21|Started|reported|91",
      "1|2020/21|Ended|suppressed|",
    ]);
  });

  it("reads rows flattened to spaces", () => {
    expect(cells("1. How many visits?\n\n2018/19 2019/20 2020/21\nNorth 5 6 7\nSouth 8 9 10")).toEqual([
      "1|2018/19|North|reported|5",
      "1|2019/20|North|reported|6",
      "1|2020/21|North|reported|7",
      "1|2018/19|South|reported|8",
      "1|2019/20|South|reported|9",
      "1|2020/21|South|reported|10",
    ]);
  });

  it("gives the columns of a table after the request to their questions", () => {
    expect(cells("1. How many cats?\n2. How many dogs?\n\nResponse\n\nYear Q1 Q2\n2019/20 5 6\n2020/21 7 8")).toEqual([
      "1|2019/20||reported|5",
      "1|2020/21||reported|7",
      "2|2019/20||reported|6",
      "2|2020/21||reported|8",
    ]);
  });

  it("reads a star by its legend, and doubts it without", () => {
    const table = "1. How many?\n\n| Team | Number |\n|---|---|\n| A | 12 |\n| B | * |\n\n";
    expect(cells(`${table}* fewer than five`)[1]).toBe("1||B|suppressed|");
    const doubtful = read(table);
    expect(doubtful.questions[0]?.answers[1]).toMatchObject({ status: "reported", value: null, unit: "text" });
    expect(doubtful.problems.map((problem) => problem.code)).toContain("unexplained-symbol");
  });
});

describe("doubts", () => {
  it.each([
    ["several-figures", "1. How many?\nThere were 12 at first, 14 in the end and 19 with agency staff."],
    ["value-unclear", "1. How much was spent?\n£4,883,350k"],
    ["answers-disagree", "1. How many cats?\n2019/20: 5\n2019/20: 6\n2020/21: 7"],
    ["no-questions", "We write about the Freedom of Information Act 2000. Our response is below."],
  ])("%s", (code, body) => {
    const letter = read(body);
    expect(letter.problems.map((problem) => problem.code)).toContain(code);
    for (const answer of letter.questions
      .flatMap((question) => question.answers)
      .filter((one) => code !== "answers-disagree" && one !== undefined))
      expect(answer.value).toBeNull();
  });

  it("gives an explanation no cell of its own", () => {
    const letter = read(
      "1. What was the highest caseload?\n27\nPlease explain how families are counted.\nOne case per child.",
    );
    expect(letter.questions[0]?.answers).toHaveLength(1);
    expect(letter.notes).toContain("One case per child.");
  });
});

describe("the council", () => {
  const councilOf = (text: string) => readLetter(letterText("letter.txt", text)).council.la_code;
  const body = "\n\nYour request\n\n1. How many?\n5\n";

  it.each([
    ["a letterhead", `Coventry City Council${body}`, "E08000026"],
    ["an e-mail address", `${body}\ninfo.requests@leicester.gov.uk`, "E06000016"],
    ["a sentence of refusal", `${body}\n2. Who?\nNot held by Leicester City Council.`, "E06000016"],
    ["a district", `Harborough District Council${body}\nTry Leicestershire County Council.`, null],
    ["nothing", body, null],
  ])("by %s", (_, text, code) => {
    expect(councilOf(text)).toBe(code);
  });

  it("is nobody where two are named alike", () => {
    const letter = readLetter(letterText("letter.txt", `Leeds City Council and Derby City Council${body}`));
    expect(letter.council.la_code).toBeNull();
    expect(letter.problems.map((problem) => problem.code)).toContain("two-councils");
  });
});

describe("what is no reply", () => {
  it.each([
    [
      "a report",
      "Scrutiny Commission Report\nWards Affected: All\nReport Author: A. Person\n1. Purpose\n1.1 The commission is recommended to note 45 cases.\n5.1 Financial implications",
    ],
    ["a leaflet", "Worried about a child?\nThis leaflet tells you who can help. Call us on 0300 123 4567."],
    [
      "an acknowledgement",
      "Dear Sir\nThank you for your request, which was logged on 2 May 2022. You can expect to hear from us within 20 working days.\n1. How many?",
    ],
  ])("%s", (_, text) => {
    expect(readLetter(letterText("letter.txt", text))).toMatchObject({
      readable: false,
      questions: [],
      problems: [{ code: "not-a-reply" }],
    });
  });
});

describe("input that means harm", () => {
  const much = 60_000;
  it.each([
    ["spaces", `${" ".repeat(much)}x`],
    ["digits", "1".repeat(much)],
    ["digits and commas", "1,".repeat(much)],
    ["numbering", "1. How many?\n".repeat(10_000)],
    ["counting", Array.from({ length: 10_000 }, (_, at) => `${(at % 99) + 1}. How many?`).join("\n")],
    ["years", "2017/18 ".repeat(10_000)],
    ["items", `1. How many?\n${"i) 2017/18\n".repeat(10_000)}`],
    ["pipes", `${"| 1 ".repeat(500)}|\n`.repeat(100)],
    ["tabs", "\t1".repeat(much)],
    ["cells", "Label\n1\n2\n".repeat(5_000)],
    ["brackets", "[a](".repeat(much / 4)],
    ["sections", "section 21 ".repeat(much / 11)],
    ["links", "https://a.b/c-\n".repeat(10_000)],
    ["scopes", `1. How many?\n${"For questions 1, 2, 3 ".repeat(2_000)}`],
    ["prose", `1. How many?\n${"the council does not hold this because\n".repeat(10_000)}`],
    ["entities", "&".repeat(much)],
    ["addresses", `${"a".repeat(60)}@${"b.".repeat(much / 2)}`],
    ["councils", "Leicester City Council ".repeat(2_000)],
  ])("%s: ends within 10 s", (_, text) => {
    const timer = startTimer();
    readLetter(letterText("hostile.txt", text));
    expect(timer()).toBeLessThan(10);
  });
});
