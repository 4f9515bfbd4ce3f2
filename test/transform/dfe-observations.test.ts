import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { stringify } from "csv-stringify/sync";
import { describe, expect, it } from "vitest";
import { AUTHORITIES, type Authority, authorityByDfeCode } from "../../src/catalogue/authorities.ts";
import { type DataSet, findPublication, type Publication } from "../../src/catalogue/publications.ts";
import { EXIT, SourceNotTrustedError } from "../../src/errors.ts";
import { openFolderBundle } from "../../src/extract/bundle.ts";
import { openTable } from "../../src/extract/table.ts";
import type { Observation } from "../../src/observation.ts";
import type { AreaSelection } from "../../src/transform/dfe-area.ts";
import { type DfeFile, type DfeReading, observationsFrom, startReading } from "../../src/transform/dfe-observations.ts";

const PUBLICATION = findPublication("children-in-need") as Publication;
const dataSetOf = (code: string) => PUBLICATION.dataSets.find((one) => one.code === code) as DataSet;
const authorities = (...codes: string[]) => codes.map((code) => authorityByDfeCode(code) as Authority);

const FILE: DfeFile = {
  publication: PUBLICATION,
  release: "2022",
  releaseVersionId: "version-1",
  publishedAt: "2022-10-27T08:30:00.000Z",
  dataSet: dataSetOf("D1"),
  fileName: "d1_child_protection_plans_2013_to_2022.csv",
  sha256: "a".repeat(64),
  url: "https://ees.example/api/releases/version-1/files",
};

const PLACES = [
  ...["time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code"],
  ...["region_name", "old_la_code", "new_la_code", "la_name", "Category"],
];
const PLANS = [
  ...[
    "CPP_start",
    "CPP_start_rate",
    "CPP_child_start",
    "CPP_child_start_rate",
    "CPP_end",
    "CPP_end_rate",
    "CPP_child_end",
  ],
  ...["CPP_child_end_rate", "CPP_anypoint", "CPP_anypoint_rate", "CPP_child_anypoint", "CPP_child_anypoint_rate"],
  ...["CPP_At31", "CPP_At31_rate"],
];
const NUMBERS = PLANS.map((name, index) => (name.endsWith("_rate") ? `${index}.5` : String(index * 10)));

type Cells = Record<string, string>;
const ENGLAND: Cells = {
  time_period: "2022",
  time_identifier: "Reporting year",
  geographic_level: "National",
  country_code: "E92000001",
  country_name: "England",
  Category: "Child Protection Plans",
  ...Object.fromEntries(PLANS.map((name, index) => [name, NUMBERS[index] as string])),
};
const WEST_MIDLANDS: Cells = {
  ...ENGLAND,
  geographic_level: "Regional",
  region_code: "E12000005",
  region_name: "West Midlands",
};
const COVENTRY: Cells = {
  ...WEST_MIDLANDS,
  geographic_level: "Local authority",
  old_la_code: "331",
  new_la_code: "E08000026",
  la_name: "Coventry",
};
const LEICESTER: Cells = { ...COVENTRY, old_la_code: "856", new_la_code: "E06000016", la_name: "Leicester" };

interface Outcome {
  observations: Observation[];
  reading: DfeReading;
}

async function readRows(
  rows: Cells[],
  { selection = "all", file = {}, header = [...PLACES, ...PLANS] }: ReadOptions = {},
): Promise<Outcome> {
  const records = [header, ...rows.map((row) => header.map((name) => row[name] ?? ""))];
  const reading = startReading();
  const observations: Observation[] = [];
  const table = await openTable(Readable.from([Buffer.from(stringify(records))]), FILE.fileName);
  for await (const some of observationsFrom(table, { ...FILE, ...file }, selection, reading))
    observations.push(...some);
  return { observations, reading };
}

interface ReadOptions {
  selection?: AreaSelection;
  file?: Partial<DfeFile>;
  header?: string[];
}

