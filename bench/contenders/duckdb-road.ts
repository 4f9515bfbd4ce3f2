/** The whole road with DuckDB and psql: zips to rows in the warehouse's own table. `PLAN ZIP…`; PLAN is what `road.ts` writes. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { RoadPlan } from "../road-plan.ts";

const [planPath = "", ...zips] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(planPath, "utf8")) as RoadPlan;
const folder = mkdtempSync(join(tmpdir(), "s21-duckdb-"));
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
try {
  const db = await (await DuckDBInstance.create(":memory:", { threads: "4" })).connect();
  const selects: string[] = [];
  for (const [index, zip] of zips.entries()) {
    const release = /_(\d{4})/.exec(zip.split("/").at(-1) ?? "")?.[1] ?? "";
    const place = join(folder, String(index));
    mkdirSync(place);
    execFileSync("unzip", ["-q", zip, "-d", place]);
    for (const file of readdirSync(join(place, "data"))) {
      const code = file.split("_")[0]?.toUpperCase() ?? "";
      const measures = plan.measures[code];
      if (measures === undefined) continue;
      const bytes = readFileSync(join(place, "data", file));
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const header = bytes.toString("utf8").replace("\ufeff", "").split(/\r?\n/, 1)[0]?.split(",") ?? [];
      const known = header.flatMap((name) => {
        const measure = measures.find((one) => one.header.toLowerCase() === name.trim().toLowerCase());
        return measure === undefined ? [] : [{ name, measure }];
      });
      const list = known.map(({ name, measure }) => {
        const about = `'code': ${quoted(measure.code)}, 'unit': ${quoted(measure.unit)}, 'timing': ${quoted(measure.timing)}`;
        return `{'header': ${quoted(name.trim())}, 'text': "${name}", ${about}}`;
      });
      selects.push(
        `select ${quoted(release)} as release, ${quoted(code)} as data_set, ${quoted(file)} as source_file, ${quoted(sha256)} as source_sha256, geographic_level,
           case geographic_level when 'National' then country_code when 'Regional' then region_code else new_la_code end as area_code,
           case geographic_level when 'National' then country_name when 'Regional' then region_name else la_name end as area_name,
           time_period::integer as year, row_number() over () + 1 as source_line, unnest([${list.join()}]) as m
         from read_csv('${join(place, "data", file)}', all_varchar = true, header = true, quote = '"', escape = '"', delim = ',')`,
      );
    }
  }
  const symbols = Object.entries(plan.symbols).map(
    ([symbol, status]) => `when ${quoted(symbol)} then ${quoted(status)}`,
  );
  const where = plan.codes === null ? "" : `where area_code in (${plan.codes.map(quoted).join()})`;
  await db.run(
    `copy (
      with cell as (select *, case lower(trim(m.text)) ${symbols.join(" ")} else 'reported' end as status, m.timing = 'last_day' as stock
        from (${selects.join(" union all ")}) ${where})
      select ${plan.columns.join()} from (
        select 'dfe' as source, area_code, area_name,
          case geographic_level when 'National' then 'country' when 'Regional' then 'region' else 'local_authority' end as area_level,
          m.code as measure, '' as breakdown, case when stock then 'as_at' else 'financial_year' end as period_kind,
          case when stock then '31 March ' || year else (year - 1) || '/' || right(year::varchar, 2) end as period_label,
          case when stock then year || '-03-31' else (year - 1) || '-04-01' end as period_start, year || '-03-31' as period_end,
          case when status = 'reported' then trim(m.text) end as value, m.text as value_text, m.unit as unit, status,
          'children-in-need' as publication, release, data_set, source_file, source_line, m.header as source_column,
          source_sha256, area_code as source_area_code, 'local' as release_version_id, 'OGL-UK-3.0' as licence, '2022-10-27' as loaded_at, ${quoted(plan.runId)} as run_id from cell))
     to '${plan.out}' (header false, nullstr '\\N', force_quote (breakdown))`,
  );
  const copy = `\\copy observation (${plan.columns.join()}) from '${plan.out}' (format csv, null '\\N')`;
  const statements = ["begin", `delete from observation where run_id = ${quoted(plan.runId)}`, copy, "commit"];
  execFileSync("psql", [plan.url, "-qX", "-v", "ON_ERROR_STOP=1", ...statements.flatMap((one) => ["-c", one])]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
