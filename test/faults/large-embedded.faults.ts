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
}, async ({ task }) => {
  const path = await makeC1(OBSERVATIONS);
  const { rows, referrals } = await addUp(path);
  const env = { S21_DATA_DIR: folder };
  const { observations } = await loadFile(env, path);
  expect(observations).toBeGreaterThanOrEqual(OBSERVATIONS);
  const [counts, sums, one] = await queryAll(readConfig(env), [
    "select count(*)::int as observations, count(distinct source_line)::int as rows from observation",
    "select sum(value)::bigint::text as referrals from observation where measure = 'referrals'",
    "select count(*) > 0 as there from current_observation where area_code = 'E08000026' and measure = 'referrals'",
  ]);
  expect(counts).toEqual([{ observations, rows }]);
  expect(sums).toEqual([{ referrals: String(referrals) }]);
  expect(one).toEqual([{ there: true }]);
  task.meta.faults = observations;
});

/** Rows of the file, and the numbers of its column Referrals added up, without the program. */
async function addUp(path: string): Promise<{ rows: number; referrals: number }> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  let column = -1;
  let rows = 0;
  let referrals = 0;
  for await (const line of lines) {
    // Authorities with a comma in their name stand in quotes.
    const cells = line.replace(/"[^"]*"/g, "name").split(",");
    if (column < 0) {
      column = cells.indexOf("Referrals");
      continue;
    }
    rows += 1;
    const cell = cells[column] ?? "";
    if (/^\d+$/.test(cell)) referrals += Number(cell);
  }
  return { rows, referrals };
}
