/** The compiled commands, as a person or a script calls them from some other directory. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { EXIT } from "../src/errors.ts";
import { refreshInto } from "./support/refreshing.ts";
import { SAMPLE_BUNDLE } from "./support/sample-release.ts";
import { makeWarehouse, query, type TestSetting, WAREHOUSES } from "./support/warehouses.ts";

// Commands and embedded warehouses take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 120_000 });

const run = promisify(execFile);
const elsewhere = mkdtempSync(join(tmpdir(), "s21-elsewhere-"));

afterAll(() => rmSync(elsewhere, { recursive: true }));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs `node …/cli.js WORDS` from a directory that has nothing to do with the package. */
async function s21(words: string[], env: Record<string, string> = {}): Promise<Ended> {
  const options = { cwd: elsewhere, env: { PATH: process.env.PATH ?? "", NO_COLOR: "1", ...env } };
  try {
    const program = ["--liftoff-only", join(inject("compiledFolder"), "cli.js")];
    return { code: 0, ...(await run(process.execPath, [...program, ...words], options)) };
  } catch (error) {
    return error as Ended;
  }
}

/** Commands as the help lists them. */
async function listCommands(words: string[] = []): Promise<string[]> {
  const { stdout } = await s21([...words, "--help"]);
  const list = stdout.slice(stdout.indexOf("Commands:"));
  return [...list.matchAll(/^ {2}([a-z]+)/gm)].map((match) => match[1] as string).filter((name) => name !== "help");
}

test("every command tells its use and its options", async () => {
  const commands = await listCommands();
  expect(commands).toEqual(expect.arrayContaining(["demo", "refresh", "sql", "runs", "status", "migrate", "doctor"]));
  const helps = await Promise.all(commands.map((command) => s21([command, "--help"])));
  for (const [index, help] of helps.entries()) {
    expect(help).toMatchObject({ code: EXIT.done, stderr: "" });
    expect(help.stdout).toContain(`Usage: s21 ${commands[index]}`);
  }
});

test.each([
  { words: [], told: "Usage: s21" },
  { words: ["refrehs"], told: "unknown command 'refrehs'" },
  { words: ["refresh", "--councils", "Coventry"], told: "unknown option '--councils'" },
  { words: ["refresh", "--la", "Coventry", "--all-las"], told: "cannot be used with" },
  { words: ["refresh", "--la"], told: "argument missing" },
  { words: ["refresh", "2022"], told: "too many arguments" },
  { words: ["sql"], told: "missing required argument 'query'" },
  { words: ["runs", "--last", "none"], told: '"none"' },
  { words: ["refresh", "--release", "../2022", "--la", "Coventry"], told: '"../2022"' },
  { words: ["refresh", "--from", "no-such-folder", "--published", "soon", "--la", "Coventry"], told: '"soon"' },
])("s21 $words is refused with 2, and nothing is made", async ({ words, told }) => {
  const refused = await s21(words);
  expect(refused).toMatchObject({ code: EXIT.usage, stdout: "" });
  expect(refused.stderr).toContain(told);
  expect(readdirSync(elsewhere)).toEqual([]);
});

test("a bad configuration is told whole, and shows no password", async () => {
  const env = {
    DATABASE_URL: "mysql://root:CANARY@db/figures",
    S21_EES_API: "http://alice:CANARY@169.254.169.254/api?token=CANARY",
    S21_TZ: "Europe/Coventry",
    S21_LOG: "loud",
    S21_IDLE_SECONDS: "-1",
    S21_ATTEMPTS: "many",
  };
  const refused = await s21(["refresh", "--la", "Coventry"], env);
  expect(refused).toMatchObject({ code: EXIT.usage, stdout: "" });
  for (const name of Object.keys(env)) expect(refused.stderr).toContain(name);
  const asJson = await s21(["status", "--json"], env);
  expect(JSON.parse(asJson.stdout)).toMatchObject({ exit_code: EXIT.usage, problems: [{ code: "bad-configuration" }] });
  expect(refused.stderr + asJson.stdout + asJson.stderr).not.toContain("CANARY");
});

test("a data folder that can't be made is told, without a trace", async () => {
  writeFileSync(join(elsewhere, "file"), "");
  const env = { S21_DATA_DIR: join(elsewhere, "file") };
  const words = ["refresh", "--la", "Coventry", "--from", SAMPLE_BUNDLE];
  const refused = await Promise.all([s21(words, env), s21(["status"], env), s21(["doctor", "--offline"], env)]);
  rmSync(join(elsewhere, "file"));
  for (const { code, stderr } of refused) {
    expect(code).toBe(EXIT.usage);
    expect(stderr).not.toMatch(/\n\s+at /);
  }
  expect(refused[0]?.stderr).toContain("S21_DATA_DIR");
});

