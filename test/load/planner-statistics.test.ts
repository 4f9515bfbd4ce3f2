/** The planner learns what a run has changed, once. */
import { sql } from "kysely";
import { expect, test, vi } from "vitest";
import { updatePlannerStatistics } from "../../src/load/planner-statistics.ts";
import { openForWriting } from "../../src/load/warehouse.ts";
import { useWarehouse, WAREHOUSES } from "../support/warehouses.ts";

// Commands and embedded warehouses take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 120_000 });

test.each(WAREHOUSES)("tables that have changed are analysed, and no table for nothing, on %s", async (kind) => {
  const { config } = await useWarehouse(kind);
  const warehouse = await openForWriting(config);
  try {
    const analysed = async () => {
      const { rows } = await warehouse.query(
        "select analyze_count::int as n from pg_stat_user_tables where relname = 'issue'",
      );
      return rows[0]?.n;
    };
    const planned = async () => {
      const { rows } = await warehouse.query("explain (format json) select from issue where code = 'rare'");
      const [explained] = rows as unknown as [{ "QUERY PLAN": [{ Plan: { "Plan Rows": number } }] }];
      return explained["QUERY PLAN"][0].Plan["Plan Rows"];
    };
    await warehouse.transaction(({ db }) =>
      sql`insert into issue (code, message, opened_at, run_id)
        select case when n = 1 then 'rare' else 'common' end, '', now(), 'r' from generate_series(1, 5000) n`.execute(
        db,
      ),
    );
    await updatePlannerStatistics(warehouse);
    expect(await analysed(), "a small warehouse needs none").toBe(0);
    const before = await planned();
    await updatePlannerStatistics(warehouse, 0);
    expect(await planned()).toBeLessThan(before);
    const times = await analysed();
    await updatePlannerStatistics(warehouse, 0);
    expect(await analysed()).toBe(times);
  } finally {
    await warehouse.close();
  }
});
