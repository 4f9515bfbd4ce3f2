/** The whole road as one writes it first: `unzipper`, `csv-parse`, batches of 1,000 rows through `kysely`. `PLAN ZIP…` */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parse } from "csv-parse";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { Open } from "unzipper";
import type { RoadPlan } from "../road-plan.ts";

const [planPath = "", ...zips] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(planPath, "utf8")) as RoadPlan;
type Row = Record<string, string | number | null>;
const db = new Kysely<{ observation: Row }>({
  dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: plan.url }) }),
});
const LEVELS: Record<string, string> = {
  National: "country",
  Regional: "region",
  "Local authority": "local_authority",
};

await db.transaction().execute(async (transaction) => {
  await transaction.deleteFrom("observation").where("run_id", "=", plan.runId).execute();
  let batch: Row[] = [];
  const flush = async () => {
    if (batch.length > 0) await transaction.insertInto("observation").values(batch).execute();
    batch = [];
  };
  for (const zip of zips) {
    const release = /_(\d{4})/.exec(zip.split("/").at(-1) ?? "")?.[1] ?? "";
    for (const file of (await Open.file(zip)).files) {
      const name = file.path.split("/").at(-1) ?? "";
      const code = name.split("_")[0]?.toUpperCase() ?? "";
      const measures = plan.measures[code];
      if (measures === undefined) continue;
      const sha256 = createHash("sha256")
        .update(await file.buffer())
        .digest("hex");
      const records = file
        .stream()
        .pipe(parse({ bom: true, columns: (header: string[]) => header.map((one) => one.trim().toLowerCase()) }));
      let line = 1;
      for await (const record of records as AsyncIterable<Record<string, string>>) {
        line += 1;
        for (const row of rowsOf(record, measures, { release, code, name, line, sha256 })) {
          batch.push(row);
          if (batch.length === 1_000) await flush();
        }
      }
    }
  }
  await flush();
});
await db.destroy();

interface Place {
  release: string;
  code: string;
  name: string;
  line: number;
  sha256: string;
}

function rowsOf(record: Record<string, string>, measures: RoadPlan["measures"][string], place: Place): Row[] {
  const level = LEVELS[record.geographic_level ?? ""] ?? "";
  const [area, areaName] =
    level === "country"
      ? [record.country_code, record.country_name]
      : level === "region"
        ? [record.region_code, record.region_name]
        : [record.new_la_code, record.la_name];
  if (area === undefined || areaName === undefined || (plan.codes !== null && !plan.codes.includes(area))) return [];
  const year = Number(record.time_period);
  return measures.flatMap(({ header, code, unit, timing }) => {
    const text = record[header.toLowerCase()];
    if (text === undefined) return [];
    const status = plan.symbols[text.trim().toLowerCase()] ?? "reported";
    const stock = timing === "last_day";
    return {
      source: "dfe",
      area_code: area,
      area_name: areaName,
      area_level: level,
      measure: code,
      breakdown: "",
      period_kind: stock ? "as_at" : "financial_year",
      period_label: stock ? `31 March ${year}` : `${year - 1}/${String(year % 100).padStart(2, "0")}`,
      period_start: stock ? `${year}-03-31` : `${year - 1}-04-01`,
      period_end: `${year}-03-31`,
      value: status === "reported" ? text.trim() : null,
      value_text: text,
      unit,
      status,
      publication: "children-in-need",
      release: place.release,
      data_set: place.code,
      source_file: place.name,
      source_line: place.line,
      source_column: header,
      release_version_id: "local",
      source_area_code: area,
      source_sha256: place.sha256,
      licence: "OGL-UK-3.0",
      loaded_at: "2022-10-27",
      run_id: plan.runId,
    };
  });
}
