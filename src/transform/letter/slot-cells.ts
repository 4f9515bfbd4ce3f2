/** The cells of one slot: figures that stand alone, beside their period, or after a label. Sentences are `sentence-cells`. */
import type { Period } from "../../observation.ts";
import { type Draft, type DraftMaker, type Place, placeOf } from "./drafts.ts";
import { type Labelled, labelBeside, readLabelled, readLabelledList, readPairs } from "./figures.ts";
import { readRefusedPeriods } from "./period-sentences.ts";
import { findPeriods, type PeriodHint, readWholePeriod } from "./periods.ts";
import { joinAll, joinWrapped, type Part, splitSentences } from "./prose.ts";
import { readRefusal } from "./refusals.ts";
import { readCrossReference } from "./scopes.ts";
import { answersYesOrNo, asksForShare, SentenceReader } from "./sentence-cells.ts";
import type { Slot } from "./slots.ts";
import { readValue, type Value } from "./values.ts";
import { asksForNumber } from "./wording.ts";

/** `N/A. The register was abolished in 2008.`: a status, and a sentence that explains it. */
function readLeadingStatus(text: string): Value | null {
  const [first, ...more] = splitSentences(text);
  const value = first === undefined || more.length === 0 ? null : readValue(first.text);
  return value === null || value.status === "reported" ? null : { ...value, text };
}

/** A heading of a few words. */
const GROUP = /^[A-Za-z][\w’'&/(),-]*(?: [\w’'&/(),-]+){0,6}\s?[:–-]?$/;

/** Whether a period is a part of another. */
function isWithin(inner: Period, outer: Period): boolean {
  return inner.label !== outer.label && inner.start >= outer.start && inner.end <= outer.end;
}

/** A year that was not over when it was asked for: the answer tells how far it goes. */
const TO_DATE =
  /\b(?:to date|so far|up to (?:now|the (?:present|date of)|today)|until now|(?:this|the current) (?:financial |calendar |academic )?year)\b/i;

export class SlotReader {
  private readonly maker: DraftMaker;
  private readonly sentences: SentenceReader;
  /** Words beside a pair of period and value, which name a row where a period comes more than once. */
  private readonly labels = new Map<Draft, string>();

  /** `periods`: those asked for, in order, for figures that are listed without them. */
  constructor(maker: DraftMaker, periods: readonly (Period | null)[]) {
    this.maker = maker;
    this.sentences = new SentenceReader(maker, periods);
  }

  /** `haveOthers`: the question has cells already, so that loose words are remarks. */
  read(slot: Slot, haveOthers: boolean): Draft[] {
    const period = slot.period ?? this.maker.onlyAsked();
    const parts = joinWrapped(slot.answers);
    const divides = this.dividesPeriod(parts, period);
    const strict = parts.map((part) => ({ part, drafts: this.readStrict(part, period, divides) }));
    this.nameGroups(strict);
    const figures = strict.flatMap(({ drafts }) => drafts ?? []);
    const sentences = strict.filter(({ drafts }) => drafts === null).map(({ part }) => part);
    if (figures.length > 0) {
      this.maker.notes.push(...sentences.map((part) => part.text));
      const taken = figures.flatMap((draft) => draft.period ?? []);
      return [
        ...readRefusedPeriods(joinAll(sentences), this.maker.context.asked, taken, this.maker),
        ...this.settle(figures),
      ];
    }
    const joined = joinAll(slot.answers);
    if (joined === null) return [];
    if (haveOthers && slot.period === null) {
      this.maker.notes.push(...sentences.map((part) => part.text));
      return [];
    }
    return this.sentences.read(joined, period, slot.period);
  }

