/** Replies in a table: number, question and answer side by side, taken apart into lines that stand under each other. */
import { readPairs } from "./figures.ts";
import type { TextLine } from "./lines.ts";
import { readMarkers } from "./markers.ts";
import { maskAll } from "./period-tokens.ts";
import { findPeriods, NO_HINT, readWholePeriod } from "./periods.ts";
import { takeValues } from "./table-words.ts";
import { looksAsked, readsAsRequest } from "./wording.ts";

const NUMBERED = /^(?:q(?:uestion)?\s?)?(\d{1,2})\s?[.)]?$/i;
const HEADING = /^(?:no\.?|number|#|ref|q(?:uestion)?s?|your (?:question|request)|request|information requested)$/i;

/** Puts rows of question and answer under each other; every other line stays as it is. */
export function unfoldQuestionRows(printed: readonly TextLine[]): TextLine[] {
  const lines = divideFlatRows(printed);
  const numbersTable = !lines.some(
    (line) => line.cells === null && readMarkers(line.text).markers[0]?.level === "number",
  );
  let headed = false;
  let periods: readonly string[] = [];
  return lines.flatMap((line, index) => {
    const { cells } = line;
    if (cells === null) {
      [headed, periods] = [false, []];
      return [line];
    }
    if (
      HEADING.test(cells[0] ?? "") &&
      cells.length > 2 &&
      cells.slice(1).every((cell) => readWholePeriod(cell) !== null) &&
      isQuestionRow(lines[index + 1], numbersTable)
    ) {
      periods = cells.slice(1);
      return [];
    }
    const [asked = "", ...values] = cells;
    if (periods.length > 0 && values.length === periods.length && isQuestionRow(line, numbersTable))
      return [
        asLine(line, readMarkers(asked).markers.length > 0 ? asked : `Question: ${asked}`),
        ...values.map((value, place) => ({ ...asLine(line, `${periods[place]}: ${value}`), afterBlank: false })),
      ];
    if (
      cells.length <= 4 &&
      HEADING.test(cells[0] ?? "") &&
      /^(?:q|your|request|information|response|answer|reply|our|council)/i.test(cells[1] ?? "")
    ) {
      headed = true;
      return [];
    }
    const filled = cells.filter((cell) => cell !== "");
    const paired = filled.length > 1 && filled.every((cell) => readPairs(cell, NO_HINT)?.length === 1);
    if (paired) return [{ ...line, text: filled.join("; "), cells: null }];
    return unfoldRow(line, filled, headed) ?? [line];
  });
}

/** `numbered`: no line outside of the table has a number, so that those within it are the questions' own. */
function isQuestionRow(line: TextLine | undefined, numbered: boolean): boolean {
  const [first] = line?.cells ?? [];
  return first !== undefined && /[a-z]/i.test(first) && (numbered || readMarkers(first).markers.length === 0);
}

/** `Information requested 2021/22 2022/23` over lines of words and as many values: the same table, flattened to spaces. */
function divideFlatRows(lines: readonly TextLine[]): readonly TextLine[] {
  const place = lines.findIndex((line) => flatHeading(line) !== null);
  const head = flatHeading(lines[place]);
  if (head === null) return lines;
  const rows = new Map([[place, head]]);
  for (let at = place + 1; at < lines.length; at += 1) {
    const row = splitFlatRow(lines[at], head.length - 1);
    if (row === null) break;
    rows.set(at, row);
  }
  return rows.size < 3 ? lines : lines.map((line, at) => ({ ...line, cells: rows.get(at) ?? line.cells }));
}

function flatHeading(line: TextLine | undefined): string[] | null {
  if (line === undefined || line.cells !== null || line.text.length > 120) return null;
  const periods = findPeriods(line.text);
  const [first] = periods;
  if (first === undefined || periods.length < 2) return null;
  const gaps = maskAll(line.text, periods).slice(first.start).replaceAll("\u0001", "").trim();
  const name = line.text.slice(0, first.start).trim();
  return gaps === "" && HEADING.test(name)
    ? [name, ...periods.map(({ start, end }) => line.text.slice(start, end))]
    : null;
}

function splitFlatRow(line: TextLine | undefined, count: number): string[] | null {
  if (line === undefined || line.cells !== null || line.text.length > 300) return null;
  const words = line.text.split(" ");
  const values = takeValues(words, count);
  return values.length === count && words.length > 0 ? [words.join(" "), ...values] : null;
}

/** `headed`: the row stands under the headings of a table of questions. */
function unfoldRow(line: TextLine, cells: readonly string[], headed: boolean): TextLine[] | null {
  const [first = "", second = "", ...answers] = cells;
  const number = NUMBERED.exec(first)?.[1];
  if (number !== undefined && (headed || readsAsRequest(second)) && answers.length <= 2)
    return [asLine(line, `${number}. ${second}`), ...answers.map((text) => asLine(line, text))];
  const asks = headed ? readsAsRequest(first) || cells.length === 2 : /\?$/.test(first) && looksAsked(first);
  if (cells.length === 2 && asks && readMarkers(first).markers.length === 0 && readWholePeriod(first) === null)
    return [asLine(line, `Question: ${first}`), asLine(line, second)];
  const joined = /^(?:q(?:uestion)?\s?)?\d{1,2}\s?[.):]\s+(?=\S+\s+\S)/i.test(first);
  return joined && cells.length === 2 ? [asLine(line, first), asLine(line, second)] : null;
}

function asLine(line: TextLine, text: string): TextLine {
  return { ...line, text, cells: null, afterBlank: true };
}
