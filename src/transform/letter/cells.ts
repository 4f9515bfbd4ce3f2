/**
 * Cells of one question: every period (and row, team or condition) with its status and value. Works on what a question's
 * lines say; blocks that cover several questions and cross references are the assembly's.
 */
import type { Referral } from "../../letter.ts";
import type { Period, Status, Unit } from "../../observation.ts";
import { type Figure, findFigures, readLabelled, readLabelledList, readPairs } from "./figures.ts";
import { findGrid } from "./flat-tables.ts";
import type { TextLine } from "./lines.ts";
import type { SymbolMeaning } from "./notes.ts";
import { findPeriods, type PeriodHint, readHint, readWholePeriod } from "./periods.ts";
import { type Law, readRefusal } from "./refusals.ts";
import { type CrossReference, readCrossReference } from "./scopes.ts";
import type { Piece, Speech } from "./speech.ts";
import { breakdownsOf, readGrid, readScale, type TableFigure } from "./tables.ts";
import { readValue, type Value } from "./values.ts";
import { asksForNumber } from "./wording.ts";

/** A cell before measures, units and referrals are settled. */
export interface Draft {
  period: Period | null;
  breakdown: string;
  status: Status;
  value: number | null;
  text: string;
  /** The unit that the answer's form shows. */
  unit: Unit | null;
  exemption: string | null;
  line: number;
  page: number | null;
  /** Words around a refusal or referral, for its links. */
  words: string;
  reference: CrossReference | null;
  /** Settled by the assembly. */
  referral?: Referral;
}

export interface DraftProblem {
  code: string;
  message: string;
  line: number;
}

/** What a question's cells are read with. */
export interface CellContext {
  hint: PeriodHint;
  /** Periods that the question asks for, its own or inherited. */
  asked: readonly Period[];
  law: Law;
  symbols: ReadonlyMap<string, SymbolMeaning>;
  /** The question with its stem, for what it asks. */
  question: string;
}

export interface ReadCells {
  drafts: Draft[];
  /** Words that explain and are no cells. */
  notes: string[];
  problems: DraftProblem[];
}

interface Slot {
  period: Period | null;
  item: number;
  line: TextLine;
  answers: Part[];
}

/** An answer's line with the lines that it was wrapped over. */
interface Part {
  text: string;
  line: TextLine;
  /** The line on which the character at a place stands. */
  lineAt?: (at: number) => TextLine;
}

/** Reads the cells of one question. No cell comes out where nothing answers and nothing is asked by period. */
export function readCells(speech: Speech, context: CellContext): ReadCells {
  const reader = new CellReader(speech, context);
  return reader.read();
}

class CellReader {
  private readonly speech: Speech;
  private readonly context: CellContext;
  private readonly notes: string[] = [];
  private readonly problems: DraftProblem[] = [];
  private readonly tableDrafts: Draft[] = [];
  private readonly slots: Slot[];

  constructor(speech: Speech, context: CellContext) {
    this.speech = speech;
    this.context = context;
    this.slots = [{ period: null, item: 0, line: speech.line, answers: [] }];
  }

  read(): ReadCells {
    this.fillSlots(this.takeTables(this.speech.pieces));
    const drafts = [...this.tableDrafts];
    const named = this.slots.slice(1);
    const answered = this.slots.filter((slot) => slot.answers.length > 0);
    const zipped = this.zipValues(answered);
    if (zipped !== null) drafts.push(...zipped);
    else for (const slot of answered) drafts.push(...this.readSlot(slot, drafts.length > 0));
    const spread = this.spreadWords(drafts, named);
    return { drafts: this.addUnanswered(spread, named), notes: this.notes, problems: this.problems };
  }