  /** The cells of a line that holds nothing but values, periods and labels; null for a sentence. */
  private readStrict(part: Part, period: Period | null, divides: boolean): Draft[] | null {
    const { text } = part;
    const reference = readCrossReference(text);
    if (reference !== null) return [{ ...this.maker.wordsDraft(placeOf(part)), period, reference }];
    const total = /^(?:grand |overall )?total\b(?! of\b)/i.test(text) ? readLabelled(text) : null;
    if (total !== null)
      return [{ ...this.maker.valueDraft(total.value, placeOf(part)), period, breakdown: total.label }];
    const value = readValue(text);
    if (value !== null) return this.valueDrafts(value, placeOf(part), period);
    if (text.length > 500 || this.isLegal(text) || answersYesOrNo(this.maker.context.question, text)) return null;
    const status = readLeadingStatus(text);
    if (status !== null) return this.valueDrafts(status, placeOf(part), period);
    const pairs = this.readPeriodPairs(text, period, divides);
    if (pairs !== null) {
      const label = labelBeside(text, pairs, this.hintIn(period));
      return pairs.map((pair) => {
        const line = part.lineAt?.(pair.at) ?? part.line;
        const draft = { ...this.maker.valueDraft(pair.value, placeOf({ ...part, line })), period: pair.period };
        this.labels.set(draft, label);
        return draft;
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
  private valueDrafts(value: Value, part: Place, asked: Period | null): Draft[] {
    const given = readWholePeriod(value.remark, this.maker.context.hint);
    const within = given !== null && asked !== null && isWithin(given, asked) && !this.isToDate(given, asked);
    const period = given === null || within ? asked : given;
    const draft = { ...this.maker.valueDraft(value, part), period };
    const { question } = this.maker.context;
    const share = asksForShare(question) ? readValue(value.remark) : null;
    const both = share !== null && (share.unit === "percent") !== (value.unit === "percent");
    return both && (value.unit !== "percent" || /\b(?:how many|number)\b/i.test(question))
      ? [draft, { ...this.maker.valueDraft(share, part), period }]
      : [draft];
  }

  /** Words of law and refusal are read as sentences, whatever numbers they hold. */
  private isLegal(text: string): boolean {
    const refusal = readRefusal(text, this.maker.context.law);
    if (refusal === null) return false;
    return refusal.exemption !== null || text.length > 60;
  }

  /** Whether the lines go through the months or quarters of the period asked for, one by one. */
  private dividesPeriod(parts: readonly Part[], period: Period | null): boolean {
    if (period === null) return false;
    const inner = parts.flatMap((part) => readPairs(part.text.slice(0, 500), this.hintIn(period)) ?? []);
    const labels = new Set(inner.filter((pair) => isWithin(pair.period, period)).map((pair) => pair.period.label));
    return labels.size > 1;
  }

  private hintIn(period: Period | null): PeriodHint {
    const { hint } = this.maker.context;
    return period === null || period.kind === "as_at" ? hint : { ...hint, within: period };
  }

  /** Pairs of period and value; a lone day or month inside the year asked for does not name another period. */
  private readPeriodPairs(text: string, period: Period | null, divides: boolean) {
    if (!asksForNumber(this.maker.context.question) && text.length > 60) return null;
    const pairs = readPairs(text, this.hintIn(period));
    if (pairs === null || divides) return pairs;
    if (period === null || !pairs.every((pair) => isWithin(pair.period, period))) return pairs;
    const [first, ...more] = pairs;
    return first !== undefined && more.length === 0 && this.isToDate(first.period, period) ? pairs : null;
  }

  /** `1 April to 31 December 2022` of a year that was not over: the answer tells how far it goes. */
  private isToDate(given: Period, asked: Period): boolean {
    return TO_DATE.test(this.maker.context.question) && given.start === asked.start && given.end > given.start;
  }

  /** A short line over pairs of period and value names them: `Police`, then a line for each year, then `Schools`. */
  private nameGroups(lines: readonly { part: Part; drafts: Draft[] | null }[]): void {
    let group = "";
    for (const { part, drafts } of lines) {
      if (drafts === null)
        group = GROUP.test(part.text) && readRefusal(part.text) === null ? part.text.replace(/\s*[:–-]$/, "") : "";
      for (const draft of drafts ?? [])
        if (this.labels.get(draft) === "" && group !== "") this.labels.set(draft, group);
    }
  }

  /** `Westminster, 2019/20 = 377` and `Kensington, 2019/20 = 262`: what stands beside the period tells the two apart. */
  private nameRows(drafts: Draft[]): Draft[] {
    const keyOf = (draft: Draft) => `${draft.period?.kind} ${draft.period?.label} ${draft.unit === "percent"}`;
    const named = drafts.filter((draft) => this.labels.has(draft));
    const repeats = new Set(named.map(keyOf)).size < named.length;
    const keys = new Set(named.map((draft) => `${keyOf(draft)} ${this.labels.get(draft)}`));
    if (!repeats || keys.size < named.length || named.some((draft) => this.labels.get(draft) === "")) return drafts;
    return drafts.map((draft) => ({ ...draft, breakdown: this.labels.get(draft) ?? draft.breakdown }));
  }

  /** Labels split only where there are several; figures without a label that cannot be told apart are one doubtful cell. */
  private settle(read: Draft[]): Draft[] {
    const drafts = this.nameRows(read);
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
