/** Who wrote the letter, when, under which reference, and on what terms its figures may be used again. */
import {
  type Authority,
  areaCodeOf,
  authorityByEmailDomain,
  findCouncilMentions,
} from "../../catalogue/authorities.ts";
import type { Letter, LetterProblem } from "../../letter.ts";
import type { TextLine } from "./lines.ts";
import { findPeriods, readWholePeriod } from "./periods.ts";

/** Lines at the top that may be a letterhead. */
const HEAD_LINES = 45;

const REFERENCE_LABEL =
  /\b(?:(?:our|your|foi|request|case|enquiry|information request|eir|disclosure|council|letter|foia|foi request|freedom of information|foi case)\s+)?(?:(?:request\s+)?ref(?:erence)?(?:\s?(?:no|number|num|id))?|request\s+(?:id|no|number|reference|ref)|case\s+(?:id|no|number)|foi\s+(?:id|no|number|request no|request number))\b\.?\s*(?:is|:|\.|-|–|#|=)?\s*(?:no\.?\s?|number\s?)?:?\s*([A-Z0-9][A-Z0-9/._ -]{2,34})/i;
const REFERENCE_PLAIN =
  /\b((?:FOIA?R?|EIR|RFI|IR|ENQ|CRM|MFOI|FS|COR|CAS|F|R)[-/ ]?\d(?:[\d/.]|-\d){2,24}(?:-[A-Z0-9]{1,8}){0,3}|(?:FOI|EIR|RFI)[-/A-Z]{0,8}\d[\w/.-]{2,20}|(?:FOI|EIR|RFI)\s[A-Z]{1,5}[\s/-]?\d[\w/.-]{2,20})\b/;
/** A line that is nothing but a code, or a code and the subject: `CAM2241`, `15507 EIR/FOI`, `101002771905 – Child protection`. */
const REFERENCE_ALONE =
  /^(?:(?:[A-Z]{2,8}[-/ ]){0,2}[A-Z]{0,8}\d[\d/-]{3,20}[A-Z0-9/-]{0,8}|\d{4,12}(?: [A-Z]{2,4}(?:\/[A-Z]{2,4})?)?)(?=\s+[–-]\s+[A-Z]|\s*$)/;
const OUR_NUMBER = /\b(?:our|request|case) (?:number|no\.?)\s*:?\s*(\d[\d /-]{1,20}\d)/i;
const REQUEST_PLAIN =
  /\b(?:(?:your|information|foi|freedom of information) (?:information )?(?:request|enquiry)|request|case|enquiry)\s*:?\s*(?:no\.?\s*)?#?([A-Z]{0,6}[-/]?\d[\w/-]*[\d/-][\w/-]*)/i;

/** The council's own reference of the request, before the questions or `after` them, never among the answers; null where there is none. */
export function readReference(
  lines: readonly TextLine[],
  preamble: readonly TextLine[],
  after: readonly TextLine[],
): string | null {
  const head = (preamble.length > 0 ? preamble : lines)
    .slice(0, HEAD_LINES)
    .filter((line) => !/^(?:to|from|cc|bcc)\s*:/i.test(line.text));
  for (const [patterns, pool] of [
    [[REFERENCE_LABEL], head],
    [[OUR_NUMBER, REFERENCE_PLAIN, REQUEST_PLAIN, REFERENCE_ALONE], head],
    [[REFERENCE_LABEL], after.slice(-30)],
  ] as const) {
    for (const line of pool) {
      for (const pattern of patterns) {
        const reference = cleanReference(matchReference(pattern, line.text.slice(0, 400)));
        if (reference !== null) return reference;
      }
    }
  }
  return null;
}

function matchReference(pattern: RegExp, text: string): string | undefined {
  const match = pattern.exec(text);
  const whole = match?.[1] ?? match?.[0] ?? "";
  const isDate = readWholePeriod(whole) !== null || findPeriods(whole).some((found) => found.period.kind === "as_at");
  return match === null || isDate ? undefined : (match[1] ?? match[0]);
}

function cleanReference(printed: string | undefined): string | null {
  if (printed === undefined || !/\d/.test(printed)) return null;
  const words = printed.trim().split(/\s+/);
  const kept: string[] = [];
  for (const word of words) {
    if (kept.some((one) => /\d/.test(one)) && /^[a-z]+$/i.test(word)) break;
    kept.push(word);
  }
  const reference = kept.join(" ").replace(/[.,;:–-]+$/, "");
  return /\d/.test(reference) && reference.length >= 3 && !/^(?:19|20)\d\d$/.test(reference) ? reference : null;
}

/** The day of the letter, ISO: a line that is a date or says `Date:` or `Issued`, not one that tells when the request came. */
export function readResponseDate(lines: readonly TextLine[]): string | null {
  const pools = [lines.slice(0, HEAD_LINES), lines.slice(-15)];
  for (const pool of pools) {
    for (const line of pool) {
      const day = readDateLine(line.text);
      if (day !== null) return day;
    }
  }
  return null;
}

const DATE_LABEL =
  /^(?:[^:\d]{1,14}\/\s)?(?:date (?:(?:the |our |of )?(?:response|reply|letter|answer|decision) (?:was )?(?:sent|issued|given|published|completed)|issued|sent|responded|replied|answered|completed|published|closed|disclosed)|date(?: of (?:this |our |the )?(?:response|reply|letter|issue|answer|disclosure|publication|decision))?|dated|issued|sent|answered|responded|completed|published|(?:response|reply|letter|answer|disclosure|publication|issue) (?:date|sent|issued)|replied)\b\s*(?:on)?\s*:?\s*/i;
const WEEKDAY = /^(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s*/i;

function readDateLine(text: string): string | null {
  if (text.length > 160) return null;
  const labelled = DATE_LABEL.exec(text)?.[0].length ?? 0;
  const rest = text.slice(labelled).replace(WEEKDAY, "");
  const [found] = findPeriods(rest);
  if (found?.period.kind !== "as_at" || found.start > 0) return null;
  const alone =
    /^[\s.,|]*$/.test(rest.slice(found.end)) ||
    (labelled > 0 && found.start === 0) ||
    /^\s{0,3}(?:our|your|ref|[/|·–-]\s|\bFOI\b)/i.test(rest.slice(found.end));
  return alone ? found.period.start : null;
}

const RESTRICTS =
  /\b(?:does not (?:confer|give|grant)|not (?:be )?(?:automatically )?(?:re-?used|permitted)|(?:without|require|requires|need|needs|ask for|obtain|seek) (?:\w+ ){0,3}(?:permission|licence|consent)|non-commercial|private study|own study|for (?:any )?other (?:use|purpose)s?|copyright|subject to)\b/i;
const REUSE = /\bre-?us(?:e|ed|ing|able)\b|\bcopyright\b|©/i;

/** `OGL-UK-3.0`, or the letter's own words where it restricts re-use; null where it says nothing. */
export function readLicence(lines: readonly TextLine[]): string | null {
  const paragraphs = joinParagraphs(lines);
  const open = paragraphs.find(
    (text) =>
      /\bopen government licen[cs]e\b|\bOGL\b/i.test(text) &&
      !/\bnot (?:available|released|provided) under/i.test(text),
  );
  if (open !== undefined) return "OGL-UK-3.0";
  return paragraphs.find((text) => REUSE.test(text) && RESTRICTS.test(text))?.slice(0, 2000) ?? null;
}

function joinParagraphs(lines: readonly TextLine[]): string[] {
  const paragraphs: string[] = [];
  for (const line of lines) {
    const last = paragraphs.length - 1;
    if (line.afterBlank || last < 0) paragraphs.push(line.text);
    else if ((paragraphs[last] ?? "").length < 4000) paragraphs[last] = `${paragraphs[last]} ${line.text}`;
  }
  return paragraphs;
}

export interface CouncilReading {
  council: Letter["council"];
  problem: LetterProblem | null;
}

interface Evidence {
  authority: Authority;
  weight: number;
  words: string | null;
}

const EMAIL = /[\w.+-]{1,64}@([a-z0-9.-]{3,100})/gi;
const SITE = /\b(?:https?:\/\/)?www\.([a-z0-9-]{2,40}\.gov\.uk)\b/gi;
const COUNCIL_NAME =
  /\b((?:(?:The )?(?:London|Royal) Borough of |(?:The )?(?:City|County|Council) of (?:the )?)?[A-Z][\w.’'&-]+(?:,? (?:of|upon|on|and|the|in|with|City|County|[A-Z][\w.’'&-]+)){0,6})/g;

