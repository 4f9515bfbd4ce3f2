/** The machine at fault: a disk that is full, memory that is short, signals, time zones, files that somebody damaged. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { EXIT } from "../../src/errors.ts";
import { openWarehouse } from "../../src/load/warehouse.ts";
import { packagePath } from "../../src/package-root.ts";
import { writeLargeCsv } from "../stand-in-ees/large-csv.ts";
import { addMadeLetters, referTo } from "../support/answering.ts";
import { exportObservations } from "../support/exports.ts";
import { makeAnswer, makeLetter, makeQuestion } from "../support/make-letters.ts";
import { startCommand, until } from "../support/running.ts";
import { AMENDED, readSampleFile, SAMPLE_BUNDLE } from "../support/sample-release.ts";
import { query, runCommand, type TestSetting, useWarehouse, WAREHOUSES } from "../support/warehouses.ts";
import {
  expectLastGoodLoad,
  expectSameLines,
  exportSeen,
  inDamaged,
  REFRESH,
  readReferrals,
  refreshBy,
  useGoodLoad,
} from "./good-load.ts";

const { load, folder } = useGoodLoad();

/** Whether this machine lets us mount: root, and no container that forbids it. */
const CAN_MOUNT = (() => {
  const probe = join(folder, "probe");
  mkdirSync(probe);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", probe], { stdio: "pipe" });
    execFileSync("umount", [probe], { stdio: "pipe" });
    return true;
  } catch {
    // Told by the name of what is skipped.
    return false;
  }
})();

/** A disk of so many megabytes, for as long as the work takes. */
async function onSmallDisk<T>(megabytes: number, work: (path: string) => Promise<T>): Promise<T> {
  const path = mkdtempSync(join(folder, "disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", path]);
  try {
    return await work(path);
  } finally {
    execFileSync("umount", ["-l", path]);
  }
}

/** The sample with C1 of so many megabytes instead of its own, as a bundle in a folder. */
async function makeLargeBundle(megabytes: number): Promise<string> {
  const bundle = mkdtempSync(join(folder, "large-"));
  for (const code of ["B1", "C4", "D1"]) {
    const { name } = readSampleFile(code);
    cpSync(join(SAMPLE_BUNDLE, "data", name), join(bundle, name));
  }
  await writeLargeCsv(join(bundle, readSampleFile("C1").name), megabytes);
  return bundle;
}

describe.skipIf(!CAN_MOUNT)("a disk of 8 MB (skipped without the right to mount)", () => {
  test("P12 full while downloading: told, nothing left, the old rows stand", async () => {
    await onSmallDisk(8, async (disk) => {
      await inDamaged(load, { S21_DATA_DIR: disk, S21_DOWNLOAD_MB: "64" }, async ({ ees, setting }) => {
        ees.addFault({ fault: "endless", path: "/files" });
        const result = await refreshBy(setting);
        expect(result.code, result.stderr).toBe(EXIT.limit);
        expect(result.stderr).toMatch(/no space left while downloading http:\/\/127/);
        await expectLastGoodLoad(load, setting, result);
        ees.clearFaults();
        expect(await refreshBy(setting), "with room again").toMatchObject({ code: EXIT.done });
        expect(await readReferrals(setting)).toBe(AMENDED);
      });
    });
  });

  test("P12 full while keeping a file in the archive", async () => {
    const bundle = await makeLargeBundle(12);
    await onSmallDisk(8, async (disk) => {
      await inDamaged(load, { S21_DATA_DIR: disk }, async ({ setting }) => {
        const result = await refreshBy(setting, ["--from", bundle]);
        expect(result.code, result.stderr).toBe(EXIT.limit);
        expect(result.stderr).toContain(`no space left in ${disk}`);
        await expectLastGoodLoad(load, setting, result);
      });
    });
  });

  test("P12 full while the embedded warehouse writes: the old rows stand, and it opens again", async () => {
    const bundle = await makeLargeBundle(12);
    await onSmallDisk(130, async (disk) => {
      const setting = await useWarehouse("embedded", { S21_DATA_DIR: disk });
      expect(await runCommand([...REFRESH, "--from", SAMPLE_BUNDLE], setting.env)).toMatchObject({ code: EXIT.done });
      const before = await exportObservations(setting.config);
      writeFileSync(join(disk, "ballast"), Buffer.alloc(freeBytes(disk) - 13_500_000));
      const full = await runCommand([...REFRESH, "--all-las", "--from", bundle].filter(notLa), setting.env);
      expect([EXIT.limit, EXIT.warehouse], full.stderr).toContain(full.code);
      expect(full.stderr).toMatch(/space/);
      expect(full.stderr).not.toMatch(/\n\s+at /);
      rmSync(join(disk, "ballast"));
      expectSameLines(await exportObservations(setting.config), before, "the table");
    });
  });
});

