/** `s21 revisions`: what changed from one vintage to the next, by kind; one by one for a council. */
import { areaCodeOf } from "../catalogue/authorities.ts";
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { UsageError } from "../errors.ts";
import { quoteAreaCode } from "../load/view-rows.ts";
import { openWarehouse } from "../load/warehouse.ts";
import { readAuthorities } from "../named-authorities.ts";
import { formatCsv, formatTable, rowsForJson } from "../serve/table.ts";

export interface RevisionOptions {
  council: string[];
  release?: string;
  csv?: boolean;
}

const DETAILS = [
  "to_release",
  "data_set",
  "kind",
  "area_name",
  "measure",
  "period_label",
  "before_text",
  "after_text",
  "difference",
];

export async function runRevisions(options: RevisionOptions, { terminal }: Context): Promise<number> {
  const councils = readAuthorities(options.council, terminal);
  const detailed = councils.length > 0;
  const sql = detailed ? detailSql(councils.map(areaCodeOf), options.release) : summarySql(options.release);
  const warehouse = await openWarehouse(readConfig());
  try {
    const { rows, fields } = await warehouse.query(sql);
    const shown = rowsForJson(rows, fields);
    const columns = fields.map((field) => field.name);
    if (terminal.json) terminal.print(JSON.stringify(shown));
    else if (options.csv === true) terminal.print(formatCsv(shown, columns));
    else terminal.print(formatTable(shown, detailed ? DETAILS : columns));
    return 0;
  } finally {
    await warehouse.close();
  }
}

/** Changes of columns belong to every council. */
function detailSql(areaCodes: string[], release: string | undefined): string {
  const areas = areaCodes.map(quoteAreaCode).join(", ");
  return `select * from revision where (area_code in (${areas}) or area_code is null) ${andRelease(release)}
    order by to_published_at nulls last, to_release, data_set, kind, area_code, measure, period_end`;
}

function summarySql(release: string | undefined): string {
  return `select publication, from_release, to_release, data_set, kind, count(*) as count,
      count(distinct area_code) as areas, count(distinct measure) as measures
    from revision where true ${andRelease(release)}
    group by publication, from_release, to_release, to_published_at, data_set, kind
    order by publication, to_published_at nulls last, to_release, data_set, kind`;
}

function andRelease(release: string | undefined): string {
  if (release === undefined) return "";
  if (/^[a-z0-9][a-z0-9-]{0,60}$/i.test(release)) return `and to_release = '${release.toLowerCase()}'`;
  throw new UsageError("bad-release", `--release is ${JSON.stringify(release)}; expected a slug such as 2023`);
}
