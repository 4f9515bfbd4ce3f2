/** `s21 refresh` */
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { UsageError } from "../errors.ts";
import { type RefreshReport, type RefreshRequest, refresh } from "../refresh.ts";
import { formatTable, type Row } from "../serve/table.ts";

export interface RefreshOptions {
  publication: string;
  release: string;
  la: string[];
  allLas?: boolean;
  from: string[];
  published?: string;
  recheck?: boolean;
}

export async function runRefresh(options: RefreshOptions, { terminal, signal, words }: Context): Promise<number> {
  const request = requestOf(options);
  const watcher = { note: terminal.note, progress: terminal.progress };
  const report = await refresh(readConfig(), request, words, watcher, signal);
  terminal.endProgress();
  if (terminal.json) {
    const { exitCode: _, ...printed } = report;
    terminal.print(JSON.stringify(printed));
  } else {
    terminal.print(formatTable(rowsOf(report), ["release", "data_set", "file", "rows", "observations", "status"]));
  }
  for (const problem of report.problems) terminal.error(`${problem.code}: ${problem.message}`);
  return report.exitCode;
}

function requestOf(options: RefreshOptions): RefreshRequest {
  const slugs = options.release.split(",").map((slug) => slug.trim().toLowerCase());
  const odd = slugs.find((slug) => !/^[a-z0-9][a-z0-9-]{0,60}$/.test(slug));
  if (odd !== undefined) {
    throw new UsageError(
      "bad-release",
      `--release has ${JSON.stringify(odd)}; expected latest, all, or slugs such as 2022,2023`,
    );
  }
  const word = slugs.length === 1 && (slugs[0] === "latest" || slugs[0] === "all") ? slugs[0] : null;
  return {
    publication: options.publication,
    release: word ?? slugs,
    las: options.la,
    allLas: options.allLas === true,
    from: options.from.length > 0 ? options.from : null,
    publishedAt: publishedAt(options),
    recheck: options.recheck === true,
  };
}

function publishedAt({ published, from }: RefreshOptions): string | null {
  if (published === undefined) return null;
  if (from.length === 0) throw new UsageError("bad-option", "--published goes with --from; EES tells its own dates");
  const date = new Date(published);
  if (/^\d{4}-\d{2}-\d{2}/.test(published) && !Number.isNaN(date.getTime())) return date.toISOString();
  throw new UsageError("bad-date", `--published is ${JSON.stringify(published)}; expected a date such as 2022-10-27`);
}

function rowsOf(report: RefreshReport): Row[] {
  return report.releases.flatMap((release): Row[] =>
    release.files.length === 0
      ? [{ release: release.release, data_set: "", file: "", rows: null, observations: null, status: release.status }]
      : release.files.map((file) => ({ release: release.release, data_set: file.code, ...file })),
  );
}
