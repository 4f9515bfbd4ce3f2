/** `s21 status` */
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { openWarehouse } from "../load/warehouse.ts";
import { formatTable } from "../serve/table.ts";

const RELEASES = `
  select publication, release, status, published_at, last_checked_at, problem
  from release_version order by publication, release desc, published_at desc`;
const ISSUES = "select code, count(*) as open from issue where resolved_at is null group by code order by code";
const CONTENT = `
  select source, count(*) as observations, count(distinct area_code) as areas, count(distinct measure) as measures
  from observation group by source order by source`;

export async function runStatus({ terminal }: Context): Promise<number> {
  const warehouse = await openWarehouse(readConfig());
  try {
    const read = async (sql: string) => (await warehouse.query(sql)).rows;
    const freshness = await read("select * from freshness order by publication");
    const releases = await read(RELEASES);
    const content = await read(CONTENT);
    const issues = await read(ISSUES);
    if (terminal.json) {
      terminal.print(JSON.stringify({ warehouse: warehouse.location, freshness, releases, content, issues }));
      return 0;
    }
    terminal.print(warehouse.location);
    for (const [heading, rows] of Object.entries({ freshness, releases, content, "open issues": issues })) {
      terminal.print("");
      terminal.heading(heading);
      terminal.print(formatTable(rows, Object.keys(rows[0] ?? {})));
    }
    return 0;
  } finally {
    await warehouse.close();
  }
}
