/**
 * Values as letters print them: `3,585`, `£4.9m`, `£4,107k`, `14.71`, `45%`, `Two.`, `Nil`, `<5`, `16 – 20`, `N/A`.
 * Nothing is rounded, nothing unknown becomes a number.
 */
import type { Status, Unit } from "../../observation.ts";
import { mayBeNumber, numberFromWords } from "./number-words.ts";
import { rememberReading } from "./remembered.ts";

export interface Value {
  status: Status;
  /** The number in base units; null where there is none. */
  value: number | null;
  /** As printed. */
  text: string;
  /** The unit that the value's own form shows; null where it shows none. */
  unit: Unit | null;
  /** A symbol whose meaning only a legend tells. */
  symbol: string | null;
  /** Words after the number that are not its unit: `all employed directly`. */
  remark: string;
  /** Set where a number was printed but cannot be trusted, with the reason. */
  unclear: string | null;
}

export const SYMBOL = /^(?:\*{1,3}|\.{2}|:|[-–—]|[cxz]|\[[a-z]\]|#|†|‡|~|\?)$/i;
const SUPPRESSED_WORDS =
  /^(?:(?:the )?(?:number|figure|answer|total|count)?(?:s)?\s*(?:is|are|was)?\s*)?(?:[<≤]\s?\d{1,2}|(?:less|fewer|lower) than (?:\d{1,2}|[a-z]{3,5})|(?:under|below) (?:\d{1,2}|[a-z]{3,5})|(?:\d{1,2}|[a-z]{3,5}) or (?:less|fewer)|suppressed)$/i;
/** Small-number hiding stops at ten; `less than 50` is a vague answer, not a hidden one. */
const HIGHEST_THRESHOLD = 10;
const NOT_APPLICABLE = /^(?:n\s?\/\s?a|not applicable|none applicable)$/i;
const NOT_AVAILABLE =
  /^(?:(?:data|figures?|information|this)?\s*(?:is|are)?\s*(?:not (?:yet |currently |readily )?(?:available|published|finalised)|unavailable)(?: yet| at this time| at present| until [a-z0-9 ]{3,30})?|no data(?: available)?|tbc|to be confirmed|awaited)$/i;
const NOT_HELD =
  /^(?:(?:data|figures?|information|this)?\s*(?:is|are)?\s*(?:not (?:held|recorded|collected|known|kept|captured)|no(?:t)? information held|no record(?:s)?(?: held)?|not recorded|unknown)(?: separately| by the council| centrally| in this form(?:at)?)?)$/i;
const RANGE =
  /^(?:between\s+|from\s+)?[£]?\d[\d,.]{0,12}%?\s?(?:[-–—]|to|and)\s?[£]?\d[\d,.]{0,12}%?(?:\s[a-z]{1,20}){0,4}$/i;
const ROUGH =
  /^(?:approximately|approx\.?|about|around|circa|c\.|roughly|some|a total of|total(?: of)?|an average of|[~≈=:])\s*/i;
const NUMBER =
  /^([-–−]?)\s?(\()?(£)?\s?(\d{1,3}(?: \d{3}){1,3}(?![\d,.]\d|\d)|\d{1,3}(?:['’]\d{3}){1,3}(?![\d,.]\d|\d)|[-–−]?\d[\d,.]{0,17})\s?(%|per ?cent(?:age)?|(?:million|billion|thousand|bn|k|m|000s?)(?![a-z]))?(?!\d|,\d)(\))?/i;
/** Figures that will be there later. */
export const NOT_YET =
  /\b(?:(?:not|n['’]t) (?:\w+ ){0,2}(?:available|published|finalised|validated|released|compiled|ready)|(?:yet|still) to be (?:published|finalised|validated|released|compiled)|unavailable)\b/i;

const SCALES: Record<string, number> = { k: 1e3, thousand: 1e3, m: 1e6, million: 1e6, bn: 1e9, billion: 1e9 };
/** Words that may follow a number as what it counts. */
const COUNTED_WORDS =
  "(?:(?:full[- ]time equivalents?|whole[- ]time equivalents?|fte|wte|(?:individual |unique |different |allocated |open |active |working |calendar |average |social |family |agency |permanent |newly |qualified |child |children['’]?s? |protection |section 47 )*(?:cases?|children|child|referrals?|enquir(?:y|ies)|investigations?|plans?|episodes?|conferences?|assessments?|workers?|staff|people|teams?|posts?|families|days?|contacts?|meetings?|complaints?|placements?|vacancies|reviews?|requests?|employees?|carers?|homes?|visits?|instances|occasions|records?|young people|officers?|managers?)))(?:\\s(?:in total|each|per (?:social )?worker|overall|altogether|were \\w+|was \\w+))?";
const COUNTED = new RegExp(`^\\s?${COUNTED_WORDS}$`, "i");
const COUNTED_AFTER = new RegExp(`\\s${COUNTED_WORDS}$`, "i");

/** `There were not any`: the words before those for nothing. */
const THERE_WERE =
  /^there (?:were|was|are|is|have been|had been) (?=no(?:t (?:any|one|a single one)|ne(?: at all)?)$)/i;

/** The reading of a text that is a value and nothing more (but for its unit and a remark); null where it is not one. */
export const readValue = rememberReading(readPrinted);

function readPrinted(printed: string): Value | null {
  const text = printed.trim();
  if (text === "" || text.length > 120) return null;
  const bare = text
    .replace(/[.;,]$/, "")
    .replace(ROUGH, "")
    .replace(THERE_WERE, "")
    .trim();
  return readWords(bare, text) ?? readNumber(bare, text);
}

function make(status: Status, text: string, fields: Partial<Value> = {}): Value {
  return { status, value: null, text, unit: null, symbol: null, remark: "", unclear: null, ...fields };
}

/** A status or `none`, and why: `N/A, as no child waited`, `None – the team was not yet set up`. */
const WITH_REMARK =
  /^(n\s?\/\s?a|not (?:yet |currently )?available|[a-z]{2,12}(?:[ -][a-z]{2,10})?)(?:\s?[,;:.]\s|\s?[–—-]\s|\s(?=\()|\s(?=(?:as|because|since|due to|owing to)\b))([^\d£]{2,110})$/i;

/** Values without digits, and hidden small numbers. */
function readWords(bare: string, text: string): Value | null {
  const remarked = WITH_REMARK.exec(bare);
  const plain = remarked?.[1] === undefined || NOT_HELD.test(remarked[1]) ? null : readWords(remarked[1], text);
  if (plain !== null && remarked?.[2] !== undefined) return { ...plain, remark: remarked[2] };
  if (SYMBOL.test(bare)) return make("reported", text, { symbol: bare });
  if (NOT_APPLICABLE.test(bare)) return make("not_applicable", text);
  if (NOT_AVAILABLE.test(bare)) return make("not_available", text);
  if (NOT_HELD.test(bare)) return make("not_held", text);
  if (isSuppressed(bare)) return make("suppressed", text, { unit: bare.includes("%") ? "percent" : null });
  if (RANGE.test(bare) && !/^(?:19|20)\d\d\D/.test(bare)) return make("reported", text, { unit: "text" });
  if (!mayBeNumber(bare)) return null;
  const twice = /^([a-z][a-z -]{1,60}?) \((\d[\d,]{0,8})\)$/i.exec(bare.replace(COUNTED_AFTER, "").trim());
  if (twice?.[1] !== undefined && twice[2] !== undefined) {
    const value = numberFromWords(twice[1]);
    return value === null || value !== plainNumber(twice[2]) ? null : make("reported", text, { value });
  }
  const number = numberFromWords(bare.replace(COUNTED_AFTER, "").trim());
  return number === null ? null : make("reported", text, { value: number });
}

/** Whether the words hide a small number: `<5`, `fewer than five`, `5 or less`. */
export function isSuppressed(words: string): boolean {
  const bare = words
    .trim()
    .replace(/[.;,]$/, "")
    .replace(COUNTED_AFTER, "")
    .trim();
  if (!SUPPRESSED_WORDS.test(bare)) return false;
  if (/suppressed$/i.test(bare)) return true;
  const digits = /\d{1,2}/.exec(bare)?.[0];
  const word = /(?:than|under|below)\s+([a-z]+)$|([a-z]+) or (?:less|fewer)$/i.exec(bare);
  const threshold = digits === undefined ? numberFromWords(word?.[1] ?? word?.[2] ?? "") : Number(digits);
  return threshold !== null && threshold <= HIGHEST_THRESHOLD;
}

/** A number with its sign, currency, scale and unit, and a remark after it. */
function readNumber(bare: string, text: string): Value | null {
  const match = NUMBER.exec(bare);
  if (match === null) return null;
  const [whole, sign = "", open, pounds, digits = "", suffix = "", close] = match;
  const rest = bare.slice(whole.length);
  if (/^0{3}$/.test(digits)) return null;
  if (/^[a-z]/i.test(rest) && !/\s$/.test(whole) && !/^(?:fte|wte)s?\b/i.test(rest)) return null;
  if ((open === undefined) !== (close === undefined)) return null;
  const tail = readTail(rest);
  if (tail === null) return null;
  const unit = unitOf(pounds, suffix, tail.unit);
  const plain = plainNumber(digits);
  if (plain === null) return make("reported", text, { unit, unclear: "its commas and points do not make one number" });
  const scale = SCALES[suffix.toLowerCase()] ?? (/^000/.test(suffix) ? 1000 : 1);
  if (scale === 1000 && plain >= 100_000 && pounds !== undefined && digits.length > 7)
    return make("reported", text, { unit, unclear: "thousands are marked on a figure that is already in pounds" });
  if (sign !== "" && unit === null)
    return make("reported", text, { unclear: "a dash or a minus sign stands before the number" });
  const negative = sign !== "" || (open !== undefined && pounds !== undefined);
  const value = scaled(plain, scale) * (negative ? -1 : 1);
  return make("reported", text, { value, unit, remark: tail.remark });
}

/** Exact for what a letter prints: 4.9m is 4900000 and not 4900000.000000001. */
function scaled(plain: number, scale: number): number {
  return scale === 1 ? plain : Number((plain * scale).toFixed(2));
}

function unitOf(pounds: string | undefined, suffix: string, counted: Unit | null): Unit | null {
  if (pounds !== undefined) return "GBP";
  if (/^(?:%|per)/i.test(suffix)) return "percent";
  return counted;
}

/** What may follow a number: a footnote mark, what is counted, or a remark after a dash, comma or in brackets. */
function readTail(rest: string): { unit: Unit | null; remark: string } | null {
  const text = rest.replace(/^(?:\*+|[¹²³†‡#]|\[\d\])/, "").trim();
  if (text === "" || text === ".") return { unit: null, remark: "" };
  if (/^(?:working |calendar )?days?\b/i.test(text) && !/\d/.test(text)) return { unit: "days", remark: "" };
  if (COUNTED.test(text)) return { unit: null, remark: "" };
  const repeated = /^\([a-z-]{3,12}\)\s?(.*)$/i.exec(text);
  if (repeated?.[1] !== undefined && (repeated[1] === "" || COUNTED.test(repeated[1])))
    return { unit: null, remark: "" };
  const bracket = /^(?:[a-z ]{1,30})?\(([^()]{1,90})\)\.?$/i.exec(text);
  if (bracket?.[1] !== undefined) return { unit: null, remark: bracket[1] };
  const remark = /^(?!(?:of|in|on|from|to|and|or) )(?:[a-z ]{1,30})?\s?[-–—,;]\s+([a-z(][^\d£]{1,90})$/i.exec(text);
  return remark?.[1] === undefined ? null : { unit: null, remark: remark[1] };
}

/** The number of digits with commas and points; null where they do not group as in `1,234,567.89`. */
export function plainNumber(digits: string): number | null {
  const bare = digits.replace(/[.,]$/, "").replace(/^[-–−]/, "");
  if (/^\d{1,15}(?:\.\d{1,6})?$/.test(bare)) return Number(bare);
  if (/^\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,6})?$/.test(bare)) return Number(bare.replaceAll(",", ""));
  if (/^\d{1,3}(?:[ '’]\d{3}){1,3}$/.test(bare)) return Number(bare.replace(/[ '’]/g, ""));
  if (/^\d{1,3}(?:\.\d{3}){2,4}$/.test(bare)) return Number(bare.replaceAll(".", ""));
  return null;
}
