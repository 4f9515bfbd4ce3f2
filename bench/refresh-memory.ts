/**
 * Memory of `s21 refresh` over a 500 MB CSV on Postgres: `npm run bench:memory [-- MEGABYTES]`. A bundle folder in
 * C1's layout is made and loaded for Coventry by a process of its own, whose peak the kernel tells (Linux only).
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packagePath } from "../src/package-root.ts";
import { COVENTRY_REFERRALS, writeLargeCsv } from "../test/stand-in-ees/large-csv.ts";
import { startPostgres } from "../test/support/postgres-server.ts";
import { readSampleFile, SAMPLE_BUNDLE } from "../test/support/sample-release.ts";

/** What is promised: peak resident memory, whatever the size of the file. */
const MOST_MEGABYTES = 300;
const POLL = 50;

interface Measured {
  code: number | null;
  seconds: number;
  peakMegabytes: number;
  output: string;
}

/** Runs the compiled command, and reads its peak until it is gone. */
function measure(words: string[], env: Record<string, string>): Promise<Measured> {
  const begun = Date.now();
  const child = spawn(process.execPath, [packagePath("dist/cli.js"), ...words], {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let peakMegabytes = 0;
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const timer = setInterval(() => {
    peakMegabytes = Math.max(peakMegabytes, readPeak(child.pid as number));
  }, POLL);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearInterval(timer);
      resolve({ code, seconds: (Date.now() - begun) / 1_000, peakMegabytes, output });
    });
  });
}

/** `VmHWM`, the highest resident size so far; 0 once the process is gone. */
function readPeak(pid: number): number {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return 0;
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(path, "utf8"))?.[1] ?? Number.NaN) / 1_024;
}

async function bench(megabytes: number): Promise<boolean> {
  const home = mkdtempSync(join(tmpdir(), "s21-bench-"));
  const server = await startPostgres();
  try {
    const bundle = join(home, "2022");
    cpSync(join(SAMPLE_BUNDLE, "data"), bundle, { recursive: true });
    const { bytes, rows } = await writeLargeCsv(join(bundle, readSampleFile("C1").name), megabytes);
    const env = { DATABASE_URL: server.url, S21_DATA_DIR: join(home, "data") };
    const refreshed = await measure(["refresh", "--from", bundle, "--la", "Coventry", "--json"], env);
    const sql =
      "select value from observation where measure = 'referrals' and area_code = 'E08000026' order by period_start";
    const answer = await measure(["sql", sql, "--json"], env);
    const found = (JSON.parse(answer.output) as { value: number }[]).map((row) => row.value);
    const right = JSON.stringify(found) === JSON.stringify(Object.values(COVENTRY_REFERRALS));
    console.log(`file     ${(bytes / 1_048_576).toFixed(0)} MB, ${rows.toLocaleString("en-GB")} rows`);
    console.log(`refresh  ${refreshed.seconds.toFixed(1)} s, exit ${refreshed.code}`);
    console.log(`peak     ${refreshed.peakMegabytes.toFixed(0)} MB resident; at most ${MOST_MEGABYTES} is promised`);
    console.log(`figures  ${right ? "Coventry's ten years as published" : `wrong: ${found.join(", ")}`}`);
    return right && refreshed.code === 0 && refreshed.peakMegabytes > 0 && refreshed.peakMegabytes < MOST_MEGABYTES;
  } finally {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

process.exitCode = (await bench(Number(process.argv[2] ?? "500"))) ? 0 : 1;
