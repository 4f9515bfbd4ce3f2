import { describe, expect, it } from "vitest";
import { nameBareNumbers } from "../../../src/transform/letter/bare-numbers.ts";
import { cleanLines } from "../../../src/transform/letter/lines.ts";

function name(text: string): string[] {
  const lines = text.split("\n").map((one, index) => ({ number: index + 1, text: one, page: null }));
  return nameBareNumbers(cleanLines(lines)).map((line) => line.text);
}

const ASKED = "1. How many referrals?\n2. How many enquiries?\n3. How many plans?\n";

describe("numbers without a stop", () => {
  it("are the questions' where they count up from one below them", () => {
    expect(name(`${ASKED}Our response:\n1 2,304\n2 611\n3 Not held`).slice(-3)).toEqual([
      "1. 2,304",
      "2. 611",
      "3. Not held",
    ]);
  });

  it("are left out under their own questions", () => {
    expect(name("1. How many referrals?\n1 2,304\n2. How many enquiries?\n2 611")).toEqual([
      "1. How many referrals?",
      "2,304",
      "2. How many enquiries?",
      "611",
    ]);
  });

  it("are no numbers of questions where they don't count, or where the figure may be of thousands", () => {
    for (const answers of ["1 2,304\n4 611", "2 2,304\n3 611", "1 204\n2 611"])
      expect(name(`${ASKED}Our response:\n${answers}`).slice(-2)).toEqual(answers.split("\n"));
  });
});
