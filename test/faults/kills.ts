/**
 * kill -9 at every named step of a run and at random moments: the old rows or the new ones, never a mixture, and the next
 * run needs no hand. The run amends one file (a new vintage) and widens the others (their rows are replaced).
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import pLimit from "p-limit";
import { expect, type TestContext } from "vitest";
import type { Config } from "../../src/config.ts";
import { EXIT } from "../../src/errors.ts";
import { packagePath } from "../../src/package-root.ts";
import type { StandInEes } from "../stand-in-ees/server.ts";
import { exportState } from "../support/exports.ts";
import { countDownloads, refreshInto } from "../support/refreshing.ts";
import { startCommand, until } from "../support/running.ts";
import { startAmendedEes } from "../support/sample-release.ts";
import { copyWarehouse, type TestSetting, type WarehouseKind } from "../support/warehouses.ts";
import { makeGoodLoad } from "./good-load.ts";

const NEW = ["Coventry", "Leicester"];
const WORDS = ["refresh", "--release", "2022", ...NEW.flatMap((la) => ["--la", la])];
const HOOK = `--import=${pathToFileURL(packagePath("test/faults/kill-at-step.mjs")).href}`;
/** Kills at random moments; S21_KILLS asks for more. */
const KILLS = Number(process.env.S21_KILLS ?? 200);
/** What is killed is killed again in what it left, so many times, before a run is let through. */
const KILLS_IN_A_ROW = 5;
const AT_ONCE = 3;

interface Stage {
  template: TestSetting;
  old: string;
  /** What an undisturbed run makes of it. */
  done: string;
  /** How long that takes: from the start of the process, and from the download. */
  milliseconds: { start: number; download: number };
  /** Its steps, in order. */
  steps: string[];
}

interface Copy {
  ees: StandInEes;
  setting: TestSetting;
}

async function inCopy<T>(template: TestSetting, work: (copy: Copy) => Promise<T>): Promise<T> {
  const ees = await startAmendedEes();
  const setting = await copyWarehouse(template.config, { S21_EES_API: ees.url });
  try {
    return await work({ ees, setting });
  } finally {
    await setting.dispose();
    await ees.close();
  }
}

async function makeStage(kind: WarehouseKind): Promise<Stage> {
  const { template } = await makeGoodLoad(kind);
  const old = await exportState(template.config);
  const milliseconds = await inCopy(template, async ({ ees, setting }) => {
    const run = await startCommand(WORDS, setting.env);
    await until(() => countDownloads(ees) > 0, "downloading");
    const began = Date.now();
    const { milliseconds: start } = await run.ended;
    return { start, download: Date.now() - began };
  });
  return inCopy(template, async ({ setting }) => {
    const file = join(setting.config.dataDir, "steps.txt");
    const { code, stderr } = await (await startHooked({ ...setting.env, S21_STEPS_FILE: file })).ended;
    expect(code, stderr).toBe(EXIT.done);
    const steps = readFileSync(file, "utf8").trim().split("\n");
    rmSync(file);
    return { template, old, done: await exportState(setting.config), milliseconds, steps };
  });
}

/** A run that tells its steps. In the bundle nobody reaches the library that sends statements. */
function startHooked(env: Record<string, string>) {
  return startCommand(WORDS, { ...env, NODE_OPTIONS: HOOK }, () => undefined, "modules.js");
}

/** @returns which of the two it is. @throws where it is neither. */
async function readState({ config }: TestSetting, { old, done }: Stage, when: string): Promise<"old" | "new"> {
  const state = await exportState(config);
  if (state !== old && state !== done) throw new Error(`killed ${when}: a mixture of old rows and new`);
  return state === old ? "old" : "new";
}

/** The next run needs no hand: it makes the rest, or finds nothing to do, and sweeps what was half done. */
async function expectNextRun(setting: TestSetting, stage: Stage, state: "old" | "new", when: string) {
  const next = await refreshInto(setting, { las: NEW });
  const status = state === "new" ? "unchanged" : "done";
  expect(next, `the run after a kill ${when}`).toMatchObject({ exitCode: EXIT.done, status });
  if (state === "old") await readState(setting, { ...stage, old: "" }, when);
  expectSwept(setting.config);
}

function expectSwept({ dataDir }: Config) {
  expect(readdirSync(join(dataDir, "tmp"))).toEqual([]);
  expect(readdirSync(dataDir).filter((name) => name.startsWith("warehouse."))).toEqual([]);
}

