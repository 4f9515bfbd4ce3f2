/** Whole runs of the DfE road against a stand-in EES: what is asked for is there, and nothing else changes. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { EXIT } from "../src/errors.ts";
import { type StandInEes, startStandInEes } from "./stand-in-ees/server.ts";
import { exportRows } from "./support/exports.ts";
import { countDownloads, refreshInto } from "./support/refreshing.ts";
import { SAMPLE } from "./support/sample-release.ts";
import {
  HAS_REAL_FILES,
  makeWarehouse,
  query,
  REAL_FILES,
  runCommand,
  type TestSetting,
  useWarehouse,
  WAREHOUSES,
} from "./support/warehouses.ts";

/** DfE, Children in need, release 2022 (27 October 2022), as the issue that asked for this road quotes it. */
const PUBLISHED = [
  { area_code: "E06000016", period_label: "2017/18", measure: "cin_children_any_point", value: 4100 },
  { area_code: "E06000016", period_label: "2017/18", measure: "cpp_started", value: 741 },
  { area_code: "E06000016", period_label: "2017/18", measure: "referrals", value: 3585 },
  { area_code: "E06000016", period_label: "2017/18", measure: "s47_enquiries", value: 1910 },
  { area_code: "E08000026", period_label: "2020/21", measure: "cin_children_any_point", value: 6419 },
  { area_code: "E08000026", period_label: "2020/21", measure: "cpp_started", value: 609 },
  { area_code: "E08000026", period_label: "2020/21", measure: "referrals", value: 5754 },
  { area_code: "E08000026", period_label: "2020/21", measure: "s47_enquiries", value: 2247 },
];
const PUBLISHED_SQL = `
  select area_code, period_label, measure, value, source_file, source_line, source_column, source_sha256, source_url
  from current_observation
  where (area_code, period_label) in (('E08000026', '2020/21'), ('E06000016', '2017/18'))
    and measure in ('referrals', 's47_enquiries', 'cpp_started', 'cin_children_any_point')
  order by area_code, period_label, measure`;

const ROOTS = [
  { name: "the sample", root: SAMPLE, skipped: false },
  { name: "the real files", root: REAL_FILES, skipped: !HAS_REAL_FILES },
];

for (const { name, root, skipped } of ROOTS) {
  describe.skipIf(skipped).each(WAREHOUSES)(`the published figures from ${name}, on %s`, (kind) => {
    test("are in the table, each with its file, line and sha256", async () => {
      const ees = await startStandInEes({ root });
      const { env } = await useWarehouse(kind, { S21_EES_API: ees.url });
      const words = ["refresh", "--release", "2022", "--la", "Coventry", "--la", "Leicester", "--json"];
      const refreshed = await runCommand(words, env);
      const answered = await runCommand(["sql", PUBLISHED_SQL, "--json"], env);
      await ees.close();
      expect(refreshed).toMatchObject({ code: EXIT.done });
      expect(JSON.parse(refreshed.stdout)).toMatchObject({ status: "done", releases: [{ status: "loaded" }] });
      expect(answered).toMatchObject({ code: EXIT.done, stderr: "" });
      const rows: (Record<string, string> & { value: number; source_line: number })[] = JSON.parse(answered.stdout);
      expect(
        rows.map(({ area_code, period_label, measure, value }) => ({ area_code, period_label, measure, value })),
      ).toEqual(PUBLISHED);
      for (const row of rows) expect(readCited(row, env.S21_DATA_DIR as string)).toBe(row.value);
    });
  });
}

/** The value where the row says it is: in the archived file with that sha256. None of these rows has a quoted cell. */
function readCited(row: Record<string, unknown>, dataDir: string): number {
  const sha256 = String(row.source_sha256);
  const bytes = readFileSync(join(dataDir, "archive", sha256.slice(0, 2), sha256));
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
  const lines = bytes.toString("utf8").replace("\ufeff", "").split(/\r?\n/);
  const column = (lines[0] as string).split(",").indexOf(String(row.source_column));
  const cells = (lines[Number(row.source_line) - 1] as string).split(",");
  expect(cells).toContain(row.area_code);
  return Number(cells[column]);
}

