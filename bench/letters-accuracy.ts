/**
 * How many cells of the test letters are read right: precision and recall, letters that the rules were written against and
 * letters that were kept aside apart from each other, with every miss. `npx tsx bench/letters-accuracy.ts [--all]`;
 * `--all` also lists what does not make a cell wrong: measures, units, exemptions, lines, letterheads.
 */
import { fileURLToPath } from "node:url";
import { type Score, scoreFolder, totalOf } from "../test/letters-score.ts";

const everything = process.argv.includes("--all");

for (const set of ["dev", "held-out"]) {
  const scores = scoreFolder(fileURLToPath(new URL(`../test/letters/${set}`, import.meta.url)));
  if (scores.length === 0) {
    console.log(`${set}: no letters here`);
    continue;
  }
  report(set, scores);
}

function report(set: string, scores: readonly Score[]): void {
  const total = totalOf(scores);
  const share = (value: number) => value.toFixed(3);
  console.log(
    `${set}: ${total.letters} letters, ${total.expected} cells expected, ${total.found} found, ${total.right} right; ` +
      `precision ${share(total.precision)}, recall ${share(total.recall)}`,
  );
  for (const score of scores) {
    const lines = everything ? [...score.misses, ...score.differences] : score.misses;
    if (lines.length === 0) continue;
    console.log(`  ${score.name}: ${score.right} of ${score.expected} right`);
    for (const line of lines) console.log(`    ${line}`);
  }
}
