/** One table that answers several questions, each in a row or column that is named by what its question asks for. */
import type { Assembled } from "./assembly.ts";
import type { Entry } from "./entries.ts";
import { isBlank } from "./named-parts.ts";

/** Words that tell nothing apart. */
const EMPTY =
  /^(?:number|total|many|much|the|and|for|with|were|was|during|each|year|years|that|which|have|has|had|did|does|your|there|what|please|provide|from|into|this|those|these|council|children|child|child's)$/;
/** Letters by which `started` and `starting` are the same word. */
const STEM = 5;
/** Far more questions than one table answers. */
const MOST_ROWS = 30;

/** Where every row (or column) of a table names another question, and those have nothing else, each question gets its own. */
export function moveToSubjects(answers: readonly Assembled[]): void {
  for (const assembled of answers) {
    const rows = [...new Set(assembled.drafts.map((draft) => draft.breakdown))];
    if (rows.length < 2 || rows.length > MOST_ROWS || rows.includes("")) continue;
    const open = answers.filter((one) => one === assembled || isBlank(one));
    const entries = open.map((one) => one.entry);
    const owners = rows.map((row) => {
      const entry = entryAbout(row, entries);
      return open.find((one) => one.entry === entry) ?? null;
    });
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
export function entryAbout(row: string, entries: readonly Entry[]): Entry | null {
  const own = stemsOf(row);
  if (own.length === 0) return null;
  const [first, ...more] = entries.filter((entry) => {
    const asked = new Set(stemsOf(entry.speech.asked));
    return own.every((stem) => asked.has(stem));
  });
  return first === undefined || more.length > 0 ? null : first;
}

function stemsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[a-z’']{3,}|\d{2}/g) ?? [];
  return words.filter((word) => !EMPTY.test(word)).map((word) => word.replace(/s$/, "").slice(0, STEM));
}
