/** `/disagreements`: answers that a council and DfE report differently, with the tested cause. */
import { sql } from "kysely";
import { csvOf } from "./council.ts";
import { nameCouncil } from "./councils-rows.ts";
import { type Column, renderDownload, renderTable, type Sorting, sortKey, sortRows } from "./data-table.ts";
import { countOf, type Html, html, link, spoken } from "./html.ts";
import type { Page } from "./layout.ts";
import type { Places } from "./places.ts";
import type { Reading } from "./reading.ts";
import { CAUSE_WORDS, formatDifference, formatNumber, nameMeasure, shorten } from "./words.ts";

export interface DisagreementRow {
  letter_id: string;
  question: string;
  part: string;
  question_text: string | null;
  area_code: string;
  area_name: string;
  period_label: string;
  council_value: string;
  dfe_value: string;
  difference: string;
  percent: string | null;
  likely_cause: string;
  because: string;
  unit: string;
  dfe_measure: string;
  dfe_release: string;
  council_citation: string;
  dfe_citation: string;
}

export function readDisagreements(reading: Reading): Promise<DisagreementRow[]> {
  return reading.remembered("disagreements", () =>
    reading.rows(sql<DisagreementRow>`
      select * from disagreement order by abs(difference) desc, letter_id, question, part, period_start`),
  );
}

const SORTS: Readonly<Record<string, (row: DisagreementRow) => string | number | null>> = {
  council: (row) => nameCouncil(row.area_code),
  period: (row) => row.period_label,
  own: (row) => Number(row.council_value),
  dfe: (row) => Number(row.dfe_value),
  difference: (row) => Math.abs(Number(row.difference)),
  percent: (row) => (row.percent === null ? null : Math.abs(Number(row.percent))),
  cause: (row) => CAUSE_WORDS[row.likely_cause] ?? row.likely_cause,
};

export function renderDisagreements(rows: readonly DisagreementRow[], places: Places, sorting: Sorting): Page {
  return {
    title: "Disagreements",
    section: "/disagreements",
    content: html`<p class="govuk-body-l">${countOf(rows.length, "answer")} that a council and DfE report differently. Both stand; neither overwrites the other.</p>
${renderCauses(rows)}
${renderDisagreementTable(rows, places, sorting)}
${renderDownload(places, "/disagreements.csv", csvOf(rows), "every disagreement")}`,
  };
}

/** How often each cause is the likely one. */
function renderCauses(rows: readonly DisagreementRow[]): Html {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row.likely_cause, (counts.get(row.likely_cause) ?? 0) + 1);
  const ordered = [...counts].sort(([, one], [, other]) => other - one);
  return html`<ul class="govuk-list tally">${ordered.map(([cause, count]) => html`<li><strong>${count}</strong> ${CAUSE_WORDS[cause] ?? cause}</li>`)}</ul>`;
}

export function renderDisagreementTable(rows: readonly DisagreementRow[], places: Places, sorting?: Sorting): Html {
  const keyOf =
    sortKey(SORTS, sorting?.by ?? "difference") ?? ((row: DisagreementRow) => Math.abs(Number(row.difference)));
  return renderTable({
    id: "disagreements-table",
    caption: "What each of them says",
    columns: columnsOf(places),
    rows: sortRows(rows, keyOf, sorting?.order ?? "descending"),
    ...(sorting === undefined ? {} : { sorting }),
    empty: "No answer of a council differs from DfE’s newest figure.",
  });
}

function columnsOf(places: Places): Column<DisagreementRow>[] {
  const where = (row: DisagreementRow) => spoken(`, ${row.area_name}, ${row.period_label}: see the source`);
  return [
    {
      head: "Council",
      sort: "council",
      isHead: true,
      cell: (row) => link(places.council(row.area_code), nameCouncil(row.area_code)),
    },
    {
      head: "Question",
      words: true,
      cell: (row) =>
        html`<span class="question__number">${row.question}${row.part}</span> ${shorten(row.question_text ?? "", 90)}<span class="question__measure">DfE: ${nameMeasure(row.dfe_measure)}</span>`,
    },
    { head: "Period", sort: "period", cell: (row) => row.period_label },
    {
      head: "Council says",
      sort: "own",
      numeric: true,
      cell: (row) =>
        link(
          places.citation(row.council_citation, row.letter_id),
          html`${formatNumber(row.council_value, row.unit)}${where(row)}`,
        ),
    },
    {
      head: "DfE says",
      sort: "dfe",
      numeric: true,
      cell: (row) =>
        link(places.citation(row.dfe_citation, null), html`${formatNumber(row.dfe_value, row.unit)}${where(row)}`),
    },
    {
      head: "Difference",
      sort: "difference",
      numeric: true,
      cell: (row) => formatDifference(row.difference, row.unit),
    },
    {
      head: "Share",
      sort: "percent",
      numeric: true,
      cell: (row) => (row.percent === null ? "" : formatDifference(row.percent, "percent")),
    },
    {
      head: "Likely cause",
      sort: "cause",
      words: true,
      cell: (row) =>
        html`<strong>${CAUSE_WORDS[row.likely_cause] ?? row.likely_cause}</strong><span class="because">${row.because}</span>`,
    },
  ];
}
