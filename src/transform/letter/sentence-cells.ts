/** Cells out of prose: a refusal, a figure within a sentence, several that a condition tells apart, or plain words. */
import type { Period } from "../../observation.ts";
import { dayOf, periodBetween } from "./dates.ts";
import type { Draft, DraftMaker, Place } from "./drafts.ts";
import { type Figure, findFigures, readPairs } from "./figures.ts";
import { readByPeriod } from "./period-sentences.ts";
import { type FoundPeriod, findPeriods } from "./periods.ts";
import { type JoinedText, splitSentences } from "./prose.ts";
import { readRefusal } from "./refusals.ts";
import { NOT_YET, readValue } from "./values.ts";
import { asksForNumber } from "./wording.ts";

export class SentenceReader {
  private readonly maker: DraftMaker;
  private readonly periods: readonly (Period | null)[];

  constructor(maker: DraftMaker, periods: readonly (Period | null)[]) {
    this.maker = maker;
    this.periods = periods;
  }

  /** Prose: a refusal, a figure within a sentence, or words. Words have a period only where they stand under their `own`. */
  read(joined: JoinedText, period: Period | null, own: Period | null): Draft[] {
    const refusal = readRefusal(joined.text, this.maker.context.law);
    const divided = readByPeriod(joined, this.periods, this.maker);
    if (divided !== null) return divided;
    const figures =
      !answersYesOrNo(this.maker.context.question, joined.text) &&
      asksForNumber(this.maker.context.question) &&
      (refusal === null || (refusal.exemption === null && refusal.status === "referred"))
        ? this.readFigures(joined, period, own)
        : [];
    if (figures.length > 0) return figures;
    const hidden = refusal === null ? null : this.readHidden(joined, period);
    if (hidden !== null) return this.spread({ ...hidden, exemption: refusal?.exemption ?? null }, joined.text);
    if (refusal === null && asksForNumber(this.maker.context.question) && NOT_YET.test(joined.text)) {
      const place = { text: joined.text, line: joined.lineAt(0).number, page: joined.lineAt(0).page };
      return [{ ...this.maker.wordsDraft(place), period, status: "not_available", unit: null }];
    }
    if (refusal !== null) {
      const at = joined.lineAt(refusal.at);
      return [
        {
          ...this.maker.blank(period, at),
          status: refusal.status,
          exemption: refusal.exemption,
          text: refusal.status === "referred" ? "" : joined.text,
          words: joined.text,
        },
      ];
    }
    return [
      {
        ...this.maker.wordsDraft({ text: joined.text, line: joined.lineAt(0).number, page: joined.lineAt(0).page }),
        period: own,
      },
    ];
  }

  /** `In each year the number is below five`: one figure that is said of every period asked for. */
  private spread(draft: Draft, text: string): Draft[] {
    const { periods } = this;
    if (draft.period !== null || periods.length < 2 || !OF_ALL.test(splitSentences(text)[0]?.text ?? ""))
      return [draft];
    return periods.map((period) => ({ ...draft, period }));
  }

  /** `The number is fewer than five, and section 40(2) …`: the first sentence hides a small number, and a section says why. */
  private readHidden(joined: JoinedText, period: Period | null): Draft | null {
    const [first] = splitSentences(joined.text);
    const figures = first === undefined ? [] : this.figuresOf(first.text);
    const [only, ...more] = figures;
    if (first === undefined || only?.value.status !== "suppressed" || more.length > 0) return null;
    const line = joined.lineAt(first.at);
    return this.figureDraft(first.text, only, { text: only.value.text, line: line.number, page: line.page }, period);
  }

