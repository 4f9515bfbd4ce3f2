/** The questions of a letter on their way to cells: what each asks, for which periods, and what surrounds it. */
import type { Period } from "../../observation.ts";
import { dayOf } from "./dates.ts";
import { findFigures, readPairs } from "./figures.ts";
import { readLeadIn, readMonthEnd } from "./lead-in.ts";
import type { Outline } from "./outline.ts";
import {
  findAskedPeriods,
  findPeriods,
  mergeHints,
  NO_HINT,
  type PeriodHint,
  readHint,
  readWholePeriod,
  yearEndingOn,
} from "./periods.ts";
import type { QuestionName, Scope } from "./scopes.ts";
import { type Piece, readSpeech, type Speech } from "./speech.ts";
import { readValue } from "./values.ts";

export interface Entry {
  ref: string;
  part: string;
  speech: Speech;
  /** The question's own words; with its stem where they are too short to stand alone. */
  text: string;
  /** The words that tell what is asked: stem and question. */
  question: string;
  hint: PeriodHint;
  /** What of it holds for a question that points back to this one. */
  carried: PeriodHint;
  asked: Period[];
  /** A question with parts that holds no answer of its own. */
  stem: boolean;
}

/** The entries of an outline, with stems resolved and periods inherited. */
export function readEntries(outline: Outline): Entry[] {
  const boldAsks = outline.questions.some((question) => question.lines[0]?.line.bold === true);
  const speeches = outline.questions.flatMap((question) => readSpeech(question, boldAsks) ?? []);
  const leadIn = readLeadIn(outline.preamble);
  const monthEnd = readMonthEnd(outline.preamble);
  const entries: Entry[] = [];
  for (const speech of speeches) entries.push(makeEntry(speech, speeches, entries, leadIn, monthEnd));
  shareListedPeriods(entries);
  return entries;
}

function makeEntry(
  speech: Speech,
  speeches: readonly Speech[],
  before: readonly Entry[],
  leadIn: Period[],
  monthEnd: number | null,
): Entry {
  const stems = speeches.filter(
    (other) => other.ref === speech.ref && other.part !== speech.part && isStemOf(other.part, speech.part),
  );
  const stemText = stems.map((stem) => stem.asked).join(" ");
  const own = speech.asked === "" ? speech.title : speech.asked;
  const question = [stemText, own].filter((words) => words !== "").join(" ");
  const last = before.findLast((entry) => !entry.stem);
  const flows = COUNTS_OVER_YEARS.test(speech.asked);
  const pointed = namedBefore(speech.asked, before) ?? (POINTS_BACK.test(speech.asked) ? last : undefined);
  const outer = pointed !== undefined && !flows ? pointed.carried : NO_HINT;
  const hint = mergeHints(
    readHint(speech.asked),
    mergeHints(stemText === "" ? NO_HINT : readHint(stemText), { ...outer, monthEnd }),
  );
  const hasParts = speeches.some((other) => other.ref === speech.ref && isStemOf(speech.part, other.part));
  const stem = hasParts && !speech.pieces.some((piece) => isFigure(piece, speech.asked));
  const text = own.split(" ").length < 6 ? question : own;
  const named = findAskedPeriods(speech.asked, hint);
  const fromStem = stems.flatMap((one) => [...findAskedPeriods(one.asked, hint), ...slotPeriods(one.pieces, hint)]);
  const stemAsked = before.filter((entry) => stems.includes(entry.speech)).flatMap((entry) => entry.asked);
  const asked = chooseAsked(named, fromStem) ?? inherit(speech, before) ?? chooseAsked([], stemAsked) ?? leadIn;
  const [only, ...more] = asked;
  const shared = named.length > 1 || (named.length === 0 && asked.length > 1 && !HAPPENS.test(speech.asked));
  const asAtDay = hint.asAtDay ?? (shared ? sharedDay(named.length > 1 ? named : asked) : null);
  const within = more.length === 0 && only !== undefined && only.kind !== "as_at" ? only : null;
  return {
    ref: speech.ref,
    part: speech.part,
    speech,
    text,
    question,
    hint: { ...hint, asAtDay, within },
    carried: hint,
    asked,
    stem,
  };
}

/** `31 March 2019, 2020 and 2021`: the day of every year that is asked for; null where they are not all one. */
function sharedDay(asked: readonly Period[]): { month: number; day: number } | null {
  const [first] = asked;
  if (first === undefined || asked.some((period) => period.kind !== "as_at")) return null;
  const { month, day } = dayOf(first.start);
  return asked.every((period) => period.start.slice(4) === first.start.slice(4)) ? { month, day } : null;
}

/** `How many children were there, and` over parts: the stem asks for a figure of its own. */
const ASKS_BEFORE_PARTS =
  /\b(?:how (?:many|much)|number of)\b.*(?:\?|[,;]? and(?: of (?:these|those|them|which|whom))?[,:]?|of (?:these|those|them|which|whom)[,:]?)$/i;

