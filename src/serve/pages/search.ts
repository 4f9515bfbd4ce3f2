/** `/search`: finds words in letters' questions and answers. */
import { sql } from "kysely";
import { cleanText } from "../terminal.ts";
import { csvOf } from "./council.ts";
import { nameCouncil } from "./councils-rows.ts";
import { renderDownload } from "./data-table.ts";
import { countOf, type Html, html, link, spoken } from "./html.ts";
import type { Page } from "./layout.ts";
import { wordOfStatus } from "./marks.ts";
import type { Places } from "./places.ts";
import type { Reading } from "./reading.ts";
import { formatNumber, sayDate, shorten } from "./words.ts";

export interface FoundRow {
  letter_id: string;
  question: string;
  part: string;
  area_code: string | null;
  council_name: string | null;
  response_date: string | null;
  request_reference: string | null;
  source_line: number;
  /** The question's words, with what was found between STX and ETX. */
  marked: string;
  /** The answers, in the order of the periods. */
  answers: { period: string | null; value: string | null; text: string; unit: string; status: string }[];
}

/** Longer searches are cut: nobody types one. */
export const LONGEST_SEARCH = 200;
const MOST_FOUND = 100;
const START = "\u0002";
const END = "\u0003";

/** The words that are searched, as the index has them: migrations/0008-search-length.sql. */
export const SEARCHED_WORDS =
  "to_tsvector('english', left(coalesce(o.area_name, ''), 200) || ' ' || left(coalesce(o.question_text, ''), 10000) || ' ' || left(o.value_text, 20000))";

/** Every question of which the question's or the answers' words hold all the words asked for; the best first. */
export function searchLetters(reading: Reading, query: string): Promise<FoundRow[]> {
  const asked = sql`websearch_to_tsquery('english', ${query.slice(0, LONGEST_SEARCH)})`;
  const options = `StartSel=${START}, StopSel=${END}, HighlightAll=true`;
  const words = sql.raw(SEARCHED_WORDS);
  return reading.rows(sql<FoundRow>`
    select f.letter_id, f.question, f.part, l.area_code, l.council_name, l.response_date, l.request_reference, f.source_line,
      ts_headline('english', translate(left(coalesce(f.question_text, ''), 2000), ${START + END}, ''), ${asked}, ${options}) as marked,
      f.answers
    from (
      select o.letter_id, o.question, o.part, min(o.question_text) as question_text, min(o.source_line) as source_line,
        max(ts_rank(${words}, ${asked})) as rank,
        jsonb_agg(jsonb_build_object('period', o.period_label, 'value', o.value::text, 'text', left(o.value_text, 200),
          'unit', o.unit, 'status', o.status) order by o.period_end, o.breakdown) as answers
      from observation o
      where o.letter_id is not null and ${words} @@ ${asked}
      group by o.letter_id, o.question, o.part
    ) f
    join letter l on l.letter_id = f.letter_id and l.superseded_by is null
    order by f.rank desc, l.response_date desc nulls last, f.letter_id, length(f.question), f.question, f.part
    limit ${MOST_FOUND}`);
}

export function renderSearch(query: string, found: readonly FoundRow[], places: Places): Page {
  return {
    title: query === "" ? "Search" : `Search: ${shorten(query, 60)}`,
    heading: html`Search letters`,
    section: "/search",
    content: html`${renderSearchForm(query)}
${query === "" ? html`<p class="govuk-body">Searches the questions and answers of every letter. Words in “quotation marks” stand together, <em>or</em> gives either, a minus sign leaves out.</p>` : renderFound(query, found, places)}`,
  };
}

export function renderSearchForm(query: string): Html {
  return html`<form class="search" action="/search" method="get" role="search"><div class="govuk-form-group">
<label class="govuk-label" for="q">Words in questions, answers or councils’ names</label>
<input class="govuk-input" id="q" name="q" type="search" maxlength="${LONGEST_SEARCH}" value="${query}" spellcheck="false">
<button class="govuk-button" type="submit">Search</button></div></form>`;
}

function renderFound(query: string, found: readonly FoundRow[], places: Places): Html {
  if (found.length === 0) return html`<p class="govuk-body">No question or answer has these words.</p>`;
  const count =
    found.length === MOST_FOUND
      ? `The best ${MOST_FOUND} of the questions found:`
      : `${countOf(found.length, "question")} found.`;
  return html`<p class="govuk-body">${count}</p>
<ol class="govuk-list found">${found.map((row) => renderFoundRow(row, places))}</ol>
${renderDownload(places, `/search.csv?q=${encodeURIComponent(query)}`, csvOf(found.map(plainRow)), "what was found")}`;
}

/** Without the marks, for the CSV. */
export function plainRow({ marked, answers, ...row }: FoundRow) {
  return {
    ...row,
    question_text: marked.replaceAll(START, "").replaceAll(END, ""),
    answers: answers.map(sayAnswer).join("; "),
  };
}

function renderFoundRow(row: FoundRow, places: Places): Html {
  const council = row.area_code === null ? (row.council_name ?? nameCouncil(null)) : nameCouncil(row.area_code);
  const date = row.response_date === null ? "without a date" : `of ${sayDate(row.response_date)}`;
  const title = html`${council}, letter ${date}, question ${row.question}${row.part}`;
  return html`<li><h2 class="govuk-heading-s">${link(places.letter(row.letter_id, row.source_line), title)}</h2>
<p class="govuk-body">${renderMarked(row.marked)}</p>
<p class="govuk-body-s found__answers">${spoken("Answer: ")}${shorten(row.answers.map(sayAnswer).join("; "), 300)}</p></li>`;
}

function sayAnswer({ period, value, text, unit, status }: FoundRow["answers"][number]): string {
  const said = value === null ? (status === "reported" ? text : wordOfStatus(status)) : formatNumber(value, unit);
  return period === null ? said : `${period}: ${said}`;
}

/** The found words stand out; everything is escaped like any other text. */
function renderMarked(marked: string): Html {
  const [before = "", ...rest] = marked.split(START);
  return html`${cleanText(before)}${rest.map((piece) => {
    const [found = "", ...after] = piece.split(END);
    return html`<mark>${cleanText(found)}</mark>${cleanText(after.join(""))}`;
  })}`;
}
