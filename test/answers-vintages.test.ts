/**
 * Three vintages, verdicts, masking, gaps, revisions, on both engines, with releases made from the sample: 2021 and 2022 as
 * DfE's pattern has them, single cells changed. Unchanged figures: DfE, Children in need 2022, C1, Coventry.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Letter } from "../src/letter.ts";
import { verifyCitations } from "../src/verify.ts";
import { type StandInEes, startStandInEes } from "./stand-in-ees/server.ts";
import { addMadeLetters, backfillInto, financialYear, makeRelease, referTo } from "./support/answering.ts";
import { makeAnswer, makeLetter, makeQuestion } from "./support/make-letters.ts";
import { replaceCell } from "./support/sample-release.ts";
import { makeWarehouse, query, type TestSetting, WAREHOUSES } from "./support/warehouses.ts";

const COVENTRY = { name_in_letter: "Coventry City Council", la_code: "E08000026" };
const row = (year: string) => ({ year, laName: "Coventry" });
const change =
  (...cells: [year: string, column: string, value: string][]) =>
  (code: string, text: string) =>
    code === "C1"
      ? cells.reduce((csv, [year, column, value]) => replaceCell(csv, row(year), column, value), text)
      : text;

/** 2018/19 was 5,600 until 2022 made it 5,660; 2019/20 was published and then suppressed; 2017/18 the other way round. */
const RELEASES = [
  makeRelease("2021", change(["2019", "Referrals", "5600"], ["2018", "Referrals", "c"], ["2017", "Referrals", "x"])),
  makeRelease("2022", (code, text) =>
    code === "D1" ? withoutRow(text) : change(["2020", "Referrals", "c"], ["2017", "Referrals", "x"])(code, text),
  ),
];

/** Without Coventry's row of 2013, the year to 31 March 2013. */
function withoutRow(csv: string): string {
  const lines = csv.split(/(?<=\n)/);
  return lines.filter((line) => !(line.startsWith("2013,") && line.includes(",Coventry,"))).join("");
}

const referred = (year: number, release: string | null, line: number) =>
  makeAnswer({
    period: financialYear(year),
    status: "referred",
    value: null,
    value_text: "",
    exemption: "s21",
    line,
    referral: referTo(release),
  });
const letter = (reference: string, change: Partial<Letter>) =>
  makeLetter({ council: COVENTRY, request_reference: reference, response_date: "2022-05-05", ...change });

const LETTERS = [
  letter("CITES-2021", {
    questions: [
      makeQuestion({
        answers: [2016, 2017, 2018, 2019, 2020, 2021, 2011].map((year, at) => referred(year, "2021", 20 + at)),
      }),
    ],
  }),
  letter("CITES-2022", {
    response_date: "2023-01-10",
    questions: [makeQuestion({ answers: [referred(2018, "2022", 20)] })],
  }),
  letter("CITES-2020", { questions: [makeQuestion({ answers: [referred(2020, "2020", 20)] })] }),
  letter("CITES-NONE", { questions: [makeQuestion({ answers: [referred(2020, null, 20)] })] }),
  letter("NO-MEASURE", {
    questions: [makeQuestion({ text: "How many chairs?", measure: null, answers: [referred(2020, "2021", 20)] })],
  }),
  letter("ELSEWHERE", {
    questions: [
      makeQuestion({
        answers: [
          {
            ...referred(2020, null, 20),
            referral: referTo(null, { publication_slug: null, url: "https://www.coventry.gov.uk" }),
          },
        ],
      }),
    ],
  }),
  letter("UNDATED", { response_date: null, questions: [makeQuestion({ answers: [referred(2021, "2021", 20)] })] }),
  letter("GAPS", {
    questions: [
      makeQuestion({
        answers: [
          makeAnswer({
            period: financialYear(2018),
            status: "not_held",
            value: null,
            value_text: "not held",
            line: 30,
          }),
          makeAnswer({ period: financialYear(2019), status: "unanswered", value: null, value_text: "", line: 31 }),
          makeAnswer({ period: financialYear(2022), status: "unanswered", value: null, value_text: "", line: 32 }),
          makeAnswer({
            period: financialYear(2011),
            status: "not_held",
            value: null,
            value_text: "not held",
            line: 33,
          }),
        ],
      }),
    ],
  }),
];

