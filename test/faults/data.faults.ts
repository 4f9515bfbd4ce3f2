/**
 * Files that are not what they were: by the whole road, from a bundle on disk. Refused, and the last good load stands; or set
 * aside for a person, with the rest loaded; or read rightly. Each by name, with what is said and the exit code. Long, for it is a list.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { EXIT, exitCodeOf, messageOf } from "../../src/errors.ts";
import { cleanText } from "../../src/serve/terminal.ts";
import { exportObservations } from "../support/exports.ts";
import { refreshInto } from "../support/refreshing.ts";
import { AMENDED, readSampleFile, replaceCell } from "../support/sample-release.ts";
import { copyWarehouse, query, type TestSetting } from "../support/warehouses.ts";
import { expectSameLines, useGoodLoad } from "./good-load.ts";

const { load } = useGoodLoad();
let before = "";
beforeAll(async () => {
  before = await exportObservations(load.template.config);
});

const C1 = readSampleFile("C1");
const COVENTRY = { year: "2021", laName: "Coventry" };
const set = (value: string) => replaceCell(C1.text, COVENTRY, "Referrals", value);
const setPlace = (column: string, value: string) => replaceCell(C1.text, COVENTRY, column, value);

interface Outcome {
  setting: TestSetting;
  code: number;
  said: string;
}

/** Runs the road on the sample with C1 replaced, in a copy of the good load. */
async function refreshWith(
  c1: string | Buffer,
  look: (outcome: Outcome) => Promise<void>,
  others: [string, string][] = [],
) {
  const folder = mkdtempSync(join(tmpdir(), "s21-data-"));
  const setting = await copyWarehouse(load.template.config);
  try {
    mkdirSync(join(folder, "data"));
    const files: [string, string | Buffer][] = ["B1", "C4", "D1"].map((code) => {
      const { name, text } = readSampleFile(code);
      return [name, text];
    });
    for (const [name, bytes] of [...files, [C1.name, c1] as const, ...others])
      writeFileSync(join(folder, "data", name), bytes);
    const request = { las: ["Coventry"], from: folder, publishedAt: "2022-12-01T09:30:00.000Z" };
    const outcome = await refreshInto(setting, request).then(
      (report) => ({ code: report.exitCode as number, said: report.problems.map((one) => one.message).join("\n") }),
      (error: unknown) => ({ code: exitCodeOf(error) as number, said: messageOf(error) }),
    );
    await look({ setting, ...outcome });
  } finally {
    await setting.dispose();
    rmSync(folder, { recursive: true });
  }
}

const records = C1.text.split(/(?<=\n)/);
const [header = "", first = ""] = records;
const columns = header.replace("\ufeff", "").trimEnd().split(",");
const withHeader = (change: (names: string[]) => string[]) =>
  [`${change(columns).join(",")}\r\n`, ...records.slice(1)].join("");
const mapRows = (change: (cells: string[]) => string[]) =>
  records.map((record) => `${change(record.trimEnd().split(",")).join(",")}\r\n`).join("");
const body = C1.text.replace("\ufeff", "");

/** Title, C1 as it comes, exit code, what is said. */
const REFUSED: [string, () => string | Buffer, number, RegExp][] = [
  ["D03 UTF-16", () => Buffer.from(`\ufeff${body}`, "utf16le"), EXIT.sourceNotTrusted, /UTF-16; expected UTF-8/],
  [
    "D03 Latin-1",
    () => Buffer.from(set("5754").replace("Coventry", "Covent\u00e9ry"), "latin1"),
    EXIT.sourceNotTrusted,
    /line \d+: bytes that are not UTF-8/,
  ],
  [
    "D05 a quote that is never closed",
    () => `${C1.text}"2022,`,
    EXIT.sourceNotTrusted,
    /line \d+: a quote is opened and never closed/,
  ],
  [
    "D05 a quote that is never closed in a large file",
    () => `${C1.text}"${"x".repeat(5_000_000)}`,
    EXIT.limit,
    /a record of over 1048576 bytes/,
  ],
  [
    "D07 a column under another name",
    () => withHeader((names) => names.map((name) => (name === "Referrals" ? "referral_totals" : name))),
    EXIT.sourceNotTrusted,
    /Referrals.*referral_totals/s,
  ],
  [
    "D08 one column twice",
    () => mapRows((cells) => [...cells, cells[0] as string]),
    EXIT.sourceNotTrusted,
    /twice|several|2 times/,
  ],
  [
    "D09 a column of the key is missing",
    () => mapRows((cells) => cells.toSpliced(columns.indexOf("new_la_code"), 1)),
    EXIT.sourceNotTrusted,
    /new_la_code/,
  ],
  [
    "D11 a short row",
    () => C1.text.replace(first, `${first.split(",").slice(0, 5).join(",")}\r\n`),
    EXIT.sourceNotTrusted,
    /line 2/,
  ],
  ["D11 a long row", () => C1.text.replace(first, `${first.trimEnd()},7\r\n`), EXIT.sourceNotTrusted, /line 2/],
  ["D27 a header and no rows", () => header, EXIT.sourceNotTrusted, /no rows/],
  ["D27 nothing at all", () => "", EXIT.sourceNotTrusted, /is empty/],
  [
    "D27 a web page",
    () => "<!DOCTYPE html>\n<title>Sorry, there is a problem</title>\n",
    EXIT.sourceNotTrusted,
    /expected columns are gone/,
  ],
  ["D28 a cell of 10 MB", () => set("7".repeat(10_000_000)), EXIT.limit, /a record of over/],
  [
    "D28 100,000 columns",
    () => mapRows((cells) => [...cells, ...Array.from({ length: 100_000 }, (_, at) => `x${at}`)]),
    EXIT.limit,
    /columns; expected at most/,
  ],
];