/** A remark over the parts of a question leaves it a stem; a figure or a year with an answer does not. */
function isFigure(piece: Piece, asked: string): boolean {
  return (
    piece.kind === "answer" &&
    (piece.line.cells !== null ||
      readValue(piece.text) !== null ||
      readPairs(piece.text, NO_HINT) !== null ||
      (ASKS_BEFORE_PARTS.test(asked) && findFigures(piece.text, findPeriods(piece.text)).length === 1))
  );
}

function isStemOf(stem: string, part: string): boolean {
  return stem !== part && (stem === "" || part.startsWith(`${stem}.`));
}

/** A day asked for wins over years that are named beside it. */
function chooseAsked(own: Period[], fromStem: Period[]): Period[] | null {
  for (const periods of [own, uniquePeriods(fromStem)]) {
    const days = periods.filter((period) => period.kind === "as_at");
    if (days.length > 0) return days;
    if (periods.length > 0) return periods;
  }
  return null;
}

export function uniquePeriods(periods: readonly Period[]): Period[] {
  return [...new Map(periods.map((period) => [`${period.kind} ${period.label}`, period])).values()];
}

export function slotPeriods(pieces: readonly Piece[], hint: PeriodHint): Period[] {
  return pieces.flatMap((piece) => (piece.kind === "slot" ? (readWholePeriod(piece.text, hint) ?? []) : []));
}

const POINTS_BACK =
  /\b(?:(?<!\b(?:names?|ages?|address(?:es)?|details|list|copy|copies|reasons?|salary|salaries|grades?|qualifications?) )of (?:these|those|them|which|whom)(?! (?:financial |calendar |academic )?(?:years?|periods?|dates?) ?:?$)|(?:these|those|the same|same) (?:\w+ ){0,2}(?:periods?|years?|dates?|days?|quarters?|months?|times?)|how many\b.{0,60}\b(?:were|are|was|did|do|have|had) they\b(?=[^.;]{0,40}$)|(?:these|those) (?!who\b|that\b|which\b|in\b|with\b|aged\b|under\b|over\b|on\b|at\b|of\b|you\b|teams?\b)[a-z]{4,}(?: [a-z]+){0,3}(?=[,:?]|\s(?:were|was|who|that|did|had|have|are|which|led|ended|resulted)\b)|(?:at|on|in|by|during|over|for) that (?:date|day|time|year|point|period|quarter|month))\b|\b(?:each|all|both|any|every one|in|for|during|over) (?:of )?the (?:same )?(?:two|three|four|five|six|seven|\d) (?:financial |calendar |academic )?(?:years|dates|days|periods|quarters)\b(?! (?:to|up|ending|ended|from|before|until|prior|since|between|preceding))|^(?:and )?what (?:is|was|were|are) the (?:highest|lowest|average|mean|total)\??$/i;
