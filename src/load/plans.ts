/** What resolving decided, kept: which column answers each question, and where each referral leads. Written only where it changed. */
import { sql } from "kysely";
import { listMeasureKin } from "../catalogue/measure-families.ts";
import { measureByCode } from "../catalogue/measures.ts";
import { releaseCoverageOf, seriesStartOf } from "../catalogue/release-coverage.ts";
import { type ColumnFit, chooseColumn } from "../resolve/column.ts";
import { planReferral } from "../resolve/referral-plan.ts";
import { wordingOf } from "../resolve/wording.ts";
import { measureColumns, readFits } from "./calibration.ts";
import type { QuestionPlanTable, ReferralPlanTable } from "./tables.ts";
import type { WritableWarehouse, WriteSession } from "./warehouse.ts";

/** Letters whose plans are held in memory at the same time. */
const LETTERS_AT_ONCE = 500;

/**
 * Plans every letter anew, in one transaction: the columns are measured against what councils answered, each question
 * gets one, each referral its publication and release. @returns how many plans changed.
 */
export async function planLetters(warehouse: WritableWarehouse): Promise<number> {
  return warehouse.transaction(async (session) => {
    await saveMeasureKin(session);
    await removeOrphans(session);
    const letters = await listLetters(session);
    // The words first, of every letter: the measuring compares letters by them.
    for (const batch of batchesOf(letters)) await saveWordings(session, batch);
    await measureColumns(session);
    const fits = await readFits(session);
    let changed = 0;
    for (const batch of batchesOf(letters)) {
      changed += await saveQuestionPlans(session, batch, fits);
      changed += await saveReferralPlans(session, batch);
    }
    return changed;
  });
}

async function listLetters({ db }: WriteSession): Promise<string[]> {
  const rows = await db
    .selectFrom("letter")
    .select("letter_id")
    .where("superseded_by", "is", null)
    .orderBy("letter_id")
    .execute();
  return rows.map((row) => row.letter_id);
}

function batchesOf(letters: string[]): string[][] {
  const count = Math.ceil(letters.length / LETTERS_AT_ONCE);
  return Array.from({ length: count }, (_, index) =>
    letters.slice(index * LETTERS_AT_ONCE, (index + 1) * LETTERS_AT_ONCE),
  );
}

/** The catalogue's own pairs, as a table for the views. */
async function saveMeasureKin({ db }: WriteSession) {
  const wanted = listMeasureKin();
  const held = await db.selectFrom("measure_kin").selectAll().execute();
  const line = (one: { measure: string; kin: string; relation: string }) => `${one.measure} ${one.kin} ${one.relation}`;
  if (sameLines(wanted.map(line), held.map(line))) return;
  await db.deleteFrom("measure_kin").execute();
  await db.insertInto("measure_kin").values(wanted).execute();
}

function sameLines(one: string[], other: string[]): boolean {
  return one.length === other.length && one.sort().join("\n") === other.sort().join("\n");
}

/** Plans of letters that are no longer there, or that a later letter corrects; missing releases that have come. */
async function removeOrphans({ db }: WriteSession) {
  for (const table of ["question_plan", "referral_plan"] as const) {
    await sql`
      delete from ${sql.table(table)} plan where not exists (
        select 1 from letter l where l.letter_id = plan.letter_id and l.superseded_by is null
      )`.execute(db);
  }
  await sql`
    delete from missing_release m where exists (
      select 1 from release_version v
      where v.publication = m.publication and v.release = m.release and v.status in ('loaded', 'incomplete')
    )`.execute(db);
}

interface AskedQuestion {
  letter_id: string;
  question: string;
  part: string;
  question_text: string;
  measure: string | null;
}

async function readQuestions({ db }: WriteSession, letters: string[]): Promise<AskedQuestion[]> {
  const { rows } = await sql<AskedQuestion>`
    select letter_id, question, part, min(question_text) as question_text,
      case when count(distinct measure) = 1 then min(measure) end as measure
    from observation
    where letter_id in (${sql.join(letters)}) and source = 'council'
    group by letter_id, question, part
    order by letter_id, question, part`.execute(db);
  return rows;
}

async function saveWordings(session: WriteSession, letters: string[]) {
  const questions = await readQuestions(session, letters);
  const { rows: held } = await sql<{ letter_id: string; question: string; part: string; wording: string }>`
    select letter_id, question, part, wording from question_plan where letter_id in (${sql.join(letters)})`.execute(
    session.db,
  );
  const key = (one: { letter_id: string; question: string; part: string }) =>
    JSON.stringify([one.letter_id, one.question, one.part]);
  const wordings = new Map(held.map((row) => [key(row), row.wording]));
  const fresh = questions
    .map((one) => ({ ...emptyPlan(one), wording: wordingOf(one.question_text ?? "") }))
    .filter((plan) => wordings.get(key(plan)) !== plan.wording);
  const asked = new Set(questions.map(key));
  const gone = held.filter((row) => !asked.has(key(row)));
  for (const plan of [...gone, ...fresh]) await removeQuestionPlan(session, plan);
  await insertAll(session, "question_plan", fresh);
}

function emptyPlan({ letter_id, question, part }: AskedQuestion): Omit<QuestionPlanTable, "wording"> {
  return {
    letter_id,
    question,
    part,
    dfe_measure: null,
    publication: null,
    data_set: null,
    basis: null,
    because: null,
    other_measure: null,
    series_from: null,
    months_to_release: null,
  };
}

async function removeQuestionPlan(
  { db }: WriteSession,
  plan: Pick<QuestionPlanTable, "letter_id" | "question" | "part">,
) {
  await db
    .deleteFrom("question_plan")
    .where("letter_id", "=", plan.letter_id)
    .where("question", "=", plan.question)
    .where("part", "=", plan.part)
    .execute();
}

