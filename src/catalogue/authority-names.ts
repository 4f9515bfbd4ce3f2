/**
 * How councils are named: the published name, the names that they use for themselves, and the words around both
 * ("City Council", "London Borough of"). By rules on whole words, never by substring; data, no I/O.
 */
import { AUTHORITIES, type Authority, type CouncilStyle } from "./authority-table.ts";

/** Words before or after the name of a place that make it the name of a council. */
export interface CouncilWords {
  words: string;
  /** The authority must be of one of these styles; empty where any council may be called so. */
  anyOf: readonly CouncilStyle[];
  /** Whether the words mean a council even inside a sentence: "Bury Council" does, "the city of York" need not. */
  council: boolean;
}

/** What a name says, and whom it fits. */
export interface NameReading {
  candidates: Authority[];
  /** It is the published name, word for word. */
  published: boolean;
  /** It has words that only a council has. */
  council: boolean;
}

/** Longer than any council's name; longer text is not searched at all. */
export const LONGEST_NAME = 120;

const STYLE_WORDS: readonly [string, CouncilStyle][] = [
  ["city", "city"],
  ["city and district", "city"],
  ["county", "county"],
  ["borough", "borough"],
  ["district", "district"],
  ["metropolitan", "metropolitan"],
  ["metropolitan borough", "metropolitan"],
  ["metropolitan district", "metropolitan"],
  ["london borough", "london"],
  ["royal borough", "royal"],
];

/** Styles whose "of" form is a council's name in a sentence too: "the London Borough of Bexley". */
const COUNCIL_BY_STYLE: ReadonlySet<string> = new Set(["london borough", "royal borough", "metropolitan borough"]);

function ofForms([words, style]: readonly [string, CouncilStyle]): CouncilWords[] {
  return [
    { words: `${words} of`, anyOf: [style], council: COUNCIL_BY_STYLE.has(words) },
    { words: `${words} council of`, anyOf: [style], council: true },
    { words: `council of the ${words} of`, anyOf: [style], council: true },
  ];
}

/** Words before the place. */
export const PREFIXES: readonly CouncilWords[] = [
  ...STYLE_WORDS.flatMap(ofForms),
  { words: "council of", anyOf: [], council: true },
  { words: "council of the", anyOf: [], council: true },
  { words: "lb", anyOf: ["london"], council: true },
  { words: "lb of", anyOf: ["london"], council: true },
  { words: "rb", anyOf: ["royal"], council: true },
  { words: "rb of", anyOf: ["royal"], council: true },
];

/** Words after the place; the "of" forms for a list's "Camden, London Borough of". */
export const SUFFIXES: readonly CouncilWords[] = [
  ...STYLE_WORDS.flatMap(([words, style]): CouncilWords[] => [
    { words, anyOf: [style], council: COUNCIL_BY_STYLE.has(words) },
    { words: `${words} council`, anyOf: [style], council: true },
    { words: `${words} of`, anyOf: [style], council: COUNCIL_BY_STYLE.has(words) },
  ]),
  { words: "council", anyOf: [], council: true },
  { words: "unitary council", anyOf: [], council: true },
  { words: "unitary authority", anyOf: [], council: true },
  { words: "local authority", anyOf: [], council: true },
  { words: "corporation", anyOf: ["london"], council: true },
  { words: "mbc", anyOf: ["metropolitan"], council: true },
  { words: "mdc", anyOf: ["metropolitan"], council: true },
  { words: "lbc", anyOf: ["london"], council: true },
  { words: "bc", anyOf: ["borough"], council: false },
  { words: "cc", anyOf: ["city", "county"], council: false },
];

/** Short names that stand for none of those that begin with them: `Kingston` is in London and on the Humber. */
const SHARED_NAMES: Readonly<Record<string, readonly string[]>> = { kingston: ["314", "810"] };

/**
 * A name as its words in lower case, one space between: `&` is `and`, `Saint` is `st`, apostrophes are dropped, all other
 * punctuation separates.
 */