/** `How many of the children at question 5 …`: the periods of the question that it names. */
const QUESTION_BACK =
  /\b(?:at|in|from|under|to|of|by|for)\s(?:\(?(?:question|q|point|item)s?\.?\s?)(\d{1,2})(?!\d)\s?(?:\(?([a-h])\)?(?![a-z]))?/i;
/** The same by the number alone: `of those in 1, how many …`. */
const NUMBER_BACK =
  /\b(?:those|children|young people|families|ones|carers|workers|referrals|total|number|figure|answer) (?:(?:given|counted|reported|stated) )?(?:in|at|from|to|under) \(?(\d{1,2})\)?\s?(?:\(?([a-h])\)?)?(?=[,?]| (?:above|were|was|are|is|had|have|did)\b)/i;
const COUNTS = /\b(?:how (?:many|much)|number|percentage|proportion|average|cost)\b/i;
const ITEM_BACK = /\((?:([a-h])|([ivx]{1,4}))\)/i;

/** `How many of these …`, `in those years`, `the enquiries of (i)`: the periods of the question before. */
function inherit(speech: Speech, before: readonly Entry[]): Period[] | null {
  const last = before.findLast((entry) => !entry.stem);
  if (last === undefined) return null;
  const named = namedBefore(speech.asked, before);
  if (named !== null) return named.asked.length === 0 ? null : [...named.asked];
  const item = ITEM_BACK.exec(speech.asked);
  if (item !== null) return periodsOfItem(item, last);
  const back = POINTS_BACK.exec(speech.asked);
  if (back === null || pointsWithin(speech.asked, back)) return null;
  const listed = uniquePeriods(slotPeriods(last.speech.pieces, last.hint));
  const periods = listed.length > 0 ? listed : last.asked;
  if (periods.length === 0) return null;
  return COUNTS_OVER_YEARS.test(speech.asked) ? periods.map(yearUpTo) : [...periods];
}

/** The earlier question that a question names. */
function namedBefore(asked: string, before: readonly Entry[]): Entry | null {
  const back = QUESTION_BACK.exec(asked) ?? NUMBER_BACK.exec(asked);
  if (back === null || !COUNTS.test(asked)) return null;
  const [, number = "", part = ""] = back;
  return entriesNamed({ number: String(Number(number)), part: part.toLowerCase() }, before)[0] ?? null;
}

/** `How many centres are there, and how many of them …`: the question itself names what it points back to. */
function pointsWithin(asked: string, back: RegExpExecArray): boolean {
  const counted = asked.slice(0, back.index).match(/\b(?:how many|number of|percentage|proportion)\b/gi) ?? [];
  return /^of /i.test(back[0]) && counted.length > 1;
}

/** What is counted over a year: days that another question asks for are not meant. */
const HAPPENS =
  /\b(?:years\b|during|spen[dt]|paid|received|started|beg[au]n|ended|ceased|closed|opened|completed|recorded|reported|referred|left|joined|recruited|resigned|registered|approved|adopted|died|dismissed|issued|went missing|moved|took place|carried out|held)\b/i;

/** What happens over years, not on a day of each: `spent in these years`. */
const COUNTS_OVER_YEARS =
  /\b(?:spen[dt]|spending|expenditure|cost|costs|paid|pay|received|started|beg[au]n|ended|ceased|closed|opened|completed|referred|left|joined|recruited|resigned|registered|de-?registered|approved|adopted|died|dismissed|issued|made redundant|went missing|moved|took place|carried out|made)\b.{0,120}\b(?:in|during|over|throughout|across|for) (?:each of |all of |both of |any of )?(?:these|those|the same|same) (?:\w+ ){0,2}years\b/i;

/** The year that a day of year's end closes; other days and periods as they are. */
function yearUpTo(period: Period): Period {
  if (period.kind !== "as_at") return period;
  const year = yearEndingOn(dayOf(period.start));
  return year.kind === "financial_year" || year.kind === "calendar_year" ? year : period;
}

/** The period of the item that a question points to in the one before: `(i)`, `(b)`. */
function periodsOfItem(match: RegExpExecArray, last: Entry): Period[] | null {
  const numbers =
    match[1] === undefined
      ? ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"].indexOf((match[2] ?? "").toLowerCase()) + 1
      : match[1].toLowerCase().charCodeAt(0) - 96;
  const slot = last.speech.pieces.find(
    (piece) => (piece.kind === "slot" || piece.kind === "answer") && piece.item === numbers,
  );
  if (slot === undefined || slot.kind === "reply" || slot.kind === "break") return null;
  const periods = findAskedPeriods(slot.text, last.hint);
  return periods.length === 0 ? null : periods;
}

/** Years that are listed after the last part of a question hold for the parts before it, too, where those list none. */
function shareListedPeriods(entries: Entry[]): void {
  entries.forEach((entry, place) => {
    const listed = uniquePeriods(slotPeriods(entry.speech.pieces, entry.hint));
    const lettered =
      entry.part !== "" && listed.length > 1 && /please|following|(?:time|these) periods?/i.test(entry.speech.asked);
    if (!lettered) return;
    for (const other of entries.slice(0, place)) {
      const sibling =
        other.ref === entry.ref &&
        other.part !== "" &&
        other.asked.length === 0 &&
        !other.speech.pieces.some((piece) => piece.kind === "slot" || piece.kind === "answer");
      if (sibling) other.asked = listed;
    }
  });
}

/** The entries that a phrase such as `questions 3 to 6c` names; stems are named by their parts. */
export function entriesIn(scopes: readonly Scope[], entries: readonly Entry[]): Entry[] {
  const named = new Set<Entry>();
  for (const scope of scopes) {
    if (scope.kind === "all") for (const entry of entries) named.add(entry);
    else if (scope.kind === "list")
      for (const name of scope.names) for (const entry of entriesNamed(name, entries)) named.add(entry);
    else for (const entry of entriesBetween(scope.from, scope.to, entries)) named.add(entry);
  }
  return entries.filter((entry) => named.has(entry) && !entry.stem);
}

function entriesNamed(name: QuestionName, entries: readonly Entry[]): Entry[] {
  const of = entries.filter(
    (entry) => entry.ref === name.number || (entry.ref.endsWith(`.${name.number}`) && !name.number.includes(".")),
  );
  const exact = of.filter(
    (entry) => name.part === "" || entry.part === name.part || entry.part.startsWith(`${name.part}.`),
  );
  return exact;
}

function entriesBetween(from: QuestionName, to: QuestionName, entries: readonly Entry[]): Entry[] {
  const [first] = entriesNamed(from, entries);
  const last = entriesNamed(to, entries).at(-1);
  if (first === undefined || last === undefined) return [];
  const [start, end] = [entries.indexOf(first), entries.indexOf(last)];
  return end < start ? [] : entries.slice(start, end + 1);
}
