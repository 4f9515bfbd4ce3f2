/** What a warehouse holds, as text that can be compared between runs, orders and engines. */
import type { Config } from "../../src/config.ts";
import { query, queryAll } from "./warehouses.ts";

/** Observations without the columns that tell the run, as JSON, to be given to `sortLines`. */
export const OBSERVATIONS = "select (to_jsonb(o) - 'loaded_at' - 'run_id')::text as line from observation o";

/** Every observation without the columns that tell the run, one JSON object a line, sorted. */
export async function exportObservations(config: Config): Promise<string> {
  return sortLines(await query(config, OBSERVATIONS));
}

/** Rows and ledgers, without times, runs and the port that a stand-in EES happens to have. */
export async function exportState(config: Config): Promise<string> {
  const [observations = [], ...ledgers] = await queryAll(config, [
    OBSERVATIONS,
    "select sha256, areas::text, observations from source_file order by 1",
    "select release_version_id, files::text from release_version where files <> '{}' order by 1",
  ]);
  const lines = observations.map(({ line }) => ({ line: String(line).replace(/127\.0\.0\.1:\d+/, "EES") }));
  return [sortLines(lines), JSON.stringify(ledgers)].join("\n");
}

export function sortLines(rows: Record<string, unknown>[]): string {
  // Engines differ in how they order text: sorted here, by code unit.
  return rows
    .map((row) => String(row.line))
    .sort()
    .join("\n");
}

/** Every row of a table with all its columns, sorted, each with the row version that any writing would change. */
export async function exportRows(config: Config, table: string, where = "true"): Promise<string[]> {
  const rows = await query(
    config,
    `select xmin::text as version, to_jsonb(t)::text as line from ${table} t where ${where}`,
  );
  return rows.map((row) => `${row.version} ${row.line}`).sort();
}