describe("a file that is refused: the last good load stands", () => {
  test.for(REFUSED)("%s", async ([, c1, code, words]) => {
    await refreshWith(c1(), async (outcome) => {
      expect(outcome.code, outcome.said).toBe(code);
      expect(outcome.said).toMatch(words);
      expectSameLines(await exportObservations(outcome.setting.config), before, "the table");
    });
  });

  test("D31 two files for one table", async () => {
    await refreshWith(
      C1.text,
      async ({ code, said, setting }) => {
        expect(code).toBe(EXIT.sourceNotTrusted);
        expect(said).toMatch(/holds 2 files for C1/);
        expectSameLines(await exportObservations(setting.config), before, "the table");
      },
      [["c1_children_in_need_again.csv", C1.text]],
    );
  });
});

/** Title and C1 as it comes: the same figures in other clothes. */
const READ: [string, () => string | Buffer][] = [
  ["D01 no byte order mark", () => body],
  ["D01 a quoted first header", () => `\ufeff"time_period"${body.slice("time_period".length)}`],
  ["D02 LF", () => C1.text.replaceAll("\r\n", "\n")],
  ["D02 CR", () => C1.text.replaceAll("\r\n", "\r")],
  ["D02 LF header, then CRLF", () => C1.text.replace("\r\n", "\n")],
  ["D06 columns in another order", () => `\ufeff${mapRows((cells) => cells.toReversed()).replace("\ufeff", "")}`],
  ["D19 a name in another case", () => C1.text.replaceAll(",Coventry,", ",COVENTRY,")],
];

describe("a file that is read as ever", () => {
  test.for(READ)("%s", async ([, c1]) => {
    await refreshWith(c1(), async ({ code, said, setting }) => {
      expect(code, said).toBe(EXIT.done);
      const files = "select sha256 from source_file where data_set = 'C1' order by loaded_at desc";
      const [newest, oldest] = await query(setting.config, files);
      expect(newest?.sha256).not.toBe(oldest?.sha256);
      const figures = (sha256: unknown) =>
        query(
          setting.config,
          `select area_code, measure, period_label, value_text, status from observation
           where source_sha256 = '${String(sha256)}' order by 1, 2, 3`,
        );
      expect(await figures(newest?.sha256)).toEqual(await figures(oldest?.sha256));
      const text = await query(
        setting.config,
        "select count(*)::int as n from observation where value_text ~ '[\\r\\n]'",
      );
      expect(text).toEqual([{ n: 0 }]);
    });
  });
});

const CELLS: [string, string][] = [
  ["D12 an unknown symbol", "q"],
  ["D12 a spreadsheet's error", "#N/A"],
  ["D13 a comma in a count", "1,234"],
  ["D13 a blank in a count", "1 234"],
  ["D13 pounds", "£5"],
  ["D13 per cent", "5%"],
  ["D14 a negative count", "-5"],
  ["D14 a part of a referral", "5.5"],
  ["D14 an exponent", "1e5"],
  ["D14 hexadecimal", "0x10"],
  ["D14 leading zeros", "007"],
  ["D14 minus nothing", "-0"],
  ["D14 not a number", "NaN"],
  ["D14 infinity", "Infinity"],
  ["D15 more digits than any count", "9".repeat(40)],
  ["D32 a NUL", "57\u000054"],
  ["D32 a sign that turns the text around", "57\u202e54"],
  ["D32 a character that was lost", "\ufffd5754"],
];

describe("a cell that is no figure is set aside, and no figure comes from it", () => {
  test.for(CELLS)("%s", async ([, text]) => {
    const cell = text.includes(",") ? `"${text}"` : text;
    await refreshWith(set(cell), async ({ code, said, setting }) => {
      expect(code, said).toBe(EXIT.partial);
      expect(said).toMatch(/c1_.*, line \d+, Referrals/);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is printed is what is looked at.
      expect(cleanText(said)).not.toMatch(/[\u0000-\u001f\u202e]/);
      const issues = await query(setting.config, "select found from issue where source_column = 'Referrals'");
      expect(issues).toHaveLength(1);
      const rows = await query(
        setting.config,
        `select value_text from observation where measure = 'referrals' and area_name = 'Coventry' and period_label = '2020/21'`,
      );
      expect(rows, "what was loaded before, and nothing more").toEqual([{ value_text: "5754" }]);
    });
  });

  test("D15 eighteen digits are exact", async () => {
    await refreshWith(set("999999999999999999"), async ({ code, setting }) => {
      expect(code).toBe(EXIT.done);
      const rows = await query(
        setting.config,
        "select value::text from observation where value_text = '999999999999999999'",
      );
      expect(rows).toEqual([{ value: "999999999999999999" }]);
    });
  });
});

