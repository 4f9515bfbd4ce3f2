/** `/revisions`: what changed from one release to the next; for one area, change by change. */
import { AUTHORITIES, areaCodeOf, ENGLAND, REGIONS } from "../../catalogue/authorities.ts";
import { csvOf } from "./council.ts";
import { nameCouncil } from "./councils-rows.ts";
import { type Column, renderDownload, renderTable, type Sorting, sortKey, sortRows } from "./data-table.ts";
import { countOf, type Html, html, link, spoken } from "./html.ts";
import type { Page } from "./layout.ts";
import type { Places } from "./places.ts";
import type { CountedRevisions, RevisionCount, RevisionRow } from "./revisions-rows.ts";
import { compareNames, formatCount, formatDifference, nameMeasure, REVISION_WORDS } from "./words.ts";

/** Every area that revisions are counted for. */
export const REVISED_AREAS: readonly string[] = [
  ENGLAND.code,
  ...REGIONS.map(({ code }) => code),
  ...AUTHORITIES.map(areaCodeOf),
];

export interface RevisionFacts {
  /** Null: no area was asked for. */
  area: { code: string; rows: RevisionRow[] } | null;
  counted: CountedRevisions;
}

export function renderRevisions({ area, counted }: RevisionFacts, places: Places, sorting: Sorting): Page {
  return {
    title: area === null ? "Revisions" : `Revisions: ${nameRevisedArea(area.code)}`,
    section: "/revisions",
    content: html`<p class="govuk-body-l">DfE reprints every year since 2012/13 in each release, and changes some of it.</p>
${renderAreaChooser(area?.code ?? null)}
${area === null ? "" : renderAreaRevisions(area.code, area.rows, places, sorting)}
${renderCounts(counted, places)}`,
  };
}

function nameRevisedArea(code: string): string {
  return [ENGLAND, ...REGIONS].find((one) => one.code === code)?.name ?? nameCouncil(code);
}

function renderAreaChooser(chosen: string | null): Html {
  const councils = sortRows(AUTHORITIES.map(areaCodeOf), nameCouncil, "ascending");
  const option = (code: string) =>
    html`<option value="${code}"${code === chosen ? html` selected` : ""}>${nameRevisedArea(code)}</option>`;
  return html`<form class="chooser" action="/revisions" method="get"><div class="govuk-form-group">
<label class="govuk-label" for="area">Area</label>
<select class="govuk-select" id="area" name="area">${[ENGLAND.code, ...REGIONS.map(({ code }) => code), ...councils].map(option)}</select>
<button class="govuk-button" type="submit">Show its revisions</button></div></form>`;
}

function renderAreaRevisions(code: string, rows: readonly RevisionRow[], places: Places, sorting: Sorting): Html {
  return html`${renderRevisionTable(rows, nameRevisedArea(code), places, sorting)}
${renderDownload(places, `/revisions.csv?area=${code}`, csvOf(rows), `the revisions of ${nameRevisedArea(code)}`)}`;
}

function sayReleases({ from_release, to_release }: Pick<RevisionRow, "from_release" | "to_release">): string {
  return from_release === to_release ? `${to_release}, amended` : `${from_release} to ${to_release}`;
}

const SORTS: Readonly<Record<string, (row: RevisionRow) => string | number | null>> = {
  release: (row) => row.to_release,
  kind: (row) => REVISION_WORDS[row.kind] ?? row.kind,
  measure: (row) => (row.measure === null ? null : nameMeasure(row.measure)),
  period: (row) => row.period_label,
  difference: (row) => (row.difference === null ? null : Math.abs(Number(row.difference))),
};

export function renderRevisionTable(
  rows: readonly RevisionRow[],
  name: string,
  places: Places,
  sorting?: Sorting,
): Html {
  const keyOf = sortKey(SORTS, sorting?.by ?? "");
  const ordered = keyOf === undefined ? [...rows] : sortRows(rows, keyOf, sorting?.order ?? "ascending");
  const says = (row: RevisionRow, text: string) => html`${text}${spoken(`, ${row.period_label}: see the row`)}`;
  const hides = (row: RevisionRow) => row.kind === "value_revised" || row.kind === "symbol_changed";
  const cited = (row: RevisionRow, text: string | null, citation: string | null) =>
    text === null && !hides(row)
      ? ""
      : text === null
        ? "not shown"
        : link(citation === null ? null : places.citation(citation, null), says(row, text));
  const columns: Column<RevisionRow>[] = [
    { head: "Release", sort: "release", cell: (row) => sayReleases(row) },
    { head: "File", cell: (row) => row.data_set },
    { head: "What changed", sort: "kind", isHead: true, cell: (row) => REVISION_WORDS[row.kind] ?? row.kind },
    {
      head: "Measure",
      sort: "measure",
      words: true,
      cell: (row) => (row.measure === null ? "" : nameMeasure(row.measure)),
    },
    { head: "Period", sort: "period", cell: (row) => row.period_label ?? "" },
    { head: "Before", numeric: true, cell: (row) => cited(row, row.before_text, row.before_citation) },
    { head: "After", numeric: true, cell: (row) => cited(row, row.after_text, row.after_citation) },
    {
      head: "Difference",
      sort: "difference",
      numeric: true,
      cell: (row) => (row.difference === null ? "" : formatDifference(row.difference, "count")),
    },
  ];
  return renderTable({
    id: "revisions-table",
    caption: `${name}: ${countOf(rows.length, "change")}`,
    columns,
    rows: ordered,
    ...(sorting === undefined ? {} : { sorting }),
    empty: `Nothing that is loaded changed for ${name}.`,
  });
}

function renderCounts({ counts, areas, areasCounted }: CountedRevisions, places: Places): Html {
  const progress =
    areasCounted < areas
      ? html`<p class="govuk-inset-text">Still counting: ${areasCounted} of ${countOf(areas, "area")} so far. Load the page again for the rest.</p>`
      : "";
  const ordered = [...counts].sort((one, other) => compareNames(orderOf(one), orderOf(other)));
  return html`<h2 class="govuk-heading-l">All areas</h2>${progress}
${renderTable({
  id: "revision-counts",
  caption: "Changes by release, file and kind",
  columns: [
    { head: "Release", isHead: true, cell: (row) => sayReleases(row) },
    { head: "File", cell: (row) => row.data_set },
    { head: "What changed", cell: (row) => REVISION_WORDS[row.kind] ?? row.kind },
    { head: "Changes", numeric: true, cell: (row) => formatCount(row.changes) },
    { head: "Areas", numeric: true, cell: (row) => (row.areas === 0 ? "all" : String(row.areas)) },
  ],
  rows: ordered,
  empty: "No release that is loaded changes another one.",
})}
${areasCounted < areas ? "" : renderDownload(places, "/revisions.csv", csvOf(ordered), "these counts")}`;
}

function orderOf(row: RevisionCount): string {
  return [row.publication, row.to_release, row.data_set, row.kind].join(" ");
}
