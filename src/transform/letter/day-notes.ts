/** Notes that give another day than the one asked for, applied to the questions that they speak of. */
import type { Period } from "../../observation.ts";
import { asAt, dayOf, isDay } from "./dates.ts";
import { type Entry, entriesIn } from "./entries.ts";
import { findFigures } from "./figures.ts";
import { readDayNote } from "./notes.ts";
import type { Outline } from "./outline.ts";
import { findPeriodTokens, maskAll } from "./period-tokens.ts";
import { mergeHints } from "./periods.ts";
import { findScopes } from "./scopes.ts";
import { isNote } from "./wording.ts";

export interface DayNotes {
  /** A full day that stands in for what was asked. */
  day: Map<Entry, Period>;
  /** A day of the year that stands in for the one that was asked for: of all such days the nearest. */
  nearest: Map<Entry, { month: number; day: number }>;
}

/** Notes that give another day: they change the hint, or the period itself. */
export function applyDayNotes(entries: readonly Entry[], outline: Outline): DayNotes {
  const notes: DayNotes = { day: new Map(), nearest: new Map() };
  const said = entries.flatMap((entry) =>
    [...entry.speech.notes.map((note) => note.text), ...remarksOnDays(entry)].map((text) => ({ text, entry })),
  );
  const loose = [...outline.preamble, ...outline.tail]
    .filter((line) => isNote(line.text))
    .map((line) => ({ text: line.text, entry: null }));
  for (const { text, entry } of [...said, ...loose]) {
    const note = readDayNote(text);
    if (note === null) continue;
    const named =
      note.scopes.length > 0 ? entriesIn(note.scopes, entries) : entry === null ? [] : alikeAbove(text, entry, entries);
    for (const one of named) {
      if (note.hint?.asAtDay != null && one.hint.asAtDay !== null) notes.nearest.set(one, note.hint.asAtDay);
      else if (note.hint !== null)
        one.hint = mergeHints({ ...note.hint, yearEnding: null }, { ...one.hint, asAtDay: null });
      if (note.period !== null) notes.day.set(one, note.period);
    }
  }
  return notes;
}

/** `The caseloads above …`: the questions before that ask for the same day are meant as well. */
function alikeAbove(text: string, entry: Entry, entries: readonly Entry[]): Entry[] {
  const [day, ...more] = entry.asked;
  if (!/\b(?:above|both|all)\b/i.test(text) || day?.kind !== "as_at" || more.length > 0) return [entry];
  const before = entries.slice(0, entries.indexOf(entry));
  return [...before.filter((one) => one.asked.length === 1 && one.asked[0]?.label === day.label), entry];
}

/** Sentences among the answers that give a question's figures another day and hold no figure themselves. */
function remarksOnDays(entry: Entry): string[] {
  return entry.speech.pieces.flatMap((piece) => {
    if (piece.kind !== "answer" || piece.line.cells !== null || piece.text.split(" ").length < 6) return [];
    const speaks = ABOUT_FIGURES.test(piece.text) || findScopes(piece.text.slice(0, 300)).length > 0;
    const figures = speaks ? findFigures(maskAll(piece.text, findPeriodTokens(piece.text)), []) : [];
    return speaks && figures.length === 0 ? [piece.text] : [];
  });
}

const ABOUT_FIGURES =
  /^\W*(?:all |both )?(?:the|these|those|our|this|that) (?:\w+ ){0,3}(?:figures?|numbers?|data|counts?|caseloads?|totals?|answers?|position|snapshot|information)\b/i;

/** The day of that name nearest to a period that is a day; null for any other period. */
export function nearestDay(period: Period, { month, day }: { month: number; day: number }): Period | null {
  if (period.kind !== "as_at") return null;
  const asked = dayOf(period.start);
  const distance = (one: Period) => Math.abs(Date.parse(one.start) - Date.parse(period.start));
  const days = [asked.year - 1, asked.year, asked.year + 1].filter((year) => isDay({ year, month, day }));
  const [first] = days.map((year) => asAt({ year, month, day })).sort((a, b) => distance(a) - distance(b));
  return first ?? null;
}
