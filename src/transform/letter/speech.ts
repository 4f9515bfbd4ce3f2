/** Who speaks: tells the words that ask from the words that answer, line by line, within one question or part. */
import { isPlainAnswer, isStarredYear, LEANS, refusesQuestions, startsWithFigure } from "./answer-lines.ts";
import { splitInline, splitTitle } from "./inline-answers.ts";
import type { TextLine } from "./lines.ts";
import type { OutlineLine, OutlineQuestion } from "./outline.ts";
import { readWholePeriod } from "./periods.ts";
import { readRefusal } from "./refusals.ts";
import { readValue } from "./values.ts";
import { answerLabelLength, isNote, isReplyHeading, looksAsked, readsAsRequest } from "./wording.ts";

export type Piece =
  /** A year or another period that stands by itself and opens what follows it. */
  | { kind: "slot"; text: string; item: number; line: TextLine }
  | { kind: "answer"; text: string; item: number; line: TextLine }
  /** The reply by number begins here: what follows is no longer under the last item of the request. */
  | { kind: "reply"; line: TextLine }
  /** Words that ask or explain stand between: no table goes on over them. */
  | { kind: "break"; line: TextLine };

export interface Speech {
  ref: string;
  part: string;
  /** The question's own words on one line. */
  asked: string;
  /** The words on the line that opens it. */
  title: string;
  /** Line on which it is asked. */
  line: TextLine;
  pieces: Piece[];
  /** Remarks and notes, each on one line of text. */
  notes: { text: string; line: number }[];
}

/** Tells asking from answering in one question. `boldAsks`: the letter sets its questions in bold. */
export function readSpeech(question: OutlineQuestion, boldAsks: boolean): Speech | null {
  const [first] = question.lines;
  if (first === undefined) return null;
  const listener = new Listener(question, first, boldAsks);
  question.lines.forEach((line, place) => {
    listener.hear(line, question.lines[place + 1]);
  });
  return listener.speech;
}

/** A shorter line would have held the next word. */
const NOT_FULL = 50;

type State = "asked" | "answered" | "asked_again" | "noted";

class Listener {
  readonly speech: Speech;
  private readonly boldAsks: boolean;
  private state: State = "asked";
  private lastAsked = "";
  private replying = false;

  constructor(question: OutlineQuestion, first: OutlineLine, boldAsks: boolean) {
    this.speech = {
      ref: question.ref,
      part: question.part,
      asked: "",
      title: first.text,
      line: first.line,
      pieces: [],
      notes: [],
    };
    this.boldAsks = boldAsks;
  }

  hear(heard: OutlineLine, next: OutlineLine | undefined): void {
    const { line, text, role } = heard;
    if (text === "") return;
    if (this.isYearLikeCount(heard, next) || isStarredYear(heard, next)) {
      this.answer(heard, text);
      return;
    }
    if (role === "asked") {
      this.hearRequest(heard);
      return;
    }
    if (role === "reply" && heard.opens) {
      this.hearReply(heard);
      return;
    }
    if (line.cells !== null) {
      this.answer(heard, text);
      return;
    }
    const label = answerLabelLength(text);
    if (label > 0) {
      this.state = "answered";
      if (label < text.length) this.answer(heard, text.slice(label));
      return;
    }
    if (heard.opens) {
      this.hearOpening(heard);
      return;
    }
    if (this.isSlot(heard)) {
      this.open(heard);
      return;
    }
    if (this.continuesNote(line)) {
      this.extendNote(text);
      return;
    }
    if (isNote(text) && !looksAsked(text) && !refusesQuestions(text)) {
      this.note(heard);
      return;
    }
    if (this.asks(heard)) {
      this.hearAsking(heard);
      return;
    }
    this.hearAnswer(heard);
  }

  /**
   * `2018` on a line of its own may be a count: where the period stands already and is written otherwise, or where nothing
   * follows that it could be the year of.
   */
  private isYearLikeCount({ text, item, role, opens }: OutlineLine, next: OutlineLine | undefined): boolean {
    if (!/^\d{4}\.?$/.test(text) || item > 0 || role === "asked" || opens) return false;
    const last = this.speech.pieces.at(-1);
    if (last?.kind === "slot") return !/^\D*\d{4}\D*$/.test(last.text);
    return next === undefined || next.opens || next.item > 0;
  }

  /** In a request as quoted everything asks. */
  private hearRequest(heard: OutlineLine): void {
    if (isReplyHeading(heard.text)) return;
    if (this.isSlot(heard))
      this.speech.pieces.push({ kind: "slot", text: heard.text, item: heard.item, line: heard.line });
    else this.ask(heard.text);
  }

  /** A reply by number: what stands after the number answers, unless it repeats the question. */
  private hearReply(heard: OutlineLine): void {
    if (!this.replying) this.speech.pieces.push({ kind: "reply", line: heard.line });
    this.replying = true;
    if (this.isSlot(heard)) {
      this.open(heard);
      return;
    }
    this.state = "answered";
    if (this.speech.asked === "" && answerLabelLength(heard.text) === 0) {
      const { asked, answer } = splitTitle(heard.text);
      this.ask(asked);
      if (answer !== "") this.answer(heard, answer);
      return;
    }
    const asks = looksAsked(heard.text) && (/\?/.test(heard.text) || readRefusal(heard.text) === null);
    const repeated = asks || (readsAsRequest(heard.text) && this.repeats(heard.text));
    if (!repeated) {
      this.answer(heard, heard.text.slice(answerLabelLength(heard.text)));
      return;
    }
    this.state = "asked";
    this.lastAsked = heard.text;
    const { answer } = splitInline(heard.text);
    if (answer !== "") this.answer(heard, answer);
  }

