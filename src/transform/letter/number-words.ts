/** Numbers written as words, up to 99, and the words for nothing. */

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
const NOTHING = new Set(["nil", "none", "nought", "zero", "no children", "no cases", "nil return"]);

/** The number that the words are; null where they are none. `Nil` and `None` are 0. */
export function numberFromWords(words: string): number | null {
  const text = words.trim().toLowerCase();
  if (NOTHING.has(text)) return 0;
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