export function normaliseName(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll("&", " and ")
    .replace(/['’‘`´]/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .replace(/\bsaint\b/gu, "st")
    .trim()
    .replace(/^the /u, "");
}

/** The names of an authority without the words around them: published, published without its ", City of", and aliases. */
export function ownNamesOf(authority: Authority): string[] {
  const withoutStyle = authority.name.replace(/, (?:City|County) of$/u, "");
  return [...new Set([authority.name, withoutStyle, ...authority.aliases].map(normaliseName))];
}

const authoritiesByName = indexNames();

function indexNames(): ReadonlyMap<string, Authority[]> {
  const index = new Map<string, Authority[]>();
  for (const authority of AUTHORITIES) {
    for (const name of ownNamesOf(authority)) index.set(name, [...(index.get(name) ?? []), authority]);
  }
  return index;
}

/** Whether the words around a name fit the authority: Leicester is a city, so "Leicester County Council" is another body. */
export function fits(authority: Authority, words: CouncilWords): boolean {
  return words.anyOf.length === 0 || words.anyOf.some((style) => authority.styles.includes(style));
}

interface Peeled {
  place: string;
  around: CouncilWords[];
}

/** The name as it stands and with each of the words taken off one end, the least taken off first. */
function peel(name: string, words: readonly CouncilWords[], end: "start" | "end"): Peeled[] {
  const shorter = words
    .filter((w) => (end === "start" ? name.startsWith(`${w.words} `) : name.endsWith(` ${w.words}`)))
    .sort((a, b) => a.words.length - b.words.length)
    .map((w): Peeled => {
      const place = end === "start" ? name.slice(w.words.length + 1) : name.slice(0, -w.words.length - 1);
      return { place, around: [w] };
    });
  return [{ place: name, around: [] }, ...shorter];
}

/** Every way to part a name into a place and the words around it. */
function partsOf(name: string): Peeled[] {
  return peel(name, SUFFIXES, "end").flatMap(({ place, around }) =>
    peel(place, PREFIXES, "start").map((inner) => ({ place: inner.place, around: [...around, ...inner.around] })),
  );
}

/**
 * The authorities that a whole text names, after parting it into a place and the words of a council; null where it names
 * none. Several candidates where the name was handed on (Dorset), or is shared.
 */
export function readName(text: string): NameReading | null {
  if (text.length > LONGEST_NAME) return null;
  const name = normaliseName(text);
  const parts = partsOf(name);
  for (const { place, around } of parts) {
    const candidates = authoritiesByName.get(place)?.filter((authority) => around.every((w) => fits(authority, w)));
    if (candidates === undefined || candidates.length === 0) continue;
    const published = candidates.every((authority) => normaliseName(authority.name) === name);
    const council = around.some((w) => w.council) || saysCouncil(place);
    return { candidates, published, council };
  }
  return readSharedName(parts);
}

/** Whether a name has a council's words in itself, as the alias "Newcastle City Council" has. */
export function saysCouncil(name: string): boolean {
  return /\b(?:council|corporation|royal borough)\b/u.test(name);
}

function readSharedName(parts: readonly Peeled[]): NameReading | null {
  for (const { place, around } of parts) {
    const codes = Object.hasOwn(SHARED_NAMES, place) ? SHARED_NAMES[place] : undefined;
    if (codes === undefined) continue;
    const candidates = AUTHORITIES.filter((authority) => codes.includes(authority.dfeCode));
    return { candidates, published: false, council: around.some((w) => w.council) };
  }
  return null;
}

/** Whether an authority was there on a day (ISO date). */
export function isValidOn(authority: Authority, day: string): boolean {
  return (authority.from ?? day) <= day && day <= (authority.until ?? day);
}

/**
 * The one of several candidates that is meant: the one valid on the day, or without a day the present one. Undefined where
 * that leaves none or several. A single candidate is meant whatever the day.
 */
export function chooseCandidate(candidates: readonly Authority[], on?: string): Authority | undefined {
  if (candidates.length === 1) return candidates[0];
  const left = candidates.filter((authority) =>
    on === undefined ? authority.until === undefined : isValidOn(authority, on),
  );
  return left.length === 1 ? left[0] : undefined;
}
