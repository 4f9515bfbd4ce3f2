/** The one writer of observations: a source file's rows are replaced together, inside the transaction given. */
import { sql } from "kysely";
import { WarehouseError } from "../errors.ts";
import type { Observation } from "../observation.ts";
import type { Finding } from "../transform/finding.ts";
import { type CopyColumn, type CopyType, createCopyRows } from "./copy-binary.ts";
import type { SourceFileTable } from "./tables.ts";
import type { WriteSession } from "./warehouse.ts";

/** What is not text. */
const TYPES: Partial<Record<keyof Observation, CopyType>> = {
  period_start: "date",
  period_end: "date",
  value: "numeric",
  published_at: "timestamptz",
  source_line: "integer",
};

/** In the order of the table; in one group those that change together from row to row of a file. */
const COLUMN_GROUPS = (
  [
    ["source", "area_code", "area_name", "area_level"],
    ["measure"],
    ["breakdown", "period_kind", "period_label", "period_start", "period_end"],
    ["value", "value_text"],
    ["unit", "status"],
    ["exemption", "publication", "release", "release_version_id", "data_set", "published_at"],
    ["letter_id", "question", "part", "question_text", "source_file"],
    ["source_line"],
    ["source_column"],
    ["source_area_code", "source_sha256", "source_url", "licence"],
  ] as const satisfies readonly (readonly (keyof Observation)[])[]
).map((group) => group.map((name): CopyColumn<Observation> => [name, TYPES[name] ?? "text"]));
const STAMP_COLUMNS: readonly CopyColumn<RunStamp>[] = [
  ["loaded_at", "timestamptz"],
  ["run_id", "text"],
];
const COLUMNS = [...COLUMN_GROUPS.flat(), ...STAMP_COLUMNS].map(([name]) => name);

/** Sent while the next rows are read: the server works on some while this process makes others. In bytes. */
const CHUNK = 65_536;

/** What names a source file's rows. Empty publication, release and data set for letters. */
export type SourceFileKey = Pick<SourceFileTable, "sha256" | "publication" | "release" | "data_set">;

/** Stamped on every row that a run loads. */
export interface RunStamp {
  run_id: string;
  /** ISO, UTC. */
  loaded_at: string;
}

/** Removes a source file's rows, and the issues that were found in it. */
export async function removeObservations({ db }: WriteSession, key: SourceFileKey): Promise<void> {
  const source = key.publication === "" ? "council" : "dfe";
  let query = db.deleteFrom("observation").where("source_sha256", "=", key.sha256).where("source", "=", source);
  if (source === "dfe") {
    query = query
      .where("publication", "=", key.publication)
      .where("release", "=", key.release)
      .where("data_set", "=", key.data_set);
  }
  await query.execute();
  await db
    .deleteFrom("issue")
    .where("source_sha256", "=", key.sha256)
    .where("publication", "=", key.publication)
    .where("release", "=", key.release)
    .where("data_set", "=", key.data_set)
    .where("resolved_at", "is", null)
    .execute();
}

/**
 * Copies observations in. @returns how many.
 * @param observations as they are read; a failure while reading fails the transaction.
 */
export async function copyObservations(
  session: WriteSession,
  observations: AsyncIterable<Observation[]>,
  stamp: RunStamp,
): Promise<number> {
  let count = 0;
  const rows = createCopyRows<Observation, RunStamp>(COLUMN_GROUPS, [STAMP_COLUMNS, stamp]);
  const chunks = async function* () {
    for await (const batch of observations) {
      count += batch.length;
      for (const observation of batch) {
        if (rows.add(observation) > CHUNK) yield rows.take();
      }
    }
    yield rows.take();
  };
  await session.copyFrom(`observation (${COLUMNS.join(", ")})`, chunks());
  return count;
}

/** A source file's rows as the warehouse has them. */
export interface HeldRows {
  rows: number;
  /** Keys (measure, area, period, breakdown) of which there are several rows. */
  doubled: number;
}

