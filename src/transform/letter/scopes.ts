/** Which questions a paragraph speaks of: `For Questions 3 to 6c`, `Q1 and Q2`, `all of your questions`; and cross references. */

import { SMALL_NUMBERS } from "./number-words.ts";

/** A question, or a part of one, as a letter names it. */
export interface QuestionName {
  /** `5`, or `A.5`. */
  number: string;
  /** `b`; '' for the whole question. */
  part: string;
}

export type Scope =
  | { kind: "range"; from: QuestionName; to: QuestionName }
  | { kind: "list"; names: QuestionName[] }
  | { kind: "all" };

export interface FoundScope {
  scopes: Scope[];
  start: number;
  end: number;
}

const HEAD =
  /\b(?:(?:questions?|qs?|parts?|points?|items?|requests?)\.?\s{0,6}(?:nos?\.?\s?|numbers?\s)?(?=\(?(?:[A-H]\.?)?\d)|(?:for|regarding|as to|in respect of|concerning)\s(?=\d{1,2}(?:\s?\(?[a-h]\)?)?(?:,(?!\d)|\s(?:and|to|we|the|this)\b|:)))/gi;
const NAME =
  /\(?(?:q(?:uestions?)?\.?\s?)?(?:([A-H])\.?)?(\d{1,2})(?!\d|,\d{3}|\.\d|%|[:/]\d|,?\s(?:of\s)?(?:19|20)\d\d)\)?(?:\s?[.)]?\s?\(?([a-h]|[ivx]{1,4})\)?(?![a-z0-9]))?/iy;
const PART_ONLY = /\(?([a-h]|[ivx]{1,4})\)?(?![a-z0-9])/iy;
const SEPARATOR = /\s?(?:,\s?(?:and|&|or)|,|;|&|\/|\bto\b|\band\b|\bor\b|\bthrough\b|-|–|—)\s{0,6}(?:part\s{0,6})?/iy;
/** Most questions that one phrase lists. */
const MOST_NAMES = 40;

const PARTS_OF = /\b(?:all|both|each|every) (?:of the )?parts? of (?:question|q)\.?\s?(\d{1,2})\b/gi;
const ALL =
  /\b(?:all (?:of )?(?:the |your )?(?:above )?(?:questions|points|parts|requests)|(?:your|the) (?:whole |entire )?request\b(?! for (?:a|an) )|each of (?:your|the) questions|any of (?:your|the) questions)/i;

/** One to twelve: no letter has been seen to count its questions further in words. */
const NUMBER_NAMES = SMALL_NUMBERS.slice(1, 13);
const NUMBER_NAME = new RegExp(`\\b(?:${NUMBER_NAMES.join("|")})\\b`, "gi");
/** `Questions one and two`, `question one to question four`. */
const IN_WORDS = new RegExp(
  `\\b(?:questions|points|parts|items) (?:(?:, |,? and |,? or | to )?(?:${NUMBER_NAMES.join("|")})\\b){1,12}|\\b(?:question|point|part|item) (?:${NUMBER_NAMES.join("|")})\\b`,
  "gi",
);

/** The number in digits, as far to the right as its name went: places in the text stay. */
function digitsFor(name: string): string {
  return String(NUMBER_NAMES.indexOf(name.toLowerCase()) + 1).padStart(name.length);
}

/** The questions that a text names, in order of appearance. */
export function findScopes(text: string): FoundScope[] {
  const found: FoundScope[] = [];
  const head = text.slice(0, 3000).replace(IN_WORDS, (words) => words.replace(NUMBER_NAME, digitsFor));
  for (const match of head.matchAll(PARTS_OF)) {
    found.push({
      scopes: [{ kind: "list", names: [{ number: match[1] ?? "", part: "" }] }],
      start: match.index,
      end: match.index + match[0].length,
    });
  }
  for (const match of head.matchAll(HEAD)) {
    if (found.some((one) => match.index >= one.start && match.index < one.end)) continue;
    const list = readNames(head, match.index + match[0].length);
    if (list.scopes.length > 0) found.push({ scopes: list.scopes, start: match.index, end: list.end });
  }
  return found.sort((a, b) => a.start - b.start);
}

