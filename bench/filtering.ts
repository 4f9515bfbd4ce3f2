/** Keeping some authorities out of an EES-shaped CSV, by us and by everybody else. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { packagePath } from "../src/package-root.ts";
import { makeEesCsv, makeZip } from "./files.ts";
import { type Contender, compareLines, type Group, type Line, runContenders } from "./measurements.ts";
import { isThere } from "./process.ts";

const COVENTRY = "E08000026";
const TEN = "E08000026,E06000016,E06000023,E06000015,E08000003,E09000020,E06000058,E10000034,E08000035,E06000047";
const PYTHON = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

/** Compiled by the project's own compiler settings, once: a run must not pay for `tsx`. */
export function contenderOf(name: string): string {
  return packagePath(`bench/compiled/bench/contenders/${name}.js`);
}

export interface Peers {
  /** Why one is not there; null where it is. */
  duckdb: string | null;
  pandas: string | null;
  unzip: string | null;
  psql: string | null;
}

export async function findPeers(): Promise<Peers> {
  const pandas = await isThere(PYTHON, "-c", "import pandas");
  return {
    duckdb: hasPackage("@duckdb/node-api") ? null : "no @duckdb/node-api here",
    pandas: pandas ? null : "no pandas here (Debian: python3-pandas)",
    unzip: (await isThere("unzip", "-v")) && (await isThere("zip", "-v")) ? null : "no zip and unzip here",
    psql: (await isThere("psql", "--version")) ? null : "no psql here",
  };
}

function hasPackage(name: string): boolean {
  try {
    return createRequire(import.meta.url).resolve(name) !== "";
  } catch (error) {
    if ((error as { code?: string }).code === "MODULE_NOT_FOUND") return false;
    throw error;
  }
}

function pandas(path: string, codes: string, absent: string | null): Contender {
  return {
    name: "pandas, chunks of text",
    words: [PYTHON, packagePath("bench/contenders/pandas_filter.py"), path, codes],
    absent,
  };
}

function node(name: string, program: string, ...words: string[]): Contender {
  return { name, words: [process.execPath, contenderOf(program), ...words] };
}

/** `csv-parse` is waited for once only. */
export async function measureFiltering(megabytes: number, times: number, peers: Peers): Promise<Group[]> {
  const path = await makeEesCsv(megabytes);
  const once = { times: 1 };
  const duckdb = (threads: string, codes: string): Contender => ({
    ...node(`DuckDB, ${threads} thread${threads === "1" ? "" : "s"}`, "duckdb", path, codes, threads),
    absent: peers.duckdb,
  });
  const one = await runContenders(
    [
      { name: "cat > /dev/null", words: ["sh", "-c", 'cat "$1" > /dev/null', "sh", path], compared: false },
      { name: "grep -c", words: ["grep", "-c", COVENTRY, path], compared: false },
      node("s21", "s21", path, COVENTRY),
      duckdb("4", COVENTRY),
      duckdb("1", COVENTRY),
      pandas(path, COVENTRY, peers.pandas),
      { ...node("csv-parse alone", "csv-parse", path, COVENTRY), ...once },
    ],
    times,
  );
  const several = await runContenders(
    [
      { name: "grep -c", words: ["grep", "-c", COVENTRY, path], compared: false },
      node("s21", "s21", path, TEN),
      duckdb("4", TEN),
    ],
    times,
  );
  const all = await runContenders(
    [
      { name: "grep -c", words: ["grep", "-c", COVENTRY, path], compared: false },
      node("s21", "s21", path, "all"),
      duckdb("4", "all"),
      pandas(path, "all", peers.pandas),
      { ...node("csv-parse alone", "csv-parse", path, "all"), ...once },
    ],
    times,
  );
  const about = (what: string) => `${what} of an EES-shaped CSV of ${megabytes} MB; rows and a sum are compared.`;
  return [
    {
      title: "One authority",
      about: about("One of 151 authorities"),
      lines: one,
      base: "grep -c",
      verdicts: demandsOf(one, megabytes),
    },
    {
      title: "Ten authorities",
      about: about("Ten authorities"),
      lines: several,
      base: "grep -c",
      verdicts: [compareLines(several, "s21", 1, "DuckDB, 4 threads")],
    },
    {
      title: "All authorities",
      about: about("Every row taken apart"),
      lines: all,
      base: "grep -c",
      verdicts: [compareLines(all, "s21", 1, "csv-parse alone"), compareLines(all, "s21", 1, "pandas, chunks of text")],
    },
  ];
}

/** Of a small file starting Node is most of it: what depends on that is demanded of a large one only. */
const LARGE = 1_000;

function demandsOf(lines: Line[], megabytes: number): Group["verdicts"] {
  const peak = lines.find((line) => line.name === "s21")?.megabytes ?? Number.NaN;
  const always = [
    compareLines(lines, "s21", 1, "DuckDB, 4 threads"),
    compareLines(lines, "s21", 1, "pandas, chunks of text"),
    { demand: "s21: less than 200 MB", found: `${peak.toFixed(0)} MB`, met: peak < 200 },
  ];
  if (megabytes < LARGE) return always;
  return [compareLines(lines, "s21", 3, "grep -c"), compareLines(lines, "s21", 1 / 30, "csv-parse alone"), ...always];
}

export async function measureZip(megabytes: number, times: number, peers: Peers): Promise<Group[]> {
  if (peers.unzip !== null) return [];
  const path = await makeZip(await makeEesCsv(megabytes));
  const pipe = 'unzip -p "$1" | grep -c E08000026';
  const lines = await runContenders(
    [
      { name: "unzip -p \\| grep -c", words: ["sh", "-c", pipe, "sh", path], compared: false },
      node("s21", "s21", path, COVENTRY),
      { ...node("DuckDB, 4 threads, unpacked first", "duckdb", path, COVENTRY, "4"), absent: peers.duckdb },
      pandas(path, COVENTRY, peers.pandas),
      { ...node("unzipper and csv-parse", "csv-parse", path, COVENTRY), times: 1 },
    ],
    times,
  );
  const about = `One authority of an EES-shaped CSV of ${megabytes} MB, straight from the zip; size and CRC are proven by us alone.`;
  const others = ["DuckDB, 4 threads, unpacked first", "unzipper and csv-parse", "pandas, chunks of text"];
  if (megabytes >= LARGE) others.push("unzip -p \\| grep -c");
  const verdicts = others.map((other) => compareLines(lines, "s21", 1, other));
  return [{ title: "From inside a zip", about, lines, base: "unzip -p \\| grep -c", verdicts }];
}
