/** `/directions`: for FOI officers. Paste a request; see what DfE already answers, and the directions that section 21 asks for. */
import { sql } from "kysely";
import { AUTHORITIES, areaCodeOf } from "../../catalogue/authorities.ts";
import { measureByCode } from "../../catalogue/measures.ts";
import type { ColumnFit } from "../../resolve/column.ts";
import { type DirectedQuestion, describeDirections, directQuestion } from "../../resolve/directions.ts";
import { wordingOf } from "../../resolve/wording.ts";
import { readRequest } from "../../transform/request.ts";
import { csvOf } from "./council.ts";
import { readSeries, type SeriesRow } from "./council-rows.ts";
import { nameCouncil } from "./councils-rows.ts";
import { renderTable, sortRows } from "./data-table.ts";
import { countOf, type Html, html, link, spoken } from "./html.ts";
import type { Page } from "./layout.ts";
import type { CsvTable, Places } from "./places.ts";
import type { Reading } from "./reading.ts";
import { formatCount, formatNumber, nameMeasure, releasePage, STATUS_WORDS, sayDate, shorten } from "./words.ts";

/** Longest request that is read, in characters. Real ones have some thousands. */
export const LONGEST_REQUEST = 20_000;

export interface DirectionFacts {
  areaCode: string;
  request: string;
  questions: DirectedQuestion<SeriesRow>[];
}

interface FitRow {
  wording: string;
  measure: string;
  cells: number;
  exact: number;
  mean_percent: string;
  councils: number;
}

export async function directRequest(reading: Reading, areaCode: string, request: string): Promise<DirectionFacts> {
  const asked = readRequest(request.slice(0, LONGEST_REQUEST));
  const series = await readSeries(reading, areaCode);
  const wordings = [...new Set(asked.map((question) => wordingOf(question.text)))];
  const fits =
    wordings.length === 0
      ? []
      : await reading.rows(sql<FitRow>`
          select wording, measure, cells, exact, mean_percent, councils from calibration
          where wording in (${sql.join(wordings)})`);
  const fitsOf = (text: string): ColumnFit[] =>
    fits
      .filter((fit) => fit.wording === wordingOf(text))
      .map(({ mean_percent, ...fit }) => ({ ...fit, meanPercent: Number(mean_percent) }));
  const questions = asked.map((question) => directQuestion(question, fitsOf(question.text), series));
  return { areaCode, request, questions };
}

const WORDS = {
  formatNumber: (value: string, unit: string) => formatNumber(value, unit),
  sayDate,
  releasePage,
  sayStatus: (status: string) => STATUS_WORDS[status as keyof typeof STATUS_WORDS] ?? status,
};

/** One row per figure found, and per period that is not covered. */
export function tableOfDirections({ questions }: DirectionFacts): CsvTable {
  const rows = questions.flatMap(({ asked, column, directions, withoutNumber, notCovered }) => {
    const question = {
      question: asked.ref,
      part: asked.part,
      question_text: asked.text,
      measure: column?.measure ?? null,
    };
    const found = [...directions.flatMap((place) => place.figures), ...withoutNumber].map((figure) => ({
      ...question,
      period: figure.period_label,
      value: figure.value,
      status: figure.status,
      release_page: releasePage(figure.publication, figure.release),
      file: figure.source_file,
      line: figure.source_line,
      column: figure.source_column,
      new_la_code: figure.source_area_code,
      because: null,
    }));
    const none = { value: null, status: "not_covered", release_page: null, file: null, line: null, column: null };
    const absent = notCovered.map(({ period, because }) => ({
      ...question,
      period,
      ...none,
      new_la_code: null,
      because,
    }));
    return [...found, ...absent];
  });
  return csvOf(rows);
}

/** @param facts null: nothing has been asked yet. @param problem with what was sent. */
export function renderDirectionsPage(
  facts: DirectionFacts | null,
  form: { areaCode: string; request: string },
  problem: string | null,
  places: Places,
): Page {
  return {
    title: "Directions for a request",
    section: "/directions",
    content: html`<p class="govuk-body-l">Paste a Freedom of Information request. You see which of its questions DfE already answers for your council, and directions precise enough for section 21.</p>
${problem === null ? "" : html`<div class="govuk-error-summary" role="alert"><h2 class="govuk-error-summary__title">There is a problem</h2><p class="govuk-body"><a href="#request">${problem}</a></p></div>`}
${renderForm(form, problem)}
${facts === null ? "" : renderFound(facts, places)}`,
  };
}

