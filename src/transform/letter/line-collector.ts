/** Gives the lines of a letter to the questions and parts that they stand under, following letters and Roman numbers. */
import { readPairs } from "./figures.ts";
import type { TextLine } from "./lines.ts";
import { letterOf, type Marker, readMarkers, romanOf } from "./markers.ts";
import type { Opening, Outline, OutlineLine, OutlineQuestion } from "./outline.ts";
import { findPeriodTokens } from "./period-tokens.ts";
import { NO_HINT, readWholePeriod } from "./periods.ts";
import { answerLabelLength, looksAsked, readsAsRequest } from "./wording.ts";

/** Lines of an answer over those to the parts. */
const MOST_OVER_PARTS = 6;

/** Holds the place in the outline while the lines go by. */
export class LineCollector {
  private readonly outline: Outline;
  private readonly byKey = new Map<string, OutlineQuestion>();
  private ref = "";
  private role: OutlineLine["role"] = "either";
  private current: OutlineQuestion | null = null;
  private letterPart = "";
  private lastLetter = 0;
  private lastRoman = 0;
  /** Letter of the last item that was a period. */
  private lastItem = 0;
  private inTail = false;

  constructor(outline: Outline) {
    this.outline = outline;
  }

  isEmpty(): boolean {
    return this.current === null;
  }

  /**
   * After a heading over answers that follows the last question, lines without a number answer no one question. `asksFirst`: all
   * that came before was the request.
   */
  startTail(line: TextLine, asksFirst: boolean): void {
    const others = this.outline.questions.filter((question) => question !== this.current && question.lines.length > 0);
    this.inTail = asksFirst || (others.length > 0 && !others.some(holdsAnswer));
    if (!this.inTail) this.push(line, line.text, false, 0);
  }

  open(opening: Opening, line: TextLine): void {
    this.inTail = false;
    const { markers, rest } =
      opening.candidate.style === "" ? { markers: [], rest: opening.candidate.rest } : readMarkers(line.text);
    if (opening.ref !== this.ref || this.role !== opening.role)
      [this.lastLetter, this.lastRoman, this.lastItem, this.letterPart] = [0, 0, 0, ""];
    this.ref = opening.ref;
    this.role = opening.role;
    this.select("");
    this.placeInner(markers.slice(1), line, rest, true);
  }

  /** Whether a line under the last part asked, without a letter, stands over answers that begin with the first letter again. */
  isBackAtStem(lines: readonly TextLine[], index: number, openings: ReadonlyMap<number, unknown>): boolean {
    const line = lines[index];
    if (line === undefined || !line.afterBlank || line.cells !== null || this.lastLetter < 2 || this.inTail)
      return false;
    if (this.current?.lines.length !== 1 || readMarkers(line.text).markers.length > 0) return false;
    for (const [place, next] of lines.slice(index + 1, index + 1 + MOST_OVER_PARTS).entries()) {
      if (openings.has(index + 1 + place)) return false;
      const [marker] = next.cells === null ? readMarkers(next.text).markers : [];
      if (marker !== undefined)
        return marker.level === "letter" && marker.value === 1 && this.byKey.has(`${this.ref}|a`);
    }
    return false;
  }

  returnToStem(): void {
    [this.lastLetter, this.lastRoman, this.lastItem, this.letterPart] = [0, 0, 0, ""];
    this.select("");
  }

  add(line: TextLine): void {
    if (this.inTail && !this.leavesTail(line)) {
      this.outline.tail.push(line);
      return;
    }
    const pieces = line.cells === null ? splitItems(line.text) : [];
    if (pieces.length > 1) {
      for (const text of pieces) this.add({ ...line, text });
      return;
    }
    const { markers, rest } = line.cells === null ? readMarkers(line.text) : { markers: [], rest: line.text };
    const inner = markers[0]?.level === "number" ? [] : markers;
    const decimal =
      markers[0]?.level === "number" && markers[1]?.style === "decimal" && String(markers[0].value) === this.ref;
    if (decimal) this.placeInner(markers.slice(1), line, rest, false);
    else this.placeInner(inner, line, inner.length > 0 ? rest : line.text, false);
  }

  /** Under a heading over answers a letter that only one question has as a part opens the answer to that part. */
  private leavesTail(line: TextLine): boolean {
    const [marker] = line.cells === null ? readMarkers(line.text).markers : [];
    if (marker?.level !== "letter") return false;
    const named = this.outline.questions.filter((question) => question.part === letterOf(marker.value));
    const [only] = named;
    if (only === undefined || named.length > 1) return false;
    [this.ref, this.role, this.inTail] = [only.ref, "reply", false];
    [this.lastLetter, this.lastRoman, this.lastItem, this.letterPart] = [0, 0, 0, ""];
    return true;
  }

