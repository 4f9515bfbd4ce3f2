/** `/councils/CODE`: one council's letters, who answers each cell, and what DfE publishes of it. */
import {
  type Authority,
  areaCodeOf,
  authorityByOnsCode,
  predecessorsOf,
  regionsOf,
  successorsOf,
} from "../../catalogue/authorities.ts";
import { findPublication } from "../../catalogue/publications.ts";
import type { Row } from "../table.ts";
import { renderAnswers } from "./answers.ts";
import type { AnswerRow, LetterRow, SeriesCell, SeriesRow } from "./council-rows.ts";
import { nameCouncil } from "./councils-rows.ts";
import { type Column, renderDownload, renderTable } from "./data-table.ts";
import { countOf, type Html, html, link, spoken } from "./html.ts";
import type { Page } from "./layout.ts";
import { drawMark, type Mark, markOfStatus, renderLegend, wordOfStatus } from "./marks.ts";
import { type CsvTable, NO_COUNCIL, type Places } from "./places.ts";
import { formatNumber, nameMeasure, sayDate } from "./words.ts";

export interface CouncilFacts {
  /** Null: the letters whose council is not identified. */
  areaCode: string | null;
  letters: LetterRow[];
  answers: AnswerRow[];
  series: SeriesRow[];
}

export function renderCouncil(facts: CouncilFacts, places: Places): Page {
  const { areaCode, letters, answers, series } = facts;
  const authority = areaCode === null ? undefined : authorityByOnsCode(areaCode);
  return {
    title: nameCouncil(areaCode),
    ...(authority === undefined ? {} : { caption: regionsOf(authority).at(-1)?.name ?? "" }),
    section: "/councils",
    content: html`${authority === undefined ? "" : renderAuthority(authority, places)}
${renderContents(letters, series)}
${renderLetters(facts, places)}
${answers.length === 0 ? "" : renderDownload(places, `/councils/${areaCode ?? NO_COUNCIL}/answers.csv`, csvOf(answers), "these answers")}
${renderSeries(series, places)}`,
  };
}

export function csvOf(rows: readonly object[]): CsvTable {
  return { columns: Object.keys(rows[0] ?? {}), rows: rows as readonly Row[] };
}

function renderAuthority(authority: Authority, places: Places): Html {
  const facts: Html[] = [html`ONS code ${areaCodeOf(authority)}, DfE code ${authority.dfeCode}.`];
  const [, ...earlier] = [...authority.onsCodes].reverse();
  for (const { code, until } of earlier) {
    facts.push(html`Its ONS code was ${code}${until === undefined ? "" : ` until ${sayDate(until)}`}.`);
  }
  const list = (authorities: readonly Authority[]) =>
    html`${authorities.map((one, index) => html`${index === 0 ? "" : ", "}${link(places.council(areaCodeOf(one)), nameCouncil(areaCodeOf(one)))}`)}`;
  const before = predecessorsOf(authority);
  if (authority.from !== undefined)
    facts.push(
      html`It began on ${sayDate(authority.from)}${before.length === 0 ? "" : html`; before that its area belonged to ${list(before)}`}.`,
    );
  if (authority.until !== undefined)
    facts.push(html`It ended on ${sayDate(authority.until)}; its area went to ${list(successorsOf(authority))}.`);
  return html`<p class="govuk-body">${facts.map((fact) => html`${fact} `)}</p>`;
}

function renderContents(letters: readonly LetterRow[], series: readonly SeriesRow[]): Html {
  if (letters.length + Number(series.length > 0) < 2) return html``;
  return html`<nav class="contents" aria-label="On this page"><h2 class="govuk-heading-s">On this page</h2><ul class="govuk-list">
${letters.map((letter) => html`<li><a class="govuk-link" href="#letter-${letter.letter_id}">${nameLetter(letter)}</a></li>`)}
${series.length === 0 ? "" : html`<li><a class="govuk-link" href="#dfe-${series[0]?.area_code}">What DfE publishes</a></li>`}</ul></nav>`;
}

/** `Letter of 5 May 2022, FOI413132846`. */
export function nameLetter({ response_date, request_reference, file_name }: LetterRow): string {
  const date = response_date === null ? "Letter without a date" : `Letter of ${sayDate(response_date)}`;
  return `${date}, ${request_reference ?? file_name}`;
}