/**
 * The council by letterhead, e-mail and web addresses, signature, and phrases such as `held by X City Council`. Null rather
 * than a guess; two councils with equal weight are nobody and a problem.
 */
export function readCouncil(lines: readonly TextLine[], asked: ReadonlySet<number>): CouncilReading {
  const evidence = new Map<string, Evidence>();
  const add = (authority: Authority, weight: number, words: string | null) => {
    const code = areaCodeOf(authority);
    const known = evidence.get(code);
    evidence.set(code, { authority, weight: (known?.weight ?? 0) + weight, words: known?.words ?? words });
  };
  lines.forEach((line, place) => {
    if (asked.has(line.number)) return;
    const weight = place < 15 ? 4 : place > lines.length - 15 ? 2 : 1;
    for (const match of line.text.slice(0, 1000).matchAll(EMAIL)) addDomain(match[1], 4, add);
    for (const match of line.text.slice(0, 1000).matchAll(SITE)) addDomain(match[1], 2, add);
    for (const authority of findCouncilMentions(line.text.slice(0, 1000))) {
      const words = evidence.get(areaCodeOf(authority))?.words ?? nameIn(line.text, authority);
      add(authority, weight, words);
    }
  });
  return chooseCouncil([...evidence.values()], lines);
}

function addDomain(
  domain: string | undefined,
  weight: number,
  add: (authority: Authority, weight: number, words: null) => void,
): void {
  const authority = domain === undefined ? null : authorityByEmailDomain(domain.toLowerCase().replace(/\.$/, ""));
  if (authority !== null) add(authority, weight, null);
}

