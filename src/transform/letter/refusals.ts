/**
 * Refusals: what a council cites or says in place of an answer. Sections of the Children Act (17, 20, 31, 47) are subject
 * matter and never exemptions; under the Scottish Act the same numbers mean other things.
 */

import { SCOTTISH_SECTIONS, UK_REGULATIONS, UK_SECTIONS } from "../../catalogue/exemptions.ts";
import type { Status } from "../../observation.ts";
import { splitSentences } from "./prose.ts";

export type Law = "FOIA" | "FOISA";

export interface Refusal {
  status: Status;
  /** As cited: `s40(2)`, `FOISA s25`; null where no section is cited. */
  exemption: string | null;
  /** Where in the text the sentence of refusal begins. */
  at: number;
}

interface Citation {
  section: string;
  cited: string;
  status: Status | null;
  at: number;
}

const SECTION =
  /\b(?:sections?|sects?\.?|sec\.?|ss?\.?)\s?(\d{1,2}[AB]?)\b(\.\d{1,2}\b(?:\s?\(\w{1,2}\))?|(?:\s?\(\s?\w{1,4}\s?\)){0,4})/gi;
const REGULATION = /\b(?:regulations?|reg\.?|r\.)\s?(\d{1,2})((?:\s?\(\s?\w{1,2}\s?\)){0,3})/gi;
const CHILDREN_ACT =
  /\b(?:children(?:['’]?s)? (?:and families |and social work )?act|CA ?1989|local government act|localism act|education act|care act|equality act|housing act|mental health act)\b/i;
const SUBJECT =
  /^\s*(?:['’"”]?s?\s*)?(?:enquir|inquir|investigation|assessment|child|accommodat|care order|strategy|plan|process|referral|report|team|duty|agreement|arrangement|placement|cases?\b|visits?|meeting|supervision)/i;
const FREEDOM =
  /\b(?:freedom of information|FOI|FOIA|FOISA|the act|exempt|exemption|refus|withh|disclos|information not held|engaged|prejudice|public interest)/i;

const NOT_HELD =
  /\b(?:(?:do|does|did|is|are|was|were|has|have|had|could|can)(?: not|n['’]t) (?:(?:currently|centrally|routinely|specifically|actually|yet|separately|in fact|been) )*(?:hold|held|record|recorded|collect|collected|keep|kept|capture|captured|store|stored|retain|retained|maintain|monitor|possess)\b|no longer (?:hold|held|hold[s]?|retain|retained|kept)|not (?:held|recorded|collected) by|(?:information|data|figures?|records?) (?:is |are |was |were )?not (?:held|recorded|collected|kept|retained)|no (?:recorded |such |relevant )?(?:information|data|figures?|records?) (?:is |are )?(?:held|kept)|not something (?:that )?(?:we|the \w+) (?:hold|record|collect|keep|capture)s?|not held|holds? no (?:recorded |such |relevant )?(?:information|data|records?|figures?)|have no (?:recorded )?(?:information|data|records?) |(?:do|does|did)(?: not|n['’]t) (?:currently )?have (?:this|that|the|any|such|these|those) (?:\w+ )?(?:information|data|figures?|records?|details|breakdown|statistics)\b|held (?:only )?by (?:\w+ ){1,6}?(?:and not|not|rather than)(?: by)? (?:us|the (?:council|authority))\b|nothing (?:\w+ ){0,2}(?:held|recorded|kept|on record)\b|holds? nothing\b|no (?!(?:\w+ ){0,3}(?:incidents?|complaints?|deaths?|assaults?|cases?|child(?:ren)?|referrals?|injur(?:y|ies)|absences?|dismissals?|suspensions?|allegations?|breach(?:es)?|enquiries|visits?|episodes?) )(?:\w+ ){0,4}(?:is|are|was|were|has been|have been|been) (?:held|recorded|kept|collected|retained)\b|(?:there (?:is|are|was|were)|have|has|had|hold|holds|find) no (?:\w+ )?records?\b|no (?:\w+ )?records? exists?\b|(?:information|data|figures?|records?|documents?) (?:do|does|did)(?: not|n['’]t) exist\b|not (?:known|available) to (?:us|the (?:council|authority|department))\b)/i;
const COST =
  /\b(?:(?:exceed|beyond|above|over|more than|in excess of)[^.]{0,60}?(?:appropriate limit|cost limit|costs limit|time limit|18(?:\.5)? hours|£450|£600|fees limit)|appropriate limit (?:would|will|is|has))/i;
const ELSEWHERE =
  /\b(?:(?:is|are|was|were|already|been|be|can|publicly|freely|readily|reasonably|otherwise) (?:\w+ ){0,2}(?:published|accessible|available|found|viewed|obtained|accessed|downloaded|read) (?:\w+ ){0,4}?(?:on|at|via|from|by|through|in|here|online|to|under|elsewhere)\b|(?:publish|publishes|published) (?:\w+ ){0,6}(?:here|at|on|:)|please (?:see|refer to|visit|use|follow|go to) (?:the )?(?:following )?(?:link|website|web page|attached link)|(?:via|at|using|on|follow(?:ing)?) (?:the|this) (?:following )?link|(?:see|visit|available|accessible|published|found|go to|refer to)\b[^.\n]{0,80}(?:https?:\/\/|\bwww\.)|\bcan be (?:made|drawn|seen|checked|compared|calculated|derived|looked up)\b[^.\n]{0,120}(?:https?:\/\/|\bwww\.)|\b(?:you (?:can|may|will(?: be able to)?)|can be|to) (?:also )?(?:find|see|read|view|obtain|download|get|access) (?:it|this|them|these|that|(?:the|this|these|that|those) \w+)\b[^.\n]{0,120}(?:https?:\/\/|\bwww\.)|link below|(?:is|are) (?:\w+ ){0,2}on (?:the|our|its) (?:\w+['’]?s? ){0,3}website)/i;
const WITHHELD =
  /\b(?:withhold(?:ing)?|withheld|exempt from (?:disclosure|release)|(?:decline|unable|not able) to (?:disclose|release|provide) (?:this|the|these|that)[^.]{0,80}(?:personal|identif|confidential|commercial))/i;
const REFUSED =
  /\b(?:vexatious|manifestly unreasonable|repeated request|refuse to (?:comply|answer|deal)|refusal notice|(?:are|is|am) (?:therefore |accordingly |hence )?refus(?:ing|ed)\b(?! (?:by|because|asylum)))/i;

/** Which Act the letter is under, by its words. */
export function readLaw(text: string): Law {
  return /\bFOISA\b|\(Scotland\) Act|Scottish Information Commissioner/i.test(text) ? "FOISA" : "FOIA";
}

/** The refusal that a paragraph of an answer states; null where it states none. Reads the first 5,000 characters. */
export function readRefusal(paragraph: string, law: Law = "FOIA"): Refusal | null {
  const text = paragraph.slice(0, 5000);
  const citations = findCitations(text, law);
  const reason = citations.find((citation) => citation.status !== null && !isNoticeOnly(citation));
  const cost = COST.exec(text);
  const notHeld = findNotHeld(text);
  if (reason !== undefined)
    return citedRefusal(text, reason, reason.status === "cost_limit" ? (cost?.index ?? null) : notHeld);
  if (notHeld !== null)
    return { status: "not_held", exemption: generalRight(citations, law), at: sentenceStart(text, notHeld) };
  if (cost !== null) return { status: "cost_limit", exemption: null, at: sentenceStart(text, cost.index) };
  const withheld = WITHHELD.exec(text);
  if (withheld !== null) return { status: "withheld", exemption: null, at: sentenceStart(text, withheld.index) };
  const elsewhere = findElsewhere(text);
  if (elsewhere !== null) return { status: "referred", exemption: null, at: sentenceStart(text, elsewhere) };
  const notice = citations.find(isNoticeOnly);
  const refused = REFUSED.exec(text);
  if (notice !== undefined) return { status: "refused", exemption: notice.cited, at: sentenceStart(text, notice.at) };
  return refused === null ? null : { status: "refused", exemption: null, at: sentenceStart(text, refused.index) };
}

/** The refusal begins where its words do, which may be before the section is cited. */
function citedRefusal(text: string, reason: Citation, said: number | null): Refusal {
  const tells = reason.status === "not_held" || reason.status === "cost_limit";
  const at = tells && said !== null ? Math.min(said, reason.at) : reason.at;
  return { status: reason.status ?? "refused", exemption: reason.cited, at: sentenceStart(text, at) };
}

/** Section 17 of the Act is the notice that carries a reason, not a reason. */
function isNoticeOnly(citation: Citation): boolean {
  return citation.cited.startsWith("s17") || citation.cited.startsWith("FOISA s16");
}

/** `s1(1)` beside words that say not held; a letter that only recalls the general right cites no reason. */
function generalRight(citations: Citation[], law: Law): string | null {
  if (law === "FOISA") return null;
  return citations.find((citation) => citation.section === "1")?.cited ?? null;
}

function findNotHeld(text: string): number | null {
  const found = NOT_HELD.exec(text);
  return found === null ? null : found.index;
}

/** Pointing elsewhere needs a link or a place, and must not be where a complaint goes. */
function findElsewhere(text: string): number | null {
  for (const { text: sentence, at } of splitSentences(text)) {
    const found =
      /\b(?:to complain\b|complain (?:to|about)|a complaint\b|commissioner|internal review|right of appeal)/i.test(
        sentence,
      )
        ? null
        : ELSEWHERE.exec(sentence);
    if (found !== null) return at + found.index;
  }
  return null;
}

/** The sections cited as exemptions, in order; subject matter left out. */
function findCitations(text: string, law: Law): Citation[] {
  const known = law === "FOISA" ? SCOTTISH_SECTIONS : UK_SECTIONS;
  const citations: Citation[] = [];
  for (const match of text.matchAll(SECTION)) {
    const section = (match[1] ?? "").toUpperCase();
    const status = known.get(section);
    if (status === undefined || isSubjectMatter(text, match.index, match.index + match[0].length, section)) continue;
    const cited = `${law === "FOISA" ? "FOISA " : ""}s${section}${subsections(match[2] ?? "")}`;
    citations.push({ section, cited, status, at: match.index });
  }
  for (const match of text.matchAll(REGULATION)) {
    const cited = `${match[1] ?? ""}${subsections(match[2] ?? "")}`;
    const status = UK_REGULATIONS.get(cited);
    if (status !== undefined) citations.push({ section: cited, cited: `EIR r${cited}`, status, at: match.index });
  }
  return citations.sort((a, b) => a.at - b.at);
}

/** `.1`, ` ( 2 )` and `(2)(a)` in one spelling. */
function subsections(printed: string): string {
  const text = printed.replace(/\s/g, "");
  return text.replace(/^\.(\d{1,2})/, "($1)");
}

const CHILDREN_ACT_SECTIONS = new Set(["17", "20", "31", "47"]);

/** `Section 38 – 70`: the row of a table. */
const COUNTED = /^\s*(?:\([\w\s]{2,40}\)\s*)?[:=–—\s-]+(?:\d[\d,]*|[<≤]\s?\d+|\*)$/;

/** Whether the section is what the letter is about: of the Children Act, or `section 47 enquiries`. */
function isSubjectMatter(text: string, start: number, end: number, section: string): boolean {
  const after = text.slice(end, end + 60);
  const before = text.slice(Math.max(0, start - 60), start);
  if (/^[^.;]{0,25}\b(?:of|under) the (?:children|care|education|equality|housing|local)/i.test(after)) return true;
  if (CHILDREN_ACT.test(after.slice(0, 45))) return true;
  if (start === 0 && COUNTED.test(after)) return true;
  if (!CHILDREN_ACT_SECTIONS.has(section)) return false;
  if (SUBJECT.test(after) || CHILDREN_ACT.test(before)) return true;
  return !FREEDOM.test(text);
}

/** Where the sentence that holds a place begins. */
export function sentenceStart(text: string, at: number): number {
  const before = text.slice(0, at);
  const stops = [...before.matchAll(/[.!?]\s+(?=["“‘'(]?[A-Z])|\n/g)].filter(
    (stop) =>
      !/\b(?:s|ss|sec|no|ref|e\.g|i\.e|mr|ms|dr|st)$/i.test(before.slice(Math.max(0, stop.index - 4), stop.index)),
  );
  const last = stops.at(-1);
  return last === undefined ? 0 : last.index + last[0].length;
}
