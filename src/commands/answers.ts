/** `s21 answers`, `s21 referrals`, `s21 disagreements`, `s21 gaps`: the views, for people, as CSV and as JSON. */
import { areaCodeOf } from "../catalogue/authorities.ts";
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { type AnswerView, readView, type ViewRows } from "../load/view-rows.ts";
import { openWarehouse } from "../load/warehouse.ts";
import { readAuthorities } from "../named-authorities.ts";
import { describeReviews } from "../resolve/review.ts";
import { formatAnswers } from "../serve/answer-table.ts";
import { formatCsv, formatTable, type Row } from "../serve/table.ts";
import { cleanText } from "../serve/terminal.ts";

export interface AnswerOptions {
  council: string[];
  csv?: boolean;
}

type Print = (found: ViewRows, context: Context) => void;

export function runAnswers(options: AnswerOptions, context: Context): Promise<number> {
  return printView("answer", options, context, printAnswers);
}

export async function runReferrals(options: AnswerOptions & { review?: boolean }, context: Context): Promise<number> {
  return printView("referral", options, context, options.review === true ? printReviews : printReferrals);
}

export function runDisagreements(options: AnswerOptions, context: Context): Promise<number> {
  return printView("disagreement", options, context, printDisagreements);
}

export function runGaps(options: AnswerOptions, context: Context): Promise<number> {
  return printView("gap", options, context, printGaps);
}

async function printView(view: AnswerView, options: AnswerOptions, context: Context, print: Print): Promise<number> {
  const { terminal } = context;
  const councils = options.council.length > 0 ? readAuthorities(options.council, terminal) : null;
  const warehouse = await openWarehouse(readConfig());
  try {
    const found = await readView(warehouse, view, councils?.map(areaCodeOf) ?? null);
    if (terminal.json) terminal.print(JSON.stringify(found.rows));
    else if (options.csv === true) terminal.print(formatCsv(found.rows, found.columns));
    else print(found, context);
    return 0;
  } finally {
    await warehouse.close();
  }
}

function cellOf(row: Row): string {
  return `${row.question}${row.part}${row.breakdown === "" ? "" : ` / ${row.breakdown}`}`;
}

/** Each letter's answers as a table. */
export function printAnswers({ rows }: ViewRows, { terminal }: Context) {
  if (rows.length === 0) terminal.print("(no letters)");
  for (const letter of groupBy(rows, "letter_id")) {
    const [first] = letter;
    if (first === undefined) continue;
    const council = first.area_name ?? "council not identified";
    const date = first.response_date === null ? "without a date" : `of ${first.response_date}`;
    const reference = first.request_reference === null ? "" : `, ${first.request_reference}`;
    terminal.heading(`${council}: letter ${first.letter_id} ${date}${reference}`);
    terminal.print(formatAnswers(letter));
    terminal.print("");
  }
}

/** Cells that both reported, and differently. */
export function printDisagreements({ rows }: ViewRows, { terminal }: Context) {
  const columns = ["council", "cell", "period", "council_value", "dfe_value", "difference", "percent", "likely_cause"];
  const shown = rows.map((row) => ({ ...row, council: row.area_name, cell: cellOf(row), period: row.period_label }));
  terminal.print(formatTable(shown, columns));
  for (const because of new Set(rows.map((row) => `${row.likely_cause}: ${row.because}`))) {
    terminal.print(cleanText(because));
  }
}

/** Cells that nobody answers. */
export function printGaps({ rows }: ViewRows, { terminal }: Context) {
  const columns = ["council", "cell", "period", "council_status", "because", "recoverable", "available_from"];
  const shown = rows.map((row) => ({ ...row, council: row.area_name, cell: cellOf(row), period: row.period_label }));
  terminal.print(formatTable(shown, columns));
}

function groupBy(rows: readonly Row[], column: string): Row[][] {
  const groups = new Map<unknown, Row[]>();
  for (const row of rows) groups.set(row[column], [...(groups.get(row[column]) ?? []), row]);
  return [...groups.values()];
}

/** The truth test, its counts and reasons. */
export function printReferrals({ rows }: ViewRows, { terminal }: Context) {
  const columns = ["council", "cell", "period", "cited_release", "data_set", "verdict", "available_from"];
  const shown = rows.map((row) => ({ ...row, council: row.council_name, cell: cellOf(row), period: row.period_label }));
  terminal.print(formatTable(shown, columns));
  const counts = groupBy(rows, "verdict").map((group) => `${group.length} ${group[0]?.verdict}`);
  if (counts.length > 0) terminal.print(counts.join(", "));
  for (const group of groupBy(rows, "because")) {
    terminal.print(cleanText(`${group.length} × ${group[0]?.verdict}: ${group[0]?.because}`));
  }
  for (const fault of new Set(rows.map((row) => row.directions_fault))) {
    if (fault !== null) terminal.print(`directions: ${cleanText(String(fault))}`);
  }
}

/** Requests for an internal review; one that was judged by pattern says so on stderr, where it is not copied along. */
export function printReviews({ rows }: ViewRows, { terminal }: Context) {
  const reviews = describeReviews(rows);
  if (reviews.length > 0 && rows.some((row) => row.basis === "pattern")) {
    terminal.note(
      "the release cited could not be read here; what it holds is judged by the years that such releases hold",
    );
  }
  terminal.print(reviews.length > 0 ? reviews.join("\n\n") : "(no referral fails the test)");
}
