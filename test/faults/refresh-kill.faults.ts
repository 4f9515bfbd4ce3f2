/**
 * Killed at any moment, a run leaves the old rows or the new ones. The run amends one file (a new vintage) and widens
 * the others (their rows are replaced), so that a half of it would be seen.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import { describe, expect, test, vi } from "vitest";
import type { Config } from "../../src/config.ts";
import { EXIT } from "../../src/errors.ts";
import { type StandInEes, startStandInEes } from "../stand-in-ees/server.ts";
import { exportState } from "../support/exports.ts";
import { countDownloads, refreshInto } from "../support/refreshing.ts";
import { startCommand, until } from "../support/running.ts";
import { SAMPLE, startAmendedEes } from "../support/sample-release.ts";
import { copyWarehouse, useWarehouse, WAREHOUSES } from "../support/warehouses.ts";

// Commands and embedded warehouses take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 300_000 });

const OLD = ["Coventry"];
const NEW = ["Coventry", "Leicester"];
const WORDS = ["refresh", "--release", "2022", ...NEW.flatMap((la) => ["--la", la])];
/** Parts of the time from the download to the end of an undisturbed run. Hundreds more: test/faults/kills.ts. */
const ROUNDS = [
  ...[0, 0.2, 0.4, 0.6, 0.9].map((part) => ({ from: "download", part })),
  { from: "start", part: Math.random() },
];
/** Rounds that go on at the same time. */
const AT_ONCE = 3;

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
    expect(found.filter((one) => one.killed).length).toBeGreaterThanOrEqual(3);
    expect(found.filter((one) => one.state === "old").length).toBeGreaterThanOrEqual(1);

    async function inCopy<T>(
      work: (copy: { ees: StandInEes; env: Record<string, string>; config: Config }) => Promise<T>,
    ) {
      const ees = await startAmendedEes();
      const copy = await copyWarehouse(template.config, { S21_EES_API: ees.url });
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
