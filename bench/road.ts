/** The whole road, from zips on disk to committed rows, by us and by scripts with pandas, with DuckDB, and as one writes it first. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measuresOf } from "../src/catalogue/measures.ts";
import { findPublication, type Publication } from "../src/catalogue/publications.ts";
import { SYMBOLS } from "../src/catalogue/symbols.ts";
import { packagePath } from "../src/package-root.ts";
import { startPostgres } from "../test/support/postgres-server.ts";
import { SAMPLE_BUNDLE } from "../test/support/sample-release.ts";
import { contenderOf, type Peers } from "./filtering.ts";
import { type Contender, compareLines, type Group, type Line, medianOf } from "./measurements.ts";
import { measure } from "./process.ts";
import type { RoadPlan } from "./road-plan.ts";

const PUBLICATION = findPublication("children-in-need") as Publication;
const CLI = packagePath("dist/cli.js");
/** Coventry, its region and England: what `--la Coventry` keeps. */
const COVENTRY = ["E08000026", "E12000005", "E92000001"];
/** Releases that spell their columns alike: the same files stand for four of them. */
const SLUGS = ["2021", "2022", "2023", "2024"];
const COLUMNS = [
  ...["source", "area_code", "area_name", "area_level", "measure", "breakdown", "period_kind", "period_label"],
  ...["period_start", "period_end", "value", "value_text", "unit", "status", "publication", "release", "data_set"],
  ...["release_version_id", "source_file", "source_line", "source_column", "source_area_code", "source_sha256"],
  ...["licence", "loaded_at", "run_id"],
];

/** The published files where they lie beside the checkout, as for the tests; the sample otherwise. */
function findBundle(): { folder: string; about: string } {
  const published = packagePath("../shared/ees/characteristics-of-children-in-need/2022");
  if (existsSync(published))
    return { folder: join(published, "data"), about: "B1, C1, C4 and D1 of 2022 as published" };
  return { folder: join(SAMPLE_BUNDLE, "data"), about: "the sample's B1, C1, C4 and D1 of 2022" };
}

function zipReleases(home: string, folder: string): string[] {
  mkdirSync(join(home, "data"));
  for (const name of readdirSync(folder).filter((one) => /^(b1|c1|c4|d1)_/i.test(one))) {
    cpSync(join(folder, name), join(home, "data", name));
  }
  return SLUGS.map((slug) => {
    const zip = join(home, `children-in-need_${slug}.zip`);
    execFileSync("zip", ["-q", "-r", zip, "data"], { cwd: home });
    return zip;
  });
}

function planOf(url: string, codes: string[] | null, out: string): RoadPlan {
  const measures = PUBLICATION.dataSets.map(({ code }) => {
    const known = measuresOf(PUBLICATION.slug, code).flatMap(({ code: name, unit, timing, dfe }) =>
      (dfe?.headers ?? [])
        .filter(({ from = 0, until = 9999 }) => from <= 2022 && 2022 <= until)
        .map(({ header }) => ({ header, code: name, unit, timing })),
    );
    return [code, known] as const;
  });
  return {
    url,
    codes,
    measures: Object.fromEntries(measures),
    symbols: Object.fromEntries(SYMBOLS),
    columns: COLUMNS,
    runId: randomUUID(),
    out,
  };
}

