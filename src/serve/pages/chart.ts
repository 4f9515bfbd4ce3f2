/** Line charts as SVG, made at the server: lines told apart by dash, marker and label, gaps and breaks drawn as such. */
import { scaleLinear, scalePoint } from "d3-scale";
import { line, symbol, symbolCircle, symbolSquare, symbolStar, symbolTriangle } from "d3-shape";
import { type Html, html } from "./html.ts";

export interface ChartSeries {
  name: string;
  /** One for each of the chart's periods; null: no figure, so the line is broken there. */
  values: readonly (number | null)[];
  /** Points without a line: what somebody else says. */
  pointsOnly?: boolean;
}

/** A change after which figures are not like those before: drawn between two periods. */
export interface ChartBreak {
  /** The first period after it; not the chart's first. */
  before: number;
  words: string;
}

export interface Chart {
  id: string;
  title: string;
  /** For people who do not see it: what it shows, in words. */
  description: string;
  periods: readonly string[];
  series: readonly ChartSeries[];
  breaks: readonly ChartBreak[];
  /** What the upright axis counts. */
  axis: string;
  format(value: number): string;
}

const WIDTH = 920;
const HEIGHT = 400;
const MARGIN = { top: 52, right: 230, bottom: 62, left: 64 };
const SHAPES = [symbolCircle, symbolSquare, symbolTriangle, symbolStar];
const DASHES = ["", "9 4", "3 4", ""];
/** Labels at the ends of lines are at least so far apart. */
const LABEL_HEIGHT = 20;

type Scale = (value: number) => number;

export function renderChart(chart: Chart): Html {
  const { id, title, description, periods, series } = chart;
  const x = scalePoint<string>()
    .domain([...periods])
    .range([MARGIN.left, WIDTH - MARGIN.right])
    .padding(0.3);
  const xOf = (index: number) => x(periods[index] ?? "") ?? MARGIN.left;
  const known = series.flatMap((one) => one.values.filter((value) => value !== null));
  const y = scaleLinear()
    .domain([Math.min(0, ...known), Math.max(1, ...known)])
    .nice(5)
    .range([HEIGHT - MARGIN.bottom, MARGIN.top]);
  return html`<figure class="chart" aria-labelledby="${id}-title"><div class="scroll" role="region" aria-labelledby="${id}-title" tabindex="0">
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title ${id}-description">
<title id="${id}-title">${title}</title><desc id="${id}-description">${description}</desc>
${renderAxes(chart, y.ticks(5), y, xOf)}
${chart.breaks.map((one) => renderBreak(one, xOf))}
${series.map((one, index) => renderSeries(one, index, y, xOf))}
${renderGaps(series, xOf)}
${renderLabels(series, y, xOf)}
</svg></div></figure>`;
}

function renderAxes({ periods, axis, format }: Chart, ticks: number[], y: Scale, xOf: Scale): Html {
  const bottom = HEIGHT - MARGIN.bottom;
  const right = WIDTH - MARGIN.right;
  // Every second year where they would run into each other.
  const step = periods.length > 9 ? 2 : 1;
  return html`<g class="chart__axis"><text x="${MARGIN.left - 54}" y="18">${axis}</text>
${ticks.map((tick) => html`<line class="chart__grid" x1="${MARGIN.left}" x2="${right}" y1="${y(tick)}" y2="${y(tick)}"/><text class="chart__tick" x="${MARGIN.left - 8}" y="${y(tick) + 5}" text-anchor="end">${format(tick)}</text>`)}
<line class="chart__base" x1="${MARGIN.left}" x2="${right}" y1="${bottom}" y2="${bottom}"/>
${periods.map((period, index) => ((periods.length - 1 - index) % step === 0 ? html`<text x="${xOf(index)}" y="${bottom + 38}" text-anchor="middle">${period}</text>` : ""))}</g>`;
}

function renderBreak({ before, words }: ChartBreak, xOf: Scale): Html {
  const at = (xOf(before - 1) + xOf(before)) / 2;
  // On the right the words stand before the line: beyond it are the names of the series.
  const [x, anchor] = at > WIDTH / 2 ? [at - 6, "end"] : [at + 6, "start"];
  return html`<g class="chart__break"><line x1="${at}" x2="${at}" y1="${MARGIN.top - 20}" y2="${HEIGHT - MARGIN.bottom}"/><text x="${x}" y="${MARGIN.top - 9}" text-anchor="${anchor}">${words}</text></g>`;
}

function renderSeries({ values, pointsOnly }: ChartSeries, index: number, y: Scale, xOf: Scale): Html {
  const draw = line<number | null>()
    .defined((value) => value !== null)
    .x((_, place) => xOf(place))
    .y((value) => y(value ?? 0));
  const shape = symbol(SHAPES[index % SHAPES.length], 52)() ?? "";
  return html`<g class="chart__series chart__series--${index}">
${pointsOnly ? "" : html`<path class="chart__line" d="${draw([...values]) ?? ""}" stroke-dasharray="${DASHES[index % DASHES.length] ?? ""}"/>`}
${values.map((value, place) => (value === null ? "" : html`<path class="chart__point${pointsOnly ? " chart__point--open" : ""}" d="${shape}" transform="translate(${xOf(place)} ${y(value)})"/>`))}</g>`;
}

/** Years of the first line without a figure, told under the axis. */
function renderGaps(series: readonly ChartSeries[], xOf: Scale): Html {
  const [first] = series;
  if (first === undefined) return html``;
  const y = HEIGHT - MARGIN.bottom + 14;
  return html`<g class="chart__gap">${first.values.map((value, place) =>
    value === null
      ? html`<g transform="translate(${xOf(place)} ${y})"><title>no figure</title><path d="M-4-4l8 8M4-4l-8 8"/></g>`
      : "",
  )}</g>`;
}

/** Each line's name at its right end, moved apart where they would overlap. */
function renderLabels(series: readonly ChartSeries[], y: Scale, xOf: Scale): Html {
  const ends = series.flatMap((one, index) => {
    const place = one.values.findLastIndex((value) => value !== null);
    const value = one.values[place];
    return value === null || value === undefined
      ? []
      : [{ index, name: one.name, x: xOf(place), y: y(value), at: y(value) }];
  });
  ends.sort((one, other) => one.y - other.y);
  for (let place = 1; place < ends.length; place += 1) {
    const [above, below] = [ends[place - 1], ends[place]];
    if (above !== undefined && below !== undefined) below.at = Math.max(below.at, above.at + LABEL_HEIGHT);
  }
  const x = WIDTH - MARGIN.right + 14;
  return html`<g>${ends.map(
    (end) =>
      html`<g class="chart__series chart__series--${end.index}"><line class="chart__leader" x1="${end.x + 8}" y1="${end.y}" x2="${x - 4}" y2="${end.at}"/><text class="chart__label" x="${x}" y="${end.at + 5}">${end.name}</text></g>`,
  )}</g>`;
}
