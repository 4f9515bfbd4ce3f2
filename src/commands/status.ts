/** `s21 status`: 0 fresh, 3 when the last good refresh is over 36 hours ago, 4 over 72. */
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { findStaleness } from "../load/staleness.ts";
import { openWarehouse } from "../load/warehouse.ts";
import { formatTable } from "../serve/table.ts";

const RELEASES = `
  select publication, release, status, published_at, last_checked_at, problem
  from release_version order by publication, release desc, published_at desc`;
const ISSUES = "select code, count(*) as open from issue where resolved_at is null group by code order by code";
const HELD = `
  select publication, release, release_version_id, held_because from release_version
  where held_version is not null order by publication, release`;
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
    const held = await read(HELD);
    const { exit_code, ...staleness } = await findStaleness(warehouse, new Date());
    if (terminal.json) {
      const { location } = warehouse;
      terminal.print(JSON.stringify({ warehouse: location, staleness, held, freshness, releases, content, issues }));
      return exit_code;
    }
    terminal.print(warehouse.location);
    terminal.print(staleness.sentence);
    for (const { release, held_because } of held) {
      terminal.print(`Release ${release} waits for a person: ${held_because}. If that is right: s21 accept ${release}`);
    }
    for (const [heading, rows] of Object.entries({ freshness, releases, content, "open issues": issues })) {
      terminal.print("");
      terminal.heading(heading);
      terminal.print(formatTable(rows, Object.keys(rows[0] ?? {})));
    }
    return exit_code;
  } finally {
    await warehouse.close();
  }
}