/** Of each named step its first time and its last: between them the same thing happens to other files. */
function choose(steps: string[]): string[] {
  const nameOf = (step: string) => step.replace(/ #\d+$/, "");
  const first = new Map(steps.toReversed().map((step) => [nameOf(step), step]));
  const last = new Map(steps.map((step) => [nameOf(step), step]));
  const chosen = new Set([...first.values(), ...last.values()]);
  return steps.filter((step) => chosen.has(step));
}

/** Kills a run before each of its named steps, and looks at what is left each time. */
export async function killBeforeEveryStep(kind: WarehouseKind, { task }: TestContext) {
  const stage = await makeStage(kind);
  const chosen = choose(stage.steps);
  // The road as a stranger would name it: what is missing here is not killed at.
  for (const step of [
    "begin #1",
    "copy observation #1",
    "commit #1",
    "rename archive file #1",
    'insert into "run" #1',
  ]) {
    expect(chosen).toContain(step);
  }
  const limit = pLimit(AT_ONCE);
  const rows = Array.from({ length: Math.ceil(chosen.length / KILLS_IN_A_ROW) }, (_, row) =>
    limit(() => killBeforeEach(stage, chosen.slice(row * KILLS_IN_A_ROW, (row + 1) * KILLS_IN_A_ROW))),
  );
  const found = (await Promise.all(rows)).flat();
  // What an earlier kill left may make a step needless, such as keeping a file that is kept.
  expect(found.filter((one) => one.killed).length).toBeGreaterThan(chosen.length * 0.8);
  expect(new Set(found.map((one) => one.state))).toEqual(new Set(["old", "new"]));
  task.meta.faults = found.filter((one) => one.killed).length;
  await stage.template.dispose();
}

/** Kills runs at random moments, and looks at what is left each time. */
export async function killAtRandomMoments(kind: WarehouseKind, { task }: TestContext) {
  const stage = await makeStage(kind);
  const limit = pLimit(AT_ONCE);
  const rows = Array.from({ length: Math.ceil(KILLS / KILLS_IN_A_ROW) }, () => limit(() => killInARow(stage)));
  const found = (await Promise.all(rows)).flat();
  expect(found.length).toBeGreaterThanOrEqual(KILLS);
  expect(found.filter((one) => one.killed).length, "runs that were killed").toBeGreaterThan(KILLS / 2);
  expect(found.filter((one) => one.state === "old").length, "killed before COMMIT").toBeGreaterThan(KILLS / 10);
  task.meta.faults = found.filter((one) => one.killed).length;
  await stage.template.dispose();
}

interface Kill {
  /** False where the run had ended before. */
  killed: boolean;
  state: "old" | "new";
}

/** Kills run after run in what the one before left, each at the next step; from the old rows again where one got through. */
async function killBeforeEach(stage: Stage, steps: string[]): Promise<Kill[]> {
  const found: Kill[] = [];
  while (found.length < steps.length) {
    await inCopy(stage.template, async ({ setting }) => {
      let state: "old" | "new" = "old";
      let when = "";
      while (state === "old" && found.length < steps.length) {
        const step = steps[found.length] as string;
        when = `before ${step}`;
        const run = await startHooked({ ...setting.env, S21_KILL_BEFORE: step });
        const { code, signal } = await run.ended;
        if (signal === null) expect(code, when).toBe(EXIT.done);
        state = await readState(setting, stage, when);
        found.push({ killed: signal === "SIGKILL", state });
      }
      await expectNextRun(setting, stage, state, when);
    });
  }
  return found;
}

/** Kills run after run in what the one before left, until one got through or they are enough. */
function killInARow(stage: Stage): Promise<Kill[]> {
  return inCopy(stage.template, async ({ ees, setting }) => {
    const found: Kill[] = [];
    let state: "old" | "new" = "old";
    let when = "";
    for (let kill = 0; kill < KILLS_IN_A_ROW; kill += 1) {
      ees.requests.length = 0;
      const run = await startCommand(WORDS, setting.env);
      // Most of what can go wrong comes after the download, which ends at no certain time: two clocks.
      const clock = Math.random() < 0.8 && state === "old" ? "download" : "start";
      if (clock === "download") await until(() => countDownloads(ees) > 0, "downloading");
      const began = Date.now();
      const ended = run.ended.then((result) => ({ ...result, after: Date.now() - began }));
      const delay = Math.random() * stage.milliseconds[clock];
      await sleep(delay);
      run.kill("SIGKILL");
      const { signal, after } = await ended;
      // The machine has less to do than when the clock was set: later moments would all come too late.
      if (signal === null && state === "old") stage.milliseconds[clock] = Math.min(stage.milliseconds[clock], after);
      when = `${Math.round(delay)} ms after the ${clock}`;
      const left = await readState(setting, stage, when);
      if (state === "new") expect(left, "what was committed stays").toBe("new");
      state = left;
      found.push({ killed: signal === "SIGKILL", state });
    }
    await expectNextRun(setting, stage, state, when);
    return found;
  });
}
