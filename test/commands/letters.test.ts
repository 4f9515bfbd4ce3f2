/** `s21 letters …` as a person runs it: in processes, on the real letters where they are, and on hostile ones. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import type { Letter } from "../../src/letter.ts";
import {
  HAS_REAL_LETTERS,
  makeWarehouse,
  REAL_LETTERS,
  runCommand,
  type TestSetting,
  WAREHOUSES,
} from "../support/warehouses.ts";

const LETTER = [
  "Leicester City Council",
  "Our ref: FOI 4321",
  "15 June 2022",
  "",
  "Thank you for your request. The Council's response is below.",
  "",
  "1. How many section 47 enquiries were made in the following financial years?",
  "2017/18: 1,910",
  "2018/19: 1,104",
  "",
].join("\n");

// Each test starts several processes, which a busy machine is slow at.
vi.setConfig({ testTimeout: 120_000 });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "s21-letters-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function writeIn(place: string, name: string, text: string): string {
  mkdirSync(join(folder, place), { recursive: true });
  const path = join(folder, place, name);
  writeFileSync(path, text);
  return path;
}

describe("s21 letters read", () => {
  it("prints what a letter says as JSON, and opens no warehouse and no archive", async () => {
    const data = join(folder, "untouched");
    // An address and a folder that would both fail if anything tried them.
    const env = { S21_DATA_DIR: data, DATABASE_URL: "postgres://nobody@127.0.0.1:9/none" };
    const { code, stdout } = await runCommand(["letters", "read", writeIn("read", "reply.txt", LETTER), "--json"], env);
    expect(code).toBe(0);
    expect(existsSync(data)).toBe(false);
    const [letter, ...others] = JSON.parse(stdout) as Letter[];
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      readable: true,
      council: { la_code: "E06000016" },
      response_date: "2022-06-15",
      questions: [{ ref: "1", part: "", measure: "s47_enquiries" }],
    });
    expect(letter?.questions[0]?.answers).toMatchObject([
      {
        period: { label: "2017/18", start: "2017-04-01", end: "2018-03-31" },
        status: "reported",
        value: 1910,
        line: 8,
      },
      { period: { label: "2018/19" }, status: "reported", value: 1104, value_text: "1,104", unit: "count", line: 9 },
    ]);
  });

  it("prints an array with every letter of a folder, those set aside too, and ends with exit 3", async () => {
    writeIn("some", "empty.txt", "");
    writeIn("some", "reply.txt", LETTER);
    const { code, stdout } = await runCommand(["letters", "read", join(folder, "some"), "--json"], {});
    expect(code).toBe(3);
    expect(
      (JSON.parse(stdout) as Letter[]).map(({ readable, problems }) => [readable, problems.map((one) => one.code)]),
    ).toEqual([
      [false, ["empty"]],
      [true, []],
    ]);
    mkdirSync(join(folder, "none"));
    expect(await runCommand(["letters", "read", join(folder, "none"), "--json"], {})).toMatchObject({
      code: 0,
      stdout: "[]\n",
    });
  });

  it("prints a table for a person, without the letter's control characters", async () => {
    const path = writeIn("table", "a\u001b[31m.txt", LETTER.replace("1,910", "1,910 \u202e\u001b[2J"));
    const { stdout } = await runCommand(["letters", "read", path], {});
    expect(stdout).toContain("2018/19");
    expect(stdout).toContain("1,104");
    expect(stdout).not.toMatch(/[^\P{Cc}\n\t]|\u202e/u);
  });

  it("says which path is not there, with exit 2", async () => {
    const { code, stderr } = await runCommand(["letters", "read", join(folder, "absent.txt")], {});
    expect(code).toBe(2);
    expect(stderr).toContain("absent.txt");
  });
});

describe("s21 letters add", () => {
  let setting: TestSetting;
  beforeAll(async () => {
    setting = await makeWarehouse("embedded");
  });
  afterAll(() => setting.dispose());

  it("takes a letter from standard input, and a name like an option", async () => {
    const added = await runWithInput(["letters", "add", "-", "--json"], LETTER, setting.env);
    expect(JSON.parse(added)).toMatchObject({ status: "done", letters: [{ file: "-", status: "loaded" }] });
    expect(readdirSync(join(setting.config.dataDir, "tmp"))).toEqual([]);
    const folderOf = join(folder, "options");
    writeIn("options", "-rf", LETTER.replace("FOI 4321", "FOI 8765"));
    const { stdout } = await runCommand(["letters", "add", folderOf, "--json"], setting.env);
    expect(JSON.parse(stdout)).toMatchObject({ letters: [{ file: join(folderOf, "-rf"), status: "loaded" }] });
    const { stdout: named } = await runCommand(
      ["sql", "select distinct source_file from observation order by 1", "--json"],
      setting.env,
    );
    expect(JSON.parse(named)).toEqual([{ source_file: "-rf" }, { source_file: "standard input" }]);
  });

  it("refuses a file of corrections that cannot be meant, with exit 2 and the line", async () => {
    const header = "letter,question,part,period,printed,meant,because,who";
    const because = writeIn("corrections", "because.csv", `${header}\nx,1,,2017/18,"1,910",5,,me\n`);
    const who = writeIn("corrections", "who.csv", `${header}\nx,1,,2017/18,"1,910",5,why,\n`);
    const odd = writeIn("corrections", "header.csv", "letter,question\n");
    for (const [path, words] of [
      [because, "line 2: because is empty"],
      [who, "line 2: who is empty"],
      [odd, "line 1: it lacks part, period, printed, meant, because, who"],
    ] as const) {
      const { code, stderr } = await runCommand(["letters", "correct", path], setting.env);
      expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    }
  });
});

/** As `runCommand`, with something on standard input. */
async function runWithInput(words: string[], input: string, env: Record<string, string>): Promise<string> {
  const program = ["--liftoff-only", join(inject("compiledFolder"), "cli.js")];
  const child = spawn(process.execPath, [...program, ...words], {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(input);
  let stdout = "";
  for await (const chunk of child.stdout) stdout += String(chunk);
  return stdout;
}

/** As printed in Leicester's letter, questions 3 to 6c, 2017/18 to 2021/22. */
const LEICESTER = {
  "3": [3585, 2096, 2708, 3434, 2284],
  "4": [1910, 1104, 1425, 1383, 1289],
  "5a": [1137, 1095, 840, 883, 882],
  "5b": [741, 481, 491, 566, 488],
  "5c": [522, 744, 524, 489, 487],
  "6a": [4100, 3611, 3530, 3933, 3991],
  "6b": [2083, 1319, 1789, 2201, 2136],
  "6c": [1650, 1712, 1677, 2070, 2157],
};
const YEARS = ["2017/18", "2018/19", "2019/20", "2020/21", "2021/22"];
const QUESTIONS = "question || part as question, period_label";

describe.skipIf(!HAS_REAL_LETTERS).each(WAREHOUSES)("the real letters on %s", (kind) => {
  let setting: TestSetting;
  let added: Awaited<ReturnType<typeof runCommand>>;
  const sql = async (query: string) =>
    JSON.parse((await runCommand(["sql", query, "--json"], setting.env)).stdout) as Record<string, unknown>[];
  beforeAll(async () => {
    setting = await makeWarehouse(kind);
    const letters = readdirSync(REAL_LETTERS)
      .filter((name) => /^00[01]_/.test(name))
      .map((name) => join(REAL_LETTERS, name));
    added = await runCommand(["letters", "add", ...letters, "--json"], setting.env);
  });
  afterAll(() => setting.dispose());

  it("adds them, with Leicester's three averages in doubt", () => {
    expect(added.code).toBe(3);
    expect(JSON.parse(added.stdout)).toMatchObject({
      status: "partial",
      letters: [
        { status: "loaded", area_code: "E06000016" },
        { status: "loaded", area_code: "E08000026", request_reference: "FOI413132846", cells: { referred: 40 } },
      ],
      problems: [{ code: "several-figures", line: 21 }],
    });
  });

  it("has Leicester's forty cells exactly as printed", async () => {
    const rows = await sql(`select ${QUESTIONS}, value, status from observation where area_code = 'E06000016'
      and question in ('3', '4', '5', '6') order by question, part, period_start`);
    expect(rows).toEqual(
      Object.entries(LEICESTER).flatMap(([question, values]) =>
        values.map((value, year) => ({ question, period_label: YEARS[year], value, status: "reported" })),
      ),
    );
  });

  it("has Coventry's forty cells as referred to one release, each to its file", async () => {
    const rows =
      await sql(`select ${QUESTIONS}, publication_slug, release_slug, file_codes, la_filter from referred_cell
      order by question, part, period_start`);
    const files = { "3": "C1", "4": "C4", "5": "D1", "6": "B1" } as Record<string, string>;
    expect(rows).toEqual(
      Object.keys(LEICESTER).flatMap((question) =>
        YEARS.map((period_label) => ({
          question,
          period_label,
          publication_slug: "characteristics-of-children-in-need",
          release_slug: "2021",
          file_codes: [files[question.slice(0, 1)]],
          la_filter: "Coventry",
        })),
      ),
    );
    const status = "status, exemption, count(*) as cells from observation where area_code = 'E08000026'";
    expect(await sql(`select ${status} and question in ('3', '4', '5', '6') group by 1, 2`)).toEqual([
      { status: "referred", exemption: "s21", cells: 40 },
    ]);
  });

  it("finds nothing new the second time", async () => {
    const before = await sql("select * from observation order by letter_id, source_line, period_start");
    const { code, stdout } = await runCommand(["letters", "add", REAL_LETTERS, "--json"], setting.env);
    expect(code).toBe(3);
    const { letters } = JSON.parse(stdout) as { letters: { file: string; status: string }[] };
    expect(letters.map(({ status }) => status)).toEqual(["unchanged", "unchanged", "loaded", "loaded", "set_aside"]);
    expect(await runCommand(["letters", "add", REAL_LETTERS], setting.env)).toMatchObject({ code: 0 });
    const ids = "select letter_id from letter where file_name ~ '^00[01]_'";
    const rows = await sql(
      `select * from observation where letter_id in (${ids}) order by letter_id, source_line, period_start`,
    );
    expect(rows).toEqual(before);
  });
});