  /** Tables become drafts at once; what is left goes on to the slots. */
  private takeTables(pieces: readonly Piece[]): Piece[] {
    const left: Piece[] = [];
    for (let place = 0; place < pieces.length; ) {
      const piece = pieces[place] as Piece;
      const lines = tableLines(pieces, place);
      const found = lines.length < 1 ? null : findGrid(lines, 0, this.context.hint);
      const over = periodBefore(left, this.context.hint);
      const asked = over === null ? this.context.asked : [over];
      const figures = found === null ? [] : readGrid(found.grid, this.context.hint, asked);
      if (found === null || figures.length === 0) {
        left.push(piece);
        place += 1;
        continue;
      }
      const caption = readScale(`${this.context.question} ${captionBefore(left)}`);
      this.addTable(figures, caption, over ?? this.onlyAsked());
      place += found.length;
    }
    return left;
  }

  private addTable(
    figures: readonly TableFigure[],
    caption: { scale: number; pounds: boolean },
    period: Period | null,
  ): void {
    const breakdowns = breakdownsOf(figures);
    figures.forEach((figure, place) => {
      const value = readValue(figure.text);
      const part = { text: figure.text, line: figure.line, page: figure.page };
      const draft = value === null ? this.wordsDraft(part) : this.valueDraft(value, part);
      const scale = figure.scale > 1 ? figure.scale : caption.scale;
      if (draft.value !== null && scale > 1 && draft.unit !== "percent" && !/[a-z]/i.test(figure.text))
        draft.value = Number((draft.value * scale).toFixed(2));
      if ((figure.pounds || (caption.pounds && scale > 1)) && draft.unit === null && draft.value !== null)
        draft.unit = "GBP";
      const percents =
        figures.some((one) => one.column === figure.column && one.row === figure.row && /%/.test(one.text)) ||
        figures.some(
          (one) => breakdowns.length > 0 && one.column !== "" && one.column === figure.column && /%/.test(one.text),
        );
      if (draft.unit === null && percents) draft.unit = "percent";
      this.tableDrafts.push({
        ...draft,
        period: figure.period ?? period,
        breakdown: breakdowns[place] ?? "",
      });
    });
  }

  private onlyAsked(): Period | null {
    return this.context.asked.length === 1 ? (this.context.asked[0] ?? null) : null;
  }

  /** Sorts answers under the period that they stand under. */
  private fillSlots(pieces: readonly Piece[]): void {
    let current = this.slots[0] as Slot;
    for (const piece of pieces) {
      if (piece.kind === "reply") current = this.slots[0] as Slot;
      else if (piece.kind === "break") continue;
      else if (piece.kind === "slot") current = this.openSlot(piece);
      else {
        if (piece.item > 0) current = this.openSlot(piece);
        const rest = this.openLeadingPeriod(piece);
        if (rest !== null) [current] = [rest];
        else current.answers.push({ text: piece.text, line: piece.line });
      }
    }
  }

  private openSlot(piece: Piece & { kind: "slot" | "answer" }): Slot {
    const period = piece.kind === "slot" ? readWholePeriod(piece.text, this.context.hint) : null;
    const blank = (slot: Slot) => slot.answers.length === 0;
    const known = this.slots.find(
      (slot) =>
        slot !== this.slots[0] &&
        blank(slot) &&
        ((period !== null && slot.period?.label === period.label) ||
          (period === null && piece.item > 0 && slot.item === piece.item)),
    );
    if (known !== undefined) return known;
    if (period === null && piece.kind === "answer") return this.slots[0] as Slot;
    const slot = { period, item: piece.item, line: piece.line, answers: [] };
    this.slots.push(slot);
    return slot;
  }

