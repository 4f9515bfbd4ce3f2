/** `s21 schedule` as a process: several on one warehouse, killed and told to stop, watched, and telling. */
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, inject, onTestFinished, test } from "vitest";
import { JOBS } from "../../jobs/index.ts";
import { readConfig } from "../../src/config.ts";
import { EXIT } from "../../src/errors.ts";
import type { Clock } from "../../src/schedule/clock.ts";
import { serveSchedule } from "../../src/schedule/service.ts";
import { openLog } from "../../src/serve/log.ts";
import { type StandInEes, startStandInEes } from "../stand-in-ees/server.ts";
import { findFreePort } from "../support/postgres-server.ts";
import { countDownloads } from "../support/refreshing.ts";
import { type RunningCommand, startCommand } from "../support/running.ts";
import { SAMPLE } from "../support/sample-release.ts";
import { query, runCommand, type TestSetting, useWarehouse, WAREHOUSES } from "../support/warehouses.ts";

/** Generous: machines that run tests are busy. */
const SOON = 25_000;
const PATIENT = 90_000;

let ees: StandInEes;
let processes: RunningCommand[] = [];
beforeEach(async () => {
  ees = await startStandInEes({ root: SAMPLE });
  processes = [];
});
afterEach(async () => {
  for (const one of processes) one.kill("SIGKILL");
  await Promise.all(processes.map((one) => one.ended));
  await ees.close();
});

interface Watched extends RunningCommand {
  get(path: string): Promise<{ status: number; text: string } | null>;
}

async function startScheduler(env: Record<string, string>): Promise<Watched> {
  const address = `127.0.0.1:${await findFreePort()}`;
  const started = await startCommand(["schedule"], { ...env, S21_LISTEN: address, S21_LOG: "json" });
  processes.push(started);
  return {
    ...started,
    async get(path) {
      // Not listening yet, or any more.
      const response = await fetch(`http://${address}${path}`).catch(() => null);
      return response === null ? null : { status: response.status, text: await response.text() };
    },
  };
}

async function roleOf(scheduler: Watched): Promise<string> {
  const page = await scheduler.get("/health");
  return page === null ? "" : String(JSON.parse(page.text).role);
}

async function readNights({ config }: TestSetting): Promise<Record<string, unknown>[]> {
  return query(config, "select status, scheduled_for from run where job = 'nightly-refresh' order by started_at");
}

const env = (extra: Record<string, string> = {}) => ({ S21_EES_API: ees.url, S21_LAS: "Coventry", ...extra });
const poll = { timeout: SOON, interval: 100 };

test(
  "three on one Postgres: one works, the others stand by, and take over from one that was killed",
  async () => {
    const setting = await useWarehouse("postgres", env());
    const schedulers = await Promise.all([1, 2, 3].map(() => startScheduler(setting.env)));
    const roles = async () => (await Promise.all(schedulers.map(roleOf))).sort();
    await expect.poll(roles, poll).toEqual(["stands by", "stands by", "works"]);
    await expect.poll(() => readNights(setting).catch(() => []), poll).toMatchObject([{ status: "done" }]);
    expect(countDownloads(ees)).toBe(1);
    for (const one of schedulers) expect((await one.get("/ready"))?.status).toBe(200);

    const workingIndex = (await Promise.all(schedulers.map(roleOf))).indexOf("works");
    schedulers[workingIndex]?.kill("SIGKILL");
    await schedulers[workingIndex]?.ended;
    schedulers.splice(workingIndex, 1);
    await expect.poll(roles, poll).toEqual(["stands by", "works"]);
    // The day's run was done: the successor finds it in the ledger.
    expect(await readNights(setting)).toMatchObject([{ status: "done" }]);

    const told = Date.now();
    for (const one of schedulers) one.kill("SIGTERM");
    const ends = await Promise.all(schedulers.map((one) => one.ended));
    expect(ends.map(({ code }) => code)).toEqual([EXIT.terminated, EXIT.terminated]);
    expect(Date.now() - told).toBeLessThan(10_000);
  },
  PATIENT,
);

describe.each(WAREHOUSES)("a scheduler on %s", (kind) => {
  test(
    "that is told to stop in the middle of a download ends cleanly, and its successor catches the run up",
    async () => {
      const setting = await useWarehouse(kind, env());
      ees.addFault({ fault: "stall", times: 1, path: "/files" });
      const first = await startScheduler(setting.env);
      await expect.poll(() => countDownloads(ees), poll).toBe(1);
      const told = Date.now();
      first.kill("SIGINT");
      expect(await first.ended).toMatchObject({ code: EXIT.interrupted });
      expect(Date.now() - told).toBeLessThan(10_000);
      expect(await readNights(setting)).toMatchObject([{ status: "interrupted" }]);

      const second = await startScheduler(setting.env);
      const metrics = async () => (await second.get("/metrics"))?.text ?? "";
      await expect.poll(metrics, poll).toContain('s21_runs_total{job="nightly-refresh",outcome="done"} 1');
      // What the ledger says is read when the run is over.
      const checked = 's21_publication_timestamp_seconds{publication="children-in-need",what="checked"}';
      await expect.poll(metrics, poll).toContain(checked);
      expect(await metrics()).toMatch(/s21_next_run_timestamp_seconds\{job="nightly-refresh"\} \d/);
      expect(await second.get("/nothing")).toMatchObject({ status: 404 });
      second.kill("SIGTERM");
      expect(await second.ended).toMatchObject({ code: EXIT.terminated });
      expect(await readNights(setting)).toMatchObject([{ status: "interrupted" }, { status: "done" }]);
    },
    PATIENT,
  );
});