/** `City of York Council`, not `York Council`: what stands before belongs to the name. */
function withPrefix(text: string, name: string): string {
  const before = /(?:(?:London|Royal) Borough|City|County|Council) of (?:the )?$/.exec(
    text.slice(0, text.indexOf(name)),
  )?.[0];
  const after = /^(?: (?:Metropolitan|District|Borough|County|City|Unitary))* Council\b/i.exec(
    text.slice(text.indexOf(name) + name.length),
  )?.[0];
  return `${before ?? ""}${name}${after ?? ""}`;
}

/** The words of a line that name an authority: the shortest run of capitalised words that the catalogue takes for it. */
function nameIn(text: string, authority: Authority): string | null {
  for (const match of text.slice(0, 1000).matchAll(COUNCIL_NAME)) {
    const words = (match[1] ?? "").split(" ").slice(0, 10);
    for (let length = 2; length <= words.length; length += 1) {
      for (let from = 0; from + length <= words.length; from += 1) {
        const name = words.slice(from, from + length).join(" ");
        if (findCouncilMentions(name).includes(authority)) return withPrefix(text, name).replace(/[.,’']+$/, "");
      }
    }
  }
  return null;
}

/** The council in the letterhead's own words where the catalogue has no such authority: a district, or one of Scotland or Wales. */
function findUnknownCouncil(lines: readonly TextLine[]): string | null {
  for (const line of lines.slice(0, 3)) {
    if (findCouncilMentions(line.text).length > 0) return null;
    const name =
      /\b(?:[A-Z][\w’'-]+ ){1,4}(?:Council|COUNCIL)\b(?! (?:House|Offices?|Chambers?|Buildings?|Hall|Tax|Housing|Officers?|Services?|Depot|HOUSE|OFFICES?))/.exec(
        line.text,
      )?.[0];
    if (name !== undefined && !/^(?:The|This|Dear|Your|Our|City|County|Borough) Council$/i.test(name)) return name;
  }
  return null;
}

function chooseCouncil(evidence: readonly Evidence[], lines: readonly TextLine[]): CouncilReading {
  const other = findUnknownCouncil(lines);
  if (other !== null) {
    const problem = {
      code: "no-council",
      message: `the letterhead says "${other}", which is no English authority that provides children's social care`,
      line: null,
    };
    return { council: { name_in_letter: other, la_code: null }, problem };
  }
  const [first, second] = [...evidence].sort((a, b) => b.weight - a.weight);
  if (first === undefined) {
    const words = lines
      .slice(0, HEAD_LINES)
      .map((line) => /\b(?:[A-Z][\w’'-]+ ){1,4}(?:Council|Borough)\b/.exec(line.text)?.[0])
      .find((name) => name !== undefined && !/^(?:The|This|Dear|Your|Our) Council$/.test(name));
    const problem = {
      code: "no-council",
      message: "no English authority that provides children's social care is named",
      line: null,
    };
    return { council: { name_in_letter: words ?? null, la_code: null }, problem };
  }
  if (second !== undefined && second.weight * 2 > first.weight) {
    const names = [first, second].map((one) => one.words ?? areaCodeOf(one.authority)).join(" and ");
    const problem = { code: "two-councils", message: `two councils are named with like weight: ${names}`, line: null };
    return { council: { name_in_letter: first.words, la_code: null }, problem };
  }
  return { council: { name_in_letter: first.words, la_code: areaCodeOf(first.authority) }, problem: null };
}
