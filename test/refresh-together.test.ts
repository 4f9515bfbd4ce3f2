/** Several runs at once, runs that are told to stop, and warehouses that go away meanwhile. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { EXIT } from "../src/errors.ts";
import { writeLargeCsv } from "./stand-in-ees/large-csv.ts";
import { type StandInEes, startStandInEes } from "./stand-in-ees/server.ts";
import { exportObservations } from "./support/exports.ts";
import { findFreePort } from "./support/postgres-server.ts";
import { countDownloads, refreshInto } from "./support/refreshing.ts";
import { type RunningCommand, startCommand, until } from "./support/running.ts";
import { readSampleFile, SAMPLE, SAMPLE_BUNDLE } from "./support/sample-release.ts";
import { query, runCommand, type TestSetting, useWarehouse, WAREHOUSES } from "./support/warehouses.ts";

// Commands and embedded warehouses take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 120_000 });

const WORDS = ["refresh", "--release", "2022", "--la", "Coventry"];
/** Generous: what is promised within ten seconds takes less than one. */
const SOON = 10_000;
let ees: StandInEes;

beforeEach(async () => {
  ees = await startStandInEes({ root: SAMPLE });
});
afterEach(() => ees.close());

function untilDownloading(): Promise<void> {
  return until(() => countDownloads(ees) > 0, "downloading");
}

function listTemporary({ config }: TestSetting): string[] {
  return readdirSync(join(config.dataDir, "tmp"));
}

describe.each(WAREHOUSES)("runs on %s", (kind) => {
  let setting: TestSetting;
  beforeEach(async () => {
    setting = await useWarehouse(kind, { S21_EES_API: ees.url });
  });

  test("at once: one of six works, the others exit 7 meanwhile, saying why", async () => {
    // The one that works is held up until the others have ended.
    ees.addFault({ fault: "503", arg: "2", path: "/files" });
    const env = { ...setting.env, S21_ATTEMPTS: "50" };
    const runs = await Promise.all(Array.from({ length: 6 }, () => startCommand(WORDS, env)));
    let locked = 0;
    for (const run of runs) {
      void run.ended.then((result) => {
        if (result.code === EXIT.locked) locked += 1;
        if (locked === 5) ees.clearFaults();
      });
    }
    const results = await Promise.all(runs.map((run) => run.ended));
    expect(results.map((result) => result.code).sort()).toEqual([EXIT.done, ...Array(5).fill(EXIT.locked)]);
    for (const { stdout, stderr } of results.filter((result) => result.code === EXIT.locked)) {
      expect(stdout).toBe("");
      expect(stderr).toMatch(/nothing was done/);
    }
    const bundles = ees.requests.filter(({ path, status }) => path.endsWith("/files") && status === 200);
    expect(bundles).toHaveLength(1);
    const rows = await query(setting.config, "select data_set, count(*) as n from observation group by 1 order by 1");
    expect(rows.map((row) => Number(row.n))).toEqual([480, 360, 450, 420]);
    expect(await query(setting.config, "select status from run")).toEqual([{ status: "done" }]);
  });

  test("whose holder was killed leave no lock behind, and what they left half done is swept", async () => {
    ees.addFault({ fault: "stall", times: 1, path: "/files" });
    const killed = await startCommand(WORDS, setting.env);
    await untilDownloading();
    await until(() => listTemporary(setting).length > 0, "a temporary file");
    killed.kill("SIGKILL");
    expect(await killed.ended).toMatchObject({ signal: "SIGKILL" });
    expect(await refreshInto(setting, { las: ["Coventry"] })).toMatchObject({ exitCode: EXIT.done, status: "done" });
    expect(listTemporary(setting)).toEqual([]);
    const runs = await query(setting.config, "select status, ended_at is null as open from run order by started_at");
    expect(runs).toEqual([
      { status: "interrupted", open: false },
      { status: "done", open: false },
    ]);
  });

  test.each([
    { signal: "SIGTERM", code: EXIT.terminated },
    { signal: "SIGINT", code: EXIT.interrupted },
  ] as const)("that get $signal while downloading end with $code, and leave nothing open", async ({ signal, code }) => {
    ees.addFault({ fault: "stall", times: 1, path: "/files" });
    const run = await startCommand([...WORDS, "--json"], setting.env);
    await untilDownloading();
    const told = Date.now();
    run.kill(signal);
    const result = await run.ended;
    expect(Date.now() - told).toBeLessThan(SOON);
    expect(result).toMatchObject({ code, signal: null });
    expect(JSON.parse(result.stdout)).toMatchObject({ status: "failed", problems: [{ code: "interrupted" }] });
    expect(listTemporary(setting)).toEqual([]);
    const runs = await query(setting.config, "select status, exit_code, problem from run");
    expect(runs).toEqual([{ status: "interrupted", exit_code: code, problem: `stopped by ${signal}` }]);
    expect(await refreshInto(setting, { las: ["Coventry"] })).toMatchObject({ exitCode: EXIT.done });
  });
});

