/**
 * Killed at any moment, a run leaves the old rows or the new ones. The run amends one file (a new vintage) and widens
 * the others (their rows are replaced), so that a half of it would be seen.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import pg from "pg";
import { describe, expect, inject, test, vi } from "vitest";
import { type Config, readConfig } from "../src/config.ts";
import { EXIT } from "../src/errors.ts";
import { type StandInEes, startStandInEes } from "./stand-in-ees/server.ts";
import { OBSERVATIONS, sortLines } from "./support/exports.ts";
import { countDownloads, refreshInto } from "./support/refreshing.ts";
import { startCommand, until } from "./support/running.ts";
import { readSampleFile, replaceCell, SAMPLE } from "./support/sample-release.ts";
import { queryAll, useWarehouse, WAREHOUSES, type WarehouseKind } from "./support/warehouses.ts";

// Commands and embedded warehouses take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 300_000 });

const OLD = ["Coventry"];
const NEW = ["Coventry", "Leicester"];
const WORDS = ["refresh", "--release", "2022", ...NEW.flatMap((la) => ["--la", la])];
/** Parts of the time from the download to the end of an undisturbed run: keeping, reading, loading, closing. */
const ROUNDS = [
  ...[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.75, 0.9, 1.2].map((part) => ({ from: "download", part })),
  ...Array.from({ length: 6 }, () => ({ from: "download", part: Math.random() })),
  ...Array.from({ length: 4 }, () => ({ from: "start", part: Math.random() })),
];
/** Rounds that go on at the same time. */
const AT_ONCE = 3;

/** A release of which an amendment is out. */
async function startAmendedEes(): Promise<StandInEes> {
  const ees = await startStandInEes({ root: SAMPLE });
  const { name, text } = readSampleFile("C1");
  const bytes = replaceCell(text, { year: "2021", laName: "Coventry" }, "Referrals", "5760");
  ees.amend("children-in-need", "2022", { files: [{ name, bytes }] });
  return ees;
}

/** Rows and ledgers, without times, runs and the port that this stand-in happens to have. */
async function exportState(config: Config): Promise<string> {
  const [observations = [], ...ledgers] = await queryAll(config, [
    OBSERVATIONS,
    "select sha256, areas::text, observations from source_file order by 1",
    "select release_version_id, files::text from release_version order by 1",
  ]);
  const lines = observations.map(({ line }) => ({ line: String(line).replace(/127\.0\.0\.1:\d+/, "EES") }));
  return [sortLines(lines), JSON.stringify(ledgers)].join("\n");
}

/** Copies of a warehouse: a folder, and on Postgres a database too. */
async function copyWarehouse(kind: WarehouseKind, template: Config, api: string) {
  const folder = mkdtempSync(join(tmpdir(), "s21-kill-"));
  cpSync(template.dataDir, folder, { recursive: true });
  const env: Record<string, string> = { S21_DATA_DIR: folder, S21_EES_API: api };
  const databaseOf = (url: string) => new URL(url).pathname.slice(1);
  if (kind === "postgres") {
    const url = new URL(template.databaseUrl as string);
    url.pathname = `/kill_${folder.slice(-6).toLowerCase()}_${Date.now()}`;
    env.DATABASE_URL = url.href;
    const source = databaseOf(template.databaseUrl as string);
    await administrate(`create database ${databaseOf(url.href)} template ${source}`);
  }
  return {
    env,
    config: readConfig(env),
    async dispose() {
      if (env.DATABASE_URL !== undefined)
        await administrate(`drop database ${databaseOf(env.DATABASE_URL)} with (force)`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function administrate(statement: string): Promise<void> {
  const client = new pg.Client(inject("postgresUrl"));
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

describe.each(WAREHOUSES)("kill -9 on %s", (kind) => {
  test("leaves the old rows or the new ones, and the next run needs no hand", async () => {
    const before = await startStandInEes({ root: SAMPLE });
    const template = await useWarehouse(kind, { S21_EES_API: before.url });
    await refreshInto(template, { las: OLD });
    await before.close();
    const old = await exportState(template.config);
    const { reference, whole } = await inCopy(async ({ ees, env, config }) => {
      const run = await startCommand(WORDS, env);
      await until(() => countDownloads(ees) > 0, "downloading");
      const begun = Date.now();
      expect(await run.ended).toMatchObject({ code: EXIT.done });
      return { whole: Date.now() - begun, reference: await exportState(config) };
    });
    expect(reference).not.toBe(old);

    const limit = pLimit(AT_ONCE);
    const found = await Promise.all(ROUNDS.map((round) => limit(() => killOnce(round))));
    expect(found.filter((one) => one.killed).length).toBeGreaterThanOrEqual(10);
    expect(found.filter((one) => one.state === "old").length).toBeGreaterThanOrEqual(3);

    async function inCopy<T>(
      work: (copy: { ees: StandInEes; env: Record<string, string>; config: Config }) => Promise<T>,
    ) {
      const ees = await startAmendedEes();
      const copy = await copyWarehouse(kind, template.config, ees.url);
      try {
        return await work({ ees, ...copy });
      } finally {
        await copy.dispose();
        await ees.close();
      }
    }

    function killOnce({ from, part }: (typeof ROUNDS)[number]) {
      return inCopy(async ({ ees, env, config }) => {
        const run = await startCommand(WORDS, env);
        if (from === "download") await until(() => countDownloads(ees) > 0, "downloading");
        const delay = Math.round(part * whole);
        await sleep(delay);
        run.kill("SIGKILL");
        const { signal } = await run.ended;
        const left = await exportState(config);
        const state = left === old ? "old" : left === reference ? "new" : "a mixture";
        expect(state, `killed ${delay} ms after the ${from}`).not.toBe("a mixture");
        const next = await refreshInto({ config }, { las: NEW });
        const expected = { exitCode: EXIT.done, status: state === "new" ? "unchanged" : "done" };
        expect(next, `after a kill ${delay} ms after the ${from}`).toMatchObject(expected);
        if (state === "old") expect((await exportState(config)) === reference).toBe(true);
        expect(readdirSync(join(config.dataDir, "tmp"))).toEqual([]);
        expect(readdirSync(config.dataDir).filter((name) => name.startsWith("warehouse."))).toEqual([]);
        return { killed: signal === "SIGKILL", state };
      });
    }
  });
});
