/** The council's own word over each answer: `Determination:`, `Outcome –`, `SCC:`. What opens answer after answer is a label, whatever it says. */
import { closesAt } from "./closing.ts";
import type { TextLine } from "./lines.ts";
import { readMarkers } from "./markers.ts";
import { findPeriodTokens } from "./period-tokens.ts";
import { readValue } from "./values.ts";
import { answerLabelLength, isRequestHeading, looksAsked, readsAsRequest } from "./wording.ts";

const LABEL = /^([A-Z][A-Za-z’']*(?: [A-Za-z’']+){0,4})(?:\s?:\s*|\s[–—-]\s+)(.*)$/;
/** So many answers have to begin with it. */
const FEWEST = 3;
/** What names a question, an item or a row instead of an answer. */
const NOT_A_LABEL =
  /^(?:questions?|request|query|item|point|part|you asked|asked|total|note|notes|number|from|to|date|ref|reference|subject|tel|telephone|e-?mail|address|yes|no|boys|girls|male|female)\b/i;

interface Labelled {
  index: number;
  label: string;
  rest: string;
}

/** Puts `Answer:` in the place of such a label; every other line stays as it is. */
export function nameAnswerLabels(lines: readonly TextLine[]): TextLine[] {
  if (lines.filter((line) => answerLabelLength(line.text) > 0).length >= FEWEST) return [...lines];
  const numbered = lines.flatMap((line, index) => (readMarkers(line.text).markers.length > 0 ? [index] : []));
  const byLabel = new Map<string, Labelled[]>();
  for (const [index, line] of lines.entries()) {
    const found = readLabel(lines, line, index);
    if (found !== null) byLabel.set(found.label, [...(byLabel.get(found.label) ?? []), found]);
  }
  const label = [...byLabel].find(
    ([, found]) => found.length >= FEWEST && opensAnswers(found, numbered) && !namesRows(found, byLabel),
  )?.[0];
  if (label === undefined) return [...lines];
  const own = new Map((byLabel.get(label) ?? []).map((one) => [one.index, one.rest]));
  return lines.map((line, index) => {
    const rest = own.get(index);
    return rest === undefined ? line : { ...line, text: `Answer: ${rest}`.trim() };
  });
}

function readLabel(lines: readonly TextLine[], line: TextLine, index: number): Labelled | null {
  if (line.cells !== null || line.text.length > 2000) return null;
  const [, label, rest] = LABEL.exec(line.text) ?? [];
  if (label === undefined || rest === undefined || label.length > 40 || NOT_A_LABEL.test(label)) return null;
  if (looksAsked(rest) || readsAsRequest(rest) || isRequestHeading(line.text) || closesAt(lines, index)) return null;
  return findPeriodTokens(label).length > 0 || readValue(label) !== null ? null : { index, label, rest };
}

/** One under each number, and under most of them. */
function opensAnswers(found: readonly Labelled[], numbered: readonly number[]): boolean {
  const [first] = found;
  const owners = found.map(({ index }) => numbered.findLast((place) => place < index));
  const among = numbered.filter((place) => first !== undefined && place >= (owners[0] ?? 0)).length;
  return !owners.includes(undefined) && new Set(owners).size === found.length && found.length * 2 >= among;
}

/** `Boys: 12` with `Girls: 14` right under or over it: the words name rows, and no answer. */
function namesRows(found: readonly Labelled[], byLabel: ReadonlyMap<string, readonly Labelled[]>): boolean {
  const places = new Set(found.map(({ index }) => index));
  const others = [...byLabel.values()]
    .flat()
    .filter(({ index, rest }) => !places.has(index) && readValue(rest) !== null);
  return others.some(({ index }) => places.has(index - 1) || places.has(index + 1));
}
