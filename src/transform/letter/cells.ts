/**
 * Cells of one question: every period (and row, team or condition) with its status and value. Works on what a question's
 * lines say; blocks that cover several questions and cross references are the assembly's.
 */
import type { Period } from "../../observation.ts";
import { type CellContext, type Draft, DraftMaker, type DraftProblem, placeOf } from "./drafts.ts";
import { splitSentences } from "./prose.ts";
import { SlotReader } from "./slot-cells.ts";
import { readSlots, type Slot } from "./slots.ts";
import type { Piece, Speech } from "./speech.ts";
import { takeTables } from "./table-cells.ts";
import { readValue } from "./values.ts";

export interface ReadCells {
  drafts: Draft[];
  /** Words that explain and are no cells. */
  notes: string[];
  problems: DraftProblem[];
}

/** Reads the cells of one question: at least one, `unanswered` where nothing answers. */
export function readCells(speech: Speech, context: CellContext): ReadCells {
  return new CellReader(speech, context).read();
}

class CellReader {
  private readonly speech: Speech;
  private readonly maker: DraftMaker;
  private readonly tableDrafts: Draft[];
  private readonly slots: Slot[];
  /** The periods that are asked for: those that stand in the lines, otherwise those that the question names. */
  private readonly periods: readonly (Period | null)[];

  constructor(speech: Speech, context: CellContext) {
    this.speech = speech;
    this.maker = new DraftMaker(context);
    const { left, drafts } = takeTables(answersWhen(speech.pieces, context.question), this.maker);
    this.tableDrafts = drafts;
    this.slots = readSlots(left, speech.line, context.hint);
    const named = this.slots.slice(1).map((slot) => slot.period);
    this.periods = named.length > 0 ? named : context.asked;
  }

  read(): ReadCells {
    const drafts = [...this.tableDrafts];
    const answered = this.slots.filter((slot) => slot.answers.length > 0);
    const reader = new SlotReader(this.maker, this.periods);
    const zipped = this.zipValues(answered) ?? this.readForAll(answered);
    if (zipped !== null) drafts.push(...zipped);
    else for (const slot of answered) drafts.push(...reader.read(slot, drafts.length > 0));
    this.dropRemark(drafts);
    const named = this.slots.slice(1);
    const spread = this.spreadWords(drafts, named);
    return { drafts: this.addUnanswered(spread, named), notes: this.maker.notes, problems: this.maker.problems };
  }

  /** Words over years that each have a figure explain them: `We do not count by calendar year.` */
  private dropRemark(drafts: Draft[]): void {
    const [first, ...more] = drafts;
    if (first === undefined || first.status !== "reported" || first.value !== null || first.period !== null) return;
    if (first.breakdown !== "" || first.reference !== null || this.slots.length < 3 || more.length < 2) return;
    if (more.some((draft) => draft.value === null || draft.period === null)) return;
    this.maker.notes.push(first.text);
    drafts.shift();
  }

  /** As many values as periods asked for, in one stretch of answers: each period has its own. */
  private zipValues(answered: readonly Slot[]): Draft[] | null {
    const [slot, ...more] = answered;
    const { periods } = this;
    if (slot === undefined || more.length > 0 || periods.length < 2 || this.tableDrafts.length > 0) return null;
    const parts = slot.answers.flatMap((part) =>
      part.text.split(/\s*(?:;|,\s|\band\b|\s\/\s)\s*/).map((text) => ({ text, line: part.line })),
    );
    const values = parts.map((part) => readValue(part.text));
    if (values.length !== periods.length || values.some((value) => value === null)) return null;
    return values.flatMap((value, place) => {
      const part = parts[place];
      if (value === null || part === undefined) return [];
      return [{ ...this.maker.valueDraft(value, placeOf(part)), period: periods[place] ?? null }];
    });
  }

  /** `None on any of these dates`: one value that is said of every period asked for. */
  private readForAll(answered: readonly Slot[]): Draft[] | null {
    const [slot, ...more] = answered;
    const [part, ...others] = slot?.answers ?? [];
    const { periods } = this;
    if (part === undefined || more.length + others.length > 0 || periods.length < 2 || this.tableDrafts.length > 0)
      return null;
    const [first] = splitSentences(part.text);
    const said = first === undefined ? null : FOR_ALL.exec(first.text);
    const value =
      said === null || first === undefined ? null : readValue(first.text.slice(0, said.index).replace(OPENING, ""));
    if (value === null || value.symbol !== null) return null;
    return periods.map((period) => ({ ...this.maker.valueDraft(value, placeOf(part)), period }));
  }

