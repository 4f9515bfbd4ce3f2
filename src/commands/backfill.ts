/** `s21 backfill` */
import { backfill, describeAnswers } from "../backfill.ts";
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { formatTable, type Row } from "../serve/table.ts";

const COLUMNS = ["publication", "release", "status", "files", "observations"];

export async function runBackfill(
  options: { council: string[] },
  { terminal, signal, words }: Context,
): Promise<number> {
  const watcher = { note: terminal.note, progress: terminal.progress };
  const report = await backfill(readConfig(), options.council, words, watcher, signal);
  terminal.endProgress();
  const { exitCode, ...printed } = report;
  if (terminal.json) terminal.print(JSON.stringify(printed));
  else {
    const rows = report.releases.filter((release) => release.release !== "").map(rowOf);
    if (rows.length > 0) terminal.print(formatTable(rows, COLUMNS));
    terminal.print(describeAnswers(report.answers));
  }
  for (const problem of report.problems) terminal.error(`${problem.code}: ${problem.message}`);
  return exitCode;
}

function rowOf({ publication, release, status, files }: Awaited<ReturnType<typeof backfill>>["releases"][number]): Row {
  return {
    publication,
    release,
    status,
    files: files
      .filter((file) => file.file !== null)
      .map((file) => file.code)
      .join(", "),
    observations: files.reduce((sum, file) => sum + Number(file.observations), 0),
  };
}
