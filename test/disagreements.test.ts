/** Causes of disagreements, tested against DfE's other figures: Children in need 2022, Leicester (E06000016), from the sample. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { addMadeLetters, backfillInto, financialYear } from "./support/answering.ts";
import { makeAnswer, makeLetter, makeQuestion } from "./support/make-letters.ts";
import { refreshInto } from "./support/refreshing.ts";
import { SAMPLE_BUNDLE } from "./support/sample-release.ts";
import { makeWarehouse, query, type TestSetting } from "./support/warehouses.ts";

/** Council's figure, what DfE has, and the cause. DfE's 2018/19: 1,093 plans, 1,079 children, 349 at 31 March; 2,096 referrals. */
const CASES: { measure: string; year: number; value: number; dfe: number; cause: string }[] = [
  { measure: "cpp_any_point", year: 2018, value: 1079, dfe: 1093, cause: "plans_or_children" },
  { measure: "cpp_any_point", year: 2017, value: 614, dfe: 1136, cause: "stock_or_flow" },
  { measure: "cin_children_started", year: 2018, value: 1358, dfe: 1319, cause: "episodes_or_children" },
  { measure: "s47_enquiries", year: 2018, value: 889, dfe: 1104, cause: "enquiries_or_children" },
  { measure: "referrals", year: 2018, value: 1977, dfe: 2096, cause: "referrals_or_children" },
  { measure: "referrals", year: 2020, value: 2286, dfe: 3434, cause: "year_shifted" },
  { measure: "cpp_ended", year: 2018, value: 474, dfe: 744, cause: "digits_swapped" },
  { measure: "cpp_started", year: 2018, value: 418, dfe: 481, cause: "digits_swapped" },
  { measure: "cpp_started", year: 2017, value: 743, dfe: 741, cause: "small_revision" },
  { measure: "cpp_ended", year: 2018, value: 447, dfe: 744, cause: "unknown" },
  { measure: "cpp_ended", year: 2017, value: 600, dfe: 522, cause: "unknown" },
  { measure: "cin_children_any_point", year: 2021, value: 3991, dfe: 3223, cause: "provisional" },
];

let setting: TestSetting;
beforeAll(async () => {
  setting = await makeWarehouse("postgres");
  const questions = CASES.map(({ measure, year, value }, at) =>
    makeQuestion({
      ref: String(at + 1),
      // Words of its own, so that no other question is evidence for it.
      text: `How many, ${"x".repeat(at + 1)}?`,
      measure,
      answers: [makeAnswer({ period: financialYear(year), value, value_text: String(value), line: at + 10 })],
    }),
  );
  const share = makeQuestion({
    ref: "20",
    text: "What share?",
    answers: [makeAnswer({ period: financialYear(2018), value: 12, value_text: "12 %", unit: "percent", line: 50 })],
  });
  await addMadeLetters(setting, [makeLetter({ response_date: "2022-06-15", questions: [...questions, share] })]);
  await refreshInto(setting, { from: SAMPLE_BUNDLE, publishedAt: "2022-10-27T08:30:00.000Z" });
});
afterAll(() => setting.dispose());

test.each(CASES.map((one, at) => ({ ...one, ref: String(at + 1) })))(
  "$measure $year: $value against $dfe is $cause",
  async ({ ref, value, dfe, cause }) => {
    const found = await query(
      setting.config,
      `select council_value, dfe_value, likely_cause from disagreement where question = '${ref}'`,
    );
    expect(found).toEqual([{ council_value: String(value), dfe_value: String(dfe), likely_cause: cause }]);
  },
);

test("a share is not compared with a count", async () => {
  expect(await query(setting.config, "select dfe_value from answer where question = '20'")).toEqual([
    { dfe_value: null },
  ]);
});

test("the largest difference comes first", async () => {
  const found = await query(setting.config, "select difference from disagreement");
  const sizes = found.map((one) => Math.abs(Number(one.difference)));
  expect(sizes).toEqual([...sizes].sort((one, other) => other - one));
  expect(sizes).toHaveLength(CASES.length);
});

test("backfill of another council does not touch it", async () => {
  const report = await backfillInto({ config: { ...setting.config, eesApi: "http://127.0.0.1:9/api" } }, ["Coventry"]);
  expect(report.answers).toMatchObject({ cells: 0 });
  expect(report.releases).toEqual([]);
});
