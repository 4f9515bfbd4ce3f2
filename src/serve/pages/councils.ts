/** `/councils`: every council with what is known of it. */

import { COVERAGE_COLUMNS, type CouncilCoverage } from "./councils-rows.ts";
import { type Column, renderDownload, renderTable, type Sorting, sortKey, sortRows } from "./data-table.ts";
import { countOf, type Html, html, link, spoken } from "./html.ts";
import type { Page } from "./layout.ts";
import type { CsvTable, Places } from "./places.ts";

const SORTS: Readonly<Record<string, (row: CouncilCoverage) => string | number | null>> = {
  name: (row) => row.name,
  letters: (row) => row.letters,
  cells: (row) => row.cells,
  council: (row) => row.answered_by_council,
  dfe: (row) => row.answered_by_dfe,
  open: (row) => row.open,
  differing: (row) => row.differing,
  failing: (row) => row.failing,
};

export function tableOfCoverage(rows: readonly CouncilCoverage[]): CsvTable {
  return { columns: COVERAGE_COLUMNS, rows: rows.map((row) => ({ ...row })) };
}

export function renderCouncils(coverage: readonly CouncilCoverage[], places: Places, sorting?: Sorting): Page {
  const withLetters = coverage.filter((row) => row.letters > 0);
  const others = coverage.filter((row) => row.letters === 0);
  return {
    title: "Councils",
    section: "/councils",
    content: html`<p class="govuk-body-l">${countOf(withLetters.length, "council")} with letters here,
and ${countOf(others.length, "more council")} for which DfE’s series are held.</p>
${renderCoverage(withLetters, places, sorting)}
${renderDownload(places, "/councils.csv", tableOfCoverage(coverage), "every council")}
${renderOthers(others, places)}`,
  };
}

export function renderCoverage(rows: readonly CouncilCoverage[], places: Places, sorting?: Sorting): Html {
  const keyOf = sortKey(SORTS, sorting?.by ?? "name") ?? SORTS.name;
  const sorted = keyOf === undefined ? [...rows] : sortRows(rows, keyOf, sorting?.order ?? "ascending");
  return renderTable({
    id: "coverage",
    caption: html`Councils with letters${spoken(", and who answered what they were asked")}`,
    columns: coverageColumns(places),
    rows: sorted,
    ...(sorting === undefined ? {} : { sorting }),
    empty: "No letter has been loaded yet.",
  });
}

function coverageColumns(places: Places): Column<CouncilCoverage>[] {
  const count = (head: string, sort: string, of: (row: CouncilCoverage) => number): Column<CouncilCoverage> => ({
    head,
    sort,
    numeric: true,
    cell: (row) => String(of(row)),
  });
  return [
    { head: "Council", sort: "name", isHead: true, cell: (row) => link(places.council(row.area_code), row.name) },
    count("Letters", "letters", (row) => row.letters),
    count("Answers asked for", "cells", (row) => row.cells),
    { head: "Who answers", cell: renderShares },
    count("Council", "council", (row) => row.answered_by_council),
    count("DfE", "dfe", (row) => row.answered_by_dfe),
    count("Nobody", "open", (row) => row.open),
    count("Council and DfE differ", "differing", (row) => row.differing),
    count("Referrals that fail", "failing", (row) => row.failing),
  ];
}

/** A bar of three parts; the figures stand beside it. */
function renderShares({ cells, answered_by_council: own, answered_by_dfe: dfe }: CouncilCoverage): Html {
  if (cells === 0) return html``;
  const [one, two] = [(100 * own) / cells, (100 * dfe) / cells];
  return html`<svg class="shares" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">
<rect class="shares__open" width="100" height="12"/><rect class="shares__council" width="${one}" height="12"/><rect class="shares__dfe" x="${one}" width="${two}" height="12"/></svg>`;
}

function renderOthers(rows: readonly CouncilCoverage[], places: Places): Html {
  if (rows.length === 0) return html``;
  return html`<h2 class="govuk-heading-l">Councils without letters</h2>
<p class="govuk-body">DfE’s series are held for each of them.</p>
<ul class="govuk-list columns">${rows.map((row) => html`<li>${link(places.council(row.area_code), row.name)}</li>`)}</ul>`;
}
