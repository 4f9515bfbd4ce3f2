/** Notes that change what answers mean: another day than the one asked for, and legends of symbols. */
import type { Period, Status } from "../../observation.ts";
import { findPeriods, type PeriodHint, readHint } from "./periods.ts";
import { readRefusal } from "./refusals.ts";
import { findScopes, type Scope } from "./scopes.ts";

/** A day that a note gives for the figures of some questions. */
export interface DayNote {
  /** The questions that the note names; none where it speaks of the question that it stands under. */
  scopes: Scope[];
  /** A full date: the figures are as at that day. */
  period: Period | null;
  /** A day of every year: `31 March of each year`. */
  hint: PeriodHint | null;
}

const ABOUT_DAY =
  /\b(?:(?:count|counted|counts|drawn|extracted|measured|collected|held)\b.{0,60}\b(?:on|at|from)\b|as (?:at|of|on)|(?:is|are|was|were) (?:at|for|of|on|from)|those (?:of|on|at|for)|position (?:on|at)|snapshot|taken (?:on|at|from)|recorded (?:on|at))\b/i;

/** The day that a note sets; null where it sets none. */
export function readDayNote(text: string): DayNote | null {
  if (!ABOUT_DAY.test(text)) return null;
  const scopes = findScopes(text).flatMap((found) => found.scopes);
  const hint = readHint(text);
  if (hint.asAtDay !== null && (scopes.length > 0 || /\b(?:each|every|all|the relevant|following)\b/i.test(text)))
    return { scopes, period: null, hint };
  const days = findPeriods(text).filter((found) => found.period.kind === "as_at");
  const [day, ...more] = days;
  return day === undefined || more.length > 0 ? null : { scopes, period: day.period, hint: null };
}

/** What a symbol stands for in this letter. */
export interface SymbolMeaning {
  status: Status;
  exemption: string | null;
  /** 0 where the symbol stands for none at all; null otherwise. */
  value: number | null;
}

const LEGEND =
  /^(?:key|notes?|legend|where)?\s*:?\s*(\*{1,3}|†|‡|#|~|\[?[cxz]\]?|\.\.|[-–])\s*(?:=|:|[-–—](?=\s)|denotes|indicates|means|represents|shows|stands (?:for|in)|signifies|marks|replaces|refers to|is|\s)\s*(.{3,})$/i;
const LEGEND_WITHIN =
  /["“‘'(]?(\*{1,3}|†|#|~|\[[cxz]\])["”’')]?\s+(?:=|denotes|indicates|means|represents|has been used|shows|is used|stands (?:for|in)|signifies|marks|replaces|in place of)\s*(.{3,})$/i;
const HIDES =
  /\b(?:suppress|(?:fewer|less|lower) than|under (?:five|ten|\d)|below (?:five|ten|\d)|(?:five|ten|\d{1,2}) (?:or|and) (?:fewer|less|under|below)|small numbers?|low numbers?|identif|disclosive|disclosure|not shown|redact|hidden|masked|omitted|left out|leave out|withh|protect|(?:1|one) (?:to|and|-|–) (?:[4-9]|10|four|five|nine|ten)\b|[<≤]\s?\d)/i;

/** The symbols that a line explains, with their meanings; none where the line is no legend. */
export function readLegends(text: string): { symbol: string; meaning: SymbolMeaning }[] {
  const bare = text.replace(/^(?:key|notes?|legend)\s*:\s*/i, "");
  const keyed = bare !== text;
  const pieces = /;|,\s\S{1,3}\s?=/.test(bare) ? bare.split(/;\s*|,\s(?=\S{1,3}\s?=)/) : [bare];
  return pieces.flatMap((piece) => readLegend(piece, keyed) ?? []);
}

const NAMED_SYMBOL =
  /["“‘'(]\s?(\*{1,3}|#|†|~|\[[cxz]\]|[cxz])\s?["”’')]|\b(asterisks?|stars?|hash(?:es)?|dagger)\b|\b(?:as|with|by|an?|the|symbol|put|mark(?:ed)?|show(?:n|s)?) (\*{1,3}|#)(?=[\s,.;]|$)/i;
const SYMBOL_NAMES: [RegExp, string][] = [
  [/^(?:asterisk|star)/i, "*"],
  [/^hash/i, "#"],
  [/^dagger/i, "†"],
];

/** The symbol that a sentence says hides small numbers: `Where a number is under five we have put a star in its place`. */
export function readProseLegend(sentence: string): { symbol: string; meaning: SymbolMeaning } | null {
  if (sentence.length > 400 || !HIDES_SMALL.test(sentence)) return null;
  const match = NAMED_SYMBOL.exec(sentence);
  const named = match?.[1] ?? match?.[2] ?? match?.[3];
  if (named === undefined) return null;
  const symbol = SYMBOL_NAMES.find(([name]) => name.test(named))?.[1] ?? named.toLowerCase();
  return { symbol, meaning: meaningOf(sentence) };
}

/** A sentence hides numbers where it speaks of small ones and of what is done with them. */
const HIDES_SMALL =
  /\b(?:(?:fewer|less|lower|smaller|more) than|under|below|up to|between|small|low|[<≤])\b.*(?:\bput\b|\bplace|\bshow|\bmark|\bstar|\basterisk|\bhash|\breplac|\bused?\b|\bhid|\bsuppress|\bprint|\brepresent|\bindicat|\bdenot)|(?:star|asterisk|hash|[*#]).*\b(?:fewer|less|under|below|small|low|hid|suppress|between)/i;

function readLegend(text: string, keyed: boolean): { symbol: string; meaning: SymbolMeaning } | null {
  const match = LEGEND.exec(text) ?? LEGEND_WITHIN.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const plain = /^[-–cxz.]/i.test(match[1]) && !keyed && !/=|denotes|indicates|means|represents/i.test(text);
  return plain ? null : { symbol: match[1].toLowerCase(), meaning: meaningOf(match[2]) };
}

/** A footnote explains and hides nothing: the cell that has nothing else is reported in words. */
function meaningOf(words: string): SymbolMeaning {
  const refusal = readRefusal(words);
  if (HIDES.test(words)) return { status: "suppressed", exemption: refusal?.exemption ?? null, value: null };
  if (refusal !== null) return { status: refusal.status, exemption: refusal.exemption, value: null };
  if (/\bnot (?:yet )?(?:available|published|known)\b|\bunavailable\b|\bwill be published\b/i.test(words))
    return { status: "not_available", exemption: null, value: null };
  if (/\bnot applicable\b/i.test(words)) return { status: "not_applicable", exemption: null, value: null };
  if (/^(?:no|zero|nil|none|0)\b/i.test(words.trim())) return { status: "reported", exemption: null, value: 0 };
  return { status: "reported", exemption: null, value: null };
}
