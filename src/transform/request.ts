/** What a request for information asks: its questions, the measure that each means, the periods that it names. Pure. */
import { findLeaningMeasure, findMeasure } from "../catalogue/question-wordings.ts";
import type { Period } from "../observation.ts";
import { readEntries } from "./letter/entries.ts";
import { cleanLines } from "./letter/lines.ts";
import { readOutline } from "./letter/outline.ts";

export interface RequestedQuestion {
  /** `5`; where questions have no numbers, their place. */
  ref: string;
  /** `b`; '' where the question has no parts. */
  part: string;
  text: string;
  /** Catalogue code; null where the words mean no measure, or more than one. */
  measure: string | null;
  /** The periods that the question names, its own or those of the whole request; empty where there are none. */
  periods: Period[];
}

/** Reads a request by the grammar of letters, which quote requests. */
export function readRequest(text: string): RequestedQuestion[] {
  const lines = text.split(/\r\n|\r|\n/).map((line, index) => ({ number: index + 1, text: line, page: null }));
  const questions: RequestedQuestion[] = [];
  for (const { ref, part, text: asked, question, asked: periods, stem } of readEntries(
    readOutline(cleanLines(lines)),
  )) {
    if (stem) continue;
    const before = questions.at(-1)?.measure ?? null;
    const leaning = before === null ? null : findLeaningMeasure(question, before);
    questions.push({ ref, part, text: asked, measure: findMeasure(question) ?? leaning, periods });
  }
  return questions;
}
