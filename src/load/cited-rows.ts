/** The warehouse's side of a citation: the ledger's file, and the rows that the citation names. */
import { sql } from "kysely";
import { UsageError } from "../errors.ts";
import type { Observation } from "../observation.ts";
import { type Citation, type DfeCitation, formatCitation, type LetterCitation } from "../resolve/citation.ts";
import type { CorrectionTable, ObservationTable, SourceFileTable } from "./tables.ts";
import type { Warehouse } from "./warehouse.ts";

/** @throws UsageError `no-such-source` where no file of this sha256 was ever read so. */
export async function findCitedFile({ db }: Pick<Warehouse, "db">, citation: Citation): Promise<SourceFileTable> {
  const files = await db.selectFrom("source_file").selectAll().where("sha256", "=", citation.sha256).execute();
  const source = citation.kind === "dfe" ? "dfe" : "council";
  const found = files.find(
    (file) => file.source === source && (citation.kind === "letter" || file.release === citation.release),
  );
  if (found !== undefined) return found;
  const read = citation.kind === "dfe" ? `as a file of release ${citation.release}` : "as a letter";
  throw new UsageError(
    "no-such-source",
    `${formatCitation(citation)}: no file with this sha256 was ever read here ${read}. The citation is made up, or of another warehouse`,
  );
}

/** Rows of a DfE cell: one, unless somebody has put another beside it. */
export async function readCitedDfeRows(
  { db }: Pick<Warehouse, "db">,
  { sha256, line, column, measure, release }: DfeCitation,
): Promise<ObservationTable[]> {
  return db
    .selectFrom("observation")
    .selectAll()
    .where("source", "=", "dfe")
    .where("source_sha256", "=", sha256)
    .where("source_line", "=", line)
    .where("source_column", "=", column)
    .where("measure", "=", measure)
    .where("release", "=", release)
    .execute();
}

/** A row of a letter, with the correction that stands in it; null where none does. */
export type CitedLetterRow = ObservationTable & { correction: CorrectionTable | null };

export async function readCitedLetterRows(
  { db }: Pick<Warehouse, "db">,
  { sha256, line, question, period, breakdown }: LetterCitation,
): Promise<CitedLetterRow[]> {
  const rows = await db
    .selectFrom("observation")
    .selectAll()
    .where("source", "=", "council")
    .where("source_sha256", "=", sha256)
    .where("source_line", "=", line)
    .where(sql`question || part`, "=", question)
    .where(sql`coalesce(period_label, '')`, "=", period)
    .where("breakdown", "=", breakdown)
    .execute();
  return Promise.all(rows.map(async (row) => ({ ...row, correction: await findCorrection({ db }, row) })));
}

async function findCorrection({ db }: Pick<Warehouse, "db">, row: ObservationTable): Promise<CorrectionTable | null> {
  const correction = await db
    .selectFrom("correction")
    .selectAll()
    .where("letter_id", "=", row.letter_id)
    .where("question", "=", row.question)
    .where("part", "=", row.part)
    .where("breakdown", "=", row.breakdown)
    .where("printed", "=", row.value_text)
    .where(sql<boolean>`period_label is not distinct from ${row.period_label}::text`)
    .executeTakeFirst();
  return correction ?? null;
}

/** Whether DfE has since suppressed the number of this row. */
export async function isMasked({ db }: Pick<Warehouse, "db">, row: Observation): Promise<boolean> {
  const { rows } = await sql<{ masked: boolean }>`
    select (array_agg(v.status order by v.is_current desc, v.release_order desc, v.said_from desc nulls last))[1] = 'suppressed'
      as masked
    from dfe_observation v
    where v.area_code = ${row.area_code} and v.measure = ${row.measure} and v.period_kind = ${row.period_kind}
      and v.period_start = ${row.period_start} and v.period_end = ${row.period_end}
      and v.breakdown = ${row.breakdown}`.execute(db);
  return row.status === "reported" && rows[0]?.masked === true;
}