describe("runs that load a large file", () => {
  const bundle = mkdtempSync(join(tmpdir(), "s21-large-"));
  const large = [...WORDS, "--from", bundle];

  beforeAll(async () => {
    for (const code of ["B1", "C4", "D1"]) {
      const { name } = readSampleFile(code);
      cpSync(join(SAMPLE_BUNDLE, "data", name), join(bundle, name));
    }
    await writeLargeCsv(join(bundle, readSampleFile("C1").name), 30);
  });
  afterAll(() => rmSync(bundle, { recursive: true }));

  /** A hundredth of a second for each row, so that a run is met while it copies. */
  async function slowDown(url: string): Promise<void> {
    await runOn(
      url,
      `create function pause() returns trigger language plpgsql as 'begin perform pg_sleep(0.01); return new; end';
      create trigger pause before insert on observation for each row execute function pause()`,
    );
  }

  /** Comes back when the rows of the large file are on their way into Postgres. */
  async function untilCopying(url: string): Promise<void> {
    await until(
      async () => (await runOn(url, `${BACKENDS} and query ilike 'copy observation%' and state = 'active'`)).length > 0,
      "copying",
    );
  }

  test.each(WAREHOUSES)("and get SIGTERM end with 143, and nothing of the file is there; on %s", async (kind) => {
    const setting = await useWarehouse(kind);
    await refreshInto(setting, { las: ["Coventry"], from: SAMPLE_BUNDLE });
    const before = await exportObservations(setting.config);
    if (kind === "postgres") await slowDown(setting.env.DATABASE_URL as string);
    const run = await startCommand(large, setting.env);
    if (kind === "postgres") await untilCopying(setting.env.DATABASE_URL as string);
    else await until(() => countArchived(setting) === 5, "the large file is in the archive");
    const told = Date.now();
    run.kill("SIGTERM");
    expect(await run.ended).toMatchObject({ code: EXIT.terminated });
    expect(Date.now() - told).toBeLessThan(SOON);
    expect(await exportObservations(setting.config)).toBe(before);
    const runs = await query(setting.config, "select status from run order by started_at");
    expect(runs).toEqual([{ status: "done" }, { status: "interrupted" }]);
  });

  test("and lose their Postgres session end with 6, and the old rows stand", async () => {
    const setting = await useWarehouse("postgres");
    const url = setting.env.DATABASE_URL as string;
    await refreshInto(setting, { las: ["Coventry"], from: SAMPLE_BUNDLE });
    const before = await exportObservations(setting.config);
    await slowDown(url);
    const run = await startCommand(large, setting.env);
    await untilCopying(url);
    await terminateBackends(url);
    expectWarehouseLost(await run.ended);
    expect(await exportObservations(setting.config)).toBe(before);
    const last = await refreshInto(setting, { las: ["Coventry"], from: SAMPLE_BUNDLE });
    expect(last).toMatchObject({ status: "unchanged" });
    const runs = await query(setting.config, "select status from run order by started_at");
    expect(runs.map((one) => one.status)).toEqual(["done", "interrupted", "unchanged"]);
  });

  function countArchived({ config }: TestSetting): number {
    const folder = join(config.dataDir, "archive");
    const names = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => entry.name);
    return names.filter((name) => /^[0-9a-f]{64}$/.test(name)).length;
  }
});

