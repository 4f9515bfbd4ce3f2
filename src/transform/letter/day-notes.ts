/** Notes that give another day than the one asked for, applied to the questions that they speak of. */
import type { Period } from "../../observation.ts";
import { type Entry, entriesIn } from "./entries.ts";
import { readDayNote } from "./notes.ts";
import type { Outline } from "./outline.ts";
import { mergeHints } from "./periods.ts";
import { isNote } from "./wording.ts";

export interface DayNotes {
  /** A full day that stands in for what was asked. */
  day: Map<Entry, Period>;
}

/** Notes that give another day: they change the hint, or the period itself. */
export function applyDayNotes(entries: readonly Entry[], outline: Outline): DayNotes {
  const notes: DayNotes = { day: new Map() };
  const said = entries.flatMap((entry) => entry.speech.notes.map((note) => ({ text: note.text, entry })));
  const loose = [...outline.preamble, ...outline.tail]
    .filter((line) => isNote(line.text))
    .map((line) => ({ text: line.text, entry: null }));
  for (const { text, entry } of [...said, ...loose]) {
    const note = readDayNote(text);
    if (note === null) continue;
    const named = note.scopes.length > 0 ? entriesIn(note.scopes, entries) : entry === null ? [] : [entry];
    for (const one of named) {
      if (note.hint !== null) one.hint = mergeHints({ ...note.hint, yearEnding: null }, { ...one.hint, asAtDay: null });
      if (note.period !== null) notes.day.set(one, note.period);
    }
  }
  return notes;
}