const notLa = (word: string, index: number, words: string[]) => word !== "--la" && words[index - 1] !== "--la";

function freeBytes(path: string): number {
  return Number(execFileSync("df", ["--output=avail", "-B1", path]).toString().split("\n")[1]);
}

test("P14 a file larger than the memory that the program may have", { timeout: 300_000 }, async () => {
  const bundle = await makeLargeBundle(130);
  await inDamaged(load, { NODE_OPTIONS: "--max-old-space-size=96" }, async ({ setting }) => {
    const result = await refreshBy(setting, ["--from", bundle]);
    expect(result.code, result.stderr).toBe(EXIT.done);
    const rows = await query(setting.config, "select count(*)::int as n from observation where data_set = 'C1'");
    expect(Number(rows[0]?.n)).toBeGreaterThan(360);
  });
});

describe.each(WAREHOUSES)("a query that goes on for ever, on %s", (kind) => {
  test("P13 is ended by a signal, and the next command is not in its way", async () => {
    const setting = await useWarehouse(kind);
    const endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const run = await startCommand(["sql", endless], setting.env);
      await until(() => cpuSecondsOf(run.pid) > 2 || kind === "postgres", "at work");
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const told = Date.now();
      run.kill(signal);
      const result = await run.ended;
      expect(Date.now() - told).toBeLessThan(10_000);
      // A shell tells either as 130 or 143.
      const code = signal === "SIGINT" ? EXIT.interrupted : EXIT.terminated;
      expect(result.signal === signal || result.code === code, JSON.stringify(result)).toBe(true);
      expect(result.stdout).toBe("");
    }
    expect(await runCommand(["sql", "select 1 as one", "--json"], setting.env)).toMatchObject({
      stdout: '[{"one":1}]\n',
    });
  });
});

/** User time of a process so far. */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[11]) / 100;
}

test("P13 a second signal ends the run at once", async () => {
  await inDamaged(load, { S21_IDLE_SECONDS: "60", S21_DOWNLOAD_SECONDS: "60" }, async ({ ees, setting }) => {
    ees.addFault({ fault: "stall", path: "/files" });
    const run = await startCommand(REFRESH, setting.env);
    await until(() => ees.requests.some(({ path }) => path.includes("/files")), "downloading");
    run.kill("SIGTERM");
    run.kill("SIGTERM");
    expect(await run.ended).toMatchObject({ code: EXIT.terminated });
    expectSameLines(await exportSeen(setting.config), load.seen, "what analysts see");
  });
});

