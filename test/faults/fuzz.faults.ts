/** The readers, given what nobody wrote: no crash, no hang, and no value from nothing. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findPublication, type Publication } from "../../src/catalogue/publications.ts";
import { S21Error } from "../../src/errors.ts";
import { openTable } from "../../src/extract/table.ts";
import type { Letter } from "../../src/letter.ts";
import { planReferral } from "../../src/resolve/referral-plan.ts";
import { readDfeCell } from "../../src/transform/dfe-cell.ts";
import { planColumns } from "../../src/transform/dfe-header.ts";
import { readEesPeriod } from "../../src/transform/ees-period.ts";
import { EES_HOST, findLinks } from "../../src/transform/letter/links.ts";
import { findPeriods } from "../../src/transform/letter/periods.ts";
import { readDirection, referralFrom } from "../../src/transform/letter/referrals.ts";
import { readValue } from "../../src/transform/letter/values.ts";
import { readLetter } from "../../src/transform/letter.ts";
import { letterText } from "../letters-score.ts";
import { startTimer } from "../support/own-time.ts";
import { readSampleFile } from "../support/sample-release.ts";

/** Seconds. */
const LONGEST = 10;
/** The same inputs on every machine, since these tests are a gate; another number looks elsewhere. */
const SEED = Number(process.env.S21_SEED ?? 20_220_331);

/** Runs it so often, and looks at the time of each. */
function fuzz<T>(runs: number, inputs: fc.Arbitrary<T>, look: (input: T) => void, task: { meta: { faults?: number } }) {
  fc.assert(
    fc.property(inputs, (input) => {
      const timer = startTimer();
      look(input);
      expect(timer()).toBeLessThan(LONGEST);
    }),
    { numRuns: runs, seed: SEED },
  );
  task.meta.faults = runs;
}

/** Characters that break things: controls, bidi, halves of pairs, combining ones, digits of other scripts. */
const oddText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme-composite", maxLength: 30 }),
  fc.constantFrom(
    "",
    "\u0000",
    "\u202e5\u202c",
    "\ud800",
    "\u0663\u0664",
    "\u00bd",
    "１２",
    "1\u0301",
    "\ufeff7",
    "5\u00a0754",
  ),
);

test("P-fuzz cells: a number only where those very digits stand", ({ task }) => {
  const printed = fc.oneof(oddText, fc.stringMatching(/^[-+ ]?[0-9.,eExX%£cuzk~:]{0,14}$/));
  fuzz(
    30_000,
    printed,
    (text) => {
      for (const unit of ["count", "percent", "ratio", "GBP"] as const) {
        const reading = readDfeCell(text, unit);
        if (!("expected" in reading) && reading.value !== null) expect(reading.value).toBe(text.trim());
      }
    },
    task,
  );
});

test("P-fuzz periods: days in order, of years that stand there", ({ task }) => {
  const identifier = fc.oneof(
    oddText,
    fc.constantFrom("Reporting year", "Financial year", "Academic year", "Calendar year", "Week 1"),
  );
  fuzz(
    30_000,
    fc.tuple(fc.oneof(oddText, fc.stringMatching(/^\d{0,8}$/)), identifier),
    ([digits, kind]) => {
      const period = readEesPeriod(digits, kind, "year_to_31_march");
      if ("expected" in period) return;
      expect(period.start <= period.end).toBe(true);
      expect(digits).toContain(period.end.slice(2, 4));
    },
    task,
  );
});

/** What a CSV is mostly made of. */
const COMMON = `"",,\r\n1x`;

const PUBLICATION = findPublication("children-in-need") as Publication;
const C1 = PUBLICATION.dataSets.find((one) => one.code === "C1") as Publication["dataSets"][number];
const HEADER = (readSampleFile("C1").text.split("\r\n")[0] ?? "").replace("\ufeff", "").split(",");

test("P-fuzz headers: a plan whose columns stand there, or a refusal in words", ({ task }) => {
  const oddName = fc.oneof(
    oddText,
    fc.constantFrom("__proto__", "constructor", "REFERRALS", " Referrals ", "referral_count"),
  );
  const changed = fc
    .array(fc.tuple(fc.nat(HEADER.length - 1), fc.option(oddName, { nil: null })), { maxLength: 4 })
    .map((edits) => {
      const names = [...HEADER];
      for (const [at, name] of edits) names.splice(at, 1, ...(name === null ? [] : [name]));
      return names;
    });
  fuzz(
    5_000,
    fc.oneof(changed, fc.array(oddName, { maxLength: 40 })),
    (header) => {
      try {
        const plan = planColumns(header, PUBLICATION.slug, C1, "2022");
        const columns = JSON.stringify(plan);
        expect(columns.length).toBeGreaterThan(2);
        // Whatever else is missing, it was read off columns that are there.
        expect(header.map((name) => name.trim().toLowerCase())).toContain("time_period");
      } catch (error) {
        if (!(error instanceof S21Error)) throw error;
        expect(error.message).toMatch(/^C1: /);
      }
    },
    task,
  );
});

test("P-fuzz tables: records of the header's width, or a refusal by name", async ({ task }) => {
  const runs = 1_500;
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 60 }), async (noise, size) => {
      const bytes = Buffer.from(noise.map((byte) => (byte < 128 ? COMMON.charCodeAt(byte % COMMON.length) : byte)));
      async function* chunks() {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      }
      try {
        const { header, records } = await openTable(chunks(), "noise.csv");
        for await (const { cells } of records) expect(cells).toHaveLength(header.length);
      } catch (error) {
        if (!(error instanceof S21Error)) throw error;
        expect(error.message).toContain("noise.csv");
      }
    }),
    { numRuns: runs, seed: SEED },
  );
  task.meta.faults = runs;
});

