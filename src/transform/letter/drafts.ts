/** Drafts of cells: what one figure, symbol or stretch of words comes to, before measures and referrals are settled. */
import type { Referral } from "../../letter.ts";
import type { Period, Status, Unit } from "../../observation.ts";
import type { SymbolMeaning } from "./notes.ts";
import type { PeriodHint } from "./periods.ts";
import type { Part } from "./prose.ts";
import { type Law, readRefusal } from "./refusals.ts";
import type { CrossReference } from "./scopes.ts";
import type { Value } from "./values.ts";

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

/** A printed text and where it stands. */
export interface Place {
  text: string;
  line: number;
  page: number | null;
}

/** Where an answer's line stands, with its words. */
export function placeOf(part: Part): Place {
  return { text: part.text, line: part.line.number, page: part.line.page };
}

/** Makes drafts in one question's context and keeps the problems and notes that come up. */
export class DraftMaker {
  readonly context: CellContext;
  readonly notes: string[] = [];
  readonly problems: DraftProblem[] = [];

  constructor(context: CellContext) {
    this.context = context;
  }

  /** The period that the question asks for, where it asks for exactly one. */
  onlyAsked(): Period | null {
    return this.context.asked.length === 1 ? (this.context.asked[0] ?? null) : null;
  }

  /** A cell with nothing in it yet. */
  blank(period: Period | null, line: { number: number; page: number | null }): Draft {
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

  /** Words in place of a figure: a refusal, or an answer in words. */
  wordsDraft(part: Place): Draft {
    const refusal = part.text.length > 3 ? readRefusal(part.text, this.context.law) : null;
    const draft = { ...this.blank(null, { number: part.line, page: part.page }), text: part.text };
    if (refusal !== null) return { ...draft, status: refusal.status, exemption: refusal.exemption, words: part.text };
    return { ...draft, unit: "text" };
  }

  /** A figure; a symbol is read by the letter's legend. */
  valueDraft(value: Value, part: Place): Draft {
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

  /** `code` is stable; the message says what was found. */
  problem(code: string, message: string, line: number): void {
    this.problems.push({ code, message: message.slice(0, 500), line });
  }
}
