/** Lines under a question that can only answer it, by their own words. */
import { readLabelled, readLabelledList, readPairs } from "./figures.ts";
import type { OutlineLine } from "./outline.ts";
import { NO_HINT, readWholePeriod } from "./periods.ts";
import { readRefusal } from "./refusals.ts";
import { findScopes, readCrossReference } from "./scopes.ts";
import { readValue } from "./values.ts";
import { looksAsked } from "./wording.ts";

/** A question that was broken off: the figure on the next line belongs to it. */
export const LEANS =
  /(?:[,(–-]|\b(?:in|of|to|and|or|from|between|the|than|for|by|at|on|until|since|under|over|aged|least|section|within|last|past|year|years|april|march|january|december|act|every|each|these|is|was|per|with|a|an))$/i;

/** Whether a line begins with a figure that the words before it, as far as they ask, do not wait for. */
export function startsWithFigure(text: string, lastAsked: string): boolean {
  return /^[£<\d]/.test(text) && readWholePeriod(text) === null && !LEANS.test(lastAsked);
}

/** `2022/23 *` with no figure under it: the star stands for the figure. */
export function isStarredYear({ text, role, opens }: OutlineLine, next: OutlineLine | undefined): boolean {
  if (!/\s\*{1,3}$/.test(text) || role === "asked" || opens) return false;
  return next === undefined || readValue(next.text) === null;
}

/** Whether a line that looks like a note refuses or refers questions that it names. */
export function refusesQuestions(text: string): boolean {
  const refusal = readRefusal(text);
  return (
    refusal !== null && (refusal.exemption !== null || refusal.status === "referred") && findScopes(text).length > 0
  );
}

/** `£3.1m; £3.3m`, `140 / 151 / 160`. */
function isListOfValues(text: string): boolean {
  const pieces = text
    .slice(0, 300)
    .replace(/,? respectively\.?$/i, "")
    .split(/\s*(?:;|,\s|\band\b|\s\/\s)\s*/)
    .filter((piece) => piece !== "");
  return pieces.length > 1 && pieces.every((piece) => readValue(piece) !== null && readWholePeriod(piece) === null);
}

/** `Please see attached spreadsheet, tab 1.` */
const ENCLOSED =
  /^(?:please )?(?:see|find|refer to)\b(?! (?:below|above)).{0,40}\b(?:attach(?:ed|ments?)|enclosed|enclosures?|appendix|annexe?|spreadsheet|worksheet|tab)\b/i;

/** Whether a line under a question that is not yet over can only be its answer. */
export function isPlainAnswer(text: string): boolean {
  if (
    ENCLOSED.test(text) ||
    readValue(text) !== null ||
    readCrossReference(text) !== null ||
    readRefusal(text) !== null
  )
    return true;
  return (
    /^(?:yes|no)\b/i.test(text) ||
    (readPairs(text, NO_HINT) !== null && !looksAsked(text)) ||
    readLabelled(text) !== null ||
    readLabelledList(text) !== null ||
    isListOfValues(text)
  );
}