function renderForm({ areaCode, request }: { areaCode: string; request: string }, problem: string | null): Html {
  const councils = sortRows(
    AUTHORITIES.filter(({ until }) => until === undefined).map(areaCodeOf),
    nameCouncil,
    "ascending",
  );
  return html`<form action="/directions" method="post" novalidate>
<div class="govuk-form-group"><label class="govuk-label govuk-label--s" for="council">Your council</label>
<select class="govuk-select" id="council" name="council">${councils.map((code) => html`<option value="${code}"${code === areaCode ? html` selected` : ""}>${nameCouncil(code)}</option>`)}</select></div>
<div class="govuk-form-group${problem === null ? "" : " govuk-form-group--error"}"><label class="govuk-label govuk-label--s" for="request">The request</label>
<div class="govuk-hint" id="request-hint">The whole letter or its questions, up to ${formatCount(LONGEST_REQUEST)} characters. It is read and forgotten: nothing is stored.</div>
${problem === null ? "" : html`<p class="govuk-error-message" id="request-error"><span class="govuk-visually-hidden">Error:</span> ${problem}</p>`}
<textarea class="govuk-textarea" id="request" name="request" rows="10" aria-describedby="request-hint${problem === null ? "" : " request-error"}" spellcheck="false">${request}</textarea></div>
<button class="govuk-button" type="submit">Find what DfE answers</button></form>`;
}

function renderFound(facts: DirectionFacts, places: Places): Html {
  const { questions, areaCode, request } = facts;
  if (questions.length === 0) {
    return html`<h2 class="govuk-heading-l">No question was found</h2><p class="govuk-body">Number the questions, or end each with a question mark.</p>`;
  }
  const answered = questions.filter((question) => question.directions.length > 0);
  return html`<h2 class="govuk-heading-l" id="found">${countOf(questions.length, "question")} found, ${answered.length} of them published by DfE for ${nameCouncil(areaCode)}</h2>
<p class="govuk-body">Check that each question was understood as it was meant: only you know what was asked.</p>
${questions.map((question, index) => renderQuestion(question, index, places))}
${renderReply(facts)}
<form action="/directions.csv" method="post"><input type="hidden" name="council" value="${areaCode}"><textarea name="request" hidden>${request}</textarea>
<button class="govuk-button govuk-button--secondary" type="submit">Download as CSV</button></form>`;
}

function renderQuestion(question: DirectedQuestion<SeriesRow>, index: number, places: Places): Html {
  const { asked, column, directions } = question;
  return html`<section class="asked" aria-labelledby="asked-${index}"><h3 class="govuk-heading-m" id="asked-${index}"><span class="question__number">${asked.ref}${asked.part}</span> ${shorten(asked.text, 300)}</h3>
${
  column === null
    ? html`<p class="govuk-body"><strong class="govuk-tag govuk-tag--grey">Not published</strong> No column of DfE’s is known that answers these words.</p>`
    : html`<p class="govuk-body"><strong class="govuk-tag govuk-tag--${directions.length > 0 ? "green" : "yellow"}">${directions.length > 0 ? "Published" : "Not for these periods"}</strong>
Understood as: ${nameMeasure(column.measure)}, counted in ${measureByCode(column.measure).population}. <span class="because">Why this column: ${column.because}.</span>${column.other === null ? "" : html` If ${measureByCode(column.other).population} are meant, see ${link(places.measure(column.other), nameMeasure(column.other))}.`}</p>
${renderFigures(question, index, places)}`
}</section>`;
}

function renderFigures(question: DirectedQuestion<SeriesRow>, index: number, places: Places): Html {
  const { directions, withoutNumber, notCovered } = question;
  const figures = [...directions.flatMap((place) => place.figures), ...withoutNumber];
  const table =
    figures.length === 0
      ? html``
      : renderTable({
          id: `figures-${index}`,
          caption: html`Published figures${spoken(` for question ${question.asked.ref}${question.asked.part}`)}`,
          columns: [
            { head: "Period", isHead: true, cell: (row) => row.period_label },
            {
              head: "Figure",
              numeric: true,
              cell: (row) =>
                link(
                  places.citation(row.citation, null),
                  html`${row.value === null ? WORDS.sayStatus(row.status) : formatNumber(row.value, row.unit)}${spoken(`, ${row.period_label}: see the row`)}`,
                ),
            },
            { head: "Release", cell: (row) => row.release },
            {
              head: "File and row",
              cell: (row) => html`<span class="break">${row.source_file}, line ${row.source_line}</span>`,
            },
            { head: "Column", cell: (row) => html`<span class="break">${row.source_column}</span>` },
          ],
          rows: figures,
        });
  const absent =
    notCovered.length === 0
      ? html``
      : html`<p class="govuk-body"><strong>Not covered:</strong> ${notCovered.map((one) => `${one.period} (${one.because})`).join("; ")}.</p>`;
  return html`${table}${absent}`;
}

/** The directions for every question that DfE answers, as plain text; null where it answers none. */
export function describeReply({ questions }: DirectionFacts): string | null {
  const told = questions.flatMap((question) => describeDirections(question, WORDS) ?? []);
  return told.length === 0 ? null : told.join("\n\n\n");
}

function renderReply(facts: DirectionFacts): Html {
  const text = describeReply(facts);
  if (text === null) return html``;
  return html`<h2 class="govuk-heading-l" id="reply">Directions, to copy into your reply</h2>
<pre class="copy" tabindex="0" role="region" aria-label="Directions for ${nameCouncil(facts.areaCode)}, to copy">${text}</pre>`;
}
