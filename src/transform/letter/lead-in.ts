/** What is said once over the questions and holds for all of them: the periods asked for, the day of all figures. */
import type { Period } from "../../observation.ts";
import type { TextLine } from "./lines.ts";
import { findAskedPeriods, readHint } from "./periods.ts";
import { splitSentences } from "./prose.ts";
import { findScopes } from "./scopes.ts";
import { isNote } from "./wording.ts";

/** Periods that a sentence over the questions asks for: `Please supply, for 2018-19 and 2019-20:`. */
export function readLeadIn(preamble: readonly TextLine[]): Period[] {
  for (const paragraph of lastParagraphs(preamble)) {
    const text = paragraph.replace(CORRESPONDENCE, "$1");
    const sentences = splitSentences(text).map((sentence) => sentence.text);
    const general = sentences.find((sentence) => ALL_FIGURES.test(sentence));
    const leads = isOpen(text) ? openingOf(sentences) : sentences.find((sentence) => LEADS_IN.test(sentence));
    if (general !== undefined && findScopes(general).length === 0) {
      const periods = findAskedPeriods(general, readHint(general));
      if (periods.length === 1) return periods;
    }
    if (isNote(text) || leads === undefined) continue;
    const periods = findAskedPeriods(leads, readHint(leads)).filter(
      (period) => period.kind !== "as_at" || /\bas (?:at|of|on)\b|\bposition\b|\b(?:at|on) (?:the )?\d/i.test(leads),
    );
    if (periods.length > 0) return periods;
  }
  return [];
}

/** The day of a letter or a request. */
const CORRESPONDENCE =
  /\b(received|dated|sent|written|wrote|submitted|e-?mailed|e-?mail|letter|request|enquiry|message)\b(?: (?!as\b|for\b|about\b)[a-z&’'-]+){0,8} (?:on |of |dated )?(?:the )?\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]+(?: (?:19|20)\d\d)?\b|\bon (?:the )?\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]+(?: (?:19|20)\d\d)?,? (?=(?:you|we|i) )/gi;

/** Whether a paragraph goes on in what stands under it. */
function isOpen(text: string): boolean {
  return /[:,–-]["”’']?$/.test(text) || (/[a-z\d]$/i.test(text) && ASKS_FOR.test(text));
}

/** The sentences of an open paragraph that ask; one that tells of something else names no period that is asked for. */
function openingOf(sentences: readonly string[]): string {
  return sentences.filter((sentence, place) => place === sentences.length - 1 || !TELLS.test(sentence)).join(" ");
}

/** `You wrote that our website shows 3,204 in 2020/21.` */
const TELLS = /^(?:you (?:wrote|said|say|mention(?:ed)?|note[ds]?|point(?:ed)? out)|we (?:note|see)|as you)\b.*\d/i;

/** `You asked these questions about 2021/22.`: a whole sentence that speaks of all questions. */
const LEADS_IN =
  /\b(?:you (?:have |had )?(?:asked|requested|raised|put)|your request|please (?:provide|supply|answer)|i (?:would|should) like)\b[^.]{0,60}\b(?:following|these|questions|below|points|information)\b[^.]{0,80}\b(?:for|about|in|on|covering|relat\w+|concern\w*|between|at|of|during|over|regarding)\b[^.]*\.?$|\b(?:e-?mail|letter|request|enquiry|message)\b[^.]{0,60}\b(?:asking|asked|about|concerning|regarding)\b|\b(?:all|each) of which (?:relate|refer|concern|cover|are)\b/i;

/** The council says once of what day or year all its figures are. */
const ALL_FIGURES =
  /^(?:please note (?:that )?)?(?:(?:unless|except where)[^,]{0,60}, )?(?:all|these|those|the|our) (?:of )?(?:the |our |these )?(?:\w+ )?(?:figures|numbers|data|answers|counts|information)\b.{0,40}?\b(?:are|is|were|was|relates?|refers?|covers?|shows?)\b.{0,40}?\b(?:as (?:at|of|on)|for|on|to|at|covers?)\b/i;

const ASKS_FOR =
  /\b(?:you (?:have |had )?(?:asked|requested|wanted|wished|wrote)|asked (?:us )?(?:for|to)|(?:please|could you|can you|would you) (?:\w+ )?(?:provide|supply|tell|give|let|send|state|answer)|i (?:would|should|['’]d) like|i (?:am|was) (?:asking|looking|seeking|interested)|your (?:questions?|request) (?:was|were|is|are|concern\w*|relat\w*|cover\w*|for)|requested information|information requested|request for (?:the )?(?:following|information))\b/i;
/** How many paragraphs over the first question may lead in. */
const LEAD_IN_PARAGRAPHS = 4;

function lastParagraphs(preamble: readonly TextLine[]): string[] {
  const paragraphs: string[] = [];
  for (const line of preamble.slice(-20)) {
    const last = paragraphs.length - 1;
    if (line.afterBlank || last < 0 || /:$/.test(paragraphs[last] ?? "")) paragraphs.push(line.text.slice(0, 1000));
    else paragraphs[last] = `${paragraphs[last]} ${line.text.slice(0, 1000)}`;
  }
  return paragraphs.slice(-LEAD_IN_PARAGRAPHS).reverse();
}

/** `at the end of March in the last three years`, in a request that is told over the numbers: March 2019 is its last day. */
export function readMonthEnd(preamble: readonly TextLine[]): number | null {
  const text = lastParagraphs(preamble).reverse().join(" ");
  // Only the words about the end of a month: the day of the requester's letter stands beside them.
  const phrase = /\b(?:at|by|on) the end of (?:each |every )?[a-z]{3,9}\b[^.;]{0,80}/i.exec(text)?.[0];
  const day = phrase === undefined ? null : readHint(phrase).asAtDay;
  return day !== null && day.day >= 28 ? day.month : null;
}
