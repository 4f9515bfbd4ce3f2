/** `/runs`: how fresh the warehouse is, what was loaded, what each run did, and what waits for a person. */
import { sql } from "kysely";
import { expectedFor } from "../../catalogue/letter-problems.ts";
import { csvOf } from "./council.ts";
import { type Column, renderDownload, renderTable } from "./data-table.ts";
import { type Html, html } from "./html.ts";
import type { Page } from "./layout.ts";
import type { Places } from "./places.ts";
import type { Reading } from "./reading.ts";
import { formatCount, namePublication, releasePage, sayDate, sayTime, shorten } from "./words.ts";

interface RunRow {
  run_id: string;
  command: string;
  started_at: string;
  ended_at: string | null;
  status: string;
  exit_code: number | null;
  problem: string | null;
}

interface FreshnessRow {
  publication: string;
  newest_release: string;
  newest_published_at: string | null;
  newest_loaded_release: string | null;
  last_checked_at: string;
  last_changed_at: string | null;
}

interface ReleaseRow {
  publication: string;
  release: string;
  status: string;
  published_at: string | null;
  last_checked_at: string;
  problem: string | null;
}

interface IssueRow {
  code: string;
  open: number;
}

export interface RunFacts {
  freshness: FreshnessRow[];
  releases: ReleaseRow[];
  runs: RunRow[];
  issues: IssueRow[];
}

/** Runs that the page shows; the CSV has as many. */
const MOST_RUNS = 200;

export async function readRuns(reading: Reading): Promise<RunFacts> {
  return {
    freshness: await reading.rows(sql<FreshnessRow>`select * from freshness order by publication`),
    releases: await reading.rows(sql<ReleaseRow>`
      select publication, release, status, published_at, last_checked_at, problem
      from release_version order by publication, release desc, published_at desc`),
    runs: await reading.rows(sql<RunRow>`
      select run_id, command, started_at, ended_at, status, exit_code, problem from run
      order by started_at desc limit ${MOST_RUNS}`),
    issues: await reading.rows(sql<IssueRow>`
      select code, count(*) as open from issue where resolved_at is null group by code order by code`),
  };
}

export function renderRuns({ freshness, releases, runs, issues }: RunFacts, places: Places): Page {
  return {
    title: "Runs and freshness",
    section: "/runs",
    content: html`${freshness.map(renderFreshness)}
${renderTable({ id: "releases", caption: "Releases", columns: RELEASE_COLUMNS, rows: releases, empty: "No release has been loaded yet." })}
${renderDownload(places, "/runs/releases.csv", csvOf(releases), "the releases")}
${renderTable({
  id: "issues",
  caption: "What waits for a person",
  columns: [
    { head: "Kind", isHead: true, cell: (row) => row.code },
    { head: "Open", numeric: true, cell: (row) => formatCount(row.open) },
    { head: "What was expected instead", words: true, cell: (row) => expectedFor(row.code) ?? "" },
  ],
  rows: issues,
  empty: "Nothing waits for a person.",
})}
${renderDownload(places, "/runs/issues.csv", csvOf(issues), "the open issues")}
${renderTable({ id: "runs-table", caption: "Runs, newest first", columns: RUN_COLUMNS, rows: runs, empty: "Nothing has been run yet." })}
${renderDownload(places, "/runs.csv", csvOf(runs), "the runs")}`,
  };
}

/** One publication's state in a sentence. */
export function renderFreshness(row: FreshnessRow): Html {
  const published = row.newest_published_at === null ? "" : `, published on ${sayDate(row.newest_published_at)}`;
  const loaded =
    row.newest_loaded_release === row.newest_release
      ? "It is loaded."
      : row.newest_loaded_release === null
        ? "None is loaded."
        : `Loaded is release ${row.newest_loaded_release}.`;
  const changed = row.last_changed_at === null ? "" : ` Figures last changed here on ${sayTime(row.last_changed_at)}.`;
  return html`<p class="govuk-body-l">${namePublication(row.publication)}: the newest release is ${row.newest_release}${published}. ${loaded}</p>
<p class="govuk-body">DfE was last asked on ${sayTime(row.last_checked_at)}.${changed}</p>`;
}

const RELEASE_WORDS: Readonly<Record<string, string>> = {
  seen: "Seen, not loaded",
  loaded: "Loaded",
  incomplete: "Loaded as far as it goes",
  refused: "Not trusted",
  withdrawn: "Withdrawn by DfE",
};

const RELEASE_COLUMNS: Column<ReleaseRow>[] = [
  { head: "Publication", cell: (row) => namePublication(row.publication) },
  {
    head: "Release",
    isHead: true,
    cell: (row) =>
      html`<a class="govuk-link" href="${releasePage(row.publication, row.release)}" rel="noreferrer">${row.release}</a>`,
  },
  { head: "State", cell: (row) => RELEASE_WORDS[row.status] ?? row.status },
  { head: "Published", cell: (row) => (row.published_at === null ? "not known" : sayDate(row.published_at)) },
  { head: "Last asked for", cell: (row) => sayTime(row.last_checked_at) },
  { head: "What it lacks", words: true, cell: (row) => shorten(row.problem ?? "", 200) },
];

const RUN_WORDS: Readonly<Record<string, string>> = {
  running: "Running, or killed",
  done: "Done",
  unchanged: "Nothing had changed",
  partial: "Partly done",
  failed: "Failed",
  interrupted: "Interrupted",
};

const RUN_COLUMNS: Column<RunRow>[] = [
  { head: "Began", isHead: true, cell: (row) => sayTime(row.started_at) },
  { head: "Command", cell: (row) => row.command },
  { head: "Took", numeric: true, cell: (row) => sayLength(row) },
  { head: "Outcome", cell: (row) => RUN_WORDS[row.status] ?? row.status },
  { head: "Exit code", numeric: true, cell: (row) => (row.exit_code === null ? "" : String(row.exit_code)) },
  { head: "What was wrong", words: true, cell: (row) => shorten(row.problem ?? "", 160) },
];

function sayLength({ started_at, ended_at }: RunRow): string {
  if (ended_at === null) return "";
  const seconds = (Date.parse(ended_at) - Date.parse(started_at)) / 1_000;
  return seconds < 90 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(0)} min`;
}
