/**
 * Questions and answers that are numbered without a stop: `1 How many …`, `1 1,304`. A number at the beginning of a line is taken
 * for a question's only where all such lines of the letter count upwards from one, so that no figure is taken for a number.
 */
import type { TextLine } from "./lines.ts";
import { readMarkers } from "./markers.ts";
import { readValue } from "./values.ts";
import { isReplyHeading, readsAsRequest } from "./wording.ts";

interface Bare {
  index: number;
  number: number;
  part: string;
  rest: string;
}

const BARE = /^(\d{1,2})([a-h])?\s+(\S.*)$/;

/** Lines that begin with a bare number of a question, with a stop after it, or without it under its own question. */
export function nameBareNumbers(lines: readonly TextLine[]): TextLine[] {
  const bare = lines.flatMap((line, index) => readBare(line, index));
  const steps = [nameAsked, nameAnswers, nameContinued];
  return steps.reduce<TextLine[]>(
    (named, step) =>
      step(
        named,
        bare.filter(({ index }) => named[index] === lines[index]),
      ),
    [...lines],
  );
}

function readBare(line: TextLine, index: number): Bare[] {
  const [, digits, part = "", rest] = line.cells === null ? (BARE.exec(line.text.slice(0, 500)) ?? []) : [];
  return digits === undefined || rest === undefined ? [] : [{ index, number: Number(digits), part, rest }];
}

/** Requests: they follow each other, no number is missing, and nothing else in the letter begins at one. */
function nameAsked(lines: readonly TextLine[], bare: readonly Bare[]): TextLine[] {
  const asked = bare.filter(({ rest }) => /^["“‘']?[A-Z]/.test(rest) && readsAsRequest(rest));
  const own = new Set(bare.map(({ index }) => index));
  const numbered = lines.some(
    (line, index) => !own.has(index) && readMarkers(line.text).markers[0]?.level === "number",
  );
  if (numbered || !countsUp(asked)) return [...lines];
  return withStops(lines, asked);
}

/** Answers: as many as there are questions, all below the questions or each under its own. */
function nameAnswers(lines: readonly TextLine[], bare: readonly Bare[]): TextLine[] {
  const markers = lines.flatMap((line, index) => {
    const [marker] = line.cells === null ? readMarkers(line.text).markers : [];
    return marker?.level === "number" ? [{ index, number: marker.value }] : [];
  });
  const numbers = new Set(markers.map(({ number }) => number));
  const values = bare.filter(({ rest, number }) => numbers.has(number) && readValue(rest)?.symbol === null);
  const grouped = values.every(({ rest }) => /^\d{3}$/.test(rest));
  const commas = lines.some((line) => /\d,\d{3}\b/.test(line.text));
  if (!countsUp(values) || (grouped && !commas)) return [...lines];
  const own = ({ index, number }: Bare) => markers.findLast((marker) => marker.index < index)?.number === number;
  if (values.every(own)) return withoutNumbers(lines, values);
  const lastAsked = markers.at(-1)?.index ?? 0;
  const heading = lines.findIndex((line, index) => index > lastAsked && isReplyHeading(line.text));
  const below = bare.filter(({ index, rest, number }) => {
    const answers = readValue(rest) !== null || /^[A-Z£<]/.test(rest);
    return index > Math.max(lastAsked, heading) && numbers.has(number) && answers;
  });
  return values.every((value) => below.includes(value)) && countsUp(below) ? withStops(lines, below) : [...lines];
}

/** `1(a) 41`, `1(b) 12`, and right below `2 Not held`: the number goes on with those of the lines over it. */
function nameContinued(lines: readonly TextLine[], bare: readonly Bare[]): TextLine[] {
  const continued: Bare[] = [];
  for (const one of bare) {
    const line = lines[one.index];
    const [over] = readMarkers(lines[one.index - 1]?.text ?? "").markers;
    const last = continued.at(-1);
    const before = last?.index === one.index - 1 ? last.number : over?.level === "number" ? over.value : null;
    const answers = readValue(one.rest) !== null || /^[A-Z£]/.test(one.rest);
    if (line?.afterBlank === false && one.part === "" && before === one.number - 1 && answers) continued.push(one);
  }
  return withStops(lines, continued.length > 1 ? continued : []);
}

/** Whether the numbers are 1, 2, 3 … in order, parts after their number, and at least two. */
function countsUp(found: readonly Bare[]): boolean {
  let last = 0;
  let lastPart = "";
  for (const { number, part } of found) {
    const goesOn = part === "" ? number === last + 1 : (number === last || number === last + 1) && part > lastPart;
    if (!goesOn) return false;
    lastPart = number === last ? part : "";
    last = number;
  }
  return last > 1;
}

function withStops(lines: readonly TextLine[], found: readonly Bare[]): TextLine[] {
  const named = new Map(found.map((one) => [one.index, `${one.number}${one.part}. ${one.rest}`]));
  return lines.map((line, index) => retold(line, named.get(index)));
}

function withoutNumbers(lines: readonly TextLine[], found: readonly Bare[]): TextLine[] {
  const rests = new Map(found.map((one) => [one.index, one.rest]));
  return lines.map((line, index) => retold(line, rests.get(index)));
}

function retold(line: TextLine, text: string | undefined): TextLine {
  return text === undefined ? line : { ...line, text };
}
