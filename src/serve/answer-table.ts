/** A letter's answers as a table for people: questions down, periods across; who answered each cell told by a mark. */
import { formatTable, type Row } from "./table.ts";
import { cleanText } from "./terminal.ts";

/** Marks stand after a number, or in its place; the legend under the table says what each means. */
const LEGEND: Record<string, string> = {
  "[C]": "the council's own answer",
  "[C≠]": "the council's own answer; DfE's newest figure differs (s21 disagreements)",
  "[D]": "DfE, from the release that the letter cites",
  "[D+]": "DfE, from the first release here that has it: the one cited has not, can't be had, or none is cited",
  "(s)": "suppressed",
  "(n/h)": "not held by the council",
  "(ref)": "referred elsewhere, not found there",
  "(…)": "left blank by the council",
  "(£)": "refused for its cost",
  "(w/h)": "withheld or refused",
  "(x)": "no figure available",
};

const STATUS_MARKS: Record<string, string> = {
  suppressed: "(s)",
  not_held: "(n/h)",
  referred: "(ref)",
  unanswered: "(…)",
  cost_limit: "(£)",
  withheld: "(w/h)",
  refused: "(w/h)",
};

/** Longest part of a question, or of an answer in words, that is shown. */
const WIDEST = 40;
/** Periods beside each other on a terminal. */
const MOST_PERIODS = 8;

/**
 * @param rows of the view `answer`, of one letter, in its order.
 * @returns the table; answers in words or without a period; which DfE columns were used and why; the legend of the marks.
 */
export function formatAnswers(rows: readonly Row[]): string {
  const used = new Set<string>();
  const dated = rows.filter((row) => row.period_label !== null && row.unit !== "text");
  const parts = groupByPeriods(dated).map((group) => formatGroup(group, used));
  const others = rows.filter((row) => !dated.includes(row)).map((row) => formatOther(row, used));
  if (others.length > 0) parts.push(others.join("\n"));
  const columns = describeColumns(dated);
  if (columns.length > 0) parts.push(columns.join("\n"));
  const legend = Object.entries(LEGEND).filter(([mark]) => used.has(mark));
  parts.push(legend.map(([mark, meaning]) => `${mark.padEnd(7)} ${meaning}`).join("\n"));
  return parts.join("\n\n");
}

/** For each question that DfE fills or stands beside: the column, why that one, and what the other one holds. */
function describeColumns(rows: readonly Row[]): string[] {
  const compared = rows.filter((row) => row.dfe_measure !== null && row.dfe_status !== null);
  return [...groupByQuestion(compared).values()].map((cells) => {
    const [first = {}] = cells;
    const others = cells.map((cell) => (cell.other_value === null ? "–" : formatNumber({ value: cell.other_value })));
    const other = first.other_measure === null ? "" : `; ${first.other_measure} has ${others.join(", ")}`;
    return cleanText(`${first.question}${first.part} DfE's ${first.dfe_measure}: ${first.measure_because}${other}`);
  });
}

interface Group {
  periods: string[];
  questions: Map<string, Row[]>;
}

/** Questions with the same kind of period share a table; many periods are cut into tables of a few. */
function groupByPeriods(rows: readonly Row[]): Group[] {
  const kinds = [...new Set(rows.map((row) => String(row.period_kind)))];
  return kinds.flatMap((kind) => {
    const ofKind = rows.filter((row) => row.period_kind === kind);
    const ordered = [...ofKind].sort((one, other) => (String(one.period_start) < String(other.period_start) ? -1 : 1));
    const periods = [...new Set(ordered.map((row) => String(row.period_label)))];
    const slices = Array.from({ length: Math.ceil(periods.length / MOST_PERIODS) }, (_, index) =>
      periods.slice(index * MOST_PERIODS, (index + 1) * MOST_PERIODS),
    );
    return slices.map((slice) => ({
      periods: slice,
      questions: groupByQuestion(ofKind.filter((row) => slice.includes(String(row.period_label)))),
    }));
  });
}

function groupByQuestion(rows: readonly Row[]): Map<string, Row[]> {
  const questions = new Map<string, Row[]>();
  for (const row of rows) {
    const key = describeQuestion(row);
    questions.set(key, [...(questions.get(key) ?? []), row]);
  }
  return questions;
}

function describeQuestion(row: Row): string {
  const breakdown = row.breakdown === "" ? "" : ` / ${shorten(String(row.breakdown))}`;
  const words = shorten(String(row.measure ?? row.question_text ?? "").replaceAll("_", " "));
  return `${row.question}${row.part} ${words}${breakdown}`;
}

function formatGroup({ periods, questions }: Group, used: Set<string>): string {
  const rows = [...questions].map(([question, cells]) => ({
    question,
    ...Object.fromEntries(
      periods.map((period) => {
        const said = cells.filter((cell) => cell.period_label === period).map((cell) => formatCell(cell, used));
        return [period, said.join(" or ")];
      }),
    ),
  }));
  return formatTable(rows, ["question", ...periods]);
}

function formatCell(row: Row, used: Set<string>): string {
  const note = (mark: string) => {
    used.add(mark);
    return mark;
  };
  if (row.answered_by === null) return note(STATUS_MARKS[String(row.status)] ?? "(x)");
  const value = row.value === null ? shorten(String(row.value_text)) : formatNumber(row);
  if (row.answered_by === "dfe") return `${value} ${note(row.dfe_vintage === "cited" ? "[D]" : "[D+]")}`;
  const differs = row.difference !== null && row.difference !== 0;
  return `${value} ${note(differs ? "[C≠]" : "[C]")}`;
}

function formatNumber({ value, unit }: Row): string {
  const number =
    typeof value === "number" ? value.toLocaleString("en-GB", { maximumFractionDigits: 10 }) : String(value);
  if (unit === "GBP") return `£${number}`;
  return unit === "percent" ? `${number} %` : number;
}

function formatOther(row: Row, used: Set<string>): string {
  const period = row.period_label === null ? "" : ` (${row.period_label})`;
  return `${describeQuestion(row)}${period}: ${formatCell(row, used)}`;
}

function shorten(text: string): string {
  const clean = cleanText(text).replace(/\s+/g, " ").trim();
  return clean.length > WIDEST ? `${clean.slice(0, WIDEST - 1)}…` : clean;
}