  private readFigures(joined: JoinedText, period: Period | null, own: Period | null): Draft[] {
    const sentences = splitSentences(joined.text);
    const found = sentences.map((sentence) => ({ ...sentence, figures: this.figuresOf(sentence.text) }));
    const all = found.filter((sentence) => sentence.figures.length > 0);
    const standing = all.filter((sentence) => !WITHDRAWS.test(sentence.text));
    const withFigures = standing.length > 0 ? standing : all;
    const [first, ...more] = withFigures;
    if (first === undefined) return [];
    const at = joined.lineAt(first.at);
    const place = (text: string, line = at) => ({ text, line: line.number, page: line.page });
    const strict = readValue(first.text);
    if (strict !== null) {
      this.maker.notes.push(...sentences.filter((one) => one.at !== first.at).map((one) => one.text));
      return [{ ...this.maker.valueDraft(strict, place(first.text)), period }];
    }
    const single = withFigures.every((sentence) => sentence.figures.length === 1);
    const [figure, ...others] = first.figures;
    if (figure === undefined) return [];
    if (more.length === 0 && others.length === 0)
      return this.spread(this.figureDraft(first.text, figure, place(figure.value.text), period), first.text);
    const shared = more.length === 0 ? this.readCountAndShare(first.text, first.figures, place, period) : null;
    if (shared !== null) return shared;
    const listed = more.length === 0 && own === null ? this.zipFigures(first.figures, place) : null;
    if (listed !== null) return listed;
    const paired = this.readPairsOf(withFigures, joined);
    if (paired !== null) return paired;
    this.maker.problem("several-figures", `several figures answer one question: ${joined.text}`, at.number);
    if (!single) return [{ ...this.maker.wordsDraft(place(joined.text)), period }];
    return withFigures.flatMap((sentence) => {
      const [one] = sentence.figures;
      if (one === undefined) return [];
      const draft = this.figureDraft(sentence.text, one, place(one.value.text, joined.lineAt(sentence.at)), period);
      return [{ ...draft, breakdown: conditionOf(sentence.text, one) }];
    });
  }

  /** `21 posts, or 9.8%`: one count and its share. The share is a cell only where the question asks for it too. */
  private readCountAndShare(
    sentence: string,
    figures: readonly Figure[],
    place: (text: string) => Place,
    period: Period | null,
  ): Draft[] | null {
    const [count, share, ...more] = figures;
    if (count === undefined || share === undefined || more.length > 0) return null;
    if (count.value.unit === "percent" || share.value.unit !== "percent") return null;
    const drafts = [count, share].map((figure) => this.figureDraft(sentence, figure, place(figure.value.text), period));
    const { question } = this.maker.context;
    if (asksForShare(question) && !/\b(?:how many|numbers?|total)\b/i.test(question)) return drafts.slice(1);
    return asksForShare(question) ? drafts : drafts.slice(0, 1);
  }

  /** `There were 12 in 2019. 2020 saw 15.`: every sentence pairs its figures with other periods; null where one does not. */
  private readPairsOf(sentences: readonly { text: string; at: number }[], joined: JoinedText): Draft[] | null {
    const drafts = sentences.flatMap(({ text, at }): (Draft | null)[] => {
      const line = joined.lineAt(at);
      const pairs = readPairs(text, this.maker.context.hint);
      if (pairs === null) return [null];
      return pairs.map((pair) => {
        const place = { text: pair.value.text, line: line.number, page: line.page };
        return { ...this.maker.valueDraft(pair.value, place), period: pair.period };
      });
    });
    const all = drafts.filter((draft) => draft !== null);
    const labels = new Set(all.map(({ period }) => `${period?.kind} ${period?.label}`));
    return all.length === drafts.length && labels.size === all.length ? all : null;
  }

  /** `412, 398 and 377 respectively`: as many figures in a sentence as periods asked for. */
  private zipFigures(figures: readonly Figure[], place: (text: string) => Place): Draft[] | null {
    const { periods } = this;
    if (periods.length < 2 || figures.length !== periods.length) return null;
    return figures.map((figure, at) => ({
      ...this.maker.valueDraft(figure.value, place(figure.value.text)),
      period: periods[at] ?? null,
    }));
  }