/** A reader of its own, in another language: statuses and sums of C1, C4, D1 and B1 by Python's csv module. */
const COUNT_BY_PYTHON = `
import csv, glob, json, sys
from decimal import Decimal
names = {"c": "suppressed", "x": "not_available", "z": "not_applicable", ":": "not_available", "..": "not_available",
         "u": "low_reliability", "low": "rounds_to_zero", "k": "rounds_to_zero", "~": "rounds_to_zero"}
counts, sums = {}, {}
for code in ("b1", "c1", "c4", "d1"):
    [path] = glob.glob(sys.argv[1] + "/" + code + "_*.csv")
    with open(path, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            for cell in list(row.values())[11:]:
                status = names.get(cell, "reported")
                counts[status] = counts.get(status, 0) + 1
                if status == "reported":
                    level = row["geographic_level"]
                    sums[level] = sums.get(level, Decimal(0)) + Decimal(cell)
print(json.dumps({"counts": counts, "sums": {level: str(total) for level, total in sums.items()}}))`;

// Commands and embedded warehouses take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 120_000 });

/** What that program counted in the release of 2022. It is run again where Python is there. */
const COUNTED = {
  counts: { reported: 92_109, suppressed: 914, not_available: 313, not_applicable: 30 },
  sums: { National: "61172731.9", Regional: "71716472.1", "Local authority": "68585505.9" },
};
const LEVELS = { country: "National", region: "Regional", local_authority: "Local authority" } as Record<
  string,
  string
>;

function countByPython(folder: string): unknown {
  try {
    return JSON.parse(execFileSync("python3", ["-c", COUNT_BY_PYTHON, folder], { encoding: "utf8" }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return COUNTED;
    throw error;
  }
}

describe.skipIf(!HAS_REAL_FILES).each(WAREHOUSES)("--all-las on %s", (kind) => {
  test("counts as another program does, by status and by level", async () => {
    const ees = await startStandInEes({ root: REAL_FILES });
    const setting = await useWarehouse(kind, { S21_EES_API: ees.url });
    const report = await refreshInto(setting, { allLas: true });
    await ees.close();
    expect(report).toMatchObject({ exitCode: EXIT.done, problems: [] });
    const counts = await query(setting.config, "select status, count(*) as n from observation group by status");
    const sums = await query(setting.config, "select area_level, sum(value) as n from observation group by area_level");
    const found = {
      counts: Object.fromEntries(counts.map((row) => [row.status, Number(row.n)])),
      sums: Object.fromEntries(sums.map((row) => [LEVELS[String(row.area_level)], String(row.n)])),
    };
    expect(found).toEqual(COUNTED);
    expect(found).toEqual(countByPython(join(REAL_FILES, "characteristics-of-children-in-need", "2022", "data")));
  });
});

describe.each(WAREHOUSES)("a second run on %s", (kind) => {
  let ees: StandInEes;
  let setting: TestSetting;
  let before: string[][];

  beforeAll(async () => {
    ees = await startStandInEes({ root: SAMPLE });
    setting = await makeWarehouse(kind, { S21_EES_API: ees.url });
    await refreshInto(setting, { las: ["Coventry", "Leicester"] });
    before = await exportTables();
    ees.requests.length = 0;
  });
  afterAll(async () => {
    await setting.dispose();
    await ees.close();
  });
  async function exportTables() {
    const exports: string[][] = [];
    for (const table of ["observation", "source_file", "issue"]) exports.push(await exportRows(setting.config, table));
    return exports;
  }

  test("is unchanged, downloads nothing and writes no data row", async () => {
    const second = await runCommand(["refresh", "--release", "2022", "--la", "Coventry", "--json"], setting.env);
    expect(second).toMatchObject({ code: EXIT.done });
    const report = JSON.parse(second.stdout);
    expect(report).toMatchObject({ status: "unchanged", problems: [], releases: [{ status: "unchanged" }] });
    expect(report.releases[0].files.map((file: { status: string }) => file.status)).toEqual(Array(4).fill("unchanged"));
    expect(countDownloads(ees)).toBe(0);
    expect(await exportTables()).toEqual(before);
  });

  test("with --recheck downloads again, and still writes none", async () => {
    const report = await refreshInto(setting, { las: ["Leicester"], recheck: true });
    expect(report).toMatchObject({ status: "unchanged", exitCode: EXIT.done });
    expect(countDownloads(ees)).toBe(1);
    expect(await exportTables()).toEqual(before);
  });

  test("is in the ledger each time, with what it was asked", async () => {
    const runs = await query(
      setting.config,
      "select status, exit_code, ended_at is null as open from run order by started_at",
    );
    expect(runs).toEqual([
      { status: "done", exit_code: 0, open: false },
      { status: "unchanged", exit_code: 0, open: false },
      { status: "unchanged", exit_code: 0, open: false },
    ]);
  });
});
