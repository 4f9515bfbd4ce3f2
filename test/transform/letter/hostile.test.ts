/** Letters that repeat one form by the thousand: each takes no more processor time than a reader is given. */
import { expect, it } from "vitest";
import { readLetter } from "../../../src/transform/letter.ts";
import { letterText } from "../../letters-score.ts";

const LONGEST_MS = 10_000;

it.each([
  ["a year and a numbered figure on each line", "2021/22 1. 3,001\n"],
  ["a year over a numbered figure", "2021/22\n1. 345\n2. 346\n"],
  ["a year over three numbered figures", "2021/22\n1. 5\n2. 6\n3. 7\n"],
])(
  "%s",
  (_, form) => {
    const body = `Dear Ms Example\n\n1. How many referrals were there?\n${form.repeat(6000)}\nYours sincerely\n`;
    const started = process.cpuUsage();
    readLetter(letterText("hostile.txt", body));
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1000).toBeLessThan(LONGEST_MS);
  },
  60_000,
);
