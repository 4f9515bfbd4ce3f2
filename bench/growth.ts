/** Time and memory as files and the table grow, drawn for docs/speed.md. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packagePath } from "../src/package-root.ts";
import { startPostgres } from "../test/support/postgres-server.ts";
import { type Chart, drawChart, exponentOf, type Series } from "./chart.ts";
import { makeC1, makeEesCsv } from "./files.ts";
import { contenderOf } from "./filtering.ts";
import { loadFile } from "./loading.ts";
import { type Group, medianOf } from "./measurements.ts";
import { measure } from "./process.ts";

const GIGABYTE = 1024 ** 3;
const THREE = [0, 1, 2];

/** Questions of one area, which must not notice the size of the table, and of everything, which may grow as it does. */
const QUESTIONS = {
  "current_observation, one cell series": `select * from current_observation where area_code = 'E08000026' and measure = 'referrals' and period_end < '1900-09-01'`,
  "observation_as_at, one cell series": `select * from observation_as_at('2100-01-01') where area_code = 'E08000026' and measure = 'referrals' and period_end < '1900-09-01'`,
  "dfe_vintage, one cell": `select * from dfe_vintage('E08000026', 'referrals', 'month', '1900-01-01', '1900-01-31')`,
  "revision, one area": `select count(*) from revision where area_code = 'E08000026'`,
  "count of observation": `select count(*) from observation`,
};

/** @param most rows in the table; a table of 10 million takes some 10 GB while it is made. */
export async function measureGrowth(full: boolean, most: number): Promise<Group[]> {
  const sizes = full ? [10, 32, 100, 320, 1_024, 2_048] : [4, 16, 64];
  const [times, peaks] = await measureSizes(sizes);
  const rows = full ? [100_000, 300_000, 1_000_000, 3_000_000, 10_000_000, 100_000_000] : [20_000, 60_000];
  const allowed = rows.filter((count) => count <= most);
  const table = await measureTable(allowed, full);
  const charts: [string, Chart][] = [
    ["filter-time", { title: "Filtering one authority: seconds by size", x: "MB", y: "seconds", series: [times] }],
    [
      "filter-memory",
      { title: "Filtering one authority: peak memory by size", x: "MB", y: "MB resident", series: [peaks] },
    ],
    ["load-time", { title: "Loading: seconds by observations", x: "observations", y: "seconds", series: table.loads }],
    ["view-time", { title: "Views: milliseconds by rows in the table", x: "rows", y: "ms", series: table.views }],
  ];
  if (full) for (const [name, chart] of charts) writeFileSync(packagePath(`docs/speed-${name}.svg`), drawChart(chart));
  return charts.map(([name, { title, y, series }]) => ({
    title,
    about: full ? `![${title}](speed-${name}.svg)` : "A chart is drawn with --full only.",
    lines: series.flatMap(({ name: one, points }) =>
      points.map((point) => ({
        name: `${one}, ${point.x.toLocaleString("en-GB")}`,
        seconds: point.y,
        megabytes: Number.NaN,
        note: "",
      })),
    ),
    unit: y,
    base: `${series[0]?.name}, ${series[0]?.points[0]?.x.toLocaleString("en-GB")}`,
    verdicts: series.map((one) => verdictOf(one, name)),
  }));
}

/** Memory and questions of one area do not grow; everything else at most as its input does, with room for chance. */
function verdictOf({ name, points }: Series, chart: string): Group["verdicts"][number] {
  const exponent = exponentOf(points);
  const most = chart === "filter-memory" ? 0.1 : 1.15;
  return { demand: `${name}: exponent at most ${most}`, found: exponent.toFixed(2), met: exponent <= most };
}

async function measureSizes(sizes: readonly number[]): Promise<[Series, Series]> {
  const times: Series = { name: "s21", points: [] };
  const peaks: Series = { name: "s21", points: [] };
  for (const megabytes of sizes) {
    const path = await makeEesCsv(megabytes);
    const runs = [];
    for (const _ of THREE) runs.push(await measure([process.execPath, contenderOf("s21"), path, "E08000026"]));
    times.points.push({ x: megabytes, y: medianOf(runs.map((run) => run.seconds)) });
    peaks.points.push({ x: megabytes, y: Math.max(...runs.map((run) => run.peakMegabytes)) });
  }
  return [times, peaks];
}

async function measureTable(rows: readonly number[], full: boolean): Promise<{ loads: Series[]; views: Series[] }> {
  const home = mkdtempSync(join(tmpdir(), "s21-bench-"));
  const server = await startPostgres();
  const psql = (...words: string[]) => execFileSync("psql", [server.url, "-qAtX", ...words], { encoding: "utf8" });
  const load: Series = { name: "one release", points: [] };
  const views = new Map(Object.keys(QUESTIONS).map((name): [string, Series] => [name, { name, points: [] }]));
  try {
    const env = { DATABASE_URL: server.url, S21_DATA_DIR: join(home, "data") };
    let held = 0;
    let releases = 0;
    for (const total of rows) {
      // A row takes some 700 bytes with its indexes, and as much again while it is written.
      if ((total - held) * 1_500 > freeBytes() * 0.8) break;
      // At most a million at a time, each a release of its own: what an old warehouse is made of.
      for (let part = 0; held < total; part += 1, releases += 1) {
        const size = Math.min(total - held, 1_000_000);
        const { seconds, observations } = await loadFile(env, await makeC1(size), String(1990 + releases));
        if (part === 0) load.points.push({ x: observations, y: seconds });
        held += observations;
      }
      psql("-c", "vacuum analyze observation");
      for (const [name, sql] of Object.entries(QUESTIONS))
        views.get(name)?.points.push({ x: held, y: timeOf(psql, sql, full ? 5 : 3) });
    }
    const points = load.points.filter(({ x }, index, all) => all.findIndex((one) => one.x === x) === index);
    return { loads: [{ ...load, points }], views: [...views.values()] };
  } finally {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

/** Milliseconds at the server, the connection not counted. */
function timeOf(psql: (...words: string[]) => string, sql: string, times: number): number {
  const runs = Array.from({ length: times }, () => {
    const output = psql("-c", "\\timing on", "-c", sql);
    return Number(/Time: ([\d.]+) ms/.exec(output)?.[1]);
  });
  return medianOf(runs);
}

function freeBytes(): number {
  const { bavail, bsize } = statfsSync(tmpdir());
  return Math.min(bavail * bsize, 60 * GIGABYTE);
}
