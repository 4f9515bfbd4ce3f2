/** Questions that stand twice: first in the request, then once more, without a number of their own, over each answer. */
import type { TextLine } from "./lines.ts";
import { readMarkers } from "./markers.ts";
import type { Opening } from "./outline.ts";

/** Longer than any request; keeps the comparison short for hostile letters. */
const MOST_QUESTIONS = 200;
/** So many letters and digits tell two questions apart from two that only begin alike. */
const TELLING = 60;
const SHORTEST = 12;
/** Lines that a question may be wrapped over. */
const MOST_WRAPPED = 4;

interface Asked {
  index: number;
  opening: Opening;
  words: string;
}

/**
 * Where most questions of a request come again after the last of them, without numbers, the second of each opens its answer. The
 * openings come back with those roles, and what nothing numbers is counted anew.
 */
export function nameRepeated(openings: Map<number, Opening>, lines: readonly TextLine[]): Map<number, Opening> {
  const asked = [...openings]
    .filter(([, opening]) => opening.role !== "reply")
    .slice(0, MOST_QUESTIONS)
    .map(([index, opening]): Asked => ({ index, opening, words: wordsFrom(lines, index) }));
  const again = findRepeated(asked, openings, lines);
  const first = new Set(again.values());
  const lastAsked = Math.max(-1, ...[...first].map((one) => one.index));
  const ordered = [...again.keys()].every((index) => index > lastAsked);
  const request = asked.filter((one) => one.index <= lastAsked);
  if (first.size < 2 || first.size * 2 < request.length || !ordered) return openings;
  return renumber(openings, again, new Set(request), lines);
}

/** The lines that say again what an earlier question said, with that question. */
function findRepeated(
  asked: readonly Asked[],
  openings: ReadonlyMap<number, Opening>,
  lines: readonly TextLine[],
): Map<number, Asked> {
  const again = new Map<number, Asked>();
  const used = new Set<Asked>();
  const byBeginning = new Map<string, Asked[]>();
  for (const one of asked) {
    const beginning = one.words.slice(0, SHORTEST);
    byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), one]);
  }
  lines.forEach((line, index) => {
    const own = openings.get(index);
    if (line.cells !== null || (own !== undefined && own.candidate.style !== "")) return;
    const words = wordsFrom(lines, index);
    const ownLine = bareWords(line.text).slice(0, TELLING);
    const alike = (byBeginning.get(words.slice(0, SHORTEST)) ?? []).filter(
      (one) => one.index < index && !used.has(one) && ownLine.length >= SHORTEST && one.words.startsWith(ownLine),
    );
    const [best] = alike.sort((a, b) => sharedLength(b.words, words) - sharedLength(a.words, words));
    if (best === undefined) return;
    used.add(best);
    again.set(index, best);
  });
  return again;
}

function sharedLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/** Letters and digits of a question, from its first line on as far as it may be wrapped. */
function wordsFrom(lines: readonly TextLine[], index: number): string {
  const own = lines.slice(index, index + MOST_WRAPPED);
  const end = own.findIndex((line, place) => place > 0 && (line.afterBlank || line.cells !== null));
  return bareWords(
    own
      .slice(0, end < 0 ? own.length : end)
      .map((line) => line.text)
      .join(" "),
  );
}

function bareWords(text: string): string {
  return readMarkers(text.slice(0, 500))
    .rest.toLowerCase()
    .replace(/[^a-z0-9]/g, "");
}

function renumber(
  openings: ReadonlyMap<number, Opening>,
  again: ReadonlyMap<number, Asked>,
  request: ReadonlySet<Asked>,
  lines: readonly TextLine[],
): Map<number, Opening> {
  const named = new Map<number, Opening>();
  const inRequest = new Set([...request].map((one) => one.index));
  let count = 0;
  for (const [index, opening] of openings) {
    if (again.has(index)) continue;
    count += 1;
    const ref = opening.candidate.style === "" ? String(count) : opening.ref;
    named.set(index, { ...opening, ref, role: inRequest.has(index) ? "asked" : opening.role });
  }
  for (const [index, { index: first }] of again) {
    const opening = named.get(first);
    if (opening === undefined) continue;
    const candidate = { ...opening.candidate, index, style: "", rest: lines[index]?.text ?? "" };
    named.set(index, { candidate, ref: opening.ref, role: "reply" });
  }
  return new Map([...named].sort(([a], [b]) => a - b));
}