  /** A refusal or words at the end of a list of periods speak for the blank ones before; words alone speak for all. */
  private spreadWords(drafts: Draft[], named: readonly Slot[]): Draft[] {
    const wordy = drafts.filter(
      (draft) =>
        draft.value === null &&
        draft.status !== "suppressed" &&
        this.tableDrafts.length === 0 &&
        draft.breakdown === "",
    );
    const [only] = wordy;
    if (only === undefined) return drafts;
    const answered = named.filter((slot) => slot.answers.length > 0);
    const last = answered.at(-1);
    const { periods } = this;
    if (drafts.length === 1) {
      const within = last === undefined || last === named.at(-1);
      if (only.status === "reported" && only.reference === null)
        return periods.length > 1 && within && isListedBlank(named, last) ? [{ ...only, period: null }] : drafts;
      return within && periods.length > 1 && (only.period === null || last !== undefined)
        ? periods.map((period) => ({ ...only, period }))
        : drafts;
    }
    if (last === undefined || only.status === "reported" || drafts.at(-1) !== wordy.at(-1)) return drafts;
    const blanks: Slot[] = [];
    for (let place = named.indexOf(last) - 1; place >= 0 && named[place]?.answers.length === 0; place -= 1)
      if (!drafts.some((draft) => draft.period?.label === named[place]?.period?.label))
        blanks.unshift(named[place] as Slot);
    const final = drafts.at(-1) as Draft;
    return [...drafts.slice(0, -1), ...blanks.map((slot) => ({ ...final, period: slot.period })), final];
  }

  /** Periods that were asked for and have nothing: unanswered, not zero. */
  private addUnanswered(drafts: Draft[], named: readonly Slot[]): Draft[] {
    const wanted =
      named.length > 0
        ? named.map((slot) => ({ period: slot.period, line: slot.line }))
        : this.maker.context.asked.map((period) => ({ period, line: this.speech.line }));
    const kinds = new Set(drafts.map((draft) => draft.period?.kind));
    const has = (period: Period | null) =>
      drafts.some(
        (draft) =>
          draft.period?.kind === period?.kind &&
          (draft.period?.label === period?.label || isPartOf(draft.period, period)),
      );
    const comparable = drafts.length === 0 || (drafts.every((draft) => draft.period !== null) && kinds.size === 1);
    const missing = wanted.filter(
      ({ period }) => period !== null && comparable && !has(period) && (drafts.length === 0 || kinds.has(period.kind)),
    );
    const blanks = missing.map(({ period, line }) => ({
      ...this.maker.blank(period, line),
      status: "unanswered" as const,
    }));
    if (drafts.length === 0 && blanks.length === 0)
      return [{ ...this.maker.blank(null, this.speech.line), status: "unanswered" }];
    const order = (draft: Draft) => wanted.findIndex(({ period }) => period?.label === draft.period?.label);
    return blanks.length === 0 ? drafts : [...drafts, ...blanks].sort((a, b) => order(a) - order(b));
  }
}

/** A date under a question that asks for one is its answer, and no period that something is told of. */
function answersWhen(pieces: readonly Piece[], question: string): readonly Piece[] {
  if (!ASKS_WHEN.test(question)) return pieces;
  return pieces.map((piece) => (piece.kind === "slot" && piece.item === 0 ? { ...piece, kind: "answer" } : piece));
}

const ASKS_WHEN =
  /^(?:(?:and|please (?:state|confirm|tell me|advise)),? )?(?:(?:on|in|since|from|by) )?(?:when\b|(?:what|which) (?:is |was )?(?:the )?(?:date|day|month|year)\b|(?:the )?date (?:of|on|that|when)\b)(?!.*\bhow (?:many|much)\b)/i;

const FOR_ALL =
  /,?\s(?:on|in|for|at|during|over|across)\s(?:any|each|every|all|both|either|neither|none)(?:\sone)?(?:\sof)?(?:\s(?:these|those|the|them))?(?:\s(?:two|three|four|five|six|\d))?(?:\s(?:financial|calendar|academic|given|stated|relevant))?(?:\s(?:dates?|days?|years?|periods?|quarters?|months?|times?|cases?))?\W*$/i;
const OPENING = /^(?:there (?:were|was|are|have been)|it was|the (?:figure|number|answer) (?:is|was)|we had)\s/i;

/** Whether a period is the first part of another: a year up to the day that it was counted on. */
function isPartOf(part: Period | null, whole: Period | null): boolean {
  return part !== null && whole !== null && part.start === whole.start && part.end < whole.end;
}

/** Whether the years of a list are all blank but the last, so that what stands there speaks of all of them. */
function isListedBlank(named: readonly Slot[], last: Slot | undefined): boolean {
  return named.every((slot) => slot === last || slot.answers.length === 0);
}
