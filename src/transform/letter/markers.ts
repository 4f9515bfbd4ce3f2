/** The numbering at the beginning of a line: `1.` `Q1.` `Question 1:` `1 -` `(1)` `I.` `5a)` `5.a.` `a)` `(b)` `i)` `iv.`. */

import { rememberReading } from "./remembered.ts";
import { readValue } from "./values.ts";

export interface Marker {
  level: "number" | "letter" | "roman";
  /** 1 for `1`, `a` and `i`. */
  value: number;
  /** Set for Roman capitals, which may number whole questions. */
  capital: boolean;
  /** The signs around it, to tell runs of numbers apart: `.`, `)`, `()`, `q`, `-`. */
  style: string;
}

export interface Marked {
  markers: Marker[];
  /** The line after its markers. */
  rest: string;
}

const QUESTION =
  /^(?:questions?|ques|q|point|item|request|query|enquiry)\s?\.?\s?(?:no\.?\s?|number\s)?(\d{1,2})(?![\d/])\s?(?:[.)]?\s?\(?([a-h])\)?(?![a-z0-9]))?\s?([.):–—-]{0,2})\s*/i;
const JOINED = /^\(?(\d{1,2})\s?(?:[.)]\s?\(?|\()?\s?([a-h])\s?(?:[.):]\)?|\s[–—-]\s|(?=\s+[A-Z(])|$)\s*/;
const SPACED = /^\(?(\d{1,2})[.)]?\)?\s+\(?([a-h])[.)]\s*/i;
const NUMBER = /^(\()?(\d{1,2})\s?([.):])(?!\d)\s*/;
const DASHED = /^(\d{1,2})\s?[–—-]\s+(?=\S)/;
const DECIMAL = /^(\d{1,2})\.(\d)(?!\d)[.)]?\s+(?=[A-Za-z"“(])/;
const ROMANS = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"];
const ROMAN = /^(\()?([ivx]{1,5}|[IVX]{1,5})\s?([.):])(?!\w|\.\w)\s*/;
const ROMAN_DASH = /^([ivx]{2,5})\s[–—-]\s+/;
const LETTER = /^(\()?([a-h]|[A-H])\s?([.)])(?![a-z]\.)\s*/;
const ABBREVIATION = /^\(?(?:i\.?\s?e|e\.?\s?g|a\.?m|[A-Z]\.\s?[A-Z]\.)\b/i;

/** `c. 140` after a number is about 140; at the beginning of a line it may be the third part. */
const CIRCA = /^c\.\s?\d/;

/** Words in lower case that open a question after a bare `Q1`. */
const ASKS =
  /^["“‘'(]?(?:how|what|which|whether|who|when|where|why|do|does|did|has|have|can|could|please|names?|cop(?:y|ies)|details|list|(?:(?:the|a|an|any|all|total|average|mean|highest|overall) ){0,3}(?:number|percentage|proportion|share|rate|amount|cost|total|average|spend(?:ing)?|breakdown|list|copy|names?))\b/i;

/** The quotation mark that opens a request as quoted stands before its first number: `"1. How many`, `“Q1`, `'(a) The`. */
const QUOTATION = /^["“”„«‘’']{1,2}\s?(?=\(?(?:q(?:uestion)?\.?\s?)?(?:\d{1,2}|[a-h]|[ivx]{1,5}|[IVX]{1,5})\s?[.):])/i;

/** The markers at the beginning of a line, outermost first, and what follows them. */
export const readMarkers = rememberReading(readBeginning);

function readBeginning(printed: string): Marked {
  const text = printed.replace(QUOTATION, "");
  const first = readNumber(text);
  const markers = first?.markers ?? [];
  let rest = first?.rest ?? text;
  while (markers.length < 3) {
    const inner = markers.length > 0 && CIRCA.test(rest) ? null : readInner(rest);
    if (inner === null || (markers.length > 0 && inner.markers[0]?.level === markers.at(-1)?.level)) break;
    markers.push(...inner.markers);
    rest = inner.rest;
  }
  return { markers, rest: markers.length === 0 ? printed : rest };
}

function number(value: string, style: string): Marker {
  return { level: "number", value: Number(value), capital: false, style };
}

function letter(printed: string, style: string): Marker {
  const value = printed.toLowerCase().charCodeAt(0) - 96;
  return { level: "letter", value, capital: printed !== printed.toLowerCase(), style };
}

/** A number, alone or joined with its part. */
function readNumber(text: string): Marked | null {
  const question = QUESTION.exec(text);
  if (question !== null) return readQuestion(question, text);
  const joined = JOINED.exec(text) ?? SPACED.exec(text);
  if (joined?.[1] !== undefined && joined[2] !== undefined) {
    const markers = [number(joined[1], "."), letter(joined[2], "joined")];
    return { markers, rest: text.slice(joined[0].length) };
  }
  const decimal = readValue(text) === null ? DECIMAL.exec(text) : null;
  if (decimal?.[1] !== undefined && decimal[2] !== undefined) {
    const markers: Marker[] = [
      number(decimal[1], "."),
      { level: "roman", value: Number(decimal[2]), capital: false, style: "decimal" },
    ];
    return { markers, rest: text.slice(decimal[0].length) };
  }
  const plain = NUMBER.exec(text);
  if (plain?.[2] !== undefined) {
    const style = plain[1] === undefined ? (plain[3] ?? "") : "()";
    return { markers: [number(plain[2], style)], rest: text.slice(plain[0].length) };
  }
  const dashed = DASHED.exec(text);
  return dashed?.[1] === undefined ? null : { markers: [number(dashed[1], "-")], rest: text.slice(dashed[0].length) };
}

/** `Q1 How`, `Question 1:`; not `Question 3 to 6`, nor `Q1 2022/23`, nor `Question 7 is refused`. */
function readQuestion(match: RegExpExecArray, text: string): Marked | null {
  const [whole, digits = "", part, signs = ""] = match;
  const rest = text.slice(whole.length);
  if (
    /^questions/i.test(text) ||
    (/^[–—-]/.test(signs) && /^\d{1,2}\b(?!\s*[,%]?\d)[:.]?(?:\s|$)/.test(rest) && /^.{0,12}[:.]/.test(rest))
  )
    return null;
  const plainly =
    signs !== "" || rest === "" || /^["“‘'(]?[A-Z£<]/.test(rest) || /\s{2}$|\)\s*$/.test(whole) || ASKS.test(rest);
  if (
    !plainly ||
    (!/[.)]/.test(signs) && /^(?:(?:to|and|or)\b|[&,])/i.test(rest)) ||
    (signs === "" && /^(?:is|are|was|were)\b/i.test(rest)) ||
    (signs === "" && /^(?:20|19)\d\d/.test(rest))
  )
    return null;
  const markers = [number(digits, "q")];
  if (part !== undefined) markers.push(letter(part, "joined"));
  return { markers, rest };
}

function readInner(text: string): Marked | null {
  if (ABBREVIATION.test(text)) return null;
  const roman = ROMAN.exec(text) ?? ROMAN_DASH.exec(text);
  if (roman !== null) {
    const printed = (roman.length > 2 ? roman[2] : roman[1]) ?? "";
    const value = ROMANS.indexOf(printed.toLowerCase()) + 1;
    if (value > 0) {
      const capital = printed !== printed.toLowerCase();
      return {
        markers: [{ level: "roman", value, capital, style: roman[3] ?? "-" }],
        rest: text.slice(roman[0].length),
      };
    }
  }
  const found = LETTER.exec(text);
  if (found?.[2] === undefined) return null;
  return {
    markers: [letter(found[2], found[1] === undefined ? (found[3] ?? "") : "()")],
    rest: text.slice(found[0].length),
  };
}

/** `1` is `i`, `4` is `iv`. */
export function romanOf(value: number): string {
  return ROMANS[value - 1] ?? String(value);
}

/** `1` is `a`. */
export function letterOf(value: number): string {
  return String.fromCharCode(96 + value);
}
