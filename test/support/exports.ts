/** What a warehouse holds, as text that can be compared between runs, orders and engines. */
import type { Config } from "../../src/config.ts";
import { query } from "./warehouses.ts";

/** Every observation without the columns that tell the run, one JSON object a line, sorted. */
export async function exportObservations(config: Config): Promise<string> {
  const rows = await query(
    config,
    "select (to_jsonb(o) - 'loaded_at' - 'run_id')::text as line from observation o order by 1",
  );
  // Engines differ in how they order text: sorted here, by code unit.
  return rows
    .map((row) => String(row.line))
    .sort()
    .join("\n");
}

/** Every row of a table with all its columns, sorted; on Postgres with the row's own version too. */
export async function exportRows(config: Config, table: string): Promise<string[]> {
  const rows = await query(config, `select xmin::text as version, to_jsonb(t)::text as line from ${table} t`);
  return rows.map((row) => `${row.version} ${row.line}`).sort();
}