/** Whether a text speaks of the request as a whole. */
export function coversAll(text: string): boolean {
  return ALL.test(text.slice(0, 3000));
}

/** `3 to 6c`, `3, 4 and 5(a)`: ranges and lists from a place on. `2a and b` names the same question again. */
function readNames(text: string, from: number): { scopes: Scope[]; end: number } {
  const scopes: Scope[] = [];
  let last: QuestionName | null = null;
  let [end, place, ranged] = [from, from, false];
  for (let count = 0; count < MOST_NAMES; count += 1) {
    const read = readName(text, place, last);
    if (read === null) break;
    if (ranged && last !== null) scopes[scopes.length - 1] = { kind: "range", from: last, to: read.name };
    else scopes.push({ kind: "list", names: [read.name] });
    last = read.name;
    end = read.end;
    SEPARATOR.lastIndex = end;
    const separator = SEPARATOR.exec(text);
    if (separator === null) break;
    ranged = /to|through|[-–—]/i.test(separator[0]);
    place = end + separator[0].length;
  }
  return { scopes, end };
}

function readName(text: string, place: number, last: QuestionName | null): { name: QuestionName; end: number } | null {
  NAME.lastIndex = place;
  const match = NAME.exec(text);
  if (match?.[2] !== undefined) {
    const scope = match[1] === undefined ? "" : `${match[1].toUpperCase()}.`;
    const name = { number: `${scope}${Number(match[2])}`, part: (match[3] ?? "").toLowerCase() };
    return { name, end: place + match[0].length };
  }
  PART_ONLY.lastIndex = place;
  const part = last === null || last.part === "" ? null : PART_ONLY.exec(text);
  if (part?.[1] === undefined || last === null) return null;
  return { name: { number: last.number, part: part[1].toLowerCase() }, end: place + part[0].length };
}

export type CrossReference = { kind: "above" } | { kind: "question"; name: QuestionName };

const ABOVE =
  /^(?:please )?(?:see |refer to |as |same as |as per )?(?:the )?(?:(?:answer|response|reply) (?:to )?(?:the )?)?(?:above|previous(?: question| answer| response)?|see above|as above|as stated above|ditto)(?: (?:answer|response|reply|question))?(?:\.?$|[,;:(–-]|\.\s|\s(?:but|and|with|using|except|for|from|in|at)\b(?!.*\d\d))/i;
const SEE =
  /^(?:please )?(see|refer to|as(?: per| in| for| at)?|same as(?: for| in)?|answered (?:in|at|under|by)|covered (?:in|by)|included in|provided in)\s+(?:(?:the|our|my) )?(?:(?:answer|response|reply|figures?|table) )?(?:(?:to|for|at|in|given|provided|under) ){0,2}(?:above )?(?:question |q\.?\s?|point |part )?(?:([A-H])\.?\s?)?(\d{1,2})\s?\)?\.?\s?(?:\(?([a-h]|[ivx]{1,4})\)?)?(?: above| below)?(?:\.|[;,.:]\s.*|\s?\(.*)?$/i;

/** What a short answer refers back to: `As above`, `See Q3`, `as 2)a`; null where the text is anything else. */
export function readCrossReference(text: string): CrossReference | null {
  const bare = text.trim().slice(0, 120);
  if (text.length > 100) return null;
  if (ABOVE.test(bare)) return { kind: "above" };
  const match = SEE.exec(bare);
  if (match?.[3] === undefined) return null;
  const scope = match[2] === undefined ? "" : `${match[2].toUpperCase()}.`;
  return { kind: "question", name: { number: `${scope}${Number(match[3])}`, part: (match[4] ?? "").toLowerCase() } };
}
