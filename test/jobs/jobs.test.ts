/** The jobs themselves: the list, letters in a watched folder, freshness, temporary files. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkFreshness } from "../../jobs/check-freshness.ts";
import { JOBS } from "../../jobs/index.ts";
import { readLetters } from "../../jobs/read-letters.ts";
import { tidy } from "../../jobs/tidy.ts";
import { EXIT } from "../../src/errors.ts";
import { findJob, type Job, type JobResult, runJob } from "../../src/job.ts";
import { openForWriting } from "../../src/load/warehouse.ts";
import { packagePath } from "../../src/package-root.ts";
import { verifyCitations } from "../../src/verify.ts";
import { refreshInto } from "../support/refreshing.ts";
import { SAMPLE_BUNDLE } from "../support/sample-release.ts";
import { query, runCommand, type TestSetting, useWarehouse, WAREHOUSES } from "../support/warehouses.ts";

function run({ config }: TestSetting, job: Job, now = new Date()): Promise<JobResult> {
  const request = { words: ["run", job.name], scheduledFor: null, note: () => undefined, now: () => now };
  return runJob(config, job, { ...request, signal: undefined });
}

describe("the list of jobs", () => {
  it("names each once, and has every file of the folder", () => {
    const names = JOBS.map((job) => job.name);
    expect(new Set(names).size).toBe(names.length);
    const files = readdirSync(packagePath("jobs")).filter((file) => file !== "index.ts");
    expect(files.map((file) => file.replace(".ts", "")).sort()).toEqual([...names].sort());
  });

  it("has letters read before a night asks whose figures to fetch", () => {
    const names = JOBS.map((job) => job.name);
    expect(names.indexOf("read-letters")).toBeLessThan(names.indexOf("nightly-refresh"));
  });

  it("refuses another name, and says which there are", async () => {
    expect(() => findJob(JOBS, "nightly")).toThrow(/nightly-refresh/);
    const { env } = await useWarehouse("embedded");
    expect(await runCommand(["run", "nightly"], env)).toMatchObject({ code: EXIT.usage });
    const listed = await runCommand(["run", "--json"], env);
    expect(JSON.parse(listed.stdout).map((job: { job: string }) => job.job)).toEqual(JOBS.map((job) => job.name));
  });
});

describe.each(WAREHOUSES)("read-letters on %s", (kind) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "s21-watched-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const SECRET_WORDS = "a child called CANARY";
  function put(name: string, age: number) {
    const path = join(folder, name);
    const lines = [
      "Coventry City Council",
      "5 May 2022",
      "1. How many referrals?",
      `2017/18 ${name.length},001`,
      SECRET_WORDS,
    ];
    writeFileSync(path, lines.join("\n"));
    const then = new Date(Date.now() - age);
    utimesSync(path, then, then);
  }

  it("reads what is new there once, and leaves alone what may still be being copied", async () => {
    const setting = await useWarehouse(kind, { S21_LETTERS_DIR: folder });
    mkdirSync(join(folder, "2022"));
    put("2022/a.txt", 3_600_000);
    put("growing.txt", 0);
    const first = await run(setting, readLetters);
    expect(first.counts).toMatchObject({ letters: 1, letters_loaded: 1 });
    expect(await query(setting.config, "select file_name from letter")).toEqual([{ file_name: "a.txt" }]);
    expect(await run(setting, readLetters)).toMatchObject({ status: "unchanged", counts: {}, problems: [] });
    const later = await run(setting, readLetters, new Date(Date.now() + 60_000));
    expect(later.counts).toMatchObject({ letters: 1, letters_loaded: 1 });
  });

  it("keeps what a letter said when its file is gone, and proves it from the archive", async () => {
    const setting = await useWarehouse(kind, { S21_LETTERS_DIR: folder });
    put("a.txt", 3_600_000);
    put("another.txt", 3_600_000);
    await run(setting, readLetters);
    const said = "select citation, value_text, letter_id from letter_cell order by citation";
    const before = await query(setting.config, said);
    expect(before.length).toBeGreaterThan(1);
    rmSync(join(folder, "a.txt"));
    expect(await run(setting, readLetters)).toMatchObject({ status: "unchanged", problems: [] });
    rmSync(join(folder, "another.txt"));
    await run(setting, readLetters);
    expect(await query(setting.config, said)).toEqual(before);
    const cited = before.map((row) => String(row.citation));
    for await (const { citation, holds } of verifyCitations(setting.config, cited))
      expect([citation, holds]).toEqual([citation, true]);
  });

  it("tells of doubts by file, line and kind, never in the letter's words", async () => {
    const setting = await useWarehouse(kind, { S21_LETTERS_DIR: folder });
    cpSync(packagePath("sample/children-in-need/2022/data"), join(folder, "not-letters"), { recursive: true });
    writeFileSync(join(folder, "odd.txt"), `1. How many?\n2017/18 ${SECRET_WORDS}\n2. ${SECRET_WORDS}?\nmaybe\n`);
    const result = await run(setting, readLetters, new Date(Date.now() + 60_000));
    expect(result.exit_code).toBe(EXIT.partial);
    expect(result.problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(result)).not.toContain("CANARY");
  });

  it("is not run by the scheduler without a folder, and refused by hand", async () => {
    const setting = await useWarehouse(kind);
    expect(readLetters.isWanted?.(setting.config)).toBe(false);
    expect(await run(setting, readLetters)).toMatchObject({ status: "failed", exit_code: EXIT.usage });
  });
});

describe("freshness", () => {
  /** One run of the nightly job, so many hours ago. */
  async function hadNight({ config }: TestSetting, hours: number, status: string, problem: string | null = null) {
    const warehouse = await openForWriting(config);
    const at = new Date(Date.now() - hours * 3_600_000).toISOString();
    await warehouse.transaction(({ db }) =>
      sql`insert into run (run_id, command, arguments, started_at, ended_at, status, exit_code, started_by, version, job, problem)
        values (${`${hours}-${status}`}, 'run', '[]', ${at}, ${at}, ${status}, ${status === "failed" ? 4 : 0}, 'x@y', '0', 'nightly-refresh', ${problem})`.execute(
        db,
      ),
    );
    await warehouse.close();
  }

  it.each([
    [1, EXIT.done, /went well was 1 hour ago/],
    [35.9, EXIT.done, /went well was 35 hours ago/],
    [36.1, EXIT.partial, /nothing has tried since/],
    [71.9, EXIT.partial, /went well was 2 days ago/],
    [72.1, EXIT.sourceUnreachable, /went well was 3 days ago/],
  ])("%s hours after the last good night ends with %s, and says so", async (hours, code, words) => {
    const setting = await useWarehouse("postgres");
    await hadNight(setting, hours + 100, "done");
    await hadNight(setting, hours, "unchanged");
    const { code: found, stdout } = await runCommand(["status"], setting.env);
    expect(found).toBe(code);
    expect(stdout).toMatch(words);
    const job = await run(setting, checkFreshness);
    expect(job).toMatchObject({ exit_code: code, problems: code === 0 ? [] : [{ code: "refresh-overdue" }] });
  });

  it.each(WAREHOUSES)(
    "on %s names the newest failure, and counts from the first where no night ever went well",
    async (kind) => {
      const setting = await useWarehouse(kind);
      await hadNight(setting, 80, "failed", "cannot reach the host\nmore");
      await hadNight(setting, 2, "failed", "EES answered 503\nmore");
      const { code, stdout } = await runCommand(["status", "--json"], setting.env);
      const { staleness } = JSON.parse(stdout);
      expect(code).toBe(EXIT.sourceUnreachable);
      expect(staleness).toMatchObject({ state: "stale", last_success: null });
      expect(staleness.sentence).toMatch(/ever gone well.*first was tried 3 days ago.*exit 4.*EES answered 503$/);
    },
  );

  it("counts a refresh by hand like a night", async () => {
    const setting = await useWarehouse("postgres");
    await refreshInto(setting, { las: ["Coventry"], from: SAMPLE_BUNDLE });
    expect(await runCommand(["status"], setting.env)).toMatchObject({ code: EXIT.done });
    const warehouse = await openForWriting(setting.config);
    await warehouse.transaction(({ db }) =>
      sql`update run set started_at = started_at - interval '40 hours', ended_at = ended_at - interval '40 hours'`.execute(
        db,
      ),
    );
    await warehouse.close();
    expect(await runCommand(["status"], setting.env)).toMatchObject({ code: EXIT.partial });
  });

  it("is no matter where nothing was ever refreshed", async () => {
    const setting = await useWarehouse("postgres");
    const { code, stdout } = await runCommand(["status"], setting.env);
    expect(code).toBe(EXIT.done);
    expect(stdout).toMatch(/ever refreshed here/);
  });
});

describe("tidy", () => {
  it.each([
    ["everything, as nobody else can be at work", {}, 2, []],
    ["what was abandoned a day ago, where workers may be downloading", { S21_WORKERS: "1" }, 1, ["new.part"]],
  ])("removes %s, and nothing of the archive", async (_, env, removed, left) => {
    const setting = await useWarehouse("postgres", env);
    const { dataDir } = setting.config;
    for (const [folder, name, hours] of [
      ["tmp", "old.part", 30],
      ["tmp", "new.part", 1],
      ["archive", "kept", 3_000],
    ] as const) {
      mkdirSync(join(dataDir, folder), { recursive: true });
      const path = join(dataDir, folder, name);
      writeFileSync(path, "x");
      const then = new Date(Date.now() - hours * 3_600_000);
      utimesSync(path, then, then);
    }
    expect(await run(setting, tidy)).toMatchObject({ status: "done", counts: { files_removed: removed } });
    expect(readdirSync(join(dataDir, "tmp"))).toEqual(left);
    expect(readdirSync(join(dataDir, "archive"))).toEqual(["kept"]);
  });
});
