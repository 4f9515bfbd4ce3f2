/**
 * What the planner knows of the tables. The embedded engine has no autovacuum, so nobody else would ever tell it, and it would plan
 * for tables of a few pages: filling the blanks of 330 letters then takes minutes instead of seconds. On Postgres autovacuum comes
 * a minute after a load, which is too late for what follows the load, and never to tables as small as `vintage`.
 */
import { sql } from "kysely";
import type { WritableWarehouse } from "./warehouse.ts";

/** A warehouse with fewer bytes of observations is read whole in no time, however that is planned. */
const LEAST_BYTES = 8 * 1024 ** 2;

/**
 * Analyses the tables and kept views that never were, or of which so many rows have changed since that autovacuum would do it
 * (https://www.postgresql.org/docs/18/routine-vacuuming.html, "Updating planner statistics").
 */
export async function updatePlannerStatistics(
  warehouse: WritableWarehouse,
  leastBytes: number = LEAST_BYTES,
): Promise<void> {
  const { rows: sizes } = await warehouse.query("select pg_relation_size('observation') as bytes");
  if (Number(sizes[0]?.bytes) < leastBytes) return;
  // Counts of changes are kept back for up to a second; on Postgres autovacuum sees them in time.
  if (warehouse.kind === "embedded") {
    await warehouse.transaction(({ db }) => sql`select pg_stat_force_next_flush()`.execute(db));
  }
  await warehouse.transaction(async ({ db }) => {
    const { rows } = await sql<{ name: string }>`
      select s.relid::regclass::text as name
      from pg_stat_user_tables s
      join pg_class c on c.oid = s.relid
      where s.schemaname = current_schema() and pg_relation_size(c.oid) > 0 and (
        not exists (select from pg_stats t where t.schemaname = s.schemaname and t.tablename = s.relname)
        or s.n_mod_since_analyze > 50 + 0.1 * greatest(c.reltuples, 0)
      )
      order by 1`.execute(db);
    if (rows.length > 0) await sql`analyze ${sql.raw(rows.map(({ name }) => name).join(", "))}`.execute(db);
  });
}
