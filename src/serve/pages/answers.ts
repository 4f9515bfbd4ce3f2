/** A letter's answers: questions down, periods across; each cell says in a word, a shape and a colour who answers it. */
import type { AnswerRow } from "./council-rows.ts";
import { type Column, renderTable } from "./data-table.ts";
import { type Html, html, link, spoken } from "./html.ts";
import { drawMark, MARKS, type Mark, markOfStatus, wordOfStatus } from "./marks.ts";
import type { Places } from "./places.ts";
import { formatDifference, formatNumber, nameMeasure, shorten } from "./words.ts";

/**
 * @param used gets the marks that were drawn, for the legend.
 * @param id of the letter's tables on the page.
 * @param where follows their captions, so that no two are the same.
 */
export function renderAnswers(
  rows: readonly AnswerRow[],
  places: Places,
  used: Set<Mark>,
  id: string,
  where: Html,
): Html {
  const dated = rows.filter((row) => row.period_label !== null && row.unit !== "text");
  const kinds = Object.keys(KIND_WORDS).filter((kind) => dated.some((row) => row.period_kind === kind));
  const others = rows.filter((row) => !dated.includes(row));
  return html`${kinds.map((kind, index) => {
    const ofKind = dated.filter((row) => row.period_kind === kind);
    return renderKind(ofKind, places, used, `${id}-${index + 1}`, html`${KIND_WORDS[kind]}${where}`);
  })}${renderOthers(others, places, used)}`;
}

/** In the order in which they are shown. */
const KIND_WORDS: Readonly<Record<string, string>> = {
  financial_year: "Answers by financial year",
  calendar_year: "Answers by calendar year",
  academic_year: "Answers by academic year",
  quarter: "Answers by quarter",
  month: "Answers by month",
  as_at: "Answers on one day",
};

interface QuestionLine {
  first: AnswerRow;
  cells: AnswerRow[];
}

function renderKind(rows: readonly AnswerRow[], places: Places, used: Set<Mark>, id: string, caption: Html): Html {
  const ordered = [...rows].sort((one, other) => (String(one.period_end) < String(other.period_end) ? -1 : 1));
  const periods = [...new Set(ordered.map((row) => String(row.period_label)))];
  const columns: Column<QuestionLine>[] = [
    { head: "Question", isHead: true, cell: ({ first }) => renderQuestion(first) },
    ...periods.map((period) => ({
      head: period,
      numeric: true,
      cell: ({ cells }: QuestionLine) =>
        html`${cells.filter((cell) => cell.period_label === period).map((cell) => renderCell(cell, places, used))}`,
    })),
  ];
  return renderTable({ id, caption, columns, rows: groupByQuestion(rows), className: "answers" });
}

function groupByQuestion(rows: readonly AnswerRow[]): QuestionLine[] {
  const lines = new Map<string, QuestionLine>();
  for (const row of rows) {
    const key = JSON.stringify([row.question, row.part, row.breakdown]);
    const line = lines.get(key) ?? { first: row, cells: [] };
    line.cells.push(row);
    lines.set(key, line);
  }
  return [...lines.values()];
}

/** Longest part of a question that a table shows; the letter has the whole. */
const LONGEST_QUESTION = 160;

function renderQuestion({ question, part, breakdown, question_text, dfe_measure, dfe_status }: AnswerRow): Html {
  const measure =
    dfe_measure === null || dfe_status === null
      ? ""
      : html`<span class="question__measure">DfE: ${nameMeasure(dfe_measure)}</span>`;
  return html`<span class="question"><span class="question__number">${question}${part}</span>
<span class="question__text">${shorten(question_text ?? "", LONGEST_QUESTION)}${breakdown === "" ? "" : html` <span class="question__part">${shorten(breakdown, 80)}</span>`}</span>${measure}</span>`;
}

export function markOf(row: AnswerRow): Mark {
  if (row.answered_by === "dfe") return row.dfe_vintage === "cited" ? "dfe" : "dfe_other";
  if (row.answered_by === "council") {
    if (row.status === "rounds_to_zero") return "council";
    return row.difference !== null && Number(row.difference) !== 0 ? "differs" : "council";
  }
  return markOfStatus(row.status);
}

/** Longest answer in words that a table shows. */
const LONGEST_WORDS = 60;

function renderCell(row: AnswerRow, places: Places, used: Set<Mark>): Html {
  const mark = markOf(row);
  used.add(mark);
  const says = `, ${row.question}${row.part}, ${row.period_label ?? "no period"}: see the source`;
  const href = places.citation(row.citation, row.letter_id);
  if (row.answered_by === null) {
    return html`<span class="cell word--${mark}">${link(href, html`${drawMark(mark)} ${wordOfStatus(row.status)}${spoken(says)}`, "govuk-link cell__word")}</span>`;
  }
  const shown = row.value === null ? shorten(row.value_text ?? "", LONGEST_WORDS) : formatNumber(row.value, row.unit);
  return html`<span class="cell">${link(href, html`${shown}${spoken(says)}`, "govuk-link cell__value")}
<span class="cell__word word--${mark}">${drawMark(mark)} ${wordOf(mark, row)}</span>${renderDfeBeside(row, mark, places)}</span>`;
}

function wordOf(mark: Mark, row: AnswerRow): string {
  return mark === "dfe_other" || mark === "dfe"
    ? `DfE ${row.dfe_release}`
    : mark === "differs"
      ? "Council"
      : MARKS[mark].word;
}

function renderDfeBeside(row: AnswerRow, mark: Mark, places: Places): Html {
  if (mark !== "differs" || row.dfe_value === null || row.dfe_citation === null) return html``;
  const text = html`DfE ${formatNumber(row.dfe_value, row.unit)}`;
  return html`<span class="cell__beside">${link(places.citation(row.dfe_citation, null), text)}
<span class="cell__difference">(${formatDifference(row.difference ?? "0", row.unit)})</span></span>`;
}

/** Answers in words, or to no period. */
function renderOthers(rows: readonly AnswerRow[], places: Places, used: Set<Mark>): Html {
  if (rows.length === 0) return html``;
  return html`<dl class="govuk-summary-list govuk-summary-list--no-border words">${rows.map((row) => {
    const period = row.period_label === null ? "" : html` <span class="question__part">${row.period_label}</span>`;
    return html`<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key">${renderQuestion(row)}${period}</dt>
<dd class="govuk-summary-list__value">${renderCell(row, places, used)}</dd></div>`;
  })}</dl>`;
}
