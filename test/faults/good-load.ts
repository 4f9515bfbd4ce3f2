/** What the fault tests begin with: a warehouse with a good load in it, and an EES on which an amendment is out. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import type { Config } from "../../src/config.ts";
import { type StandInEes, startStandInEes } from "../stand-in-ees/server.ts";
import { exportState } from "../support/exports.ts";
import { refreshInto } from "../support/refreshing.ts";
import { SAMPLE, startAmendedEes } from "../support/sample-release.ts";
import {
  type CommandResult,
  copyWarehouse,
  makeWarehouse,
  query,
  queryAll,
  runCommand,
  type TestSetting,
  type WarehouseKind,
} from "../support/warehouses.ts";

/** Short waits, so that what takes for ever is over soon. */
export const IMPATIENT = {
  S21_CONNECT_SECONDS: "1",
  S21_IDLE_SECONDS: "0.5",
  S21_DOWNLOAD_SECONDS: "2",
  S21_DOWNLOAD_MB: "8",
  S21_ATTEMPTS: "2",
};

/** The command whose way through a fault is watched. */
export const REFRESH = ["refresh", "--release", "2022", "--la", "Coventry"];

export interface GoodLoad {
  template: TestSetting;
  /** What analysts see, to the byte. */
  seen: string;
}

/** A warehouse with the sample's release in it, to be copied; dispose of its template at the end. */
export async function makeGoodLoad(kind: WarehouseKind): Promise<GoodLoad> {
  const ees = await startStandInEes({ root: SAMPLE });
  const template = await makeWarehouse(kind, { S21_EES_API: ees.url });
  await refreshInto(template, { las: ["Coventry"] });
  await ees.close();
  return { template, seen: await exportSeen(template.config) };
}

/**
 * The good load on Postgres of all tests of a file, and a folder of the file's own; both are gone after its tests. Called once, at
 * its top; the load is there when the tests are.
 */
export function useGoodLoad(): { load: GoodLoad; folder: string } {
  const load = {} as GoodLoad;
  const folder = mkdtempSync(join(tmpdir(), "s21-faults-"));
  beforeAll(async () => {
    Object.assign(load, await makeGoodLoad("postgres"));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await load.template.dispose();
  });
  return { load, folder };
}

/** The table and what the ledgers say of it, with the view that analysts read. */
export async function exportSeen(config: Config): Promise<string> {
  const [current = []] = await queryAll(config, [
    "select (to_jsonb(o) - 'loaded_at' - 'run_id')::text as line from current_observation o",
  ]);
  const lines = current.map(({ line }) => String(line).replace(/127\.0\.0\.1:\d+/, "EES"));
  return [...lines.sort(), await exportState(config)].join("\n");
}

export interface Damaged {
  ees: StandInEes;
  setting: TestSetting;
}

/** A copy of the good load, and an EES with the amendment, for one test. */
export async function inDamaged<T>(
  { template }: GoodLoad,
  env: Record<string, string>,
  work: (damaged: Damaged) => Promise<T>,
): Promise<T> {
  const ees = await startAmendedEes();
  const setting = await copyWarehouse(template.config, { ...IMPATIENT, S21_EES_API: ees.url, ...env });
  try {
    return await work({ ees, setting });
  } finally {
    await setting.dispose();
    await ees.close();
  }
}

/** Runs `s21 refresh`, or other words, as a person would. */
export function refreshBy(setting: TestSetting, words: string[] = []): Promise<CommandResult> {
  return runCommand([...REFRESH, ...words], setting.env);
}

/** The last good load stands to the byte, the ledger has the run, and nothing half done is left. */
export async function expectLastGoodLoad({ seen }: GoodLoad, setting: TestSetting, result: CommandResult) {
  expectSameLines(await exportSeen(setting.config), seen, "what analysts see");
  expect(result.stderr, "no trace of a crash").not.toMatch(/\n\s+at .*\.js:/);
  const runs = await query(setting.config, "select status, exit_code from run order by started_at desc limit 1");
  expect(runs).toEqual([{ status: "failed", exit_code: result.code }]);
  expect(listTemporary(setting)).toEqual([]);
}

/** Tells the lines that differ, and not the thousands that do not. */
export function expectSameLines(found: string, expected: string, what: string) {
  if (found === expected) return;
  const [is, was] = [found.split("\n"), expected.split("\n")];
  const gone = was.filter((line) => !is.includes(line)).map((line) => `- ${line}`);
  const come = is.filter((line) => !was.includes(line)).map((line) => `+ ${line}`);
  throw new Error(`${what} is not the same:\n${[...gone, ...come].slice(0, 20).join("\n")}`);
}

export function listTemporary({ config }: TestSetting): string[] {
  return readdirSync(join(config.dataDir, "tmp"));
}

/** Coventry's referrals in 2020/21 as an analyst sees them. */
export async function readReferrals(setting: TestSetting): Promise<unknown> {
  const rows = await query(
    setting.config,
    "select value_text from current_observation where measure = 'referrals' and area_name = 'Coventry' and period_label = '2020/21'",
  );
  return rows[0]?.value_text;
}