describe.each(WAREHOUSES)("two vintages on %s", (kind) => {
  let ees: StandInEes;
  let setting: TestSetting;
  beforeAll(async () => {
    ees = await startStandInEes({ releases: RELEASES });
    setting = await makeWarehouse(kind, { S21_EES_API: ees.url });
    await addMadeLetters(setting, LETTERS);
    await backfillInto(setting);
  });
  afterAll(async () => {
    await ees.close();
    await setting.dispose();
  });
  const rows = (sql: string) => query(setting.config, sql);
  const answersOf = (reference: string, columns: string) =>
    rows(`select period_label, ${columns} from answer where request_reference = '${reference}' order by period_end`);

  test("the answer is the cited release's, and the others stand beside it", async () => {
    const found = await answersOf(
      "CITES-2021",
      "value, status, dfe_vintage, cited_value, cited_release, at_letter_value, at_letter_release, latest_value, latest_release",
    );
    expect(found.find((one) => one.period_label === "2018/19")).toEqual({
      period_label: "2018/19",
      value: "5600",
      status: "reported",
      dfe_vintage: "cited",
      cited_value: "5600",
      cited_release: "2021",
      at_letter_value: "5600",
      at_letter_release: "2021",
      latest_value: "5660",
      latest_release: "2022",
    });
    expect(found.find((one) => one.period_label === "2021/22")).toMatchObject({
      value: "4987",
      dfe_vintage: "earliest",
      cited_value: null,
      at_letter_value: null,
      latest_value: "4987",
    });
  });

  test("the cited release's figure is the answer though an earlier release has another", async () => {
    expect(await answersOf("CITES-2022", "value, dfe_vintage, cited_release, at_letter_value")).toEqual([
      { period_label: "2018/19", value: "5660", dfe_vintage: "cited", cited_release: "2022", at_letter_value: "5660" },
    ]);
  });

  test("a number that DfE has since suppressed is shown in no vintage, and by no proof", async () => {
    const [masked] = (await answersOf("CITES-2021", "*")).filter((one) => one.period_label === "2019/20");
    expect(masked).toMatchObject({
      value: null,
      status: "suppressed",
      answered_by: null,
      dfe_value: null,
      cited_value: null,
      at_letter_value: null,
      latest_value: null,
      cited_status: "suppressed",
    });
    expect(JSON.stringify(masked)).not.toContain("5382");
    for (const view of ["revision", "disagreement", "gap", "referral"]) {
      expect(JSON.stringify(await rows(`select * from ${view}`))).not.toContain("5382");
    }
    for await (const proof of verifyCitations(setting.config, [String(masked?.cited_citation)])) {
      expect(proof).toMatchObject({ holds: true, value: null, status: "suppressed" });
      expect(JSON.stringify(proof)).not.toContain("5382");
    }
  });

  test("a cell that the cited release suppresses is filled from the release that has it", async () => {
    const [found] = (await answersOf("CITES-2021", "*")).filter((one) => one.period_label === "2017/18");
    expect(found).toMatchObject({
      value: "5923",
      dfe_release: "2022",
      dfe_vintage: "earliest",
      cited_status: "suppressed",
    });
  });

  test("verdicts", async () => {
    const found = await rows(
      `select request_reference || ' ' || period_label as cell, verdict, basis, available_from from referral
       order by request_reference, period_end`,
    );
    expect(
      found.map(
        (one) =>
          `${[`${one.cell}:`, one.verdict, one.basis, one.available_from].filter((said) => said !== null).join(" ")}`,
      ),
    ).toEqual([
      "CITES-2020 2020/21: not_in_cited_release pattern",
      "CITES-2021 2011/12: not_published files",
      "CITES-2021 2016/17: not_published files",
      "CITES-2021 2017/18: covered_but_suppressed files",
      "CITES-2021 2018/19: covered files",
      "CITES-2021 2019/20: covered files",
      "CITES-2021 2020/21: covered files",
      "CITES-2021 2021/22: published_later files 2022-10-27",
      "CITES-2022 2018/19: covered files",
      "CITES-NONE 2020/21: covered files",
      "ELSEWHERE 2020/21: unresolved",
      "NO-MEASURE 2020/21: unresolved",
      "UNDATED 2021/22: unresolved",
    ]);
  });

  test("a link without a release means the newest on the letter's date", async () => {
    expect(await answersOf("CITES-NONE", "value, cited_release, dfe_vintage")).toEqual([
      { period_label: "2020/21", value: "5754", cited_release: "2021", dfe_vintage: "cited" },
    ]);
  });

  test("blanks without a referral are filled too, and what is left says what can help", async () => {
    expect(await answersOf("GAPS", "value, answered_by, council_status, dfe_release")).toEqual([
      { period_label: "2011/12", value: null, answered_by: null, council_status: "not_held", dfe_release: null },
      { period_label: "2018/19", value: "5600", answered_by: "dfe", council_status: "not_held", dfe_release: "2021" },
      { period_label: "2019/20", value: null, answered_by: null, council_status: "unanswered", dfe_release: "2021" },
      { period_label: "2022/23", value: null, answered_by: null, council_status: "unanswered", dfe_release: null },
    ]);
    expect(
      await rows(`select period_label, reason, recoverable, available_from from gap where request_reference = 'GAPS'
        order by period_end`),
    ).toEqual([
      { period_label: "2011/12", reason: "before_series", recoverable: "nothing", available_from: null },
      { period_label: "2019/20", reason: "suppressed_by_dfe", recoverable: "ask_again", available_from: null },
      { period_label: "2022/23", reason: "not_yet_published", recoverable: "wait", available_from: "2023-10-31" },
    ]);
  });

  test("revisions are told apart by kind", async () => {
    const found = await rows(
      `select data_set, kind, area_name, measure, period_label, before_text, after_text, difference from revision
       where from_release = '2021' and to_release = '2022' and (area_name = 'Coventry' or area_name is null)
       order by data_set, kind, period_end`,
    );
    const inC1 = found.filter((one) => one.data_set === "C1").map(({ data_set: _, ...one }) => one);
    const cell = { area_name: "Coventry", measure: "referrals", difference: null };
    expect(inC1).toEqual([
      {
        ...cell,
        kind: "row_added",
        measure: null,
        period_label: "2021/22",
        before_text: null,
        after_text: expect.any(String),
      },
      { ...cell, kind: "symbol_changed", period_label: "2017/18", before_text: "c", after_text: "5923" },
      { ...cell, kind: "symbol_changed", period_label: "2019/20", before_text: null, after_text: "c" },
      {
        ...cell,
        kind: "value_revised",
        period_label: "2018/19",
        before_text: "5600",
        after_text: "5660",
        difference: "60",
      },
    ]);
    const others = found.filter((one) => one.data_set !== "C1");
    expect(others.map((one) => `${one.data_set} ${one.kind} ${one.period_label}`)).toEqual([
      "B1 row_added 2021/22",
      "C4 row_added 2021/22",
      "D1 row_added 2021/22",
      "D1 row_gone 2012/13",
    ]);
  });
});