const ROWS: [string, () => string, RegExp][] = [
  [
    "D16 one key twice, and differently",
    () =>
      C1.text +
      (set("1")
        .split(/(?<=\n)/)
        .find((row) => row.startsWith("2021,") && row.includes(",Coventry,")) as string),
    /is said twice and differently: 5754, 1/,
  ],
  ["D17 code and name disagree", () => setPlace("la_name", "Leeds"), /Leeds/],
  ["D23 a period of six digits where four go", () => setPlace("time_period", "202021"), /202021/],
  ["D23 a period with a slash", () => setPlace("time_period", "2020/21"), /2020\/21/],
  ["D23 no period", () => setPlace("time_period", ""), /time_period/],
  ["D24 an unknown kind of period", () => setPlace("time_identifier", "Reporting yr"), /Reporting yr/],
  ["D24 a week that EES does not have", () => setPlace("time_identifier", "Week 53"), /Week 53/],
  ["D29 a year that has not come", () => setPlace("time_period", "2999"), /2999/],
];

describe("a row that contradicts itself is set aside, and the rest is loaded", () => {
  test.for(ROWS)("%s", async ([, c1, words]) => {
    await refreshWith(c1(), async ({ code, said, setting }) => {
      expect(code, said).toBe(EXIT.partial);
      expect(said).toMatch(words);
      const rows = await query(
        setting.config,
        `select count(*)::int as n from observation where measure = 'referrals' and area_name = 'Coventry'
           and period_label = '2021/22' and data_set = 'C1'`,
      );
      expect(rows, "another year, from both files").toEqual([{ n: 2 }]);
    });
  });

  test("D16 one key twice, and alike: counted once", async () => {
    const row = records.find((one) => one.startsWith("2021,") && one.includes(",Coventry,")) as string;
    await refreshWith(C1.text + row, async ({ code, said, setting }) => {
      expect(code, said).toBe(EXIT.done);
      const rows = await query(
        setting.config,
        `select count(*)::int as n from observation where measure = 'referrals' and area_name = 'Coventry' and period_label = '2020/21'`,
      );
      expect(rows).toEqual([{ n: 2 }]);
    });
  });

  test("D25 an unknown level is passed over and counted", async () => {
    await refreshWith(setPlace("geographic_level", "Parish"), async ({ code, said, setting }) => {
      expect([EXIT.done, EXIT.partial], said).toContain(code);
      const [file] = await query(
        setting.config,
        "select rows, rows_kept from source_file where data_set = 'C1' order by loaded_at desc",
      );
      expect(file).toMatchObject({ rows: 50 });
    });
  });

  test("D08 a column named like what every object has is data, and no prototype changes", async () => {
    const named = ["__proto__", "constructor", "toString"];
    const odd = mapRows((cells) => [...cells, ...(cells.includes("time_identifier") ? named : ["1", "2", "3"])]);
    await refreshWith(odd, async ({ code, said, setting }) => {
      expect(code, said).toBe(EXIT.done);
      expect(said).toMatch(/__proto__, constructor, toString/);
      const [file] = await query(
        setting.config,
        "select extra_columns from source_file where data_set = 'C1' order by loaded_at desc",
      );
      expect(file?.extra_columns).toEqual(named);
      expect(Object.keys(Object.prototype)).toEqual([]);
      expect(({} as Record<string, unknown>)["1"]).toBeUndefined();
    });
  });

  test("D10 an extra column is told, and the rest is loaded", async () => {
    await refreshWith(
      mapRows((cells) => [...cells, cells.includes("time_identifier") ? "new_figure" : "1"]),
      async ({ code, said }) => {
        expect(code).toBe(EXIT.done);
        expect(said).toMatch(/columns that the catalogue does not know were passed over: new_figure/);
      },
    );
  });

  test("D30 a revised figure: the new one is served, the old one kept with its file", async () => {
    await refreshWith(set(AMENDED), async ({ code, setting }) => {
      expect(code).toBe(EXIT.done);
      const where = "where measure = 'referrals' and area_name = 'Coventry' and period_label = '2020/21'";
      const all = await query(setting.config, `select value_text, source_sha256 from observation ${where} order by 1`);
      expect(all.map((row) => row.value_text)).toEqual(["5754", AMENDED]);
      expect(new Set(all.map((row) => row.source_sha256)).size).toBe(2);
      expect(await query(setting.config, `select value_text from current_observation ${where}`)).toEqual([
        { value_text: AMENDED },
      ]);
    });
  });
});
