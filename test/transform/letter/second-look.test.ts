/** What a figure may also mean is asked, not guessed: each letter here prints one that has two readings, and one that has not. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Answer, Letter } from "../../../src/letter.ts";
import { readLetter } from "../../../src/transform/letter.ts";
import { letterText } from "../../letters-score.ts";

function read(body: string): Letter {
  return readLetter(letterText("letter.txt", `Dear Ms Example\n\n${body}\n\nYours sincerely\n\nOfficer\n`));
}

function answersOf(letter: Letter): Answer[] {
  return letter.questions.flatMap(({ answers }) => answers);
}

/** The lines that a problem of this letter stands on. */
function doubted(letter: Letter): (number | null)[] {
  return letter.problems.filter(({ code }) => code === "value-unclear").map(({ line }) => line);
}

const IN_DOUBT: [name: string, body: string, line: number][] = [
  [
    "a space between figures in a letter that divides thousands by commas",
    "1. How many referrals were there in 2020?\n4,102\n2. How many in 2021?\n4 377",
    6,
  ],
  ["a point before three digits where whole things are counted", "1. How many referrals were there in 2020?\n4.102", 4],
  ["the year that was asked for", "1. How many carers were approved in 2020?\n2020", 4],
  [
    "a pound sign in a letter whose money is in thousands",
    "All figures are in £000.\n\n1. How much was spent on early help in 2020/21?\n£5,410",
    6,
  ],
];

describe("a second look", () => {
  it.each(IN_DOUBT)("leaves to a person: %s", (_, body, line) => {
    const letter = read(body);
    expect(doubted(letter)).toEqual([line]);
    expect(answersOf(letter).find((answer) => answer.line === line)).toMatchObject({ value: null, unit: "text" });
  });

  it.each([
    ["a space where the letter has no commas", "1. How many were there in 2020?\n4 377", 4377],
    ["three decimals of an average", "1. What was the average caseload on 1 May 2020?\n15.388", 15.388],
    ["a year that was not asked for", "1. How many carers were approved in 2021/22?\n2020", 2020],
    [
      "a plain sum in a letter whose money is in thousands",
      "All figures are in £000.\n\n1. How much was spent on early help in 2020/21?\n5,410",
      5_410_000,
    ],
    [
      "a rate in a letter whose money is in thousands",
      "All figures are in £000.\n\n1. How much is the hourly rate paid in 2020/21?\n£46 per hour",
      46,
    ],
  ])("reads %s", (_, body, value) => {
    const letter = read(body);
    expect(doubted(letter)).toEqual([]);
    expect(answersOf(letter).map((answer) => answer.value)).toEqual([value]);
  });
});

describe("what is kept as printed", () => {
  const folders = ["dev", "held-out"].map((name) => new URL(`../../letters/${name}/`, import.meta.url));

  it.each(folders.map((folder) => [folder.pathname.split("/").at(-2), folder] as const))(
    "stands in the letter, and a figure's on its own line: %s",
    (_, folder) => {
      let wrong = 0;
      for (const name of readdirSync(folder).filter((one) => one.endsWith(".txt"))) {
        const text = letterText(name, readFileSync(new URL(name, folder), "utf8"));
        const whole = text.lines.map((line) => line.text).join("\n");
        for (const { value, value_text, line } of answersOf(readLetter(text))) {
          const own = text.lines[line - 1]?.text ?? "";
          if (!(value === null ? whole : own).includes(value_text)) wrong += 1;
        }
      }
      expect(wrong).toBe(0);
    },
  );
});