describe("when the next release comes", () => {
  let ees: StandInEes;
  let setting: TestSetting;
  beforeAll(async () => {
    ees = await startStandInEes({ releases: [makeRelease("2021")] });
    setting = await makeWarehouse("postgres", { S21_EES_API: ees.url });
    const questions = [makeQuestion({ answers: [referred(2020, "2021", 20), referred(2021, "2021", 21)] })];
    await addMadeLetters(setting, [letter("WAITS", { questions })]);
    await backfillInto(setting);
  });
  afterAll(async () => {
    await ees.close();
    await setting.dispose();
  });
  const read = () =>
    query(
      setting.config,
      "select value, answered_by, dfe_release from answer where area_name = 'Coventry' order by period_end",
    );

  test("what waited for it is filled by the next refresh, by itself", async () => {
    const { refreshInto } = await import("./support/refreshing.ts");
    expect(await read()).toEqual([
      { value: "5754", answered_by: "dfe", dfe_release: "2021" },
      { value: null, answered_by: null, dfe_release: null },
    ]);
    ees.publish(makeRelease("2022"));
    await refreshInto(setting, { release: "latest" });
    expect(await read()).toEqual([
      { value: "5754", answered_by: "dfe", dfe_release: "2021" },
      { value: "4987", answered_by: "dfe", dfe_release: "2022" },
    ]);
  });

  test("a council whose letter comes later gets every vintage that is held, without a download", async () => {
    const council = { name_in_letter: "Leicester City Council", la_code: "E06000016" };
    await addMadeLetters(setting, [makeLetter({ council, request_reference: "LATE" })]);
    const asked = ees.requests.length;
    await backfillInto(setting, ["Leicester"]);
    expect(ees.requests.slice(asked).filter(({ path }) => path.includes("/files"))).toEqual([]);
    expect(
      await query(
        setting.config,
        "select release, count(*) as rows from observation where area_code = 'E06000016' and measure = 'referrals' and source = 'dfe' group by 1 order by 1",
      ),
    ).toEqual([
      { release: "2021", rows: 9 },
      { release: "2022", rows: 10 },
    ]);
  });

  test("a withdrawn release keeps its answers", async () => {
    ees.withdraw("children-in-need", "2022");
    const { refreshInto } = await import("./support/refreshing.ts");
    await refreshInto(setting, { release: ["2022"] });
    expect((await read()).map((one) => one.value)).toEqual(["5754", "4987"]);
    await backfillInto(setting);
    expect((await read()).map((one) => one.value)).toEqual(["5754", "4987"]);
    expect(await query(setting.config, "select status from release_version where release = '2022'")).toEqual([
      { status: "withdrawn" },
    ]);
  });
});
