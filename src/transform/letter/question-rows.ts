/** Replies in a table: number, question and answer side by side, taken apart into lines that stand under each other. */
import { readPairs } from "./figures.ts";
import type { TextLine } from "./lines.ts";
import { readMarkers } from "./markers.ts";
import { NO_HINT, readWholePeriod } from "./periods.ts";
import { looksAsked, readsAsRequest } from "./wording.ts";

const NUMBERED = /^(?:q(?:uestion)?\s?)?(\d{1,2})\s?[.)]?$/i;
const HEADING = /^(?:no\.?|number|#|ref|q(?:uestion)?s?|your (?:question|request)|request|information requested)$/i;

/** Puts rows of question and answer under each other; every other line stays as it is. */
export function unfoldQuestionRows(lines: readonly TextLine[]): TextLine[] {
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
      isUnnumberedRow(lines[index + 1])
    ) {
      periods = cells.slice(1);
      return [];
    }
    const [asked = "", ...values] = cells;
    if (periods.length > 0 && values.length === periods.length && readMarkers(asked).markers.length === 0)
      return [
        asLine(line, `Question: ${asked}`),
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

function isUnnumberedRow(line: TextLine | undefined): boolean {
  const [first] = line?.cells ?? [];
  return first !== undefined && /[a-z]/i.test(first) && readMarkers(first).markers.length === 0;
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
