/** `s21 rebuild` */
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { rebuild } from "../rebuild.ts";
import { formatTable } from "../serve/table.ts";

export async function runRebuild({ terminal, signal, words }: Context): Promise<number> {
  const { exitCode, ...report } = await rebuild(readConfig(), words, terminal.note, signal);
  if (terminal.json) terminal.print(JSON.stringify(report));
  else {
    const rows = Object.entries(report.counts).map(([what, count]) => ({ what, count }));
    terminal.print(formatTable(rows, ["what", "count"]));
  }
  for (const problem of report.problems) terminal.error(`${problem.code}: ${problem.message}`);
  return exitCode;
}
