/** Line charts with two logarithmic scales, as SVG that stands by itself; d3 makes the scales and the paths. */
import { scaleLog } from "d3-scale";
import { line } from "d3-shape";

export interface Series {
  name: string;
  points: { x: number; y: number }[];
}

export interface Chart {
  title: string;
  x: string;
  y: string;
  series: Series[];
}

const SIZE = { width: 640, height: 400, left: 70, right: 190, top: 40, bottom: 50 };
/** Told apart by colour and by dashes. */
const STROKES = ["#1d70b8", "#d4351c", "#00703c", "#4c2c92", "#b58840", "#505a5f"];
const DASHES = ["", "6 3", "2 3", "8 3 2 3", "1 4", "12 4"];

/** The power of x that y grows with: 1 is proportional, 0 does not grow. By least squares over the logarithms. */
export function exponentOf(points: Series["points"]): number {
  const logs = points.map(({ x, y }) => [Math.log(x), Math.log(y)] as const);
  const mean = (at: 0 | 1) => logs.reduce((sum, one) => sum + one[at], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const up = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return up / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

export function drawChart({ title, x, y, series }: Chart): string {
  const points = series.flatMap((one) => one.points);
  const scaleX = scaleLog()
    .domain([Math.min(...points.map((one) => one.x)), Math.max(...points.map((one) => one.x))])
    .range([SIZE.left, SIZE.width - SIZE.right])
    .nice();
  const scaleY = scaleLog()
    .domain([Math.min(...points.map((one) => one.y)), Math.max(...points.map((one) => one.y))])
    .range([SIZE.height - SIZE.bottom, SIZE.top])
    .nice();
  const bottom = SIZE.height - SIZE.bottom;
  const right = SIZE.width - SIZE.right;
  const powers = (ticks: number[]) =>
    ticks.filter((tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e6) / 1e6));
  const path = line<{ x: number; y: number }>(
    (one) => scaleX(one.x),
    (one) => scaleY(one.y),
  );
  const drawn = series.map(({ name, points: own }, index) => {
    const stroke = STROKES[index % STROKES.length];
    const dots = own.map(
      (one) => `<circle cx="${scaleX(one.x).toFixed(1)}" cy="${scaleY(one.y).toFixed(1)}" r="3" fill="${stroke}"/>`,
    );
    const row = SIZE.top + 10 + index * 18;
    return [
      `<path d="${path(own)}" fill="none" stroke="${stroke}" stroke-width="2" stroke-dasharray="${DASHES[index % DASHES.length]}"/>`,
      ...dots,
      `<path d="M${right + 12},${row - 4}h24" stroke="${stroke}" stroke-width="2" stroke-dasharray="${DASHES[index % DASHES.length]}"/>`,
      `<text x="${right + 42}" y="${row}">${escapeXml(`${name} (${exponentOf(own).toFixed(2)})`)}</text>`,
    ].join("");
  });
  const grid = [
    ...powers(scaleX.ticks()).map((tick) => {
      const at = scaleX(tick).toFixed(1);
      return `<path d="M${at},${SIZE.top}V${bottom}" stroke="#ddd"/><text x="${at}" y="${bottom + 18}" text-anchor="middle">${format(tick)}</text>`;
    }),
    ...powers(scaleY.ticks()).map((tick) => {
      const at = scaleY(tick).toFixed(1);
      return `<path d="M${SIZE.left},${at}H${right}" stroke="#ddd"/><text x="${SIZE.left - 8}" y="${Number(at) + 4}" text-anchor="end">${format(tick)}</text>`;
    }),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>${escapeXml(title)}</title><rect width="100%" height="100%" fill="#fff"/>`,
    `<text x="${SIZE.left}" y="22" font-size="14" font-weight="bold">${escapeXml(title)}</text>`,
    ...grid,
    `<text x="${(SIZE.left + right) / 2}" y="${SIZE.height - 10}" text-anchor="middle">${escapeXml(x)}</text>`,
    `<text transform="translate(16 ${(SIZE.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escapeXml(y)}</text>`,
    ...drawn,
    "</svg>",
    "",
  ].join("\n");
}

function format(number: number): string {
  return number >= 1_000_000
    ? `${number / 1_000_000}M`
    : number >= 1_000
      ? `${number / 1_000}k`
      : String(Number(number.toPrecision(1)));
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
