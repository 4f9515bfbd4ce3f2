/** Years that stand over numbered or lettered answers, each once: `2020/21`, `a) 3,100`, `b) 611`, `2021/22`, `a) 3,350` … */
import type { TextLine } from "./lines.ts";
import { readMarkers } from "./markers.ts";
import { readWholePeriod } from "./periods.ts";
import { readValue } from "./values.ts";

interface Group {
  heading: number;
  items: number[];
  /** The numbers or letters of its lines. */
  labels: string;
}

/** Puts the year over such a list into each of its lines: `a) 2020/21: 3,100`; every other line stays as it is. */
export function spreadPeriodHeadings(lines: readonly TextLine[]): TextLine[] {
  const groups = lines.flatMap((line, index) => readGroup(lines, line, index) ?? []);
  const times = new Map<string, number>();
  for (const { labels } of groups) times.set(labels, (times.get(labels) ?? 0) + 1);
  const repeated = groups.filter(({ labels }) => /^(?:number|letter)1\b/.test(labels) || (times.get(labels) ?? 1) > 1);
  const over = new Map(repeated.flatMap((group) => group.items.map((index) => [index, group.heading])));
  const headings = new Set(repeated.map((group) => group.heading));
  return lines.flatMap((line, index) => {
    if (headings.has(index)) return [];
    const heading = over.get(index);
    const period = heading === undefined ? undefined : lines[heading]?.text.replace(/[\s:–—-]+$/, "");
    if (period === undefined) return [line];
    const { rest } = readMarkers(line.text);
    const marker = line.text.slice(0, line.text.length - rest.length).trim();
    return [{ ...line, text: `${marker} ${period}: ${rest}` }];
  });
}

function readGroup(lines: readonly TextLine[], line: TextLine, heading: number): Group | null {
  if (line.cells !== null || line.text.length > 60 || readMarkers(line.text).markers.length > 0) return null;
  if (readWholePeriod(line.text) === null) return null;
  const items: number[] = [];
  for (let index = heading + 1; isMarkedValue(lines[index]); index += 1) items.push(index);
  const labels = items.map((index) => markedLabel(lines[index])).join(" ");
  return items.length > 1 ? { heading, items, labels } : null;
}

function isMarkedValue(line: TextLine | undefined): boolean {
  if (line === undefined || line.cells !== null) return false;
  const { markers, rest } = readMarkers(line.text);
  return markers.length > 0 && readValue(rest) !== null;
}

function markedLabel(line: TextLine | undefined): string {
  return readMarkers(line?.text ?? "")
    .markers.map(({ level, value }) => `${level}${value}`)
    .join("");
}
