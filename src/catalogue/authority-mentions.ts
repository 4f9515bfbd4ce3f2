/** Councils in letters: a line that is a council's name, names inside running text, domains of mail. Pure, no I/O. */
import {
  type CouncilWords,
  chooseCandidate,
  fits,
  ownNamesOf,
  PREFIXES,
  readName,
  SUFFIXES,
  saysCouncil,
} from "./authority-names.ts";
import { AUTHORITIES, type Authority } from "./authority-table.ts";

/**
 * The authority whose name a text is as a whole: a letterhead line, "Coventry City Council". Null for a plain place, for
 * running text that mentions a council, and where the name fits several. `on` is an ISO date, for names handed on.
 */
export function findCouncilInText(text: string, on?: string): Authority | null {
  const reading = readName(text.trim());
  if (reading === null || !reading.council) return null;
  return chooseCandidate(reading.candidates, on) ?? null;
}

interface Phrase {
  authority: Authority;
  /** A place and "council", nothing else: could be other words in lower case ("reading council papers"). */
  plain: boolean;
}

interface PhraseBook {
  phrases: ReadonlyMap<string, Phrase>;
  /** First word of a phrase to the number of words of the longest phrase that begins with it. */
  longest: ReadonlyMap<string, number>;
}

let phraseBook: PhraseBook | undefined;

function readPhraseBook(): PhraseBook {
  phraseBook ??= buildPhraseBook();
  return phraseBook;
}

function buildPhraseBook(): PhraseBook {
  const phrases = new Map<string, Phrase>();
  const longest = new Map<string, number>();
  for (const authority of AUTHORITIES) {
    for (const [phrase, plain] of phrasesOf(authority)) {
      const other = phrases.get(phrase)?.authority;
      const meant = other === undefined ? authority : chooseCandidate([other, authority]);
      if (meant === undefined) continue;
      phrases.set(phrase, { authority: meant, plain });
      const words = phrase.split(" ");
      const first = words[0];
      if (first !== undefined) longest.set(first, Math.max(longest.get(first) ?? 1, words.length));
    }
  }
  return { phrases, longest };
}

/** Every full name of a council, as normalised words, and whether it is plain. */
function phrasesOf(authority: Authority): [string, boolean][] {
  const prefixes = PREFIXES.filter((words) => fits(authority, words));
  const suffixes = SUFFIXES.filter((words) => fits(authority, words) && !words.words.endsWith(" of"));
  return ownNamesOf(authority).flatMap((name) => [
    ...(saysCouncil(name) ? [[name, false] satisfies [string, boolean]] : []),
    ...suffixes.filter((s) => s.council).map((s): [string, boolean] => [`${name} ${s.words}`, s.words === "council"]),
    ...prefixes.flatMap((prefix) => prefixedPhrases(name, prefix, suffixes)),
  ]);
}

function prefixedPhrases(name: string, prefix: CouncilWords, suffixes: readonly CouncilWords[]): [string, boolean][] {
  const phrase = `${prefix.words} ${name}`;
  const full = suffixes.filter((s) => s.words.endsWith("council")).map((s) => `${phrase} ${s.words}`);
  return [...(prefix.council ? [phrase] : []), ...full].map((words): [string, boolean] => [words, false]);
}

interface Word {
  word: string;
  capital: boolean;
  /** What stands between this word and the one before it. */
  gap: "none" | "comma" | "break";
}

/** Before a name these make it another place: "South Norfolk Council" is a district of Norfolk. */
const OTHER_PLACE = new Set("north south east west mid central greater upper lower new under on upon".split(" "));
/** After "council" these make it another thing: "Kent council tax". */
const OTHER_THING = new Set("tax taxes house houses housing home homes flat flats estate estates".split(" "));

/**
 * The authorities whose full names ("Leicester City Council", "London Borough of Bexley", "Hull Council") stand in a text,
 * each once, in order of first mention. Plain places do not count. The longest name wins. One pass, linear in the text.
 */
export function findCouncilMentions(text: string): Authority[] {
  const book = readPhraseBook();
  const words = readWords(text);
  const found = new Set<Authority>();
  for (let at = 0; at < words.length; ) {
    const match = matchPhrase(book, words, at);
    if (match !== null) found.add(match.authority);
    at += match?.length ?? 1;
  }
  return [...found];
}

function matchPhrase(
  book: PhraseBook,
  words: readonly Word[],
  at: number,
): { authority: Authority; length: number } | null {
  const longest = book.longest.get(words[at]?.word ?? "");
  if (longest === undefined) return null;
  let match: { authority: Authority; length: number } | null = null;
  let phrase = "";
  for (let length = 1; length <= longest; length++) {
    const next = words[at + length - 1];
    if (next === undefined || (length > 1 && next.gap === "break")) break;
    phrase = length === 1 ? next.word : `${phrase} ${next.word}`;
    const known = book.phrases.get(phrase);
    if (known !== undefined && isMention(words, at, length, known)) match = { authority: known.authority, length };
  }
  return match;
}

function isMention(words: readonly Word[], at: number, length: number, { plain }: Phrase): boolean {
  const first = words[at];
  const last = words[at + length - 1];
  const before = words[at - 1];
  const after = words[at + length];
  if (first === undefined || last === undefined || last.gap === "comma" || (plain && !first.capital)) return false;
  if (before !== undefined && first.gap === "none" && OTHER_PLACE.has(before.word)) return false;
  return !(after !== undefined && after.gap === "none" && OTHER_THING.has(after.word));
}

function readWords(text: string): Word[] {
  const words: Word[] = [];
  let end = 0;
  for (const { 0: printed, index } of text.matchAll(/[\p{L}\p{N}][\p{L}\p{N}'’‘]*|&/gu)) {
    const gap = gapOf(text.slice(end, index), words.at(-1)?.word);
    words.push({ word: normaliseWord(printed), capital: /^\p{Lu}/u.test(printed), gap });
    end = index + printed.length;
  }
  return words;
}

/** A sentence, a clause in brackets or a paragraph ends a name; a line break, a hyphen or the point of "St." does not. */
function gapOf(between: string, before: string | undefined): Word["gap"] {
  if (/[;:!?()[\]|"“”•]/u.test(between) || between.split("\n").length > 2) return "break";
  if (between.includes(".") && before !== "st") return "break";
  return between.includes(",") ? "comma" : "none";
}

function normaliseWord(printed: string): string {
  const word = printed.toLowerCase();
  if (word === "&") return "and";
  if (word === "saint") return "st";
  return word.replace(/^(council|corporation)['’‘]s$/u, "$1").replace(/['’‘]/gu, "");
}

const authoritiesByDomain = new Map(
  AUTHORITIES.flatMap((authority) => authority.domains.map((domain): [string, Authority] => [domain, authority])),
);

/** The authority whose mail or pages use a domain, or a domain under it (`foi.leeds.gov.uk`); null where it is not known. */
export function authorityByEmailDomain(domain: string): Authority | null {
  if (domain.length > 253) return null;
  const labels = domain.trim().toLowerCase().replace(/\.$/u, "").split(".");
  for (let start = 0; start < labels.length - 1; start++) {
    const authority = authoritiesByDomain.get(labels.slice(start).join("."));
    if (authority !== undefined) return authority;
  }
  return null;
}
