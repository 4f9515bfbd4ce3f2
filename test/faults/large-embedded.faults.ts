/** More than the embedded warehouse has ever been given: every row is there afterwards, and it opens again. */
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";
import { makeC1 } from "../../bench/files.ts";
import { loadFile } from "../../bench/loading.ts";
import { readConfig } from "../../src/config.ts";
import { queryAll } from "../support/warehouses.ts";

const OBSERVATIONS = 1_500_000;
/** Gigabytes: on a disk, wherever other temporary files are. */
const folder = mkdtempSync(join("/var/tmp", "s21-large-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("P24 a million and a half observations in one transaction, and the warehouse opens again with all of them", {
  timeout: 1_200_000,
}, async () => {
  const path = await makeC1(OBSERVATIONS);
  const { rows, referrals, coventry } = await addUp(path);
  const env = { S21_DATA_DIR: folder };
  const { observations } = await loadFile(env, path);
  expect(observations).toBeGreaterThanOrEqual(OBSERVATIONS);
  const [counts, sums, one] = await queryAll(readConfig(env), [
    "select count(*)::int as observations, count(distinct source_line)::int as rows from observation",
    "select sum(value)::bigint::text as referrals from observation where measure = 'referrals'",
    "select count(*)::int as rows from observation where area_code = 'E08000026' and measure = 'referrals'",
  ]);
  expect(counts).toEqual([{ observations, rows }]);
  expect(sums).toEqual([{ referrals: String(referrals) }]);
  expect(one).toEqual([{ rows: coventry }]);
});

interface Sums {
  rows: number;
  /** The numbers of the column Referrals, added up. */
  referrals: number;
  /** Rows of Coventry. */
  coventry: number;
}

/** Reads the file without the program. */
async function addUp(path: string): Promise<Sums> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  let column = -1;
  const sums: Sums = { rows: 0, referrals: 0, coventry: 0 };
  for await (const line of lines) {
    // Authorities with a comma in their name stand in quotes.
    const cells = line.replace(/"[^"]*"/g, "name").split(",");
    if (column < 0) {
      column = cells.indexOf("Referrals");
      continue;
    }
    sums.rows += 1;
    if (line.includes(",E08000026,")) sums.coventry += 1;
    const cell = cells[column] ?? "";
    if (/^\d+$/.test(cell)) sums.referrals += Number(cell);
  }
  return sums;
}
