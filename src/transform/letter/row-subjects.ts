/** One table that answers several questions, each in a row or column that is named by what its question asks for. */
import type { Assembled } from "./assembly.ts";
import { isBlank } from "./named-parts.ts";

/** Words that tell nothing apart. */
const EMPTY =
  /^(?:number|total|many|much|the|and|for|with|were|was|during|each|year|years|that|which|have|has|had|did|does|your|there|what|please|provide|from|into|this|those|these|council|children|child|child's)$/;
/** Letters by which `started` and `starting` are the same word. */
const STEM = 5;

/** Where every row (or column) of a table names another question, and those have nothing else, each question gets its own. */
export function moveToSubjects(answers: readonly Assembled[]): void {
  for (const assembled of answers) {
    const rows = [...new Set(assembled.drafts.map((draft) => draft.breakdown))];
    if (rows.length < 2 || rows.includes("")) continue;
    const open = answers.filter((one) => one === assembled || isBlank(one));
    const owners = rows.map((row) => ownerOf(row, open));
    if (owners.includes(null) || new Set(owners).size < rows.length) continue;
    const given = assembled.drafts;
    rows.forEach((row, place) => {
      const owner = owners[place];
      if (owner != null)
        owner.drafts = given.filter((draft) => draft.breakdown === row).map((draft) => ({ ...draft, breakdown: "" }));
    });
    if (!owners.includes(assembled)) assembled.drafts = given;
    return;
  }
}

/** The one question whose words hold all that the row's name tells. */
function ownerOf(row: string, open: readonly Assembled[]): Assembled | null {
  const own = stemsOf(row);
  if (own.length === 0) return null;
  const [first, ...more] = open.filter((one) => {
    const asked = new Set(stemsOf(one.entry.speech.asked));
    return own.every((stem) => asked.has(stem));
  });
  return first === undefined || more.length > 0 ? null : first;
}

function stemsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[a-z’']{3,}|\d{2}/g) ?? [];
  return words.filter((word) => !EMPTY.test(word)).map((word) => word.replace(/s$/, "").slice(0, STEM));
}
