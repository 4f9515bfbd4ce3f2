/** Numbers written as words, up to 999,999, and the words for nothing. */

/** Zero to nineteen, each at the place of its number. */
export const SMALL_NUMBERS = [
  "zero",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
  "thirteen",
  "fourteen",
  "fifteen",
  "sixteen",
  "seventeen",
  "eighteen",
  "nineteen",
];
const TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const NOTHING = new Set([
  ...["nil", "none", "nought", "zero", "no children", "no cases", "nil return"],
  ...["not one", "not any", "not a single one", "none at all", "none of them", "none of these"],
]);

const FIRST_WORDS: ReadonlySet<string> = new Set([
  ...SMALL_NUMBERS,
  ...TENS,
  ...[...NOTHING].map((words) => words.split(" ", 1)[0] ?? ""),
  "a",
]);

/** Whether words begin as a number in words does; most do not, and need not be looked at again. */
export function mayBeNumber(words: string): boolean {
  return FIRST_WORDS.has((/^[a-z]+/i.exec(words)?.[0] ?? "").toLowerCase());
}

/** The number that the words are; null where they are none. `Nil` and `None` are 0. */
export function numberFromWords(words: string): number | null {
  const text = words.trim().toLowerCase();
  if (text.length > LONGEST) return null;
  if (NOTHING.has(text)) return 0;
  const [thousands, rest, ...more] = text.split(/\s?\bthousand\b,?\s?/);
  if (rest === undefined) return belowThousand(text);
  const first = more.length > 0 ? null : belowThousand(thousands ?? "");
  if (first === null || first === 0) return null;
  if (rest === "") return first * 1000;
  const last = belowThousand(rest.replace(/^and /, ""));
  return last === null || last === 0 ? null : first * 1000 + last;
}

/** `nine hundred and ninety-nine thousand, nine hundred and ninety-nine` is not longer. */
const LONGEST = 90;

function belowThousand(text: string): number | null {
  const [hundreds, rest, ...more] = text.split(/\s?\bhundred\b\s?/);
  if (rest === undefined) return belowHundred(text);
  const first = more.length > 0 ? -1 : SMALL_NUMBERS.indexOf(hundreds === "a" ? "one" : (hundreds ?? ""));
  if (first < 1 || first > 9) return null;
  if (rest === "") return first * 100;
  const last = /^and /.test(rest) ? belowHundred(rest.slice(4)) : null;
  return last === null || last === 0 ? null : first * 100 + last;
}

function belowHundred(text: string): number | null {
  const small = SMALL_NUMBERS.indexOf(text);
  if (small >= 0) return small;
  const [ten = "", one, ...more] = text.split(/[\s-]+/);
  const tens = TENS.indexOf(ten);
  if (tens < 0 || more.length > 0) return null;
  if (one === undefined) return (tens + 2) * 10;
  const ones = SMALL_NUMBERS.indexOf(one);
  return ones > 0 && ones < 10 ? (tens + 2) * 10 + ones : null;
}

/** Matches a number word inside a sentence. */
export const NUMBER_WORD = new RegExp(
  `\\b(?:(?:${TENS.join("|")})(?:[\\s-](?:${SMALL_NUMBERS.slice(1, 10).join("|")}))?|${SMALL_NUMBERS.join("|")}|none|nil)\\b`,
  "gi",
);