/** Runs a command with a piece of code before it. */
function runWith(code: string, words: string[], env: Record<string, string>) {
  const path = join(folder, `before-${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(path, code);
  return runCommand(words, { ...env, NODE_OPTIONS: `--import=${pathToFileURL(path).href}` });
}

test("P16 a wait that never ends is no success: an event loop that runs dry exits with 1", async () => {
  const letter = join(folder, "letter.txt");
  writeFileSync(letter, "1. How many?\n3\n");
  const never = "import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';";
  const stuck = `${never} fs.promises.stat = fs.promises.open = fs.promises.lstat = fs.promises.readdir = () => new Promise(() => {}); syncBuiltinESMExports();`;
  const result = await runWith(stuck, ["letters", "read", letter], { S21_DATA_DIR: folder });
  expect(result).toMatchObject({ code: EXIT.fault, signal: null, stdout: "" });
});

test("P16 a promise that is rejected unheard exits with 1", async () => {
  const result = await runWith("setTimeout(() => Promise.reject(new Error('unheard')), 5);", ["letters", "read", "-"], {
    S21_DATA_DIR: folder,
  });
  expect(result.code).not.toBe(EXIT.done);
});

test("P18 a letter with more referred cells than one statement takes parameters", { timeout: 300_000 }, async () => {
  const setting = await useWarehouse("postgres");
  const referral = referTo("2021");
  const answers = Array.from({ length: 7_000 }, (_, at) =>
    makeAnswer({
      status: "referred",
      value: null,
      value_text: "",
      exemption: "s21",
      referral,
      breakdown: `row ${at}`,
      line: at + 1,
    }),
  );
  const report = await addMadeLetters(setting, [makeLetter({ questions: [makeQuestion({ answers })] })]);
  expect(report.letters).toMatchObject([{ status: "loaded" }]);
  expect(await query(setting.config, "select count(*)::int as n from referred_cell")).toEqual([{ n: 7_000 }]);
});

test("P21 days stay what they are in every time zone", async () => {
  const seen: string[] = [];
  for (const TZ of ["UTC", "Europe/London", "America/New_York", "Pacific/Kiritimati"]) {
    const setting = await useWarehouse("postgres", { TZ });
    await runCommand([...REFRESH, "--from", SAMPLE_BUNDLE, "--published", "2022-10-27T08:30:00Z"], setting.env);
    const sql = "select distinct period_start, period_end, published_at from observation order by 1, 2";
    seen.push((await runCommand(["sql", sql, "--json"], setting.env)).stdout);
  }
  expect(seen[0]).toContain('"period_start":"2021-04-01","period_end":"2022-03-31"');
  expect(new Set(seen).size).toBe(1);
});

describe.each(WAREHOUSES)("a first start that is killed, on %s", (kind) => {
  const hook = `--import=${pathToFileURL(packagePath("test/faults/kill-at-step.mjs")).href}`;
  test.for(["begin #1", "commit #1", "insert into schema_file #3"])(
    "P22 before %s: the next makes the schema",
    async (step) => {
      const setting = await useWarehouse(kind, {}, "empty");
      const env = { ...setting.env, NODE_OPTIONS: hook, S21_KILL_BEFORE: step };
      expect(await runCommand(["migrate"], env, () => undefined, "modules.js")).toMatchObject({ signal: "SIGKILL" });
      expect(await runCommand(["sql", "select 1"], setting.env), "nothing half made").toMatchObject({
        code: EXIT.usage,
      });
      expect(await runCommand(["migrate"], setting.env)).toMatchObject({ code: EXIT.done });
      expect(await runCommand(["sql", "select * from answer"], setting.env)).toMatchObject({ code: EXIT.done });
    },
  );
});

test.for([
  ["P23 of a version that is not this one", "PG_VERSION", () => "12\n"],
  ["P23 whose control file is damaged", "global/pg_control", (bytes: Buffer) => bytes.map((byte) => byte ^ 0xff)],
  ["P23 whose control file is gone", "global/pg_control", () => null],
] as [string, string, (bytes: Buffer) => Uint8Array | string | null][])(
  "an embedded warehouse %s: told, left as it is, and what to do",
  async ([, name, damage]) => {
    const setting = await useWarehouse("embedded");
    const path = join(setting.config.dataDir, "warehouse", name);
    const damaged = damage(readFileSync(path));
    if (damaged === null) rmSync(path);
    else writeFileSync(path, damaged);
    const before = listFiles(setting);
    const result = await runCommand(["sql", "select 1"], setting.env);
    expect(result.code, result.stderr).toBe(EXIT.warehouse);
    expect(result.stderr).toMatch(/can ?not be opened.*load again from the archive/s);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect(listFiles(setting)).toEqual(before);
    if (damaged !== null) expect(readFileSync(path)).toEqual(Buffer.from(damaged));
  },
);

function listFiles({ config }: TestSetting): string[] {
  return readdirSync(join(config.dataDir, "warehouse"), { recursive: true })
    .map(String)
    .filter((name) => !/postmaster/.test(name))
    .sort();
}

test("P09 reads go on while a run writes: no analyst waits for its end", { timeout: 300_000 }, async () => {
  const bundle = await makeLargeBundle(20);
  await inDamaged(load, {}, async ({ setting }) => {
    const run = await startCommand([...REFRESH, "--from", bundle], setting.env);
    let isOver = false;
    void run.ended.then(() => {
      isOver = true;
    });
    const warehouse = await openWarehouse(setting.config);
    let longest = 0;
    while (!isOver) {
      const began = performance.now();
      await warehouse.query("select count(*) from current_observation where area_name = 'Coventry'");
      longest = Math.max(longest, performance.now() - began);
      await sleep(20);
    }
    await warehouse.close();
    const { code, milliseconds } = await run.ended;
    expect(code).toBe(EXIT.done);
    // A machine with much else to do is slow by itself; a lock would hold the reader for most of the run.
    expect(longest).toBeLessThan(Math.max(1_000, milliseconds / 3));
  });
});