test("a run whose Postgres session is ended while it downloads ends with 6, without a crash", async () => {
  const setting = await useWarehouse("postgres", { S21_EES_API: ees.url });
  ees.addFault({ fault: "503", arg: "3", times: 1, path: "/files" });
  const run = await startCommand(WORDS, setting.env);
  await untilDownloading();
  await terminateBackends(setting.env.DATABASE_URL as string);
  expectWarehouseLost(await run.ended);
});

test("a Postgres that is down at the start is told without its password, before anything is downloaded", async () => {
  const address = `postgres://analyst:CANARY-PASSWORD@127.0.0.1:${await findFreePort()}/figures`;
  const setting = await useWarehouse("embedded", { S21_EES_API: ees.url, DATABASE_URL: address });
  const run = await startCommand([...WORDS, "--json"], setting.env);
  const { code, stdout, stderr, milliseconds } = await run.ended;
  expect(code).toBe(EXIT.warehouse);
  expect(milliseconds).toBeLessThan(15_000);
  expect(stderr).toMatch(/cannot reach the warehouse at postgres 127\.0\.0\.1:\d+\/figures \(user analyst\)/);
  expect(stdout + stderr).not.toContain("CANARY");
  expect(ees.requests).toEqual([]);
});

test("a table that an analyst has locked ends the run with 6, not the analyst's transaction", async () => {
  const setting = await useWarehouse("postgres");
  await refreshInto(setting, { las: ["Coventry"], from: SAMPLE_BUNDLE });
  const analyst = new pg.Client(setting.env.DATABASE_URL);
  await analyst.connect();
  await analyst.query("begin; lock table observation in share mode");
  const blocked = await runCommand([...WORDS, "--la", "Leicester", "--from", SAMPLE_BUNDLE], setting.env);
  expect(blocked).toMatchObject({ code: EXIT.warehouse });
  expect(blocked.stderr).toContain("lock timeout");
  const { rows } = await analyst.query("select count(distinct area_name) as n from observation where value = 5754");
  expect(rows).toEqual([{ n: "1" }]);
  await analyst.end();
  const next = await refreshInto(setting, { las: ["Leicester"], from: SAMPLE_BUNDLE });
  expect(next).toMatchObject({ exitCode: EXIT.done, status: "done" });
});

test("a query that goes on for ever is ended by Ctrl-C", async () => {
  const setting = await useWarehouse("postgres");
  const run = await startCommand(["sql", "select pg_sleep(600)"], setting.env);
  const url = setting.env.DATABASE_URL as string;
  await until(async () => (await runOn(url, `${BACKENDS} and query like '%pg_sleep%'`)).length > 0, "sleeping");
  const told = Date.now();
  run.kill("SIGINT");
  expect(await run.ended).toMatchObject({ code: EXIT.interrupted, signal: null, stdout: "" });
  expect(Date.now() - told).toBeLessThan(SOON);
});

test("a reader that leaves early is no fault", async () => {
  const setting = await useWarehouse("postgres");
  const words = ["sql", "select n from generate_series(1, 300000) n", "--json"];
  const left = await runCommand(words, setting.env, (child) => {
    child.stdout?.once("data", () => child.stdout?.destroy());
  });
  expect(left).toMatchObject({ code: EXIT.done, stderr: "" });
});

test("a run goes on when nobody reads what it notes", async () => {
  const setting = await useWarehouse("postgres", { S21_EES_API: ees.url });
  const unread = await runCommand(WORDS, setting.env, (child) => child.stderr?.destroy());
  expect(unread.code).toBe(EXIT.done);
  expect(await query(setting.config, "select count(*) > 0 as there from observation")).toEqual([{ there: true }]);
});

const BACKENDS = "select pid from pg_stat_activity where application_name = 's21' and datname = current_database()";

async function runOn(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

async function terminateBackends(url: string): Promise<void> {
  const ended = await runOn(url, `select pg_terminate_backend(pid) from (${BACKENDS}) b`);
  expect(ended.length).toBeGreaterThan(0);
}

function expectWarehouseLost({ code, stderr }: Awaited<RunningCommand["ended"]>) {
  expect(code).toBe(EXIT.warehouse);
  expect(stderr).toMatch(/the warehouse/);
  expect(stderr).not.toMatch(/\n\s+at /);
}