  /** `2018-2019 not yet available`, `2020/21: see below`: the period opens a slot and the rest is its answer. */
  private openLeadingPeriod(piece: Piece & { kind: "answer" }): Slot | null {
    const periods = findPeriods(piece.text, this.context.hint);
    const [first] = periods;
    if (
      first === undefined ||
      periods.length > 1 ||
      first.start > 12 ||
      readPairs(piece.text, this.context.hint) !== null
    )
      return null;
    const head = piece.text.slice(0, first.end).replace(/^\(/, "");
    const rest = piece.text.slice(first.end).trim();
    if (readWholePeriod(head, this.context.hint) === null || !/^[:=–—-]/.test(rest)) return null;
    const slot = this.openSlot({ kind: "slot", text: head, item: piece.item, line: piece.line });
    slot.answers.push({ text: rest.replace(/^[:=–—-]\s*/, ""), line: piece.line });
    return slot;
  }

  /** As many values as periods asked for, in one stretch of answers: each period has its own. */
  private zipValues(answered: readonly Slot[]): Draft[] | null {
    const [slot, ...more] = answered;
    const named = this.slots.slice(1).map((one) => one.period);
    const periods = named.length > 0 ? named : this.context.asked;
    if (slot === undefined || more.length > 0 || periods.length < 2 || this.tableDrafts.length > 0) return null;
    const parts = slot.answers.flatMap((part) =>
      part.text.split(/\s*(?:;|,\s|\band\b|\s\/\s)\s*/).map((text) => ({ text, line: part.line })),
    );
    const values = parts.map((part) => readValue(part.text));
    if (values.length !== periods.length || values.some((value) => value === null)) return null;
    return values.flatMap((value, place) => {
      const part = parts[place];
      if (value === null || part === undefined) return [];
      return [{ ...this.valueDraft(value, place_(part)), period: periods[place] ?? null }];
    });
  }

  private readSlot(slot: Slot, haveOthers: boolean): Draft[] {
    const period = slot.period ?? this.onlyAsked();
    const strict = joinWrapped(slot.answers).map((part) => ({ part, drafts: this.readStrict(part, period) }));
    const figures = strict.flatMap(({ drafts }) => drafts ?? []);
    const sentences = strict.filter(({ drafts }) => drafts === null).map(({ part }) => part);
    if (figures.length > 0) {
      this.notes.push(...sentences.map((part) => part.text));
      return this.settle(figures);
    }
    const joined = joinAll(slot.answers);
    if (joined === null) return [];
    if (haveOthers && slot.period === null) {
      this.notes.push(...sentences.map((part) => part.text));
      return [];
    }
    return this.readSentences(joined, period);
  }

  /** The cells of a line that holds nothing but values, periods and labels; null for a sentence. */
  private readStrict(part: Part, period: Period | null): Draft[] | null {
    const { text } = part;
    const reference = readCrossReference(text);
    if (reference !== null) return [{ ...this.wordsDraft(place_(part)), period, reference }];
    const value = readValue(text);
    if (value !== null) return this.valueDrafts(value, place_(part), period);
    if (text.length > 500 || this.isLegal(text)) return null;
    const pairs = this.readPeriodPairs(text, period);
    if (pairs !== null) {
      return pairs.map((pair) => {
        const line = part.lineAt?.(pair.at) ?? part.line;
        return { ...this.valueDraft(pair.value, place_({ ...part, line })), period: pair.period };
      });
    }
    const list = readLabelledList(text);
    if (list !== null && findPeriods(text, this.context.hint).length === 0)
      return list.map((one) => ({ ...this.valueDraft(one.value, place_(part)), period, breakdown: one.label }));
    const labelled = text.length > 160 || /[.?!]\s+[A-Z]/.test(text) ? null : readLabelled(text);
    if (labelled === null) return null;
    return [{ ...this.valueDraft(labelled.value, place_(part)), period, breakdown: labelled.label }];
  }

  /** A share in brackets after a count is a cell of its own only where the question asks for it too. */
  private valueDrafts(value: Value, part: Place, period: Period | null): Draft[] {
    const draft = { ...this.valueDraft(value, part), period };
    const share = asksForShare(this.context.question) && value.unit !== "percent" ? readValue(value.remark) : null;
    return share?.unit === "percent" ? [draft, { ...this.valueDraft(share, part), period }] : [draft];
  }

  /** Words of law and refusal are read as sentences, whatever numbers they hold. */
  private isLegal(text: string): boolean {
    const refusal = readRefusal(text, this.context.law);
    if (refusal === null) return false;
    return refusal.exemption !== null || text.length > 60;
  }

  /** Pairs of period and value; a day or month inside the year asked for does not name another period. */
  private readPeriodPairs(text: string, period: Period | null) {
    if (!asksForNumber(this.context.question) && text.length > 60) return null;
    const pairs = readPairs(text, this.context.hint);
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
    const text = plain.map((draft) => draft.text).join("; ");
    this.problem(
      "several-figures",
      `several figures answer one question and nothing tells them apart: ${text}`,
      first.line,
    );
    return [{ ...first, status: "reported", value: null, text, unit: "text" }];
  }

  /** Prose: a refusal, a figure within a sentence, or words. */
  private readSentences(joined: JoinedText, period: Period | null): Draft[] {
    const refusal = readRefusal(joined.text, this.context.law);
    const figures =
      asksForNumber(this.context.question) &&
      (refusal === null || (refusal.exemption === null && refusal.status === "referred"))
        ? this.readFigures(joined, period)
        : [];
    if (figures.length > 0) return figures;
    if (refusal !== null) {
      const at = joined.lineAt(refusal.at);
      return [
        {
          ...this.blank(period, at),
          status: refusal.status,
          exemption: refusal.exemption,
          text: refusal.status === "referred" ? "" : joined.text,
          words: joined.text,
        },
      ];
    }
    return [
      { ...this.wordsDraft({ text: joined.text, line: joined.lineAt(0).number, page: joined.lineAt(0).page }), period },
    ];
  }

  private readFigures(joined: JoinedText, period: Period | null): Draft[] {
    const sentences = splitSentences(joined.text);
    const found = sentences.map((sentence) => ({ ...sentence, figures: this.figuresOf(sentence.text) }));
    const withFigures = found.filter((sentence) => sentence.figures.length > 0);
    const [first, ...more] = withFigures;
    if (first === undefined) return [];
    const at = joined.lineAt(first.at);
    const place = (text: string, line = at) => ({ text, line: line.number, page: line.page });
    const strict = readValue(first.text);
    if (strict !== null) {
      this.notes.push(...sentences.filter((one) => one.at !== first.at).map((one) => one.text));
      return [{ ...this.valueDraft(strict, place(first.text)), period }];
    }
    const single = withFigures.every((sentence) => sentence.figures.length === 1);
    const [figure, ...others] = first.figures;
    if (figure === undefined) return [];
    if (more.length === 0 && others.length === 0)
      return [this.figureDraft(first.text, figure, place(figure.value.text), period)];
    const shared = more.length === 0 ? this.readCountAndShare(first.text, first.figures, place, period) : null;
    if (shared !== null) return shared;
    const listed = more.length === 0 ? this.zipFigures(first.figures, place) : null;
    if (listed !== null) return listed;
    this.problem("several-figures", `several figures answer one question: ${joined.text}`, at.number);
    if (!single) return [{ ...this.wordsDraft(place(joined.text)), period }];
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
    return asksForShare(this.context.question) ? drafts : drafts.slice(0, 1);
  }

  /** `412, 398 and 377 respectively`: as many figures in a sentence as periods asked for. */
  private zipFigures(figures: readonly Figure[], place: (text: string) => Place): Draft[] | null {
    const named = this.slots.slice(1).map((slot) => slot.period);
    const periods = named.length > 0 ? named : this.context.asked;
    if (periods.length < 2 || figures.length !== periods.length) return null;
    return figures.map((figure, at) => ({
      ...this.valueDraft(figure.value, place(figure.value.text)),
      period: periods[at] ?? null,
    }));
  }

  private figuresOf(sentence: string): Figure[] {
    return findFigures(sentence, findPeriods(sentence, this.context.hint)).filter(
      (figure) => figure.value.symbol === null,
    );
  }

  /** A figure within a sentence; the period that the sentence names beside it counts, unless it lies within the one asked for. */
  private figureDraft(sentence: string, figure: Figure, part: Place, period: Period | null): Draft {
    const named = findPeriods(sentence, this.context.hint);
    const [own, ...more] = named;
    const given = own !== undefined && more.length === 0 ? own.period : null;
    const inside = given !== null && period !== null && given.start >= period.start && given.end <= period.end;
    return { ...this.valueDraft(figure.value, part), period: given === null || inside ? period : given };
  }

  private blank(period: Period | null, line: { number: number; page: number | null }): Draft {
    return {
      period,
      breakdown: "",
      status: "reported",
      value: null,
      text: "",
      unit: null,
      exemption: null,
      line: line.number,
      page: line.page,
      words: "",
      reference: null,
    };
  }

  private wordsDraft(part: Place): Draft {
    const refusal = part.text.length > 3 ? readRefusal(part.text, this.context.law) : null;
    const draft = { ...this.blank(null, { number: part.line, page: part.page }), text: part.text };
    if (refusal !== null) return { ...draft, status: refusal.status, exemption: refusal.exemption, words: part.text };
    return { ...draft, unit: "text" };
  }

  private valueDraft(value: Value, part: Place): Draft {
    const draft = {
      ...this.blank(null, { number: part.line, page: part.page }),
      text: value.text,
      status: value.status,
      value: value.value,
      unit: value.unit,
    };
    if (value.unclear !== null) {
      this.problem("value-unclear", `"${value.text}" was not read as a number: ${value.unclear}`, part.line);
      return { ...draft, unit: "text" };
    }
    return value.symbol === null ? draft : this.symbolDraft(draft, value.symbol, part.line);
  }

  private symbolDraft(draft: Draft, symbol: string, line: number): Draft {
    const meaning = this.context.symbols.get(symbol.toLowerCase());
    if (meaning === undefined) {
      this.problem(
        "unexplained-symbol",
        `"${symbol}" stands where a figure should, and the letter does not say what it means`,
        line,
      );
      return { ...draft, unit: "text" };
    }
    const unit = meaning.status === "reported" && meaning.value === null ? "text" : null;
    return { ...draft, status: meaning.status, value: meaning.value, exemption: meaning.exemption, unit };
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
    const periods = named.length > 0 ? named.map((slot) => slot.period) : [...this.context.asked];
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
      blanks.unshift(named[place] as Slot);
    const final = drafts.at(-1) as Draft;
    return [...drafts.slice(0, -1), ...blanks.map((slot) => ({ ...final, period: slot.period })), final];
  }

  /** Periods that were asked for and have nothing: unanswered, not zero. */
  private addUnanswered(drafts: Draft[], named: readonly Slot[]): Draft[] {
    const wanted =
      named.length > 0
        ? named.map((slot) => ({ period: slot.period, line: slot.line }))
        : this.context.asked.map((period) => ({ period, line: this.speech.line }));
    const kinds = new Set(drafts.map((draft) => draft.period?.kind));
    const has = (period: Period | null) =>
      drafts.some((draft) => draft.period?.label === period?.label && draft.period?.kind === period?.kind);
    const comparable = drafts.length === 0 || (drafts.every((draft) => draft.period !== null) && kinds.size === 1);
    const missing = wanted.filter(
      ({ period }) => period !== null && comparable && !has(period) && (drafts.length === 0 || kinds.has(period.kind)),
    );
    const blanks = missing.map(({ period, line }) => ({ ...this.blank(period, line), status: "unanswered" as const }));
    if (drafts.length === 0 && blanks.length === 0)
      return [{ ...this.blank(null, this.speech.line), status: "unanswered" }];
    const order = (draft: Draft) => wanted.findIndex(({ period }) => period?.label === draft.period?.label);
    return blanks.length === 0 ? drafts : [...drafts, ...blanks].sort((a, b) => order(a) - order(b));
  }

  private problem(code: string, message: string, line: number): void {
    this.problems.push({ code, message: message.slice(0, 500), line });
  }
}

interface Place {
  text: string;
  line: number;
  page: number | null;
}

function place_(part: Part): Place {
  return { text: part.text, line: part.line.number, page: part.line.page };
}

/** The lines from a place on that a table may be made of. */
function tableLines(pieces: readonly Piece[], from: number): TextLine[] {
  const lines: TextLine[] = [];
  for (let place = from; place < pieces.length && lines.length < 2000; place += 1) {
    const piece = pieces[place];
    if (piece === undefined || piece.kind === "reply" || piece.kind === "break" || piece.item > 0) break;
    lines.push(piece.line.text === piece.text ? piece.line : { ...piece.line, text: piece.text });
  }
  return lines;
}

/** The one period that the line over a table names: `All for 2022/23.` */
function periodBefore(pieces: readonly Piece[], hint: PeriodHint): Period | null {
  const last = pieces.at(-1);
  return last?.kind === "slot" && last.item === 0 ? readWholePeriod(last.text, hint) : null;
}

function captionBefore(pieces: readonly Piece[]): string {
  const last = pieces.at(-1);
  return last === undefined || last.kind === "reply" || last.kind === "break" ? "" : last.text.slice(0, 200);
}

export interface JoinedText {
  text: string;
  /** The line on which the character at a place stands. */
  lineAt(at: number): TextLine;
}

/** Lines as one text that still knows its lines; null where there are none. Wrapped lines are joined, others kept apart. */
export function joinAll(parts: readonly { text: string; line: TextLine }[]): JoinedText | null {
  const [first] = parts;
  if (first === undefined) return null;
  const starts: { at: number; line: TextLine }[] = [];
  const pieces: string[] = [];
  let length = 0;
  let last = "";
  for (const part of parts) {
    if (pieces.length > 0) {
      pieces.push(isWrapped(last, part) ? " " : "\n");
      length += 1;
    }
    starts.push({ at: length, line: part.line });
    pieces.push(part.text);
    length += part.text.length;
    last = part.text;
  }
  return { text: pieces.join(""), lineAt: (at) => starts.findLast((start) => start.at <= at)?.line ?? first.line };
}

/** Whether a line goes on with the one before: no blank between, and its first word would not have fitted there. */
function isWrapped(before: string, part: { text: string; line: TextLine }): boolean {
  if (part.line.afterBlank || part.line.bullet || /^(?:\(?\d{1,2}[.)]\s|(?:for )?questions?\b)/i.test(part.text))
    return false;
  const firstWord = part.text.split(" ", 1)[0] ?? "";
  return before.length + firstWord.length + 1 > part.text.length - 8 || /^[a-z]/.test(part.text);
}

/** Long lines that were wrapped, as one; lines that can stand alone stay alone. */
function joinWrapped(parts: readonly Part[]): Part[] {
  const groups: Part[][] = [];
  for (const part of parts) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const open = last !== undefined && last.text.length > 50 && !/[:;]$/.test(last.text) && isWrapped(last.text, part);
    if (group !== undefined && open) group.push(part);
    else groups.push([part]);
  }
  return groups.flatMap((group) => {
    const [first] = group;
    const joined = joinAll(group);
    return first === undefined || joined === null
      ? []
      : [{ text: joined.text, line: first.line, lineAt: joined.lineAt }];
  });
}

