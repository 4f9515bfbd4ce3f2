/** DuckDB on so many threads, every column as text: `node duckdb.js FILE CODES|all THREADS`. A zip is unpacked to disk first. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

const [given = "", codes = "", threads = "4"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "s21-duckdb-"));
try {
  const path = given.endsWith(".zip") ? join(folder, "data/ees.csv") : given;
  if (path !== given) execFileSync("unzip", ["-q", given, "-d", folder]);
  const db = await (await DuckDBInstance.create(":memory:", { threads })).connect();
  const list = codes.split(",").map((code) => `'${code}'`);
  const reader = await db.runAndReadAll(
    `select count(*)::integer as rows, coalesce(sum(case when regexp_full_match(ind_0, '[0-9]+') then ind_0::bigint end), 0)::double as sum
     from read_csv('${path}', all_varchar = true, header = true, quote = '"', escape = '"', delim = ',')
     ${codes === "all" ? "" : `where new_la_code in (${list.join()})`}`,
  );
  const [found] = reader.getRowObjects();
  console.log(JSON.stringify({ rows: Number(found?.rows), sum: Number(found?.sum) }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
