/** Answers that prose gives to the parts of a question by their names. */
import type { Assembled } from "./assembly.ts";
import type { Draft } from "./drafts.ts";
import { type Entry, slotPeriods, uniquePeriods } from "./entries.ts";
import { type Law, readRefusal } from "./refusals.ts";

/**
 * `The information below relates to social workers; for family support workers none is held`: under the last part, words that
 * name parts give each its own.
 */
export function moveToNamedParts(answers: readonly Assembled[], law: Law): void {
  for (const assembled of answers.filter((one) => one.entry.part !== "" && !isBlank(one))) {
    const siblings = answers.filter((one) => one.entry.ref === assembled.entry.ref && isShortTitle(one.entry));
    if (siblings.length < 2) continue;
    for (const note of assembled.entry.speech.notes) {
      const clauses = note.text.split(/[,;.]\s/);
      const target = siblings.find(
        (one) =>
          isBlank(one) &&
          clauses.some(
            (clause) => /\brelates? to\b|\b(?:is|are) for\b|\bcovers?\b/i.test(clause) && namesPart(clause, one.entry),
          ),
      );
      if (target === undefined) continue;
      const given = assembled.drafts;
      assembled.drafts = blanksFor(assembled, given);
      target.drafts = given;
      const refusal = readRefusal(note.text, law);
      const refused = clauses.some((clause) => namesPart(clause, assembled.entry) && !namesPart(clause, target.entry));
      if (refusal === null || !refused) continue;
      assembled.drafts = assembled.drafts.map((draft) => ({
        ...draft,
        status: refusal.status,
        exemption: refusal.exemption,
        text: note.text,
        line: note.line,
      }));
    }
  }
}

function isShortTitle(entry: Entry): boolean {
  return entry.speech.title.split(" ").length <= 6;
}

function namesPart(clause: string, entry: Entry): boolean {
  const bare = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z ]/g, "")
      .replace(/s\b/g, "")
      .trim();
  return bare(entry.speech.title).length > 3 && bare(clause).includes(bare(entry.speech.title));
}

/** One unanswered cell for each period that a question asks for; one without a period where it asks for none. */
function blanksFor({ entry }: Assembled, like: readonly Draft[]): Draft[] {
  const [first] = like;
  if (first === undefined) return [];
  const listed = slotPeriods(entry.speech.pieces, entry.hint);
  const asked = listed.length > 0 ? uniquePeriods(listed) : entry.asked;
  const periods = asked.length > 0 ? asked : [null];
  const blank = {
    breakdown: "",
    status: "unanswered" as const,
    value: null,
    text: "",
    unit: null,
    exemption: null,
    words: "",
    reference: null,
  };
  return periods.map((period) => ({ ...blank, period, line: entry.speech.line.number, page: entry.speech.line.page }));
}

/** Whether a question has no answer at all. */
export function isBlank(assembled: Assembled): boolean {
  return assembled.drafts.every((draft) => draft.status === "unanswered");
}
