/** What a warehouse says of itself to those who watch it. */
import type { Warehouse } from "./warehouse.ts";

export interface OperationalState {
  publications: { publication: string; what: "checked" | "changed" | "published"; at: string }[];
  successes: { job: string; at: string }[];
  issues: { code: string; open: number }[];
  observations: { source: string; rows: number }[];
  /** When DfE says that something comes next, by publication. */
  nextReleases: { publication: string; next: string | null }[];
}

const PUBLICATIONS =
  "select publication, last_checked_at, last_changed_at, newest_published_at, next_release from freshness";
const SUCCESSES = `select job, max(ended_at) as at from run
  where job is not null and status in ('done', 'unchanged', 'partial') group by job`;
const ISSUES = "select code, count(*)::int as open from issue where resolved_at is null group by code";
// Sums of the ledger: counting the table itself would read all of it.
const OBSERVATIONS = "select source, sum(observations)::float8 as rows from source_file group by source";

export async function readOperationalState(warehouse: Warehouse): Promise<OperationalState> {
  const read = async <T>(sql: string) => (await warehouse.query(sql)).rows as T[];
  const publications = await read<Record<string, string | null> & { publication: string }>(PUBLICATIONS);
  const times = publications.flatMap((row) =>
    (["checked", "changed", "published"] as const).flatMap((what) => {
      const at = row[what === "published" ? "newest_published_at" : `last_${what}_at`];
      return at == null ? [] : [{ publication: row.publication, what, at }];
    }),
  );
  return {
    publications: times,
    successes: await read(SUCCESSES),
    issues: await read(ISSUES),
    observations: await read(OBSERVATIONS),
    nextReleases: publications.map((row) => ({ publication: row.publication, next: row.next_release ?? null })),
  };
}