  private figuresOf(sentence: string): Figure[] {
    return findFigures(sentence, findPeriods(sentence, this.maker.context.hint)).filter(
      (figure) => figure.value.symbol === null,
    );
  }

  /** A figure within a sentence; the period that the sentence names beside it counts, unless it lies within the one asked for. */
  private figureDraft(sentence: string, figure: Figure, part: Place, period: Period | null): Draft {
    const named = findPeriods(sentence, this.maker.context.hint);
    const [own, ...more] = named;
    const given = own !== undefined && more.length === 0 ? own.period : null;
    const inside = given !== null && period !== null && given.start >= period.start && given.end <= period.end;
    const until =
      own !== undefined && inside && UP_TO.test(sentence.slice(0, own.start)) ? untilDay(period, own) : null;
    if (until !== null) return { ...this.maker.valueDraft(figure.value, part), period: until };
    return { ...this.maker.valueDraft(figure.value, part), period: given === null || inside ? period : given };
  }
}

/** `The figure of 503 in our earlier reply was incorrect.` */
const WITHDRAWS =
  /\b(?:incorrect|wrong(?:ly)?|in error|inaccurate|mistaken(?:ly)?|misprint\w*)\b|\b(?:previously|originally|earlier|before) (?:gave|given|said|stated|reported|quoted|provided)\b/i;

/** `612 up to and including 31 December 2022`: the year asked for is counted no further. */
const UP_TO = /\b(?:up to(?: and including)?|until)\s(?:the\s)?$/i;

/** A year from its first day to one within it; null for any other period. */
function untilDay(year: Period, { period: day }: FoundPeriod): Period | null {
  if (day.kind !== "as_at" || (year.kind !== "financial_year" && year.kind !== "calendar_year")) return null;
  return periodBetween(dayOf(year.start), dayOf(day.end));
}

/** Every period that was asked for. */
const OF_ALL =
  /\b(?:in|for|on|at|during) (?:each|every|all|any|both|either)(?: one)?(?: of)?(?: the| these| those| them)?(?: (?:two|three|four|five|six|\d))?(?: (?:financial|calendar|academic))? ?(?:years?|dates?|days?|periods?|quarters?|months?|times?|of them)?\b/i;

/** Whether a question that wants a yes or no gets it; figures after that explain. */
export function answersYesOrNo(question: string, answer: string): boolean {
  return (
    ASKS_WHETHER.test(question) &&
    /^(?:yes|no)\b(?!\s+(?:children|child|cases?|social|staff|referrals?|young)\b)/i.test(answer)
  );
}

const ASKS_WHETHER =
  /^["“‘'(]?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may)\b(?!.{0,200}\b(?:how (?:many|much)|(?:what|which) (?:is|was|number)|number of|please (?:provide|state|give))\b)/i;

/** Whether a question asks for a share, alone or beside a count. */
export function asksForShare(question: string): boolean {
  return /\b(?:percentage|per cent|proportion|share|(?:vacancy|turnover|sickness|re-?referral|occupancy) rate)\b|%/i.test(
    question,
  );
}

const CONDITION =
  /\b(?:which |that )?(?:includ(?:es|ed|ing)|exclud(?:es|ed|ing)|without|with|if|only|for|not counting|counting)\b[^,.;:]{2,120}/i;
const CONDITION_END =
  /\s+(?:(?:the|our) (?:average|highest|mean|figure|number|total|caseload)|is|was|are|were|then|would be)\b.*$/i;

/** What tells a figure of several apart: the condition in its sentence, or the sentence without its figure. */
function conditionOf(sentence: string, figure: Figure): string {
  const condition = CONDITION.exec(sentence)?.[0].replace(CONDITION_END, "").trim();
  if (condition !== undefined && condition.length > 5) return condition;
  const rest = `${sentence.slice(0, figure.start)}${sentence.slice(figure.end)}`.replace(/\s+/g, " ").trim();
  return rest.slice(0, 120);
}