async function refusalOf(rows: Cells[], options: ReadOptions = {}): Promise<SourceNotTrustedError> {
  const error = await readRows(rows, options).then(
    () => new Error("it was taken"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SourceNotTrustedError);
  return error as SourceNotTrustedError;
}

function expectAccounted({ reading, observations }: Outcome) {
  expect(reading.kept + reading.outside + reading.otherLevels + reading.setAside).toBe(reading.rows);
  expect(observations).toHaveLength(reading.observations);
}

describe("one row", () => {
  it("becomes one observation per indicator, each with where it stands", async () => {
    const { observations } = await readRows([COVENTRY]);
    expect(observations).toHaveLength(14);
    expect(observations[0]).toEqual({
      source: "dfe",
      area_code: "E08000026",
      area_name: "Coventry",
      area_level: "local_authority",
      measure: "cpp_started",
      breakdown: "",
      period_kind: "financial_year",
      period_label: "2021/22",
      period_start: "2021-04-01",
      period_end: "2022-03-31",
      value: "0",
      value_text: "0",
      unit: "count",
      status: "reported",
      exemption: null,
      publication: "children-in-need",
      release: "2022",
      release_version_id: "version-1",
      data_set: "D1",
      published_at: "2022-10-27T08:30:00.000Z",
      letter_id: null,
      question: null,
      part: null,
      question_text: null,
      source_file: "d1_child_protection_plans_2013_to_2022.csv",
      source_line: 2,
      source_column: "CPP_start",
      source_area_code: "E08000026",
      source_sha256: "a".repeat(64),
      source_url: "https://ees.example/api/releases/version-1/files",
      licence: "OGL-UK-3.0",
    });
  });

  it("counts At31 columns as at 31 March, and the others over the year", async () => {
    const { observations } = await readRows([COVENTRY]);
    const periodsOf = (column: string) => observations.find((one) => one.source_column === column);
    for (const column of ["CPP_At31", "CPP_At31_rate"]) {
      expect(periodsOf(column)).toMatchObject({
        period_kind: "as_at",
        period_label: "31 March 2022",
        period_start: "2022-03-31",
        period_end: "2022-03-31",
      });
    }
    expect(periodsOf("CPP_anypoint")).toMatchObject({ period_kind: "financial_year", period_start: "2021-04-01" });
  });

  it("keeps what the source printed, symbols as a status", async () => {
    const { observations } = await readRows([{ ...COVENTRY, CPP_start: " C ", CPP_end: " 609 ", CPP_anypoint: "" }]);
    const cell = (column: string) => observations.find((one) => one.source_column === column);
    expect(cell("CPP_start")).toMatchObject({ status: "suppressed", value: null, value_text: " C " });
    expect(cell("CPP_end")).toMatchObject({ status: "reported", value: "609", value_text: " 609 " });
    expect(cell("CPP_anypoint")).toMatchObject({ status: "not_available", value: null, value_text: "" });
  });
});

describe("the account", () => {
  it("is of every row: kept, outside, of another level, set aside", async () => {
    const outcome = await readRows(
      [
        ENGLAND,
        WEST_MIDLANDS,
        COVENTRY,
        LEICESTER,
        { ...COVENTRY, geographic_level: "Ward" },
        { ...COVENTRY, time_period: "2021/22" },
        { ...COVENTRY, la_name: "Leicester" },
      ],
      { selection: authorities("331") },
    );
    expectAccounted(outcome);
    expect(outcome.reading).toMatchObject({
      rows: 7,
      kept: 3,
      outside: 1,
      otherLevels: 1,
      setAside: 2,
      observations: 42,
    });
    expect(outcome.reading.findings.map(({ code, line }) => [code, line])).toEqual([
      ["period-unclear", 7],
      ["area-unclear", 8],
    ]);
  });

  it("names extra columns", async () => {
    const { reading, observations } = await readRows([COVENTRY], { header: [...PLACES, "CPP_new", ...PLANS] });
    expect(reading.extraColumns).toEqual(["CPP_new"]);
    expect(observations).toHaveLength(14);
  });
});

describe("what can't be read is a finding with file, line, column, what was found and what was expected", () => {
  it("in a cell: the cell is left out, the rest of the row is in", async () => {
    const outcome = await readRows([COVENTRY, { ...COVENTRY, time_period: "2021", CPP_end: "1,234", CPP_start: "q" }]);
    expectAccounted(outcome);
    expect(outcome.observations).toHaveLength(26);
    expect(outcome.reading.findings).toEqual([
      {
        code: "cell-unreadable",
        line: 3,
        column: "CPP_start",
        found: "q",
        expected: expect.stringContaining("symbols"),
        message: expect.stringMatching(
          /^d1_child_protection_plans_2013_to_2022\.csv, line 3, CPP_start: found "q", expected /,
        ),
      },
      expect.objectContaining({ code: "cell-unreadable", line: 3, column: "CPP_end", found: "1,234" }),
    ]);
  });

  it("with a NUL in it: shown escaped", async () => {
    const { observations, reading } = await readRows([{ ...COVENTRY, CPP_start: "5\u0000" }]);
    expect(observations).toHaveLength(13);
    expect(reading.findings).toEqual([expect.objectContaining({ found: "5\\0", expected: "text without a NUL" })]);
    expect(reading.findings[0]?.message).not.toContain("\u0000");
  });

  it.each([
    ["2022", "Reporting yr"],
    ["202122", "Reporting year"],
    ["", "Reporting year"],
    ["2022", "Week 12"],
    ["2022", ""],
  ])("in a period (%j %j): the row is set aside", async (time_period, time_identifier) => {
    const outcome = await readRows([{ ...COVENTRY, time_period, time_identifier }]);
    expectAccounted(outcome);
    expect(outcome.observations).toEqual([]);
    expect(outcome.reading.findings).toEqual([
      expect.objectContaining({
        code: "period-unclear",
        column: "time_period",
        found: `${time_period} ${time_identifier}`,
      }),
    ]);
  });

  it("in a period that began after the release: the row is set aside", async () => {
    const outcome = await readRows([{ ...COVENTRY, time_period: "2024" }]);
    expectAccounted(outcome);
    expect(outcome.reading.findings).toEqual([
      expect.objectContaining({ code: "future-period", found: "2024 Reporting year" }),
    ]);
    expect(
      await readRows([{ ...COVENTRY, time_period: "2024" }], { file: { publishedAt: "2024-10-31T09:30:00.000Z" } }),
    ).toMatchObject({
      reading: { kept: 1, findings: [] },
    });
  });

  it("in a place: an authority that is unknown is loaded and told, one that contradicts itself is not loaded", async () => {
    const unknown = { ...COVENTRY, old_la_code: "998", new_la_code: "E06000098", la_name: "Greater Mercia" };
    const outcome = await readRows([unknown, { ...COVENTRY, new_la_code: "E06000016" }]);
    expectAccounted(outcome);
    expect(outcome.observations[0]).toMatchObject({ area_code: "E06000098", area_name: "Greater Mercia" });
    expect(outcome.reading.findings).toEqual([
      expect.objectContaining({ code: "unknown-authority", line: 2, found: "E06000098 Greater Mercia" }),
      expect.objectContaining({ code: "area-unclear", line: 3, found: "331 E06000016 Coventry" }),
    ]);
  });

  it("but a thousand of them are no slip: the file is refused", async () => {
    const rows = Array.from({ length: 1_001 }, () => ({ ...COVENTRY, CPP_start: "q" }));
    expect(await refusalOf(rows)).toMatchObject({ code: "too-many-findings", exitCode: EXIT.sourceNotTrusted });
    expect((await readRows(rows.slice(1))).reading.findings).toHaveLength(1_000);
  });
});

describe("what makes the file not trusted", () => {
  it("a second category: rows would be counted twice", async () => {
    const refusal = await refusalOf([ENGLAND, COVENTRY, { ...COVENTRY, Category: "Plans of boys" }]);
    expect(refusal.code).toBe("second-category");
    expect(refusal.message).toContain('line 4: category is "Plans of boys"; expected "Child Protection Plans"');
  });

  it("a second category in a row that nobody asked for", async () => {
    const rows = [COVENTRY, { ...LEICESTER, Category: "Plans of boys" }];
    expect(await refusalOf(rows, { selection: authorities("331") })).toMatchObject({ code: "second-category" });
  });

  it("blanks around the category are no second one", async () => {
    expect((await readRows([COVENTRY, { ...COVENTRY, Category: " Child Protection Plans " }])).reading.kept).toBe(2);
  });

  it("a header without rows", async () => {
    expect(await refusalOf([])).toMatchObject({ code: "no-rows" });
  });

  it("a column that is gone", async () => {
    const header = [...PLACES, ...PLANS.map((name) => name.replace("CPP_start", "plans_started"))];
    expect((await refusalOf([COVENTRY], { header })).message).toMatch(/gone: CPP_start,.*new: plans_started/);
  });
});

const FOLDER = resolve(import.meta.dirname, "../../../shared/ees/characteristics-of-children-in-need");

describe.skipIf(!existsSync(FOLDER))("the published files", () => {
  async function readReal(release: string, code: string, selection: AreaSelection): Promise<Outcome> {
    const { files } = await openFolderBundle(join(FOLDER, release));
    const file = files.find(({ name }) => name.startsWith(`${code.toLowerCase()}_`));
    if (file === undefined) throw new Error(`no ${code} of ${release}`);
    const reading = startReading();
    const observations: Observation[] = [];
    const about = {
      ...FILE,
      release,
      fileName: file.name,
      dataSet: dataSetOf(code),
      publishedAt: `${release}-11-01T00:00:00.000Z`,
    };
    const table = await openTable(file.open(), file.name);
    for await (const some of observationsFrom(table, about, selection, reading)) observations.push(...some);
    return { observations, reading };
  }

  // Rows of each file, counted by another program (Python's csv).
  it.each([
    ["2022", "B1", 1638, 16],
    ["2022", "C1", 1638, 12],
    ["2022", "C4", 1638, 15],
    ["2022", "D1", 1638, 14],
    ["2023", "B1", 1802, 16],
    ["2023", "C1", 1802, 12],
    ["2024", "B1", 1967, 16],
    ["2024", "C1", 1967, 12],
    ["2025", "B1", 2132, 8],
    ["2025", "C1", 2132, 10],
    ["2025", "C4", 2132, 11],
  ])(
    "%s %s: every cell of %i rows has a meaning, and nothing is set aside",
    async (release, code, rows, indicators) => {
      const outcome = await readReal(release, code, "all");
      expectAccounted(outcome);
      expect(outcome.reading).toMatchObject({ rows, kept: rows, setAside: 0, findings: [], extraColumns: [] });
      expect(outcome.observations).toHaveLength(rows * indicators);
    },
  );

  // Published figures: DfE, Characteristics of children in need 2022, B1, C1, C4 and D1.
  it.each([
    ["331", "C1", "referrals", "2020/21", "5754"],
    ["331", "C4", "s47_enquiries", "2020/21", "2247"],
    ["331", "D1", "cpp_started", "2020/21", "609"],
    ["331", "B1", "cin_children_any_point", "2020/21", "6419"],
    ["856", "C1", "referrals", "2017/18", "3585"],
    ["856", "C4", "s47_enquiries", "2017/18", "1910"],
    ["856", "D1", "cpp_started", "2017/18", "741"],
    ["856", "B1", "cin_children_any_point", "2017/18", "4100"],
  ])("%s %s %s %s is %s", async (dfeCode, code, measure, label, value) => {
    const { observations } = await readReal("2022", code, authorities(dfeCode));
    const found = observations.filter(
      (one) => one.area_level === "local_authority" && one.measure === measure && one.period_label === label,
    );
    expect(found.map((one) => one.value)).toEqual([value]);
  });

  it("give one authority ten years, and the years of its region and England", async () => {
    const outcome = await readReal("2022", "C1", authorities("331"));
    expectAccounted(outcome);
    expect(outcome.reading.kept).toBe(30);
    expect(new Set(outcome.observations.map((one) => one.area_code))).toEqual(
      new Set(["E08000026", "E12000005", "E92000001"]),
    );
  });

  it("give the same, authority by authority, as all at once", async () => {
    const all = await readReal("2022", "D1", "all");
    const chosen = AUTHORITIES.filter((_, index) => index % 40 === 0);
    const some = await readReal("2022", "D1", chosen);
    const key = (one: Observation) => JSON.stringify(one);
    const everything = new Set(all.observations.map(key));
    expect(some.observations.length).toBeGreaterThan(0);
    expect(some.observations.filter((one) => !everything.has(key(one)))).toEqual([]);
  });
});