/** Counts a DfE file's rows, and the keys that stand twice, in one reading of them. */
export async function countObservations({ db }: WriteSession, key: SourceFileKey): Promise<HeldRows> {
  const { rows } = await sql<{ rows: number; doubled: number }>`
    select coalesce(sum(rows), 0)::bigint as rows, count(*) filter (where rows > 1) as doubled
    from (
      select count(*) as rows from observation
      where source_sha256 = ${key.sha256} and publication = ${key.publication} and release = ${key.release}
        and data_set = ${key.data_set}
      group by area_code, measure, period_start, period_end, period_kind, breakdown
    ) held`.execute(db);
  const [held] = rows;
  if (held === undefined) throw new Error("an aggregate gave no row");
  return held;
}

/**
 * No two rows of a DfE file may say something about the same measure, area, period and breakdown. The same thing said
 * twice counts once; two different things are both taken out, for a person. @returns the findings.
 */
export async function settleDuplicates({ db }: WriteSession, key: SourceFileKey): Promise<Finding[]> {
  const { rows } = await sql<{
    measure: string;
    line: number;
    lines: string;
    said: string;
    same: boolean;
    name: string;
    file: string;
    source_column: string;
  }>`
    select min(measure) as measure, min(source_line) as line, string_agg(source_line::text, ', ' order by source_line) as lines,
      string_agg(value_text, ', ' order by source_line) as said, count(distinct (value_text, status)) = 1 as same,
      min(area_name || ' ' || period_label) as name, min(source_file) as file, min(source_column) as source_column
    from observation
    where source_sha256 = ${key.sha256} and publication = ${key.publication} and release = ${key.release}
      and data_set = ${key.data_set}
    group by area_code, measure, period_start, period_end, period_kind, breakdown
    having count(*) > 1
    order by 2, 1`.execute(db);
  if (rows.length === 0) return [];
  await sql`
    delete from observation o using (
      select area_code, measure, period_start, period_end, period_kind, breakdown, min(source_line) as first_line,
        count(distinct (value_text, status)) = 1 as same
      from observation
      where source_sha256 = ${key.sha256} and publication = ${key.publication} and release = ${key.release}
        and data_set = ${key.data_set}
      group by area_code, measure, period_start, period_end, period_kind, breakdown
      having count(*) > 1
    ) d
    where o.source_sha256 = ${key.sha256} and o.publication = ${key.publication} and o.release = ${key.release}
      and o.data_set = ${key.data_set} and o.area_code = d.area_code and o.measure = d.measure
      and o.period_start = d.period_start and o.period_end = d.period_end and o.period_kind = d.period_kind
      and o.breakdown = d.breakdown
      and (not d.same or o.source_line > d.first_line)`.execute(db);
  return rows
    .filter((row) => !row.same)
    .map((row) => ({
      code: "duplicate-key",
      message: `${row.file}, lines ${row.lines}, ${row.source_column}: ${row.name} is said twice and differently: ${row.said}`,
      line: row.line,
      column: row.source_column,
      found: row.said,
      expected: "one row per area and period",
    }));
}

/**
 * Proves that what was copied of a DfE file is held, and settles its duplicates. @returns how many rows are left, and findings.
 * @throws WarehouseError when the warehouse holds another number of rows than was copied.
 */
export async function settleRows(
  session: WriteSession,
  key: SourceFileKey,
  copied: number,
  name: string,
): Promise<{ observations: number; findings: Finding[] }> {
  const held = await countObservations(session, key);
  checkCount(copied, held.rows, name);
  if (held.doubled === 0) return { observations: held.rows, findings: [] };
  const findings = await settleDuplicates(session, key);
  return { observations: (await countObservations(session, key)).rows, findings };
}

/** @throws WarehouseError when the warehouse holds another number of rows than was copied. */
export function checkCount(copied: number, held: number, name: string) {
  if (copied === held) return;
  throw new WarehouseError("rows-lost", `${name}: ${copied} rows were copied and the warehouse holds ${held}`);
}
