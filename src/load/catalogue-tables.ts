/** What the catalogue knows of areas and measures, as tables that views can join: made anew where they differ. */
import { listAreaChanges, wholeOf } from "../catalogue/area-changes.ts";
import { AUTHORITIES, areaCodeOf, ENGLAND, REGIONS, type Region, regionsOf } from "../catalogue/authorities.ts";
import { MEASURES, type Measure } from "../catalogue/measures.ts";
import type { Connection } from "./engine.ts";

/** One table as the catalogue would have it: rows in the order of the columns. */
interface CatalogueTable {
  name: "area" | "area_history" | "measure";
  columns: readonly string[];
  rows: unknown[][];
}

/** Brings the catalogue's tables up to this version of the program. Writes nothing where they are. */
export async function saveCatalogueTables(session: Connection): Promise<void> {
  const tables = [areaTable(), areaHistoryTable(), measureTable()];
  const held = await readTables(session, tables);
  for (const table of tables) {
    if (describeRows(table.rows) !== describeRows(held[table.name] ?? [])) await saveTable(session, table);
  }
}

/** All of them by one query: every run begins with it. */
async function readTables(
  session: Connection,
  tables: readonly CatalogueTable[],
): Promise<Record<string, unknown[][]>> {
  const selects = tables.map(
    ({ name, columns }) =>
      `(select coalesce(jsonb_agg(jsonb_build_array(${columns.join(", ")})), '[]') from ${name})::text as ${name}`,
  );
  const { rows } = await session.run(`select ${selects.join(", ")}`);
  const found = Object.entries(rows[0] ?? {});
  return Object.fromEntries(found.map(([name, text]) => [name, JSON.parse(String(text)) as unknown[][]]));
}

function describeRows(rows: readonly unknown[][]): string {
  return rows
    .map((row) => JSON.stringify(row))
    .sort()
    .join("\n");
}

async function saveTable(session: Connection, { name, columns, rows }: CatalogueTable) {
  const list = columns.join(", ");
  await session.run("begin");
  try {
    await session.run(`delete from ${name}`);
    await session.run(
      `insert into ${name} (${list}) select ${list} from jsonb_populate_recordset(null::${name}, $1::jsonb)`,
      [JSON.stringify(rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]]))))],
    );
    // Which rates go with which counts may have changed.
    if (name === "measure") await session.run("refresh materialized view concurrently suppressed_cell");
    await session.run("commit");
  } catch (error) {
    await session.run("rollback").catch(() => undefined); // the session may be what was lost; the first error tells
    throw error;
  }
}

function areaTable(): CatalogueTable {
  const columns = [
    ...["area_code", "dfe_code", "area_name", "area_level", "part_of", "region_code", "region_name"],
    ...["valid_from", "valid_until", "whole", "london_half"],
  ];
  const england = [ENGLAND.code, null, ENGLAND.name, "country", null, null, null, null, null, null, false];
  const regions = REGIONS.map((region) => {
    const whole = wholeRegionOf(region);
    const partOf = region.partOf ?? ENGLAND.code;
    const isHalf = region.partOf !== undefined;
    return [region.code, null, region.name, "region", partOf, whole.code, whole.name, null, null, null, isHalf];
  });
  const authorities = AUTHORITIES.map((authority) => {
    const region = regionsOf(authority).at(-1) ?? authority.region;
    const validity = [authority.from ?? null, authority.until ?? null, wholeOf(authority), false];
    const name = [areaCodeOf(authority), authority.dfeCode, authority.name, "local_authority"];
    return [...name, authority.region.code, region.code, region.name, ...validity];
  });
  return { name: "area", columns, rows: [england, ...regions, ...authorities] };
}

function wholeRegionOf(region: Region): Region {
  return REGIONS.find(({ code }) => code === region.partOf) ?? region;
}

function areaHistoryTable(): CatalogueTable {
  const columns = ["from_code", "to_code", "kind", "changed_on", "from_name", "to_name", "source"];
  const rows = listAreaChanges().map((one) => {
    return [one.fromCode, one.toCode, one.kind, one.on, one.fromName, one.toName, one.source];
  });
  return { name: "area_history", columns, rows };
}

function measureTable(): CatalogueTable {
  const columns = ["measure", "unit", "definition", "counted", "timing", "publication", "data_set", "rate_of"];
  const rows = MEASURES.map((measure) => {
    const { code, unit, definition, population, timing, dfe } = measure;
    return [
      code,
      unit,
      definition,
      population,
      timing,
      dfe?.publication ?? null,
      dfe?.dataSet ?? null,
      rateOf(measure),
    ];
  });
  return { name: "measure", columns, rows };
}

/** The catalogue names a rate after its count. */
function rateOf({ code, unit }: Measure): string | null {
  if (unit !== "rate_per_10000") return null;
  const count = code.replace(/_rate$/, "");
  if (count !== code && MEASURES.some((measure) => measure.code === count)) return count;
  throw new Error(`the catalogue has no count for the rate ${code}`);
}
