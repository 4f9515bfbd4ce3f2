/** Lines of results: medians, what they are compared with, and whether everybody found the same. */
import { measure } from "./process.ts";

export interface Line {
  name: string;
  /** Median; NaN where it was not run. */
  seconds: number;
  megabytes: number;
  /** Why there is nothing, or what to know. */
  note: string;
}

export interface Group {
  title: string;
  /** What was read or loaded. */
  about: string;
  lines: Line[];
  /** Every other line's time is told as a multiple of this one's. */
  base: string;
  /** What is in the place of seconds. */
  unit?: string;
  /** What is demanded, and whether it is met. */
  verdicts: { demand: string; found: string; met: boolean }[];
}

export interface Contender {
  name: string;
  words: readonly string[];
  env?: Record<string, string>;
  /** Why it can't be run here; null where it can. */
  absent?: string | null;
  /** Its output is compared with the others'. */
  compared?: boolean;
  /** Times it is run; the slowest only once. */
  times?: number;
}

export function medianOf(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** Runs everybody in turn, some times over, so that whatever else the machine does meets all of them. */
export async function runContenders(contenders: readonly Contender[], times: number): Promise<Line[]> {
  const runs = new Map<string, { seconds: number; peakMegabytes: number }[]>();
  const outputs = new Map<string, string>();
  for (let round = 0; round < times; round += 1) {
    for (const { name, words, env, absent, compared = true, times: most = times } of contenders) {
      if ((absent ?? null) !== null || round >= most) continue;
      const run = await measure(words, env);
      if (run.code !== 0) throw new Error(`${name} ended with ${run.code}`);
      runs.set(name, [...(runs.get(name) ?? []), run]);
      if (compared) outputs.set(name, JSON.stringify(JSON.parse(run.output)));
    }
  }
  const found = [...new Set(outputs.values())];
  if (found.length > 1) throw new Error(`the results differ: ${JSON.stringify(Object.fromEntries(outputs))}`);
  return contenders.map(({ name, absent }) => ({
    name,
    seconds: medianOf((runs.get(name) ?? []).map((run) => run.seconds)),
    megabytes: Math.max(...(runs.get(name) ?? []).map((run) => run.peakMegabytes)),
    note: absent ?? "",
  }));
}

export function secondsOf(lines: readonly Line[], name: string): number {
  return lines.find((line) => line.name === name)?.seconds ?? Number.NaN;
}

/** A demand of one line's time against another's. */
export function compareLines(lines: readonly Line[], name: string, most: number, other: string) {
  const ratio = secondsOf(lines, name) / secondsOf(lines, other);
  return {
    demand: `${name}: at most ${formatRatio(most)} × ${other}`,
    found: Number.isNaN(ratio) ? "not run" : `${formatRatio(ratio)} ×`,
    met: ratio <= most,
  };
}

export function formatRatio(ratio: number): string {
  return ratio >= 10 ? ratio.toFixed(0) : ratio >= 0.1 ? ratio.toFixed(2) : ratio.toFixed(3);
}

/** As a Markdown table, which is read well enough on a terminal too. */
export function formatGroup({ title, about, lines, base, verdicts, unit = "seconds" }: Group): string {
  const one = secondsOf(lines, base);
  const rows = lines.map(({ name, seconds, megabytes, note }) => {
    const time = Number.isNaN(seconds) ? "–" : seconds.toFixed(seconds < 1 ? 3 : 2);
    const ratio = Number.isNaN(seconds / one) ? "–" : formatRatio(seconds / one);
    return `| ${name} | ${time} | ${ratio} | ${Number.isFinite(megabytes) ? megabytes.toFixed(0) : "–"} | ${note} |`;
  });
  const demands = verdicts.map(
    ({ demand, found, met }) => `- ${met ? "met" : "**not met**"}: ${demand}; found ${found}`,
  );
  return [
    `### ${title}`,
    "",
    about,
    "",
    `| way | ${unit} | × ${base} | peak MB | |`,
    "| --- | --- | --- | --- | --- |",
    ...rows,
    "",
    ...demands,
    "",
  ].join("\n");
}