  private repeats(text: string): boolean {
    const words = (of: string) =>
      of
        .toLowerCase()
        .replace(/[^a-z0-9]/g, "")
        .slice(0, 40);
    return words(this.speech.asked).startsWith(words(text).slice(0, 25));
  }

  /** The line with the question's number: question, and sometimes the answer after it. */
  private hearOpening(heard: OutlineLine): void {
    if (heard.item > 0 || this.isSlot(heard)) {
      this.open(heard);
      return;
    }
    if (this.speech.asked !== "") {
      this.hearReply(heard);
      return;
    }
    if (this.speech.part !== "" && readValue(heard.text) !== null) {
      this.answer(heard, heard.text);
      return;
    }
    const { asked, answer } = splitInline(heard.text);
    this.ask(asked);
    if (answer !== "") this.answer(heard, answer);
  }

  private isSlot(heard: OutlineLine): boolean {
    return heard.item > 0 || (readWholePeriod(heard.text) !== null && heard.line.cells === null);
  }

  private open(heard: OutlineLine): void {
    this.lastAsked = ".";
    const whole = readWholePeriod(heard.text) !== null;
    if (whole || heard.text === "")
      this.speech.pieces.push({ kind: "slot", text: heard.text, item: heard.item, line: heard.line });
    else this.answer(heard, heard.text);
    if (this.state === "asked_again" || this.state === "noted") this.state = "answered";
  }

  private continuesNote(line: TextLine): boolean {
    const last = this.speech.notes.at(-1);
    return this.state === "noted" && last !== undefined && !line.afterBlank && !/[.:!?)]$/.test(last.text);
  }

  private extendNote(text: string): void {
    const last = this.speech.notes.at(-1);
    if (last !== undefined) last.text = `${last.text} ${text}`;
  }

  private note(heard: OutlineLine): void {
    this.speech.notes.push({ text: heard.text, line: heard.line.number });
    this.breakOff(heard.line);
    this.state = "noted";
  }

  private breakOff(line: TextLine): void {
    if (this.speech.pieces.length > 0 && this.speech.pieces.at(-1)?.kind !== "break")
      this.speech.pieces.push({ kind: "break", line });
  }

  /** Whether the line asks: by its wording, as quoted or bold text, or because the question is not over. */
  private asks({ line, text }: OutlineLine): boolean {
    if (line.quoted || (this.boldAsks && line.bold && !/^(?:please )?note\b/i.test(text))) return true;
    if (looksAsked(text) && readRefusal(text) === null) return true;
    if (this.state === "asked") return this.continuesAsking(line, text);
    return this.state === "asked_again" && !line.afterBlank && !/[.?:!]$/.test(this.lastAsked);
  }

  private continuesAsking(line: TextLine, text: string): boolean {
    if (/^(?:from|between|for|during|in|and|or|by|to|namely|i\.e\.)$/i.test(text)) return true;
    if (/^\([^)]*\)?[.?]?$/.test(text) && !/\d/.test(text)) return true;
    if (isPlainAnswer(text) || startsWithFigure(text, this.lastAsked)) return false;
    const over = /[.?:!;]["”’')]?$/.test(this.lastAsked);
    if (line.bullet && /:$/.test(this.lastAsked)) return true;
    // A line that was not full was not wrapped: the whole sentence under it is the answer.
    if (/^[A-Z]/.test(text) && /[.!]$/.test(text) && this.lastAsked.length < NOT_FULL && !LEANS.test(this.lastAsked))
      return false;
    return !line.afterBlank && !over;
  }

  private hearAsking({ line, text }: OutlineLine): void {
    this.breakOff(line);
    const answered = this.speech.pieces.some((piece) => piece.kind === "answer");
    if (!answered || this.state === "asked") {
      const { asked, answer } = splitInline(text);
      this.ask(asked);
      if (answer !== "") this.speech.pieces.push({ kind: "answer", text: answer, item: 0, line });
      this.state = answer === "" ? "asked" : "answered";
      return;
    }
    this.lastAsked = text;
    this.state = "asked_again";
  }

  private hearAnswer(heard: OutlineLine): void {
    if (this.state === "asked_again") {
      this.speech.notes.push({ text: heard.text, line: heard.line.number });
      return;
    }
    this.answer(heard, heard.text);
  }

  private ask(text: string): void {
    if (text === "") return;
    this.speech.asked = this.speech.asked === "" ? text : `${this.speech.asked} ${text}`;
    this.lastAsked = text;
  }

  private answer(heard: OutlineLine, text: string): void {
    this.speech.pieces.push({ kind: "answer", text, item: heard.item, line: heard.line });
    this.state = "answered";
  }
}