async function saveQuestionPlans(session: WriteSession, letters: string[], fits: Map<string, ColumnFit[]>) {
  const questions = await readQuestions(session, letters);
  const plans = questions.map((one) => planQuestion(one, fits));
  const held = await session.db.selectFrom("question_plan").selectAll().where("letter_id", "in", letters).execute();
  const known = new Set(held.map((row) => questionLine(row)));
  const changed = plans.filter((plan) => !known.has(questionLine(plan)));
  for (const plan of changed) await removeQuestionPlan(session, plan);
  await insertAll(session, "question_plan", changed);
  return changed.length;
}

function planQuestion(asked: AskedQuestion, fits: Map<string, ColumnFit[]>): QuestionPlanTable {
  const wording = wordingOf(asked.question_text ?? "");
  const choice = chooseColumn(asked.measure, asked.question_text ?? "", fits.get(wording) ?? []);
  const dfe = choice === null ? null : measureByCode(choice.measure).dfe;
  if (choice === null || dfe === null) return { ...emptyPlan(asked), wording };
  const coverage = releaseCoverageOf(dfe.publication);
  return {
    letter_id: asked.letter_id,
    question: asked.question,
    part: asked.part,
    wording,
    dfe_measure: choice.measure,
    publication: dfe.publication,
    data_set: dfe.dataSet,
    basis: choice.basis,
    because: choice.because,
    other_measure: choice.other,
    series_from: coverage === undefined ? null : seriesStartOf(coverage),
    months_to_release: coverage?.monthsToRelease ?? null,
  };
}

/** Columns in one order, whatever order a row came in. */
function questionLine(plan: QuestionPlanTable): string {
  const { letter_id, question, part, wording, dfe_measure, publication, data_set, basis, because } = plan;
  const rest = [plan.other_measure, plan.series_from, plan.months_to_release];
  return JSON.stringify([
    letter_id,
    question,
    part,
    wording,
    dfe_measure,
    publication,
    data_set,
    basis,
    because,
    ...rest,
  ]);
}

async function saveReferralPlans(session: WriteSession, letters: string[]): Promise<number> {
  const plans = await planReferrals(session, letters);
  const held = await session.db.selectFrom("referral_plan").selectAll().where("letter_id", "in", letters).execute();
  const heldLines = new Map(held.map((row) => [referralLine(row), row]));
  const wanted = new Map(plans.map((plan) => [referralLine(plan), plan]));
  const gone = held.filter((row) => !wanted.has(referralLine(row)));
  for (const plan of gone) await removeReferralPlan(session, plan);
  const fresh = plans.filter((plan) => !heldLines.has(referralLine(plan)));
  await insertAll(session, "referral_plan", fresh);
  return Math.max(fresh.length, gone.length);
}

async function planReferrals({ db }: WriteSession, letters: string[]): Promise<ReferralPlanTable[]> {
  const rows = await db
    .selectFrom("referred_cell as r")
    .innerJoin("letter as l", "l.letter_id", "r.letter_id")
    .leftJoin("question_plan as q", (join) =>
      join
        .onRef("q.letter_id", "=", "r.letter_id")
        .onRef("q.question", "=", "r.question")
        .onRef("q.part", "=", "r.part"),
    )
    .select(["r.letter_id", "r.question", "r.part", "r.breakdown", "r.period_label", "l.area_code", "q.data_set"])
    .select(["r.url", "r.publication_slug", "r.release_slug", "r.file_codes", "r.la_filter"])
    .where("r.letter_id", "in", letters)
    .orderBy("r.source_line")
    .execute();
  const plans = new Map<string, ReferralPlanTable>();
  for (const row of rows) {
    const key = JSON.stringify([row.letter_id, row.question, row.part, row.breakdown, row.period_label]);
    const { publication, release, coversFrom, coversUntil, problem, note } = planReferral(
      row,
      row.area_code,
      row.data_set,
    );
    const { letter_id, question, part, breakdown, period_label } = row;
    // A cell that is referred twice follows the first.
    if (plans.has(key)) continue;
    plans.set(key, {
      letter_id,
      question,
      part,
      breakdown,
      period_label,
      publication,
      release,
      covers_from: coversFrom,
      covers_until: coversUntil,
      problem,
      note,
    });
  }
  return [...plans.values()];
}

function referralLine(plan: ReferralPlanTable): string {
  const { letter_id, question, part, breakdown, period_label, publication, release } = plan;
  const rest = [plan.covers_from, plan.covers_until, plan.problem, plan.note];
  return JSON.stringify([letter_id, question, part, breakdown, period_label, publication, release, ...rest]);
}

async function removeReferralPlan({ db }: WriteSession, plan: ReferralPlanTable) {
  await sql`
    delete from referral_plan
    where letter_id = ${plan.letter_id} and question = ${plan.question} and part = ${plan.part}
      and breakdown = ${plan.breakdown} and period_label is not distinct from ${plan.period_label}::text`.execute(db);
}

async function insertAll<T extends "question_plan" | "referral_plan">(
  { db }: WriteSession,
  table: T,
  rows: T extends "question_plan" ? QuestionPlanTable[] : ReferralPlanTable[],
) {
  for (let start = 0; start < rows.length; start += 500) {
    const batch = rows.slice(start, start + 500);
    if (table === "question_plan")
      await db
        .insertInto("question_plan")
        .values(batch as QuestionPlanTable[])
        .execute();
    else
      await db
        .insertInto("referral_plan")
        .values(batch as ReferralPlanTable[])
        .execute();
  }
}
