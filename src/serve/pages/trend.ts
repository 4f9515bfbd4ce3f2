/** The trend of one council beside its region and England: a chart, and the same figures as a table. */
import { ENGLAND } from "../../catalogue/authorities.ts";
import { type AreaBreak, areaBreaksOf } from "./area-breaks.ts";
import { type ChartSeries, renderChart } from "./chart.ts";
import { renderSeriesCell, yearOf } from "./council.ts";
import type { SeriesCell } from "./council-rows.ts";
import { nameCouncil } from "./councils-rows.ts";
import { type Column, renderTable } from "./data-table.ts";
import { type Html, html, link, spoken } from "./html.ts";
import type { Mark } from "./marks.ts";
import { type MeasureFacts, nameArea, regionCodesOf, sayFigure } from "./measure-rows.ts";
import type { Places } from "./places.ts";
import { formatNumber, sayUnit } from "./words.ts";

interface TrendLine {
  name: string;
  cells: Map<string, SeriesCell>;
}

export function renderTrend(facts: MeasureFacts, years: readonly string[], places: Places): Html {
  const { areaCode } = facts;
  if (areaCode === null || facts.series.some((row) => row.area_code === areaCode))
    return renderLines(facts, years, places);
  const england = renderLines({ ...facts, areaCode: null, own: [] }, years, places);
  return html`<p class="govuk-inset-text">${nameCouncil(areaCode)} has no figures of this measure in what is loaded. This is England’s trend.</p>${england}`;
}

function renderLines(facts: MeasureFacts, years: readonly string[], places: Places): Html {
  const lines = trendLines(facts);
  const breaks = facts.areaCode === null ? [] : areaBreaksOf(facts.areaCode, years);
  const base = facts.areaCode !== null && isCounted(facts.measure.unit) ? baseYear(lines, years) : null;
  // Without a year in common there is no index, and numbers of so different a size would flatten the council's line.
  const isAlone = facts.areaCode !== null && isCounted(facts.measure.unit) && base === null;
  const series = seriesOf(facts, isAlone ? lines.slice(0, 1) : lines, years, base);
  const [first] = lines;
  const name = first?.name ?? ENGLAND.name;
  const compared = base === null ? "" : `, ${base} = 100`;
  const chart = renderChart({
    id: "trend",
    title: `${facts.measure.definition}: ${series.map((one) => one.name).join(", ")}${compared}`,
    description: describeTrend(first, years, breaks),
    periods: years,
    series,
    breaks: breaks.flatMap(({ before, drawn }) => (drawn === null ? [] : [{ before, words: drawn }])),
    axis: base === null ? capitalise(sayUnit(facts.measure.unit)) : `Index, ${base} = 100`,
    format: (value) => formatNumber(value, base === null ? facts.measure.unit : "count"),
  });
  return html`<h2 class="govuk-heading-l">Trend of ${name}</h2>
${base === null ? "" : html`<p class="govuk-body">A council’s number and England’s can’t share a scale, so the lines show change: ${base} is 100 in each. The table has the figures themselves.</p>`}
${chart}
${renderSigns(series, breaks)}
${renderTrendTable(facts, lines, years, places)}`;
}

function isCounted(unit: string): boolean {
  return unit === "count" || unit === "GBP";
}

/** The council, its region or regions, England; England alone where no council is chosen. */
function trendLines({ series, areaCode }: MeasureFacts): TrendLine[] {
  const codes = areaCode === null ? [ENGLAND.code] : [areaCode, ...regionCodesOf(areaCode).slice(-1), ENGLAND.code];
  return codes.flatMap((code) => {
    const rows = series.filter((row) => row.area_code === code);
    const [first] = rows;
    return first === undefined
      ? []
      : [{ name: nameArea(first), cells: new Map(rows.map((row) => [yearOf(row), row])) }];
  });
}

/** The first year in which every line has a figure above 0. */
function baseYear(lines: readonly TrendLine[], years: readonly string[]): string | null {
  return years.find((year) => lines.every((line) => Number(line.cells.get(year)?.value ?? 0) > 0)) ?? null;
}

function seriesOf(
  facts: MeasureFacts,
  lines: readonly TrendLine[],
  years: readonly string[],
  base: string | null,
): ChartSeries[] {
  const scaled = (line: TrendLine, value: string | null | undefined) => {
    if (value === null || value === undefined) return null;
    const from = base === null ? null : line.cells.get(base)?.value;
    return from == null ? Number(value) : (100 * Number(value)) / Number(from);
  };
  const series: ChartSeries[] = lines.map((line) => ({
    name: line.name,
    values: years.map((year) => scaled(line, line.cells.get(year)?.value)),
  }));
  const [first] = lines;
  if (facts.own.length === 0 || first === undefined) return series;
  const own = new Map(facts.own.map((figure) => [yearOf(figure), figure.value]));
  return [
    ...series,
    { name: "Its own letters", values: years.map((year) => scaled(first, own.get(year))), pointsOnly: true },
  ];
}

function describeTrend(line: TrendLine | undefined, years: readonly string[], breaks: readonly AreaBreak[]): string {
  const figures = years.map((year) => `${year}: ${sayFigure(line?.cells.get(year))}`).join("; ");
  const changes = breaks.map(({ said }) => ` ${said}`).join("");
  return `${line?.name ?? ""} by year. ${figures}.${changes} The table below has the same figures.`;
}

function renderSigns(series: readonly ChartSeries[], breaks: readonly AreaBreak[]): Html {
  const gaps = series[0]?.values.some((value) => value === null) === true;
  const drawn = breaks.some((one) => one.drawn !== null);
  const signs = [
    gaps ? "A cross under the axis: no figure in that year, and the line is broken there." : "",
    drawn ? "A dashed upright line: the area changed, so figures on its two sides are not of one area." : "",
  ].join(" ");
  return html`${signs.trim() === "" ? "" : html`<p class="govuk-body-s">${signs}</p>`}
${breaks.map(({ said, source }) => html`<p class="govuk-body-s">${said} Source: ${source}.</p>`)}`;
}

function renderTrendTable(
  facts: MeasureFacts,
  lines: readonly TrendLine[],
  years: readonly string[],
  places: Places,
): Html {
  const used = new Set<Mark>();
  const columns: Column<string>[] = [
    { head: "Year", isHead: true, cell: (year) => year },
    ...lines.map((line) => ({
      head: line.name,
      numeric: true,
      cell: (year: string) => renderSeriesCell(line.cells.get(year), places, used),
    })),
  ];
  if (facts.own.length > 0) {
    columns.push({
      head: "Its own letters",
      numeric: true,
      cell: (year) =>
        html`${facts.own
          .filter((figure) => yearOf(figure) === year)
          .map(
            ({ value, citation, letter_id }) =>
              html`${link(places.citation(citation, letter_id), html`${formatNumber(value, facts.measure.unit)}${spoken(`, ${year}: see the letter`)}`)} `,
          )}`,
    });
  }
  return renderTable({
    id: "trend-table",
    caption: "The figures of the chart",
    columns,
    rows: [...years],
    className: "data--narrow",
  });
}

function capitalise(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
