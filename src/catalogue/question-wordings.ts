/**
 * How people ask for each measure: wordings for and against, in the order of trial. Data, no I/O.
 * Unknown stays unknown: a wording that fits two measures fits none. Plans and children are told apart only where the
 * question does; "how many children were on plans" is answered with plans (see docs/decisions), so it means plans here.
 */
import { MEASURES } from "./measures.ts";

export interface QuestionWording {
  measure: string;
  /** All of these have to be met. */
  asks: RegExp[];
  /** None of these may be met. */
  not?: RegExp[];
}

const PLAN =
  /\b(?:child(?:ren)?(?:['’]s)? )?protection plans?\b|\bCP ?plans?\b|\bCPPs?\b|\b(?:on|to|from) a plan\b|\bsubject (?:of|to) (?:a )?(?:child protection )?plans?\b/i;
const IN_NEED =
  /\b(?:child(?:ren)?(?: designated as| categorised as| classed as| assessed as)?|categorised as|classed as|assessed as|designated as|the) ?["“‘'’]?in need["”’']?|["“‘']in need["”’']|\bCIN\b|\bepisodes? of need\b|\b(?:child(?:ren)?|young people) (?:who )?(?:were|was|are|being) in need\b/i;
const DISTINCT =
  /\b(?:distinct|individual|unique|different|separate) (?:children|child|young people)\b|\bnumber of (?:distinct|individual|unique) /i;
const ANY_POINT =
  /\b(?:at any (?:point|time)|in total|in place (?:at any|during)|throughout|during the (?:year|following))\b/i;
const STARTED =
  /\b(?:newly|new|start(?:ed|ing)?|beg[au]n|beginning|commenced|opened|made|became|becoming|placed on|added|put on|initiated|entered|issued)\b/i;
const ENDED =
  /\b(?:(?<!\b(?:years?|months?|quarters?|periods?) )end(?:ed|ing|s)?(?! of)|exit(?:ed)?|ceas(?:ed|ing)|closed|removed|left|came off|taken off|discontinued|stepped down|came to an end|concluded|de-?registered)\b/i;
const AT_31_MARCH =
  /\b(?:31(?:st)? (?:of )?march|march 31(?:st)?|31[/.]0?3[/.]|year[- ]end|end of (?:march|(?:the|each|every) (?:financial )?year))\b/i;
const PERCENT = /\b(?:percent(?:age)?|per cent|proportion|share|%)/i;
const RATE = /\brate\b|\bper 10,?000\b/i;
const SUBSET =
  /\b(?:in how many\b|how many of the\b[^?]{0,80}\b(?:followed|came from|arose|concerned|related to|involved|were closed|lasted)\b|beg[au]n with|anonymous|training|of (?:these|those|them|which|whom)(?! (?:financial |calendar |academic )?(?:years?|periods?|dates?))|aged|under (?:the age|\d)|boys|girls|for more than|for (?:two|2) years|longer than|second or (?:subsequent|later)|neglect|unborn|disab(?:led|ility|ilities)|repeat|reason|names? of|died|dead|deaths?|placed outside|in which|years? old|that (?:led|resulted)|led to|resulted in)\b/i;
const REFERRAL = /\breferrals?\b|\breferred\b/i;
const RE_REFERRAL =
  /\bre-?referr(?:al|als|ed)\b|\brepeat referrals?\b|\bwithin (?:12|twelve) months of (?:a|an) (?:earlier|previous)/i;
const OTHER_REFERRAL =
  /\b(?:referral discussions?|no further action|NFA|fostering|adoption|early help|MASH|contacts?|mental health|CAMHS|schools?|sources?|agency|times?|days?|how long|LADO|reporter|from (?:the )?(?:police|schools|health))\b/i;
const CONFERENCE = /\b(?:initial (?:child protection )?(?:case )?conferences?|ICPCs?|child protection conferences?)\b/i;
const SECTION_47 = /\b(?:section|s\.?|sec\.?) ?47s?\b/i;
const CASELOAD = /\bcase ?-?loads?\b|\b(?:number of )?cases (?:held|carried|allocated|assigned|per|for each|that)\b/i;
const WORKER = /\bcase ?-?loads?\b|\b(?:social )?workers?\b|\bpractitioners?\b|\bper worker\b|\bservice\b/i;
const HIGHEST = /\b(?:highest|largest|biggest|greatest|maximum|most|busiest|heaviest)\b/i;
const AVERAGE = /\b(?:average|mean|typical)\b/i;
const OTHER_TEAM =
  /\b(?:leaving care|youth offending|fostering|adoption|independent reviewing|IRO|personal advis(?:e|o)rs?|family support workers?|team manager|adult)\b/i;
const EARLY_HELP = /\bearly help\b/i;
const SPENT =
  /\b(?:spen[dt]|spending|expenditure|cost|outturn|budget)\b|\bhow much\b.{0,40}\b(?:went|put|invested|paid|devoted)\b/i;
const UNALLOCATED =
  /\b(?:unallocated|(?:not|no|without|wait(?:s|ing)? for|awaiting|lack(?:ed|ing)?)\b.{0,60}\b(?:allocat\w*|social worker|named worker)|holding allocation)\b/i;

const wording = (measure: string, asks: RegExp[], not: RegExp[] = []): QuestionWording => ({ measure, asks, not });

/** Stocks, starts and ends of plans or of need; `prefix` is the measure's beginning. */
function byMovement(prefix: string, subject: RegExp[], against: RegExp[], atDay: string): QuestionWording[] {
  const not = [...against, OF_THE_WORK];
  return [
    wording(`${prefix}_started`, [...subject, STARTED], [...not, ENDED, UNALLOCATED, ANY_TIME]),
    wording(
      `${prefix}_ended`,
      [...subject, ENDED],
      [...not, /\b(?:newly|started|became|added)\b/i, UNALLOCATED, ANY_TIME],
    ),
    wording(
      atDay,
      [...subject, AT_31_MARCH],
      [...not, STARTED, /\b(?:exited|ceased|removed|ended)\b/i, UNALLOCATED, ANY_TIME],
    ),
    wording(
      `${prefix}_any_point`,
      [...subject, ANY_POINT],
      [...not, STARTED, ENDED, AT_31_MARCH, UNALLOCATED, ONE_DAY],
    ),
  ];
}
/** What is done for the children is counted, not they or their plans. */
const OF_THE_WORK =
  /\b(?:how many|number of) (?:\w+ ){0,2}(?:visits?|reviews?|assessments?|meetings?|conferences?|hours|days|social workers)\b/i;
const ANY_TIME = /\bat any (?:point|time)\b/i;
const ONE_DAY = /\b(?:as (?:at|of|on)|on) (?:the )?(?:1st|1|31st|31|30th|30)\b/i;

/** `How many children ended an episode of need`: children are counted, by what became of an episode. */
const CHILDREN_BY_EPISODE =
  /\b(?:how many|number of) (?:(?:distinct|individual|unique|different) )?children\b(?! in need)[^?]{0,40}\bepisodes? of need\b/i;

const BY_AGE = /\baged\b|\bby (?:age|gender|ethnicity)\b/i;

export const QUESTION_WORDINGS: readonly QuestionWording[] = [
  wording(
    "children_without_allocated_worker",
    [UNALLOCATED, /\b(?:child(?:ren)?|cases?)\b/i],
    [SPENT, PERCENT, /\bhow long\b|\b(?:how many|number of) (?:days|weeks|months|hours|times)\b/i, /\bvacan/i],
  ),
  wording(
    "caseload_highest",
    [
      HIGHEST,
      new RegExp(`${CASELOAD.source}|\\bcases\\b|\\bbusiest (?:social )?(?:worker|practitioner)s?\\b`, "i"),
      WORKER,
    ],
    [AVERAGE, OTHER_TEAM, PERCENT],
  ),
  wording(
    "caseload_average",
    [AVERAGE, new RegExp(`${CASELOAD.source}|\\bcases\\b`, "i"), WORKER],
    [HIGHEST, OTHER_TEAM, PERCENT, /\btenure\b|\bwage\b|\bcost\b/i],
  ),
  wording("early_help_spend", [EARLY_HELP, SPENT], [PERCENT, /\bper (?:child|family|head)\b/i, /\bgrant/i]),
  wording("re_referrals_percent", [RE_REFERRAL, PERCENT], [BY_AGE]),
  wording("re_referrals", [RE_REFERRAL], [PERCENT, RATE, /\bchildren (?:were )?re-?referred\b/i]),
  wording("children_re_referred", [/\bchildren (?:were )?re-?referred\b/i], [PERCENT, RATE]),
  wording(
    "s47_children",
    [
      SECTION_47,
      /\bhow many (?:individual |distinct |unique )?children\b|\bnumber of (?:individual |distinct |unique )?children\b/i,
    ],
    [CONFERENCE, PERCENT, RATE, SUBSET],
  ),
  wording(
    "s47_enquiries",
    [SECTION_47, /\b(?:enquir|inquir|investigat|47s\b)/i],
    [
      CONFERENCE,
      PERCENT,
      RATE,
      /\bhow many (?:individual |distinct |unique )?children\b/i,
      SUBSET,
      SPENT,
      /\bhow long\b|\bdays\b/i,
    ],
  ),
  wording("icpc_children", [CONFERENCE, DISTINCT], [PERCENT, RATE]),
  wording(
    "icpc",
    [
      CONFERENCE,
      /\b(?:how many|number|total|conferences? (?:were )?held)\b|^(?:initial|ICPCs?)\b[^?]{0,60}\b(?:in|for|during|over|between|from)\b[^?]{0,30}\d/i,
    ],
    [PERCENT, RATE, /\bchairs?\b|\bqualified\b|\bwithin \d|\breviews?\b|\bhow long\b|\bdays\b/i, DISTINCT, SUBSET],
  ),
  wording(
    "children_referred",
    [
      /\b(?:how many|number of) (?:(?:individual|distinct|unique|different) )?(?:children|child)\b.{0,40}\b(?:were |was )?referred\b|\bchildren referred\b/i,
    ],
    [RE_REFERRAL, PERCENT, RATE, SECTION_47, CONFERENCE, PLAN, OTHER_REFERRAL, SUBSET],
  ),
  wording(
    "referrals_no_further_action_percent",
    [REFERRAL, /\bno further action\b|\bNFA\b/i, PERCENT],
    [SECTION_47, PLAN, RE_REFERRAL],
  ),
  wording(
    "referrals_no_further_action",
    [REFERRAL, /\bno further action\b|\bNFA\b/i],
    [PERCENT, RATE, SECTION_47, PLAN],
  ),
  wording(
    "referrals",
    [
      REFERRAL,
      /\b(?:how many|number|total|referrals (?:were|did|received|by)|referrals$)\b|^referrals\b[^?]{0,60}\b(?:in|for|during|over|between|from)\b[^?]{0,30}\d/i,
    ],
    [
      RE_REFERRAL,
      PERCENT,
      RATE,
      SECTION_47,
      CONFERENCE,
      OTHER_REFERRAL,
      SUBSET,
      /\b(?:how many|number) of (?:the|your|all|our) (?:\w+ ){0,2}referrals\b/i,
      /\bchildren (?:were )?referred\b/i,
      SPENT,
      /\band contacts?\b/i,
      /\b(?:of|after|from|following|since) (?:a|the|each|their) referral\b/i,
    ],
  ),
  ...byMovement("cpp_children", [PLAN, DISTINCT], [PERCENT, RATE, SUBSET, /\bconference/i], "cpp_children_at_31_march"),
  ...byMovement("cpp", [PLAN], [DISTINCT, PERCENT, RATE, SUBSET, /\bconference/i, SPENT, CASELOAD], "cpp_at_31_march"),
  ...byMovement(
    "cin_episodes",
    [IN_NEED, /\bepisodes?\b/i],
    [CHILDREN_BY_EPISODE, PERCENT, RATE, SUBSET, PLAN],
    "cin_episodes_at_31_march",
  ),
  ...byMovement(
    "cin_children",
    [IN_NEED, CHILDREN_BY_EPISODE],
    [PERCENT, RATE, SUBSET, PLAN],
    "cin_episodes_at_31_march",
  ),
  // On one day a child has one open episode: DfE's "children in need at 31 March" counts those.
  ...byMovement(
    "cin_children",
    [IN_NEED],
    [/\bepisodes?\b/i, PERCENT, RATE, SUBSET, PLAN, SPENT, CASELOAD],
    "cin_episodes_at_31_march",
  ),
];

const codes = new Set(MEASURES.map((measure) => measure.code));

/** A stretch of time that closes on a day is no day: `the year ending 31 March 2020`, `1 April 2019 to 31 March 2020`. */
const STRETCH =
  /\b(?:years?|12 months|twelve months|period) (?:ending|ended|to|up to) (?:on )?(?:the )?(?:31(?:st)? (?:of )?march|march 31(?:st)?)(?:,? \d{4})?|\b(?:1(?:st)? (?:of )?april|april 1(?:st)?)(?:,? \d{4})? (?:to|and|until|till|[–-]) (?:the )?(?:31(?:st)? (?:of )?march|march 31(?:st)?)(?:,? \d{4})?/gi;
/** A paper is asked for, not a count. */
const DOCUMENT =
  /\b(?:provide|send|supply|see|share|publish|give)\b.{0,30}\b(?:audits?|cop(?:y|ies)|polic(?:y|ies)|procedures?|guidance|minutes|reports?|strateg(?:y|ies)|templates?)\b/i;
const COUNTED = /\b(?:how (?:many|much)|numbers?|total|average|highest|percentage|figures?)\b/i;
/** Something is counted for one case after another: no measure of the council as a whole. */
const ONE_BY_ONE =
  /\bfor (?:each (?:of (?:the|these|those) )?(?:such )?(?=[a-z ]{4,40})|(?:these|those|such) (?=[a-z ]{4,40}[:,]))(?:referrals?|child(?:ren)?|(?:child protection )?plans?|enquir(?:y|ies)|cases?|famil(?:y|ies)|episodes?|conferences?)\b/i;

/** The one measure that a question means; null where none or more than one does. Reads the first 1,500 characters. */
export function findMeasure(question: string): string | null {
  const text = question.slice(0, 1500).replace(STRETCH, "the year");
  if ((DOCUMENT.test(text) && !COUNTED.test(text)) || ONE_BY_ONE.test(text)) return null;
  const fitting = QUESTION_WORDINGS.filter(
    (wording) =>
      codes.has(wording.measure) &&
      wording.asks.every((one) => one.test(text)) &&
      !wording.not?.some((one) => one.test(text)),
  );
  const [first, ...others] = new Set(fitting.map((wording) => wording.measure));
  return first !== undefined && others.length === 0 ? first : null;
}

/** What a question leaves out because the one before it has said it: by the measure before, the words that lean on it. */
const LEANING: { before: RegExp; leans: RegExp; subject: string }[] = [
  {
    before: /^caseload_/,
    leans:
      /^(?:and )?what (?:is|was|were|are) (?:the|their|its) (?:highest|largest|biggest|maximum|average|mean)\b(?: (?:one|figure|number))?\W*$|\btheir (?:average|mean|highest|largest) (?:number of )?(?:cases|caseloads?)\b/i,
    subject: "cases held by a social worker, caseload",
  },
  {
    before: /^cpp_/,
    leans: /(?<!\bof )\b(?:number of|how many|the|these|those|such) (?:new )?plans\b/i,
    subject: "child protection plans",
  },
];

/** The measure of a question that leans on the one before: `What was the highest?` after one on average caseloads. */
export function findLeaningMeasure(question: string, before: string): string | null {
  const lean = LEANING.find((one) => one.before.test(before) && one.leans.test(question));
  return lean === undefined ? null : findMeasure(`${question.slice(0, 1400)} (${lean.subject})`);
}