  /** Follows letters and Roman numbers inside a question to a part or an item. */
  private placeInner(markers: readonly Marker[], line: TextLine, rest: string, opensQuestion: boolean): void {
    let opens = opensQuestion;
    for (const [place, marker] of markers.entries()) {
      const left = place === markers.length - 1 ? rest : "";
      if (marker.level === "letter" && this.acceptsLetter(marker, line)) {
        if (
          (isPeriodItem(left) && !this.byKey.has(`${this.ref}|${letterOf(marker.value)}`)) ||
          (this.letterPart === "" && this.hasItem(marker.value))
        ) {
          this.lastItem = marker.value;
          this.push(line, rest, opens, marker.value);
          return;
        }
        this.lastLetter = marker.value;
        this.lastRoman = 0;
        this.letterPart = letterOf(marker.value);
        this.select(this.letterPart);
        opens = true;
      } else if (marker.level === "roman" && marker.value <= this.lastRoman + 3) {
        this.lastRoman = marker.value;
        if (isPeriodItem(left) || this.hasItem(marker.value)) {
          this.push(line, rest, opens, marker.value);
          return;
        }
        const name = marker.style === "decimal" ? String(marker.value) : romanOf(marker.value);
        this.select(this.letterPart === "" ? name : `${this.letterPart}.${name}`);
        opens = true;
      } else {
        this.push(line, line.text, opens, 0);
        return;
      }
    }
    this.push(line, rest, opens, 0);
  }

  /** Letters come in order, or name a part again. `A.` may also be the initial of a name. */
  private acceptsLetter(marker: Marker, line: TextLine): boolean {
    if (marker.style !== "joined" && answerLabelLength(line.text) > 0) return false;
    return (
      marker.value <= this.lastLetter + 1 ||
      marker.value === this.lastItem + 1 ||
      this.byKey.has(`${this.ref}|${letterOf(marker.value)}`) ||
      marker.style === "joined"
    );
  }

  /** Whether the request has an item of this number here, so that the reply's answers it. */
  private hasItem(item: number): boolean {
    const key = `${this.ref}|${this.letterPart}`;
    return this.byKey.get(key)?.lines.some((line) => line.item === item) ?? false;
  }

  private select(part: string): void {
    const key = `${this.ref}|${part}`;
    const known = this.byKey.get(key);
    this.current = known ?? { ref: this.ref, part, lines: [] };
    if (known !== undefined) return;
    this.byKey.set(key, this.current);
    this.outline.questions.push(this.current);
  }

  private push(line: TextLine, text: string, opens: boolean, item: number): void {
    this.current?.lines.push({ line, text, role: this.role, opens, item });
  }
}

/** Whether a question's lines hold more than what it asks. */
function holdsAnswer(question: OutlineQuestion): boolean {
  return question.lines.some(
    (one) =>
      one.role === "reply" ||
      (!one.opens &&
        one.item === 0 &&
        !looksAsked(one.text) &&
        readWholePeriod(one.text) === null &&
        one.line.afterBlank),
  );
}

/** `ended in 2021-22`, `were started during 2020`: an item that tells what happened then; `year ended 31 March` is a period. */
const HAPPENED = /^(?:(?:were|was|had|have|has|newly) ){0,2}[a-z]{3,12}(?:ed|ing) (?:in|during|within|over|between)\b/i;

/** Whether an item is a period, alone or with its answer: `2017/18`, `2017/18 - 345`, `31 March 2020: 4`. */
function isPeriodItem(text: string): boolean {
  if (HAPPENED.test(text)) return false;
  if (readWholePeriod(text) !== null) return true;
  const [first, second] = findPeriodTokens(text.slice(0, 60));
  // Several years with a figure each are the answer to a part.
  if (second !== undefined && (readPairs(text, NO_HINT)?.length ?? 0) > 1) return false;
  return first !== undefined && first.start <= 8 && !readsAsRequest(text);
}

/** `(i) 2019/20; (ii) 2020/21`: items that follow each other on one line, one by one. */
function splitItems(text: string): string[] {
  if (!/^\((?:i|a)\)\s/i.test(text)) return [text];
  return text.split(/[;,]?\s+(?:and\s+)?(?=\((?:i{2,3}|iv|v|vi{1,3}|[b-h])\)\s)/i);
}
