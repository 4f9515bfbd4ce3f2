/** `/measures/CODE`: one measure across councils, with the trend of one beside its region and England. */
import { authorityByOnsCode, ENGLAND } from "../../catalogue/authorities.ts";
import type { Measure } from "../../catalogue/measures.ts";
import { csvOf, renderSeriesCell, yearOf } from "./council.ts";
import type { SeriesCell } from "./council-rows.ts";
import { nameCouncil } from "./councils-rows.ts";
import { type Column, renderDownload, renderTable, type Sorting, sortRows } from "./data-table.ts";
import { type Html, html, link } from "./html.ts";
import type { Page } from "./layout.ts";
import { type Mark, renderLegend } from "./marks.ts";
import { type MeasureFacts, nameArea } from "./measure-rows.ts";
import type { Places } from "./places.ts";
import { renderTrend } from "./trend.ts";
import { formatDifference, sayUnit } from "./words.ts";

interface AreaLine {
  areaCode: string;
  name: string;
  cells: Map<string, SeriesCell>;
}

export function renderMeasure(facts: MeasureFacts, places: Places, sorting: Sorting): Page {
  const { measure, series, areaCode } = facts;
  const years = [...new Set(series.map(yearOf))].sort();
  const lines = linesOf(series);
  return {
    title: measure.definition,
    caption: measure.dfe === null ? "Only in letters" : `Children in need, data set ${measure.dfe.dataSet}`,
    section: "/measures",
    content: html`<p class="govuk-body">Counted: ${measure.population}. Unit: ${sayUnit(measure.unit)}. ${measure.timing === "last_day" ? "As on 31 March, the last day of each year." : "Counted over the year to 31 March."}</p>
${series.length === 0 ? html`<p class="govuk-body">No figures are loaded.</p>` : html`${renderChooser(measure.code, lines, areaCode)}${renderTrend(facts, years, places)}${renderAcross(facts, lines, years, places, sorting)}`}`,
  };
}

function linesOf(series: readonly SeriesCell[]): AreaLine[] {
  const lines = new Map<string, AreaLine>();
  for (const row of series) {
    const line = lines.get(row.area_code) ?? { areaCode: row.area_code, name: nameArea(row), cells: new Map() };
    line.cells.set(yearOf(row), row);
    lines.set(row.area_code, line);
  }
  return [...lines.values()];
}

function renderChooser(code: string, lines: readonly AreaLine[], areaCode: string | null): Html {
  const councils = sortRows(
    lines.filter((line) => authorityByOnsCode(line.areaCode) !== undefined),
    (line) => line.name,
    "ascending",
  );
  const isListed = areaCode === null || councils.some((line) => line.areaCode === areaCode);
  const unlisted = isListed ? "" : html`<option value="${areaCode}" selected>${nameCouncil(areaCode)}</option>`;
  return html`<form class="chooser" action="/measures/${code}" method="get"><div class="govuk-form-group">
<label class="govuk-label" for="council">Council</label>
<select class="govuk-select" id="council" name="council"><option value="">England only</option>${unlisted}${councils.map((line) => html`<option value="${line.areaCode}"${line.areaCode === areaCode ? html` selected` : ""}>${line.name}</option>`)}</select>
<button class="govuk-button" type="submit">Show its trend</button></div></form>`;
}

/** The table across councils; regions and England stand over them. */
function renderAcross(
  { measure, areaCode, series }: MeasureFacts,
  lines: readonly AreaLine[],
  years: readonly string[],
  places: Places,
  sorting: Sorting,
): Html {
  const used = new Set<Mark>();
  const councils = lines.filter((line) => authorityByOnsCode(line.areaCode) !== undefined);
  const above = lines.filter((line) => !councils.includes(line));
  const keyOf = (line: AreaLine) => {
    if (sorting.by === "name") return line.name;
    if (sorting.by === "change") return changeOf(line, years);
    const value = line.cells.get(sorting.by)?.value;
    return value === undefined || value === null ? null : Number(value);
  };
  const england = (line: AreaLine) => (line.areaCode === ENGLAND.code ? 0 : 1);
  const ordered = [
    ...sortRows(above, (line) => `${england(line)} ${line.name}`, "ascending"),
    ...sortRows(councils, keyOf, sorting.order),
  ];
  const columns: Column<AreaLine>[] = [
    { head: "Area", sort: "name", isHead: true, cell: (line) => renderArea(line, measure.code, areaCode, places) },
    ...years.map((year) => ({
      head: year,
      sort: year,
      numeric: true,
      cell: (line: AreaLine) => renderSeriesCell(line.cells.get(year), places, used),
    })),
    {
      head: `Change ${years.at(0)} to ${years.at(-1)}`,
      sort: "change",
      numeric: true,
      cell: (line) => renderChange(changeOf(line, years), measure),
    },
  ];
  const table = renderTable({
    id: "across",
    caption: "Every area, newest figures",
    columns,
    rows: ordered,
    sorting,
    className: "data--years",
  });
  return html`<h2 class="govuk-heading-l">Across councils</h2>${used.size === 0 ? "" : renderLegend(used)}${table}
${renderDownload(places, `/measures/${measure.code}.csv`, csvOf(series), "every area’s figures")}`;
}

function renderArea({ areaCode, name }: AreaLine, code: string, chosen: string | null, places: Places): Html {
  if (authorityByOnsCode(areaCode) === undefined) return html`<strong>${name}</strong>`;
  const text = areaCode === chosen ? html`<strong>${name}</strong>` : html`${name}`;
  return link(places.measure(code, areaCode), text);
}

/** First year to last, in percent; in points where the measure is itself a share. Null where either has no figure. */
function changeOf({ cells }: AreaLine, years: readonly string[]): number | null {
  const first = cells.get(years.at(0) ?? "");
  const last = cells.get(years.at(-1) ?? "");
  if (first?.value == null || last?.value == null) return null;
  if (last.unit === "percent") return Number(last.value) - Number(first.value);
  return Number(first.value) === 0 ? null : (100 * Number(last.value)) / Number(first.value) - 100;
}

function renderChange(change: number | null, { unit }: Measure): string {
  if (change === null) return "";
  const rounded = Number(change.toFixed(1));
  return unit === "percent" ? `${formatDifference(rounded, "count")} points` : formatDifference(rounded, "percent");
}