/** Whether the years of a list are all blank but the last, so that what stands there speaks of all of them. */
function isListedBlank(named: readonly Slot[], last: Slot | undefined): boolean {
  return named.every((slot) => slot === last || slot.answers.length === 0);
}

function asksForShare(question: string): boolean {
  return /\b(?:percentage|per cent|proportion|share)\b|%/i.test(question);
}

/** Sentences with their places; a stop inside a number or an abbreviation ends none. */
export function splitSentences(text: string): { text: string; at: number }[] {
  const sentences: { text: string; at: number }[] = [];
  let from = 0;
  for (const match of text.matchAll(/[.!?]["”’')]?\s+(?=["“‘'(]?[A-Z£\d])|\n/g)) {
    const end = match.index + match[0].length;
    if (/\b(?:e\.g|i\.e|approx|no|c|mr|ms|dr|st)\.\s*$/i.test(text.slice(Math.max(0, end - 9), end))) continue;
    sentences.push({ text: text.slice(from, end).trim(), at: from });
    from = end;
  }
  sentences.push({ text: text.slice(from).trim(), at: from });
  return sentences.filter((sentence) => sentence.text !== "");
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

/** What a question says of the years under it, with what its surroundings say. */
export function hintOf(question: string): PeriodHint {
  return readHint(question);
}
