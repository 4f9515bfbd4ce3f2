/** Slots: the periods that a question's lines open one after another, each with the answers that stand under it. */
import type { Period } from "../../observation.ts";
import { readPairs } from "./figures.ts";
import type { TextLine } from "./lines.ts";
import { findPeriods, type PeriodHint, readWholePeriod } from "./periods.ts";
import type { Part } from "./prose.ts";
import { readRefusal } from "./refusals.ts";
import type { Piece } from "./speech.ts";
import { NOT_YET } from "./values.ts";

export interface Slot {
  /** Null in the first slot, which holds what stands under no period. */
  period: Period | null;
  /** Number of the item that opens it; 0 where none does. */
  item: number;
  line: TextLine;
  answers: Part[];
}

/** The slots of a question; the first holds what stands under no period. */
export function readSlots(pieces: readonly Piece[], line: TextLine, hint: PeriodHint): Slot[] {
  const filler = new SlotFiller(line, hint);
  filler.fill(pieces);
  return filler.slots;
}

class SlotFiller {
  readonly slots: Slot[];
  private readonly first: Slot;
  private readonly hint: PeriodHint;

  constructor(line: TextLine, hint: PeriodHint) {
    this.first = { period: null, item: 0, line, answers: [] };
    this.slots = [this.first];
    this.hint = hint;
  }

  /** Sorts answers under the period that they stand under. */
  fill(pieces: readonly Piece[]): void {
    let current = this.first;
    for (const piece of pieces) {
      if (piece.kind === "reply") current = this.first;
      else if (piece.kind === "break") continue;
      else if (piece.kind === "slot") current = this.openSlot(piece);
      else {
        if (piece.item > 0) current = this.openSlot(piece);
        const rest = this.openLeadingPeriod(piece);
        if (rest !== null) current = rest;
        else if (this.namesAnother(piece.text, current)) {
          current = this.first;
          current.answers.push({ text: piece.text, line: piece.line });
        } else current.answers.push({ text: piece.text, line: piece.line });
      }
    }
  }

  /** `2012/13: 644` under another year: with its own period it is no answer to that one. */
  private namesAnother(text: string, current: Slot): boolean {
    if (current.period === null || current.period.kind === "as_at") return false;
    const pairs = readPairs(text, this.hint);
    return (
      pairs?.every(({ period }) => period.kind === current.period?.kind && period.label !== current.period.label) ??
      false
    );
  }

  private openSlot(piece: Piece & { kind: "slot" | "answer" }): Slot {
    const period = piece.kind === "slot" ? readWholePeriod(piece.text, this.hint) : null;
    const blank = (slot: Slot) => slot.answers.length === 0;
    const known = this.slots.find(
      (slot) =>
        slot !== this.first &&
        blank(slot) &&
        ((period !== null && slot.period?.label === period.label) ||
          (period === null && piece.item > 0 && slot.item === piece.item)),
    );
    if (known !== undefined) return known;
    if (period === null && piece.kind === "answer") return this.first;
    const slot = { period, item: piece.item, line: piece.line, answers: [] };
    this.slots.push(slot);
    return slot;
  }

  /** `2018-2019 not yet available`, `2020/21: see below`: the period opens a slot and the rest, said of it alone, is its answer. */
  private openLeadingPeriod(piece: Piece & { kind: "answer" }): Slot | null {
    const periods = findPeriods(piece.text, this.hint);
    const [first] = periods;
    if (first === undefined || first.start > 12 || readPairs(piece.text, this.hint) !== null) return null;
    const head = piece.text.slice(0, first.end).replace(/^\(/, "");
    const rest = piece.text.slice(first.end).trim();
    const refuses = first.start === 0 && (readRefusal(rest) !== null || NOT_YET.test(rest));
    if (periods.length > 1 && !(refuses && /^:/.test(rest))) return null;
    if (readWholePeriod(head, this.hint) === null || !(/^[:=–—-]/.test(rest) || refuses)) return null;
    const slot = this.openSlot({ kind: "slot", text: head, item: piece.item, line: piece.line });
    slot.answers.push({ text: rest.replace(/^[:=–—-]\s*/, ""), line: piece.line });
    return slot;
  }
}
