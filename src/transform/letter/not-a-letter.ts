/** Tells a council's reply from what people send by mistake: committee reports, leaflets, acknowledgements, bare requests. */
import type { TextLine } from "./lines.ts";

interface Sign {
  pattern: RegExp;
  weight: number;
  /** What the sign shows, for the message. */
  shows: string;
}

const REPORT: Sign[] = [
  {
    pattern:
      /\bscrutiny (?:commission|committee|panel|board)\b.{0,20}\breport\b|\b(?:cabinet|committee|commission) report\b/i,
    weight: 3,
    shows: "a committee's report",
  },
  {
    pattern:
      /^(?:wards? affected|report author|lead member|lead (?:strategic )?director|version control|report of|portfolio holder|agenda item|cabinet member|executive summary)\b\s*[:(]?/i,
    weight: 2,
    shows: "a report's heading",
  },
  {
    pattern: /\b(?:is|are) (?:recommended|asked|invited) to\b|\brecommendations?$/i,
    weight: 2,
    shows: "recommendations",
  },
  {
    pattern:
      /\b(?:financial|legal|equalit(?:y|ies)|climate emergency|carbon|risk|procurement) (?:and \w+ )?implications\b/i,
    weight: 2,
    shows: "a report's implications",
  },
  {
    pattern: /^(?:purpose of (?:the )?report|minutes of|apologies for absence|background papers)\b/i,
    weight: 3,
    shows: "a meeting's papers",
  },
];
const LEAFLET: Sign[] = [
  {
    pattern:
      /^(?:who can help|what is (?:a |an )?(?:child in need|early help)|how to (?:contact us|get help)|your guide to|a guide (?:to|for)|information for (?:parents|families|carers|young people)|what happens next|frequently asked questions|need help|useful (?:contacts|numbers)|worried about a child)\b/i,
    weight: 3,
    shows: "a leaflet",
  },
  {
    pattern:
      /\b(?:if you are worried about a child|call us on|visit our website|pick up a leaflet|this leaflet|this guide|this booklet|our helpline)\b/i,
    weight: 2,
    shows: "a leaflet",
  },
];
const ACKNOWLEDGEMENT: Sign[] = [
  {
    pattern:
      /\byou can expect to (?:hear|receive)|\bexpect to (?:respond|reply)|\b(?:we|i|you) (?:will|shall|should|aim to|endeavour to|hope to) (?:\w+ ){0,4}(?:respond|reply|answer|receive (?:a|our|the) (?:response|reply)|get back|be in touch|write)\b.{0,80}\b(?:working days|by|within|no later)/i,
    weight: 2,
    shows: "a promise to reply",
  },
  {
    pattern:
      /\backnowledge(?:ment)? (?:of )?(?:your|the|receipt)|\backnowledging|\b(?:we have received|thank you for|receipt of) your (?:request|e-?mail|letter)|\b(?:has|have) (?:been received|reached us)|\bwas (?:received|logged)\b/i,
    weight: 1,
    shows: "an acknowledgement",
  },
  {
    pattern:
      /\bis (?:now )?being (?:dealt with|processed|considered|handled|looked into)\b|\bhas been (?:passed|forwarded|logged|allocated)\b/i,
    weight: 1,
    shows: "a request still under way",
  },
  {
    pattern: /\b(?:20|twenty)[ -]working[ -]days?\b|\bstatutory (?:deadline|time ?(?:limit|scale))\b/i,
    weight: 1,
    shows: "a deadline",
  },
];
const REQUEST: Sign[] = [
  {
    pattern:
      /\b(?:i am (?:writing|submitting|making)|i would like to (?:request|make)|under the freedom of information act.{0,40}\bi\b|please (?:treat|accept) this)\b/i,
    weight: 2,
    shows: "a request",
  },
  { pattern: /\bi look forward to (?:your|hearing)\b/i, weight: 2, shows: "a request's ending" },
  { pattern: /^dear (?:foi|freedom|information|data) /i, weight: 2, shows: "a letter to a council" },
];
const REPLY: Sign[] = [
  {
    pattern: /\bfreedom of information\b|\bFOI(?:A|SA)?\b|\benvironmental information regulations\b/i,
    weight: 2,
    shows: "",
  },
  {
    pattern:
      /\b(?:your|the) (?:information )?request\b|\byou (?:asked|requested|have asked|have requested|wrote)\b|\byour (?:enquiry|questions|letter|e-?mail)\b/i,
    weight: 2,
    shows: "",
  },
  { pattern: /^dear\b/i, weight: 1, shows: "" },
  { pattern: /\b(?:section|s\.?) ?(?:12|21|22|40|1\(1\)|17)\b.{0,60}\b(?:act|exempt)/i, weight: 2, shows: "" },
  {
    pattern: /\binformation commissioner\b|\binternal review\b|\breview of (?:this|our|the) (?:decision|response)\b/i,
    weight: 2,
    shows: "",
  },
  { pattern: /^(?:yours (?:sincerely|faithfully)|kind regards)/i, weight: 1, shows: "" },
  {
    pattern: /\b(?:our|the council['’]?s?) (?:response|reply|answers?)\b|^(?:response|answer)\b\s*:?/i,
    weight: 2,
    shows: "",
  },
  { pattern: /\bwe (?:do not|don['’]t) hold\b|\binformation (?:is )?not held\b/i, weight: 1, shows: "" },
];

/** Each sign counts once, however often it is met. */
function weigh(lines: readonly TextLine[], signs: readonly Sign[]): { weight: number; shows: string[] } {
  const met = signs.filter((sign) => lines.some((line) => sign.pattern.test(line.text.slice(0, 600))));
  return {
    weight: met.reduce((sum, sign) => sum + sign.weight, 0),
    shows: [...new Set(met.map((sign) => sign.shows))],
  };
}

/** Why a document is no reply to a request; null where it is one. `answers`: how many of its questions have one. */
export function whyNotAReply(lines: readonly TextLine[], answers: number, asked: boolean): string | null {
  const reply = weigh(lines, REPLY).weight;
  const report = weigh(lines, REPORT);
  if (report.weight >= 4 && report.weight > reply)
    return `it looks like a committee's report (${report.shows.join(", ")}), not like a reply`;
  const leaflet = weigh(lines, LEAFLET);
  if (leaflet.weight >= 3 && leaflet.weight > reply) return "it looks like a leaflet, not like a reply";
  const acknowledgement = weigh(lines, ACKNOWLEDGEMENT);
  if (answers <= 1 && acknowledgement.weight >= 3) return "it acknowledges a request and answers nothing";
  if (answers > 0) return reply === 0 && !asked ? "nothing in it shows a reply to a request for information" : null;
  if (acknowledgement.weight >= 2) return "it acknowledges a request and answers nothing";
  const request = weigh(lines, REQUEST);
  if (request.weight >= 2) return "it is a request, not a reply: nothing in it answers";
  if (leaflet.weight >= 2) return "it looks like a leaflet, not like a reply";
  return reply < 3 ? "nothing in it shows a reply to a request for information" : null;
}
