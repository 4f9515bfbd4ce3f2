/** `/measures`: everything that is counted, by data set. */
import { MEASURES, type Measure } from "../../catalogue/measures.ts";
import { PUBLICATIONS } from "../../catalogue/publications.ts";
import { renderDownload, renderTable } from "./data-table.ts";
import { html, link } from "./html.ts";
import type { Page } from "./layout.ts";
import type { CsvTable, Places } from "./places.ts";
import { sayUnit } from "./words.ts";

export function tableOfMeasures(): CsvTable {
  const columns = ["code", "unit", "definition", "population", "timing", "publication", "data_set"];
  return {
    columns,
    rows: MEASURES.map(({ dfe, ...measure }) => ({
      ...measure,
      publication: dfe?.publication ?? null,
      data_set: dfe?.dataSet ?? null,
    })),
  };
}

export function renderMeasures(places: Places): Page {
  const sets = PUBLICATIONS.flatMap(({ slug, dataSets }) => dataSets.map((set) => ({ slug, ...set })));
  const only = MEASURES.filter(({ dfe }) => dfe === null);
  return {
    title: "Measures",
    section: "/measures",
    content: html`<p class="govuk-body-l">What is counted, where DfE prints it, and in which unit.</p>
${sets.map(({ slug, code, title }) =>
  renderGroup(
    `set-${code}`,
    `${code}: ${title}`,
    MEASURES.filter(({ dfe }) => dfe?.publication === slug && dfe.dataSet === code),
    places,
  ),
)}
${renderGroup("set-letters", "Only in letters", only, places)}
${renderDownload(places, "/measures.csv", tableOfMeasures(), "all measures")}`,
  };
}

function renderGroup(id: string, caption: string, measures: readonly Measure[], places: Places) {
  return renderTable({
    id,
    caption,
    className: "data--fixed",
    columns: [
      {
        head: "Measure",
        isHead: true,
        cell: ({ code, definition, dfe }) => (dfe === null ? definition : link(places.measure(code), definition)),
      },
      { head: "Counts", cell: ({ population }) => population },
      { head: "Unit", cell: ({ unit }) => sayUnit(unit) },
      { head: "Code", cell: ({ code }) => html`<code class="break">${code}</code>` },
    ],
    rows: measures,
  });
}