describe("a failure", () => {
  const SECRET = "CANARY-secret-of-the-webhook";
  let receiver: Server;
  let received: { headers: Record<string, unknown>; body: string }[];
  beforeEach(async () => {
    received = [];
    receiver = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        received.push({ headers: request.headers, body });
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => void receiver.close());

  test(
    "is told to the webhook, signed, and no secret is told to anyone else",
    async () => {
      const hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/CANARY-token?key=CANARY-key`;
      const setting = await useWarehouse("postgres", env({ S21_ATTEMPTS: "1" }));
      const database = new URL(setting.env.DATABASE_URL as string);
      database.password = "CANARY-password";
      ees.addFault({ fault: "503", path: "/publications/" });
      const secrets = { DATABASE_URL: database.href, S21_NOTIFY_URL: hook, S21_NOTIFY_SECRET: SECRET };
      const scheduler = await startScheduler({ ...setting.env, ...secrets });
      await expect.poll(() => received.length, poll).toBeGreaterThan(0);
      scheduler.kill("SIGTERM");
      const { stdout, stderr } = await scheduler.ended;
      const byHand = await runCommand(["run", "nightly-refresh", "--json"], { ...setting.env, ...secrets });
      expect(byHand.code).toBe(EXIT.sourceUnreachable);
      await expect.poll(() => received.length, poll).toBeGreaterThan(1);

      const { headers, body } = received[0] as (typeof received)[0];
      expect(JSON.parse(body)).toMatchObject({ event: "run-failed", job: "nightly-refresh", exit_code: 4 });
      const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["s21-signature"])) ?? [];
      expect(signature).toBe(createHmac("sha256", SECRET).update(`${seconds}.${body}`).digest("hex"));

      const ledger = JSON.stringify(await query(setting.config, "select * from run"));
      for (const said of [stdout, stderr, byHand.stdout, byHand.stderr, ledger, body])
        expect(said).not.toContain("CANARY");
      // Every line of the log is an event.
      for (const line of stderr.trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("event");
    },
    PATIENT,
  );
});

test("a warehouse that stays out of reach for five minutes is told of once", async () => {
  const received: string[] = [];
  const receiver = createServer((request, response) => {
    request.on("data", (chunk: Buffer) => void received.push(chunk.toString()));
    request.on("end", () => response.end());
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void receiver.close());
  const config = readConfig({
    DATABASE_URL: `postgres://s21@127.0.0.1:${await findFreePort()}/none`,
    S21_NOTIFY_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
    S21_NOTIFY_SECRET: "a secret that is long enough",
    S21_LISTEN: "off",
  });
  const stop = new AbortController();
  let time = Date.parse("2027-02-01T02:00:00Z");
  const told: number[] = [];
  const clock: Clock = {
    now: () => new Date(time),
    async sleep(milliseconds) {
      time += milliseconds;
      if (received.length > told.length) told.push(time);
      if (time > Date.parse("2027-02-01T02:20:00Z")) stop.abort();
    },
  };
  await serveSchedule(config, JOBS, openLog(config, { write: () => undefined }), stop.signal, clock);
  expect(received.map((body) => JSON.parse(body))).toMatchObject([{ event: "warehouse-unreachable", exit_code: 6 }]);
  expect(new Date(told[0] ?? 0).toISOString().slice(11, 16)).toBe("02:05");
});

/** Writing to it fails as on a full disk. */
const FULL = "/dev/full";
test.skipIf(!existsSync(FULL))("a log on a full disk does not keep nights from being run", async () => {
  const setting = await useWarehouse("postgres", env());
  const words = [
    "-c",
    `exec "$0" "$@" 2>${FULL}`,
    process.execPath,
    join(inject("compiledFolder"), "cli.js"),
    "schedule",
  ];
  const child = spawn("sh", words, { env: { PATH: process.env.PATH ?? "", S21_LISTEN: "off", ...setting.env } });
  const ended = new Promise((resolve) => child.once("close", resolve));
  await expect.poll(() => readNights(setting).catch(() => []), poll).toMatchObject([{ status: "done" }]);
  child.kill("SIGTERM");
  expect(await ended).toBe(EXIT.terminated);
});

const FAKETIME = [
  "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
  "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
];
const LIBRARY = FAKETIME.find((path) => existsSync(path));

/** Sixty times as fast: half a minute between two looks is half a second. */
describe.skipIf(LIBRARY === undefined)("under libfaketime", () => {
  test.each([
    ["the Sunday on which 1:30 is skipped", "2027-03-28 01:27:00", "2027-03-28"],
    ["the Sunday on which 1:30 comes twice", "2027-10-31 00:27:00", "2027-10-31"],
  ])(
    "%s has its run, once",
    async (_, start, day) => {
      const setting = await useWarehouse("postgres", env({ S21_SCHEDULE: "30 1 * * *" }));
      const fake = { LD_PRELOAD: LIBRARY as string, FAKETIME: `@${start} x60`, TZ: "UTC" };
      const scheduler = await startScheduler({ ...setting.env, ...fake });
      const days = async () => (await readNights(setting).catch(() => [])).map((run) => run.scheduled_for);
      // The night before is caught up first, under timeouts that are sixty times as short.
      await expect.poll(days, { ...poll, timeout: 2 * SOON }).toContain(day);
      // Three more hours of its time: past the second 1:30.
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      expect((await days()).filter((one) => one === day)).toHaveLength(1);
      scheduler.kill("SIGTERM");
      await scheduler.ended;
    },
    PATIENT,
  );
});