/** @param full everything three times, and four releases too, which takes minutes. */
export async function measureRoad(full: boolean, peers: Peers): Promise<Group[]> {
  if (peers.unzip !== null || peers.psql !== null) return [];
  const home = mkdtempSync(join(tmpdir(), "s21-bench-"));
  const server = await startPostgres();
  const psql = (statement: string) =>
    execFileSync("psql", [server.url, "-qAtX", "-c", statement], { encoding: "utf8" }).trim();
  try {
    const { folder, about } = findBundle();
    const zips = zipReleases(home, folder);
    const env = { DATABASE_URL: server.url, S21_DATA_DIR: join(home, "s21") };
    await measure([process.execPath, CLI, "migrate", "--quiet"], env);
    const empty = () => {
      psql("truncate observation, source_file, release_version, issue, run");
      rmSync(join(home, "s21"), { recursive: true, force: true });
    };
    const s21 = (chosen: string[], ...selection: string[]): Contender["words"] => {
      const bundles = chosen.flatMap((zip) => ["--from", zip]);
      return [process.execPath, CLI, "refresh", "--quiet", ...bundles, ...selection];
    };
    const groups: Group[] = [];
    for (const { title, codes, chosen, selection } of [
      {
        title: "One release, one authority",
        codes: COVENTRY,
        chosen: zips.slice(1, 2),
        selection: ["--la", "Coventry"],
      },
      { title: "One release, all authorities", codes: null, chosen: zips.slice(1, 2), selection: ["--all-las"] },
      { title: "Four releases, all authorities", codes: null, chosen: zips, selection: ["--all-las"] },
    ].slice(0, full ? 3 : 2)) {
      const plan = join(home, "plan.json");
      writeFileSync(plan, JSON.stringify(planOf(server.url, codes, join(home, "rows.csv"))));
      const contenders: (Contender & { again?: boolean })[] = [
        { name: "s21 refresh", words: s21(chosen, ...selection), env },
        { name: "s21 refresh, again", words: s21(chosen, ...selection), env, again: true },
        {
          name: "pandas and psql",
          words: ["/usr/bin/python3", packagePath("bench/contenders/pandas_road.py"), plan, ...chosen],
          absent: peers.pandas,
        },
        {
          name: "DuckDB and psql",
          words: [process.execPath, contenderOf("duckdb-road"), plan, ...chosen],
          absent: peers.duckdb,
        },
        { name: "unzipper, csv-parse, kysely", words: [process.execPath, contenderOf("plain-road"), plan, ...chosen] },
      ];
      // What takes tenths of a second is told by several runs only.
      const times = full ? 3 : codes === null ? 1 : 3;
      const lines = await runRoads(contenders, times, empty, () =>
        psql("select count(*), sum(value) from observation"),
      );
      const others = ["pandas and psql", "DuckDB and psql", "unzipper, csv-parse, kysely"];
      const verdicts = ["s21 refresh", "s21 refresh, again"].flatMap((name) =>
        others.map((other) => compareLines(lines, name, 1, other)),
      );
      groups.push({
        title,
        about: `${about}; from zip on disk to committed rows in Postgres; counts and sums are compared, and every row has the sha256 of its file.`,
        lines,
        base: "s21 refresh",
        verdicts,
      });
    }
    return groups;
  } finally {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

async function runRoads(
  contenders: readonly (Contender & { again?: boolean })[],
  times: number,
  empty: () => void,
  look: () => string,
): Promise<Line[]> {
  const runs = new Map<string, { seconds: number; peak: number }[]>();
  const found = new Map<string, string>();
  for (let round = 0; round < times; round += 1) {
    for (const { name, words, env, absent, again } of contenders) {
      if ((absent ?? null) !== null) continue;
      if (again !== true) empty();
      const { seconds, peakMegabytes, code } = await measure(words, env);
      // A local bundle has no row counts to check, which is told and is no fault.
      if (code !== 0 && code !== 3) throw new Error(`${name} ended with ${code}`);
      runs.set(name, [...(runs.get(name) ?? []), { seconds, peak: peakMegabytes }]);
      found.set(name, look());
    }
  }
  if (new Set(found.values()).size > 1)
    throw new Error(`the results differ: ${JSON.stringify(Object.fromEntries(found))}`);
  return contenders.map(({ name, absent }) => ({
    name,
    seconds: medianOf((runs.get(name) ?? []).map((run) => run.seconds)),
    megabytes: name.startsWith("s21") ? Number.NaN : Math.max(...(runs.get(name) ?? []).map((run) => run.peak)),
    note: absent ?? "",
  }));
}

/** How long `s21` takes to say something. */
export async function measureStart(times: number): Promise<Group[]> {
  const seconds: { s21: number[]; node: number[] } = { s21: [], node: [] };
  for (let round = 0; round < times; round += 1) {
    seconds.node.push((await measure([process.execPath, "-e", "0"])).seconds);
    seconds.s21.push((await measure([process.execPath, CLI, "--version"])).seconds);
  }
  const lines: Line[] = [
    { name: "node -e 0", seconds: medianOf(seconds.node), megabytes: Number.NaN, note: "" },
    { name: "s21 --version", seconds: medianOf(seconds.s21), megabytes: Number.NaN, note: "" },
  ];
  const found = medianOf(seconds.s21) * 1_000;
  const verdict = { demand: "s21 --version: less than 150 ms", found: `${found.toFixed(0)} ms`, met: found < 150 };
  return [{ title: "Start", about: `Median of ${times} starts.`, lines, base: "node -e 0", verdicts: [verdict] }];
}