test("the demonstration runs with nothing configured, touches nothing, and leaves nothing", async () => {
  const temporary = mkdtempSync(join(tmpdir(), "s21-demo-test-"));
  const env = { TMPDIR: temporary, DATABASE_URL: "postgres://127.0.0.1:9/none", S21_DATA_DIR: join(elsewhere, "mine") };
  const shown = await s21(["demo"], env);
  expect(shown).toMatchObject({ code: EXIT.done });
  // DfE, Children in need, release 2022: Coventry's plans started in 2020/21, and section 47 enquiries.
  expect(shown.stdout).toMatch(/\b609\b/);
  expect(shown.stdout).toMatch(/\b2,?247\b/);
  // The whole road: twenty answers of Coventry's, filled by DfE, and one of them read again from the archive.
  const tables = shown.stdout.split("\n").filter((line) => line.startsWith("│"));
  expect(tables.join("\n").match(/\[D\+\]/g)).toHaveLength(20);
  expect(shown.stdout).toContain("holds: Coventry, referrals, 2018/19: 5660");
  expect(readdirSync(temporary)).toEqual([]);
  expect(readdirSync(elsewhere)).toEqual([]);
  rmSync(temporary, { recursive: true });
});

describe.each(WAREHOUSES)("the reading commands on %s", (kind) => {
  let setting: TestSetting;
  beforeAll(async () => {
    setting = await makeWarehouse(kind);
    await refreshInto(setting, { las: ["Coventry"], from: SAMPLE_BUNDLE, publishedAt: "2022-10-27T08:30:00.000Z" });
  });
  afterAll(() => setting.dispose());

  const FIGURE = `select area_name, value, -value as less, '=1+1' as formula, period_start, published_at, value_text, exemption
    from current_observation where measure = 'referrals' and area_code = 'E08000026' and period_label = '2020/21'`;

  test("sql gives JSON with numbers and ISO dates", async () => {
    const answer = await s21(["sql", FIGURE, "--json"], setting.env);
    expect(answer).toMatchObject({ code: EXIT.done, stderr: "" });
    expect(JSON.parse(answer.stdout)).toEqual([
      {
        area_name: "Coventry",
        value: 5754,
        less: -5754,
        formula: "=1+1",
        period_start: "2020-04-01",
        published_at: "2022-10-27T08:30:00.000Z",
        value_text: "5754",
        exemption: null,
      },
    ]);
  });

  test("sql gives CSV that a spreadsheet does not run, and a table", async () => {
    const answer = await s21(["sql", FIGURE, "--csv"], { ...setting.env, TZ: "America/New_York" });
    expect(answer).toMatchObject({ code: EXIT.done, stderr: "" });
    expect(parse(answer.stdout, { columns: true })).toEqual([
      {
        area_name: "Coventry",
        value: "5754",
        less: "-5754",
        formula: "'=1+1",
        period_start: "2020-04-01",
        published_at: "2022-10-27T08:30:00.000Z",
        value_text: "5754",
        exemption: "",
      },
    ]);
    const shown = await s21(["sql", `select E'\\x1b[2J\\u202e' as odd`], setting.env);
    expect(shown.stdout).toContain("\\u001b[2J\\u202e");
  });

  test("sql refuses what would write, what is wrong and what can't be shown, with 2", async () => {
    const refused = [
      { sql: "delete from observation", told: "cannot execute DELETE in a read-only transaction" },
      { sql: "commit; delete from observation", told: "cannot insert multiple commands" },
      { sql: "select nope from observation", told: 'column "nope" does not exist' },
      { sql: "copy (select 1) to program 'true'", told: "denied" },
      { sql: "select 1 as a, 2 as a", told: '"a"' },
      { sql: "", told: "" },
    ];
    // Opening an embedded warehouse takes a second, and test/load/warehouse.test.ts has all of this on both engines.
    for (const { sql, told } of kind === "embedded" ? refused.slice(0, 1) : refused) {
      const { code, stdout, stderr } = await s21(["sql", sql], setting.env);
      expect({ sql, code, stdout }).toEqual({
        sql,
        code: sql === "" ? EXIT.done : EXIT.usage,
        stdout: sql === "" ? "(no rows)\n" : "",
      });
      expect(stderr).toContain(told);
    }
    const left = await query(setting.config, "select count(*) as n from observation");
    expect(Number(left[0]?.n)).toBe(1710);
  });

  test("runs, status, migrate and doctor report, for people and as JSON", async () => {
    const commands = [["runs", "--last", "1"], ["status"], ["migrate"], ["doctor", "--offline"]];
    const reports: unknown[] = [];
    for (const words of commands) {
      if (kind === "postgres") expect(await s21(words, setting.env)).toMatchObject({ code: EXIT.done });
      const asJson = await s21([...words, "--json"], setting.env);
      expect(asJson, words.join(" ")).toMatchObject({ code: EXIT.done, stderr: "" });
      reports.push(JSON.parse(asJson.stdout));
    }
    const [runs, status, ...others] = reports;
    expect(runs).toMatchObject([
      { command: "refresh", status: "done", exit_code: 0, counts: { observations_written: 1710 } },
    ]);
    expect(status).toMatchObject({ content: [{ source: "dfe", observations: 1710 }] });
    for (const other of others) expect(other).toBeTypeOf("object");
  });
});
