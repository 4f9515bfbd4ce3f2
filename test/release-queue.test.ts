/** Several machines on one backlog: processes of `s21 work` that share a queue in Postgres, and are killed. */
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { EXIT } from "../src/errors.ts";
import { keyOf, openReleaseQueue, type ReleaseJob } from "../src/load/release-queue.ts";
import { type StandInEes, startStandInEes } from "./stand-in-ees/server.ts";
import { refreshInto } from "./support/refreshing.ts";
import { type RunningCommand, startCommand, until } from "./support/running.ts";
import { readSampleFile } from "./support/sample-release.ts";
import { makeWarehouse, query, runCommand, type TestSetting, useWarehouse } from "./support/warehouses.ts";

// Processes take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 120_000 });

const RELEASES = 12;
const FILES = ["B1", "C1", "C4", "D1"].map(readSampleFile).map(({ name, text }) => ({ name, bytes: text }));
const WORDS = ["refresh", "--release", "all", "--la", "Coventry", "--json"];

let ees: StandInEes;
beforeAll(async () => {
  const releases = Array.from({ length: RELEASES }, (_, index) => String(2022 + index));
  ees = await startStandInEes({
    releases: releases.map((slug) => ({
      publication: "children-in-need",
      slug,
      published: `${slug}-10-30T09:30:00Z`,
      files: FILES,
    })),
  });
});
afterAll(() => ees.close());

async function readLoaded(setting: TestSetting) {
  const rows = await query(setting.config, "select release, count(*)::int as n from observation group by 1 order by 1");
  const doubled = `select 1 from observation group by release, data_set, source_line, source_column having count(*) > 1`;
  return { rows, doubled: await query(setting.config, doubled) };
}

/** What one process loads: the sample's rows of Coventry, its region and England. */
const EACH = 480 + 360 + 450 + 420;

describe("a refresh with S21_WORKERS", () => {
  test("works on the queue itself, and ends when all is loaded", async () => {
    const setting = await useWarehouse("postgres", { S21_EES_API: ees.url, S21_WORKERS: "2" });
    const report = await refreshInto(setting, { release: "all", las: ["Coventry"] });
    expect(report).toMatchObject({ status: "done", exitCode: EXIT.done });
    expect(report.releases.map((one) => one.status)).toEqual(Array(RELEASES).fill("loaded"));
    const { rows, doubled } = await readLoaded(setting);
    expect(rows.map((row) => row.n)).toEqual(Array(RELEASES).fill(EACH));
    expect(doubled).toEqual([]);
    const again = await refreshInto(setting, { release: "all", las: ["Coventry"] });
    expect(again).toMatchObject({ status: "unchanged", exitCode: EXIT.done });
  });

  test("tells of a release that failed, and loads the others", async () => {
    const setting = await useWarehouse("postgres", { S21_EES_API: ees.url, S21_WORKERS: "2", S21_ATTEMPTS: "1" });
    const version = ees.versionId("children-in-need", "2030");
    ees.addFault({ fault: "wrong-crc", path: version });
    const report = await refreshInto(setting, { release: ["2029", "2030"], las: ["Coventry"] });
    ees.clearFaults();
    expect(report).toMatchObject({ exitCode: EXIT.sourceNotTrusted });
    expect(report.releases.map((one) => one.status)).toEqual(["loaded", "failed"]);
    expect((await readLoaded(setting)).rows.map((row) => row.release)).toEqual(["2029"]);
  });
});