function renderLetters({ letters, answers }: CouncilFacts, places: Places): Html {
  const used = new Set<Mark>();
  const sections = letters.map((letter) => {
    const rows = answers.filter((row) => row.letter_id === letter.letter_id);
    const refers = rows.some((row) => row.council_status === "referred");
    return html`<section class="letter" aria-labelledby="letter-${letter.letter_id}">
<h2 class="govuk-heading-l" id="letter-${letter.letter_id}">${nameLetter(letter)}</h2>
<p class="govuk-body">${describeShares(rows)} ${link(places.letter(letter.letter_id), html`Read the letter${spoken(` ${nameLetter(letter)}`)}`)}${
      refers
        ? html` · ${link(places.referrals(letter.letter_id), html`Was it where the letter points?${spoken(` ${nameLetter(letter)}`)}`)}`
        : ""
    }</p>
${renderAnswers(rows, places, used, `answers-${letter.letter_id}`, spoken(` of the ${nameLetter(letter).toLowerCase()}`))}
</section>`;
  });
  return letters.length === 0
    ? html`<p class="govuk-body">No letter of this council has been loaded.</p>`
    : html`<div class="legend-box"><h2 class="govuk-heading-s">What the signs mean</h2>${renderLegend(used)}</div>${sections}`;
}

function describeShares(rows: readonly AnswerRow[]): string {
  const own = rows.filter((row) => row.answered_by === "council").length;
  const dfe = rows.filter((row) => row.answered_by === "dfe").length;
  const nobody = rows.length - own - dfe;
  return `${countOf(rows.length, "answer")} asked for: the council gives ${own}, DfE fills ${dfe}, and ${nobody} ${nobody === 1 ? "stays" : "stay"} open.`;
}

interface MeasureLine {
  measure: string;
  cells: Map<string, SeriesRow>;
}

/** DfE's newest figures: measures down, years across, a table for each data set. */
function renderSeries(series: readonly SeriesRow[], places: Places): Html {
  const [first] = series;
  if (first === undefined) return html``;
  const used = new Set<Mark>();
  const sets = [...new Set(series.map((row) => row.data_set))];
  const tables = sets.map((set) =>
    renderDataSet(
      series.filter((row) => row.data_set === set),
      places,
      used,
    ),
  );
  return html`<h2 class="govuk-heading-l" id="dfe-${first.area_code}">What DfE publishes</h2>
<p class="govuk-body">The newest figure that DfE has published for each year. Years run from April to March; figures “on 31 March” are of the year’s last day.</p>
${used.size === 0 ? "" : renderLegend(used)}
${tables}
${renderDownload(places, `/councils/${first.area_code}/dfe.csv`, csvOf(series), "DfE’s series")}`;
}

function renderDataSet(rows: readonly SeriesRow[], places: Places, used: Set<Mark>): Html {
  const [first] = rows;
  if (first === undefined) return html``;
  const title = findPublication(first.publication)?.dataSets.find((one) => one.code === first.data_set)?.title ?? "";
  const years = [...new Set(rows.map(yearOf))].sort();
  const lines = new Map<string, MeasureLine>();
  for (const row of rows) {
    const line = lines.get(row.measure) ?? { measure: row.measure, cells: new Map() };
    line.cells.set(yearOf(row), row);
    lines.set(row.measure, line);
  }
  const columns: Column<MeasureLine>[] = [
    {
      head: "Measure",
      isHead: true,
      cell: ({ measure }) => link(places.measure(measure, first.area_code), nameMeasure(measure)),
    },
    ...years.map((year) => ({
      head: year,
      numeric: true,
      cell: ({ cells }: MeasureLine) => renderSeriesCell(cells.get(year), places, used),
    })),
  ];
  const caption = `${first.data_set}: ${title}`;
  return renderTable({
    id: `series-${first.area_code}-${first.data_set}`,
    caption,
    columns,
    rows: [...lines.values()],
    className: "series",
  });
}

/** `2021/22` for the year, and for its last day. */
export function yearOf({ period_end }: Pick<SeriesCell, "period_end">): string {
  const last = Number(period_end.slice(0, 4));
  return `${last - 1}/${String(last).slice(2)}`;
}

export function renderSeriesCell(row: SeriesCell | undefined, places: Places, used: Set<Mark>): Html {
  if (row === undefined) return html`${spoken("no row")}`;
  const says = spoken(`, ${row.area_name}, ${row.period_label}: see the row`);
  const href = places.citation(row.citation, null);
  if (row.value !== null) return link(href, html`${formatNumber(row.value, row.unit)}${says}`);
  const mark = markOfStatus(row.status);
  used.add(mark);
  return html`<span class="word--${mark}">${link(href, html`${drawMark(mark)} ${wordOfStatus(row.status)}${says}`)}</span>`;
}
