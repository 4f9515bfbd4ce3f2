/** Whole letters, in pairs: what is written and what a careful person reads. See letters/README.md. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { type Score, scoreFolder, totalOf } from "./letters-score.ts";

const folder = (name: string) => fileURLToPath(new URL(`letters/${name}`, import.meta.url));
/** The share of cells that has to be right, found ones and expected ones. */
const SETS = [
  { name: "dev", THRESHOLD: 0.98 },
  { name: "held-out", THRESHOLD: 0.95 },
];

describe.each(SETS)("test letters in $name", ({ name, THRESHOLD }) => {
  const here = existsSync(folder(name));
  let scores: Score[] = [];
  beforeAll(() => {
    scores = scoreFolder(folder(name));
  });

  it.skipIf(!here)(`${name}: at least ${THRESHOLD} of the cells are right`, () => {
    const total = totalOf(scores);
    const misses = scores.flatMap((score) => score.misses.map((miss) => `${score.name}: ${miss}`)).join("\n");
    expect(total.expected).toBeGreaterThan(0);
    expect(total.recall, misses).toBeGreaterThanOrEqual(THRESHOLD);
    expect(total.precision, misses).toBeGreaterThanOrEqual(THRESHOLD);
  });

  it.skipIf(!here)(`${name}: letters are told from what is no reply`, () => {
    const wrong = scores.flatMap((score) =>
      score.differences
        .filter((difference) => /^readable|not-a-reply/.test(difference))
        .map((one) => `${score.name}: ${one}`),
    );
    expect(wrong).toEqual([]);
  });
});
