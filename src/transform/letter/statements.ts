/** Names of things asked for that go on to tell them. */
import { findFigures } from "./figures.ts";
import { findPeriods } from "./periods.ts";
import { readRefusal } from "./refusals.ts";

export const SAYS = /\b(?:is|are|was|were|has|have|had|does|do|did)\b/i;
/** Words that belong to a thing asked for, not to a sentence of their own. */
const RELATIVE = /\b(?:(?:in|for|of|to|from|with|on|by) (?:which|whom|whose)|who|which|that|where|whose|when)\b.*$/is;

/** Whether words tell: `The number of children who left was 12`, and not `The number of children who had left`. */
export function tells(text: string): boolean {
  if (!SAYS.test(text)) return false;
  return (
    SAYS.test(text.replace(RELATIVE, "")) ||
    readRefusal(text) !== null ||
    findFigures(text, findPeriods(text)).length > 0
  );
}
