/** Letters that repeat one form by the thousand: each takes no more time than a reader is given. */
import { expect, it } from "vitest";
import { readLetter } from "../../../src/transform/letter.ts";
import { letterText } from "../../letters-score.ts";
import { startTimer } from "../../support/own-time.ts";

/** Seconds. */
const LONGEST = 10;

it.each([
  ["a year and a numbered figure on each line", "2021/22 1. 3,001\n"],
  ["a year over a numbered figure", "2021/22\n1. 345\n2. 346\n"],
  ["a year over three numbered figures", "2021/22\n1. 5\n2. 6\n3. 7\n"],
])("%s", (_, form) => {
  const body = `Dear Ms Example\n\n1. How many referrals were there?\n${form.repeat(6000)}\nYours sincerely\n`;
  const timer = startTimer();
  readLetter(letterText("hostile.txt", body));
  expect(timer()).toBeLessThan(LONGEST);
});