describe("four workers, of which one is killed now and then", () => {
  let setting: TestSetting;
  beforeAll(async () => {
    setting = await makeWarehouse("postgres", { S21_EES_API: ees.url, S21_WORKERS: "1", S21_IDLE_SECONDS: "3" });
  });
  afterAll(() => setting.dispose());

  test("load every release exactly once", async () => {
    const { env } = setting;
    // Slow enough for a kill to meet a worker at work.
    ees.addFault({ fault: "stall", times: 4, path: "/files" });
    const workers: RunningCommand[] = await Promise.all([1, 2, 3, 4].map(() => startCommand(["work"], env)));
    const asking = startCommand(WORDS, env);
    await until(() => ees.requests.some(({ path }) => path.endsWith("/files")), "a worker that downloads");
    for (let killed = 0; killed < 4; killed += 1) {
      await sleep(1_500);
      workers[killed]?.kill("SIGKILL");
      workers[killed] = await startCommand(["work"], env);
    }
    const result = await (await asking).ended;
    expect(result).toMatchObject({ code: EXIT.done });
    for (const worker of workers) worker.kill("SIGTERM");
    const ends = await Promise.all(workers.map((worker) => worker.ended));
    // One that had only begun to start does not know the signal yet, and ends by it.
    for (const { code, signal } of ends)
      expect([code, signal]).toContainEqual(code === null ? "SIGTERM" : EXIT.terminated);
    const { rows, doubled } = await readLoaded(setting);
    expect(rows.map((row) => row.n)).toEqual(Array(RELEASES).fill(EACH));
    expect(doubled).toEqual([]);
    const running = await query(setting.config, "select count(*)::int as n from run where status = 'running'");
    expect(Number(running[0]?.n)).toBeLessThanOrEqual(4);
  });
});

test("a worker whose sessions are lost ends with 6, and its release is loaded by the next", async () => {
  const setting = await useWarehouse("postgres", { S21_EES_API: ees.url, S21_WORKERS: "1" });
  ees.addFault({ fault: "stall", times: 1, path: "/files" });
  const before = ees.requests.length;
  const worker = await startCommand(["work"], setting.env);
  const queue = await openReleaseQueue(setting.env.DATABASE_URL as string);
  const job: ReleaseJob = { ...JOB, release: "2022", areas: ["331"] };
  await queue.add([job]);
  await until(() => ees.requests.slice(before).some(({ path }) => path.endsWith("/files")), "downloading");
  await queue.close();
  const client = new pg.Client(setting.env.DATABASE_URL);
  await client.connect();
  await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
  );
  await client.end();
  const { code, stderr } = await worker.ended;
  expect(code).toBe(EXIT.warehouse);
  expect(stderr).not.toMatch(/\n\s+at /);
  ees.clearFaults();
  expect(await runCommand(["work", "--until-empty"], setting.env)).toMatchObject({ code: EXIT.done });
  expect((await readLoaded(setting)).rows).toEqual([{ release: "2022", n: EACH }]);
});

const JOB = { publication: "children-in-need", eesSlug: "children-in-need", recheck: false };

describe("the queue", () => {
  const job = (areas: ReleaseJob["areas"]): ReleaseJob => ({ ...JOB, release: "2022", areas });

  test("has a job once, however often and in whatever order it is asked for; other areas are another job", async () => {
    const { env } = await useWarehouse("postgres");
    const queue = await openReleaseQueue(env.DATABASE_URL as string);
    await queue.add([job(["331", "856"])]);
    await queue.add([job(["856", "331"]), job("all")]);
    expect(await queue.count()).toBe(2);
    expect(await queue.find([keyOf(job("all"))])).toEqual([
      { key: keyOf(job("all")), isGivenUp: false, lastError: null },
    ]);
    await queue.close();
  });

  test("tries again what failed for a while, and keeps why", async () => {
    const { env } = await useWarehouse("postgres");
    const queue = await openReleaseQueue(env.DATABASE_URL as string);
    let attempts = 0;
    const worker = await queue.work(1, async () => {
      attempts += 1;
      if (attempts < 2) throw new Error("the warehouse was away");
    });
    await queue.add([job("all")]);
    await until(async () => (await queue.find([keyOf(job("all"))]))[0]?.lastError != null, "an error kept");
    await until(async () => (await queue.count()) === 0, "the second attempt");
    expect(attempts).toBe(2);
    await worker.stop();
    await queue.close();
  });

  test("is for Postgres", async () => {
    const { env } = await useWarehouse("embedded");
    expect(await runCommand(["work"], env)).toMatchObject({ code: EXIT.usage });
  });
});
