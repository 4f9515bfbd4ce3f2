/** What kind of line a line is, by its wording: asked, closing words, a heading over answers, a note. One question each. */

const ASKED_START =
  /^(?:(?:and |also,? |additionally,? |in addition,? )?please (?!see\b|note\b|find\b|refer\b|contact\b|visit\b|use\b|filter\b|open\b|select\b|choose\b|download\b|pick\b|press\b|look\b|search\b|set the\b|scroll\b|treat\b|take (?:this|it)\b|bear\b|do not\b|ring\b|call\b|telephone\b|phone\b|e-?mail\b|apply\b|allow\b|ask\b|consult\b|read\b|access\b|be (?:aware|advised)\b|quote\b|click\b|follow\b|go\b|remember\b|accept\b|rest\b|understand that\b|feel\b|write\b|let\b)|can you\b|could you\b|would you\b|will you\b|how (?:many|much|long|often|frequently)\b|what (?:is|was|are|were|percentage|proportion|number)\b|i would (?:also )?like\b|i['’]d (?:also )?like\b|i am (?:also )?(?:interested|seeking|looking)\b|i (?:also )?(?:request|require|wish to)\b|provide (?:me|a|the|this|your|details|figures|copies)\b|broken down by\b|(?:if (?:so|yes|possible|available),? (?:please|how|what|which|when|who|why)))/i;
const ASKED_WITHIN =
  /\bplease (?:provide|also|indicate|state|specify|give|list|include|supply|confirm whether|tell us)\b/i;
const QUESTION_END = /\?["”’')\]]*\s*(?:\([^()]{0,300}\)\s*)?[.:]?$/;
const DEFINITION =
  /^(?:please understand|by ["“‘'][^"”]{1,60}["”’'],? (?:i|we) mean|for the purposes? of this (?:request|question)|where ["“‘']?[\w ]{1,40}["”’']? (?:is|means))/i;

/** Whether the words ask: a question, a request to provide or explain, or a definition that goes with one. */
export function looksAsked(text: string): boolean {
  const bare = text.replace(/^["“‘'(]+/, "");
  return ASKED_START.test(bare) || QUESTION_END.test(bare) || DEFINITION.test(bare) || ASKED_WITHIN.test(bare);
}

/** Whether the line sets out to ask: strong enough to open a question where nothing is numbered. */
export function opensQuestion(text: string): boolean {
  const bare = text.replace(/^["“‘'(]+/, "");
  return (
    /^(?:(?:and|also|additionally|in addition|finally|lastly|secondly|thirdly|then|next),? )?(?:(?:please|kindly|can you|could you|would you|will you) (?:(?:also|then|can you|could you|kindly|please) ){0,2}(?:provide|supply|confirm|state|tell|give|list|send|advise|let|say|show|indicate|specify|include)\b(?! me know if you)|(?:in|of|for|to|from|by|on|at|with) (?:how many|which|what)\b|how (?:many|much|long|often)|what\b|which\b|do(?:es)? (?:you|the|your)\b|is (?:there|the|it)\b|are there\b|has the\b|have you\b|(?:the )?(?:total )?number of\b|can you\b|could you\b)/i.test(
      bare,
    ) || QUESTION_END.test(bare)
  );
}

/** Whether a sentence tells in the council's words what was asked for: `You asked for the number of referrals in 2020/21.` */
export function retellsRequest(text: string): boolean {
  return (
    /^(?:(?:thank you for|(?:i|we) refer to|further to|in response to) your (?:recent )?(?:e-?mail|letter|request|enquiry)(?: (?:of|dated|received)\b.{0,30}?)?,? (?:for|about|asking (?:for|about|how)|requesting)|you (?:have )?(?:asked|requested|wanted to know)|your request (?:was|is) for)\b.{0,60}\b(?:number|how many|figures|percentage|average|copy|copies|amount|total|details|list|cost|spend)\b/i.test(
      text,
    ) && !/\b(?:below|as follows|the following)\b/i.test(text)
  );
}

/** Whether the rest of a marker reads as a question or as the name of a thing asked for, not as an answer. */
export function readsAsRequest(text: string): boolean {
  return (
    looksAsked(text) ||
    /^(?:the |a |an |total |average |overall |any |all )?(?:(?:total|average|mean|highest|largest|annual|full|overall) )?(?:number|percentage|proportion|rate|amount|cost|names?|copy|copies|list|reasons?|details|breakdown|share|caseload|spend(?:ing)?|expenditure|budget|figures?)\b/i.test(
      text,
    ) ||
    /^whether\b/i.test(text)
  );
}

const CLOSING =
  /^(?:yours (?:sincerely|faithfully|truly)|kind(?:est)? regards|regards,?$|many thanks|best wishes|yours,?$|(?:i|we) (?:hope|trust) (?:that )?(?:this|you|the)|this concludes|that concludes|(?:if|should) (?:you(?:'re| are| need| require| feel| remain| wish| have| would| think| disagree| want| were| be| do| believe| consider)|anything|there is anything)\b.{0,160}?(?:dissatisf|unhappy|not (?:been |be )?(?:content|satisfied|happy|handled|answered|properly|dealt)|complain|review|appeal|disagree|contact|question|quer|wrong|unclear|assist|help|format|copy|copies)|anyone who is|you (?:have the right|are entitled|can|may) (?:to )?(?:ask|appl|request|complain|appeal|seek|write).{0,80}(?:review|complain|appeal|commissioner|decision)|you (?:may|can|are free to) re-?use|you have (?:the|a) right (?:to|of) (?:ask|request|complain|appeal|seek|an internal|review)|(?:please )?(?:contact (?:me|us|the|our|your|in)\b|remember to quote|do not hesitate|quote the)|please (?:contact|quote|do not hesitate|remember|feel free|let me know)|contact:|(?:the )?information commissioner|internal review$|complaints?(?: procedure)?:?$|re-?use (?:of information)?:?$|copyright|the (?:supply|information supplied|information provided).{0,120}(?:re-?us|copyright)|(?:this|the) (?:document|information|reply|response|material|data)\b.{0,60}\bre-?used?\b|under the re-?use|most of the information|©|for information, we publish|further information (?:about|on|is)|disclosure log|your rights?:?$|right of (?:appeal|review)|appeal|review procedure|if you wish to|in the event that you are|details of how to complain|any complaint|you should (?:write|contact)|(?:e-?mail|tel(?:ephone)?|phone|direct (?:line|dial)|fax)\s*:|please (?:accept|rest assured)|signed:?$|(?:information (?:governance|rights|management|compliance|access)|freedom of information|foi|data protection|customer (?:relations|services?)|records management)(?: and \w+)?(?: (?:team|officer|manager|unit|advisor|adviser|coordinator|co-ordinator))?[.,]?$|(?:was|is) this (?:page|response|information|answer|reply) (?:useful|helpful)|did you find (?:this|what)|(?:this )?(?:page |content )?(?:last )?(?:updated|reviewed|modified)\b(?: on)?:?\s\d|(?:share|print|rate|save) this (?:page|response)|back to (?:top|results|search)|(?:related|popular|useful|other|more|similar|further|connected) (?:pages?|links?|content|topics?|information|services?|documents?|articles?|requests?|responses?|in this section|from this section|on this topic|like this)(?: pages?)?:?$|(?:see also|in this section|on this page|you (?:may|might) also (?:like|be interested in)|quick links|breadcrumbs?|site map|main menu|navigation|contents):?$|(?:(?:the council['’]?s|our|the|any) (?:charge|fee)s? (?:for|in respect of)|there (?:is|was|will be|has been) no (?:charge|fee) (?:for|in respect of|to)|no (?:charge|fee) (?:is|has been|was|will be) (?:made|payable|charged|due)(?: (?:for|in respect of))?|we (?:do not|will not|have not|make no) charged? (?:for )?) ?(?:supplying |providing |answering )?(?:this|you|the (?:information|request|reply|response|answer|data))\b|(?:privacy|cookies?|accessibility|sitemap|terms)\b.{0,80}\b(?:privacy|cookies?|accessibility|contact|terms)\b)/i;
const RESUMES = /^(?:appendix|annex|annexe|attachment|schedule|table) [a-z0-9]{1,3}\b/i;

/** Whether closing words begin here: sign-off, complaints, re-use. */
export function opensClosing(text: string): boolean {
  return CLOSING.test(text.slice(0, 400));
}

/** Whether the letter goes on after its closing words: an appendix, a table. */
export function resumesLetter(text: string): boolean {
  return RESUMES.test(text) && text.length < 120;
}

const REPLY_HEADING =
  /^(?:(?:the |our |my |council['’]?s? |the council['’]?s? |[A-Z]\w+ (?:city |county |borough |metropolitan )?council['’]?s? )?(?:response|reply|replies|responses|answers?|decision|findings)(?: (?:is|are|follows?|to (?:your|the) (?:request|questions?)|below|in full|as follows|set out below|given below|provided below|of the council)){0,4})\s*[:.–-]?$|^(?:in (?:response|reply|answer) to your (?:request|questions?|enquiry)\b.{0,80}|(?:our|the council['’]?s|my) (?:answers?|response|reply|responses|replies)\b.{0,60}(?:follows?|below|are|is))\s*[:.]$|^(?:i|we) (?:answer|reply|respond)(?: as follows| below| in turn)?\s*[:.]$|^(?:i|we|the council)(?: have| has)? (?:responded|replied|answered)(?: as follows| to you)?\s*[:.]$|^(?:i|we) (?:can|am able to|are able to)\b.{0,60}(?:as follows|below|following)\s*[:.]$/i;
const REQUEST_HEADING =
  /^(?:you (?:have )?(?:asked|requested|wrote)\b.{0,100}|your (?:request|questions?)(?: (?:was|is|were|are))?(?: as follows| below| in full)?|your (?:request|questions?)\b.{0,60}:|(?:the )?(?:information )?request(?:ed)?\s*|questions?)\s*[:.–-]?$/i;

/** A line that stands over answers: `Response`, `Our answers are:`. */
export function isReplyHeading(text: string): boolean {
  return text.length < 140 && REPLY_HEADING.test(text);
}

/** A line that stands over the request as quoted: `You asked:`. */
export function isRequestHeading(text: string): boolean {
  return text.length < 160 && REQUEST_HEADING.test(text);
}

const ANSWER_LABEL =
  /^(?:(?:(?:the |our |my )?(?:\w+ )?(?:council|authority|trust|department|service)['’]?s? |(?:the|our|my) )?(?:answers?|response|reply)(?:\s?(?:to )?(?:q(?:uestion)?\s?)?\d{1,2}\s?\(?[a-h]?\)?)?\s*(?:[:=]|[–—-]\s|\.(?=\s|$)|$)|A\s?\d{0,2}\s?\(?[a-h]?\)?\s?:|A\d{1,2}\s?[a-h]?[.)-]\s|A\d{1,2}(?:$|\s+(?=[£<\dA-Z]))|R\s?\d{0,2}\s?:|R\d{1,2}[.)-]\s|Ans\.?:?\s|(?:Answer|Response|Reply)\s+(?=[A-Z][a-z]+ [a-z]|[£<\d*])|(?:we|i) (?:answer|reply|respond|say|replied|answered|responded)\s?[:–-]\s?)\s*/i;

/** The length of a label that opens an answer (`Answer:`, `Response -`, `A1.`) at the beginning of a line; 0 where there is none. */
export function answerLabelLength(text: string): number {
  return ANSWER_LABEL.exec(text)?.[0].length ?? 0;
}

const NOTE =
  /^(?:(?:please )?note\b|n\.?\s?b\.?[\s:.–-]|notes?:|caveat|\*+\s*\S|[†‡¹²³]\s*\S|explanatory|you (?:may|might|could) (?:wish|want|like|prefer|choose)? ?(?:to )?(?:narrow|refine|reduce|limit|restrict|submit|re-?submit|re-?phrase)\b|if you (?:were to )?(?:narrow|refine|reduce|limit|restrict)|(?:the )?(?:data|figures?|numbers?|information|answers?|replies|replys?|responses?)\b(?!.{0,60}\b(?:would|could|cannot|can ?not|exempt|not held|withheld|you (?:seek|want|asked|request\w*)))(?=.{0,80}\b(?:q(?:uestion)?s?\.?\s?\d|as (?:at|of|on)\b|is at\b|are at\b|are those (?:of|on|at)\b|provisional\b|subject to\b|include[sd]?\b|exclude[sd]?\b|count[s]?\b|rounded\b|relate[s]? to\b|describe[s]?\b|taken from\b|may (?:change|differ)))|(?:this|these|it|they) (?:figures? |data |numbers? |totals? )?(?:include|exclude|are provisional|is provisional|are subject|is subject|is a count|are counts|may change|do(?:es)? not include|counts? (?:children|families)))/i;

/** Whether the line explains answers and is none itself: `Please note …`, `* …`, `The data for Q1 is as at …`. */
export function isNote(text: string): boolean {
  return NOTE.test(text.slice(0, 300));
}

/** Whether a question asks for a number, so that one inside a sentence answers it. */
export function asksForNumber(question: string): boolean {
  return (
    /\b(?:how (?:many|much|long)|numbers?|total|average|mean|highest|largest|lowest|percentage|proportion|share|rate|spen[dt]|spending|expenditure|cost|budget|caseloads?|count|figures?|amount|paid|referrals|enquiries|quantity)\b|\bthere (?:were|are|was|is|have been|had been) (?:(?:a total of|only|about|around|in all) )?\d/i.test(
      question,
    ) || BARE_TITLE.test(question.trim())
  );
}

/** A title of a few words that asks nothing in particular: `All incidents`, `Teams – North`. */
const BARE_TITLE =
  /^(?!.*(?:\b(?:what|which|who|whose|why|where|when|how|whether|is|are|was|were|do|does|did|has|have|can|please|copy|copies|names?|list|details?|policy|policies|reasons?|addresses|emails?|correspondence|minutes|notes|reports?|documents?|procedures?|guidance)\b|\?))[A-Z][\w’',–/() -]{3,60}$/i;