/** What letters are made of, in any order: most of it belongs nowhere where it lands. */
const PIECES = [
  "Leicester City Council",
  "Thank you for your request under the Freedom of Information Act 2000.",
  "1.",
  "2)",
  "(a)",
  "iv.",
  "Q3:",
  "How many referrals to children's social care",
  "How many section 47 enquiries were there in",
  "2017/18",
  "2018-19",
  "2020/21:",
  "31 March 2021",
  "3,585",
  "45",
  "<5",
  "*",
  "0",
  "£10,576,000",
  "16 – 20",
  "Two",
  "15.5",
  "12%",
  "N/A",
  "not held",
  "s.12",
  "Section 21",
  "section 40(2)",
  "This information is exempt because it is reasonably accessible by other means.",
  "|",
  "\t",
  "---|---",
  "Answer:",
  "Response",
  "Total",
  `https://${EES_HOST}/find-statistics/characteristics-of-children-in-need/2021#dataDownloads-1`,
  "https://example.org/x",
  "Download all files",
  "filter LA Name to Leicester",
  "C1",
  "D1_child_protection_plans.csv",
  "as above",
  "see question 2",
  "Yours sincerely",
  "FOI 1234",
  "5 May 2022",
];
const letters = fc
  .array(
    fc.tuple(
      fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...PIECES) }, { weight: 1, arbitrary: oddText }),
      fc.constantFrom(" ", "\n", "\n\n", "\t"),
    ),
    {
      maxLength: 70,
    },
  )
  .map((parts) => parts.flat().join(""));

/** Without what nobody sees, which parts no word. */
function visible(text: string): string {
  return text.replace(/(?![\s])[\p{Cf}\p{Cc}\p{Cs}]/gu, "");
}

/** A reading's figures against the lines that they are said to stand on. */
function expectNothingFromNothing(letter: Letter, text: string) {
  const lines = text.split(/\r\n|\r|\n/);
  const digits = (words: string) => words.normalize("NFKC").replace(/\D/g, "");
  for (const question of letter.questions) {
    for (const answer of question.answers) {
      expect(answer.line).toBeGreaterThanOrEqual(1);
      expect(answer.line).toBeLessThanOrEqual(lines.length);
      if (answer.status !== "reported") {
        expect(answer.value).toBeNull();
        continue;
      }
      // Word by word: lines are joined, and what marks a table's cells or a list's items is layout.
      const said = answer.value_text;
      for (const word of said.match(/[\p{L}\p{N}]+/gu) ?? []) {
        expect(text.includes(word) || visible(text).includes(word), `${word} of ${JSON.stringify(said)}`).toBe(true);
      }
      if (answer.value !== null && /\d/.test(said)) {
        const number = digits(String(answer.value)).replace(/0+$/, "");
        expect(digits(said), `${answer.value} of ${JSON.stringify(said)}`).toContain(number);
      }
    }
  }
}

test("L-fuzz letters: every reported value stands in the letter", { timeout: 300_000 }, ({ task }) => {
  fuzz(3_000, letters, (text) => expectNothingFromNothing(readLetter(letterText("letter.txt", text)), text), task);
});

test("L-fuzz values and periods of a letter: read off the words, or not read", ({ task }) => {
  fuzz(
    20_000,
    fc.oneof(
      oddText,
      letters.map((text) => text.slice(0, 120)),
      fc.stringMatching(/^[-£ 0-9.,/–to<*%mk]{0,20}$/),
    ),
    (text) => {
      const value = readValue(text);
      if (value !== null) expect(JSON.stringify(value).length).toBeGreaterThan(2);
      for (const { period } of findPeriods(text)) {
        expect(period.start <= period.end).toBe(true);
        expect(/\d/.test(text)).toBe(true);
      }
    },
    task,
  );
});

test("L-fuzz referrals: a publication only by an https link to the very host", ({ task }) => {
  const host = fc.constantFrom(
    EES_HOST,
    `${EES_HOST}.evil.example`,
    `evil.example/${EES_HOST}`,
    `x@${EES_HOST}`,
    `${EES_HOST}@evil.example`,
    `www.${EES_HOST}`,
  );
  const link = fc
    .tuple(
      fc.constantFrom("https://", "http://", "HTTPS://", "//", "javascript:", "file://"),
      host,
      fc.constantFrom(
        "/find-statistics/characteristics-of-children-in-need/2021",
        "/",
        "/find-statistics/../../x",
        "/find-statistics/%2e%2e/2021",
      ),
    )
    .map((parts) => parts.join(""));
  fuzz(
    20_000,
    fc.array(fc.oneof(link, oddText, fc.constantFrom(...PIECES)), { maxLength: 8 }).map((parts) => parts.join(" ")),
    (text) => {
      for (const found of findLinks(text)) expect(typeof found).toBe("object");
      const referral = referralFrom(readDirection(text, new Map()), null);
      if (referral.publication_slug !== null) {
        const url = new URL(referral.url as string);
        expect(url.protocol).toBe("https:");
        expect(url.hostname).toBe(EES_HOST);
      }
      planReferral(referral as never, "E06000016", "C1");
    },
    task,
  );
});

describe("these readers", () => {
  test("are given something to read, so that this test can tell", () => {
    const text = "Leicester City Council\n\n1. How many referrals in 2017/18?\n\n3,585\n";
    expect(readLetter(letterText("letter.txt", text)).questions.length).toBeGreaterThan(0);
  });
});
