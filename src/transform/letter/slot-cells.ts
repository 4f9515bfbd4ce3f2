/** The cells of one slot: figures that stand alone, beside their period, or after a label. Sentences are `sentence-cells`. */
import type { Period } from "../../observation.ts";
import { type Draft, type DraftMaker, type Place, placeOf } from "./drafts.ts";
import { type Labelled, readLabelled, readLabelledList, readPairs } from "./figures.ts";
import { findPeriods } from "./periods.ts";
import { joinAll, joinWrapped, type Part } from "./prose.ts";
import { readRefusal } from "./refusals.ts";
import { readCrossReference } from "./scopes.ts";
import { asksForShare, SentenceReader } from "./sentence-cells.ts";
import type { Slot } from "./slots.ts";
import { readValue, type Value } from "./values.ts";
import { asksForNumber } from "./wording.ts";

export class SlotReader {
  private readonly maker: DraftMaker;
  private readonly sentences: SentenceReader;

  /** `periods`: those asked for, in order, for figures that are listed without them. */
  constructor(maker: DraftMaker, periods: readonly (Period | null)[]) {
    this.maker = maker;
    this.sentences = new SentenceReader(maker, periods);
  }

  /** `haveOthers`: the question has cells already, so that loose words are remarks. */
  read(slot: Slot, haveOthers: boolean): Draft[] {
    const period = slot.period ?? this.maker.onlyAsked();
    const strict = joinWrapped(slot.answers).map((part) => ({ part, drafts: this.readStrict(part, period) }));
    const figures = strict.flatMap(({ drafts }) => drafts ?? []);
    const sentences = strict.filter(({ drafts }) => drafts === null).map(({ part }) => part);
    if (figures.length > 0) {
      this.maker.notes.push(...sentences.map((part) => part.text));
      return this.settle(figures);
    }
    const joined = joinAll(slot.answers);
    if (joined === null) return [];
    if (haveOthers && slot.period === null) {
      this.maker.notes.push(...sentences.map((part) => part.text));
      return [];
    }
    return this.sentences.read(joined, period);
  }

  /** The cells of a line that holds nothing but values, periods and labels; null for a sentence. */
  private readStrict(part: Part, period: Period | null): Draft[] | null {
    const { text } = part;
    const reference = readCrossReference(text);
    if (reference !== null) return [{ ...this.maker.wordsDraft(placeOf(part)), period, reference }];
    const value = readValue(text);
    if (value !== null) return this.valueDrafts(value, placeOf(part), period);
    if (text.length > 500 || this.isLegal(text)) return null;
    const pairs = this.readPeriodPairs(text, period);
    if (pairs !== null) {
      return pairs.map((pair) => {
        const line = part.lineAt?.(pair.at) ?? part.line;
        return { ...this.maker.valueDraft(pair.value, placeOf({ ...part, line })), period: pair.period };
      });
    }
    const list = readLabelledList(text);
    if (list !== null && findPeriods(text, this.maker.context.hint).length === 0)
      return (
        this.readMonths(list, part) ??
        list.map((one) => ({ ...this.maker.valueDraft(one.value, placeOf(part)), period, breakdown: one.label }))
      );
    const labelled = text.length > 160 || /[.?!]\s+[A-Z]/.test(text) ? null : readLabelled(text);
    if (labelled === null) return null;
    return [{ ...this.maker.valueDraft(labelled.value, placeOf(part)), period, breakdown: labelled.label }];
  }

  /** `January 345, February 356`: labels that are months asked for. */
  private readMonths(list: readonly Labelled[], part: Part): Draft[] | null {
    const drafts = list.flatMap((one) => {
      const month = this.maker.context.asked.find(
        (period) => period.kind === "month" && period.label.startsWith(`${one.label} `),
      );
      return month === undefined ? [] : [{ ...this.maker.valueDraft(one.value, placeOf(part)), period: month }];
    });
    return drafts.length === list.length ? drafts : null;
  }

  /** A share in brackets after a count is a cell of its own only where the question asks for it too. */
  private valueDrafts(value: Value, part: Place, period: Period | null): Draft[] {
    const draft = { ...this.maker.valueDraft(value, part), period };
    const share =
      asksForShare(this.maker.context.question) && value.unit !== "percent" ? readValue(value.remark) : null;
    return share?.unit === "percent" ? [draft, { ...this.maker.valueDraft(share, part), period }] : [draft];
  }

  /** Words of law and refusal are read as sentences, whatever numbers they hold. */
  private isLegal(text: string): boolean {
    const refusal = readRefusal(text, this.maker.context.law);
    if (refusal === null) return false;
    return refusal.exemption !== null || text.length > 60;
  }

  /** Pairs of period and value; a day or month inside the year asked for does not name another period. */
  private readPeriodPairs(text: string, period: Period | null) {
    if (!asksForNumber(this.maker.context.question) && text.length > 60) return null;
    const pairs = readPairs(text, this.maker.context.hint);
    if (pairs === null) return null;
    const inside =
      period !== null &&
      pairs.every(
        (pair) =>
          pair.period.label !== period.label && pair.period.start >= period.start && pair.period.end <= period.end,
      );
    return inside ? null : pairs;
  }

  /** Labels split only where there are several; figures without a label that cannot be told apart are one doubtful cell. */
  private settle(drafts: Draft[]): Draft[] {
    const labels = new Set(drafts.map((draft) => draft.breakdown));
    if (drafts.length > 1 && labels.size > 1) return drafts;
    const plain = drafts.map((draft) => ({ ...draft, breakdown: drafts.length === 1 ? "" : draft.breakdown }));
    const keys = new Set(
      plain.map(
        (draft) => `${draft.period?.kind} ${draft.period?.label} ${draft.breakdown} ${draft.unit === "percent"}`,
      ),
    );
    const [first] = plain;
    if (first === undefined || keys.size === plain.length) return plain;
    if (new Set(plain.map((draft) => `${draft.status} ${draft.value} ${draft.period?.label}`)).size === 1)
      return [first];
    // Two figures for one year among several years: both are kept, and the letter's disagreement is shown.
    if (new Set(plain.map((draft) => draft.period?.label)).size > 1) return plain;
    const text = plain.map((draft) => draft.text).join("; ");
    this.maker.problem(
      "several-figures",
      `several figures answer one question and nothing tells them apart: ${text}`,
      first.line,
    );
    return [{ ...first, status: "reported", value: null, text, unit: "text" }];
  }
}
