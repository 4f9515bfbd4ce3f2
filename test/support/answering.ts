/** Letters, releases and answers for tests: letters that say by themselves how they read, releases made from the sample. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BackfillReport, backfill } from "../../src/backfill.ts";
import type { Letter, Referral } from "../../src/letter.ts";
import { addLetters } from "../../src/letters.ts";
import type { Period } from "../../src/observation.ts";
import type { StandInRelease } from "../stand-in-ees/server.ts";
import { readMadeLetter, writeLetter } from "./make-letters.ts";
import { readSampleFile } from "./sample-release.ts";
import { query, type TestSetting } from "./warehouses.ts";

const QUIET = { note: () => undefined, progress: () => undefined };

/** Reads letters by the grammar and loads them. */
export function addRealLetters({ config }: Pick<TestSetting, "config">, paths: string[]) {
  return addLetters(config, { paths }, ["letters", "add"], () => undefined);
}

/** Loads letters that were made by hand; each needs words of its own, by which it is known. */
export async function addMadeLetters({ config }: Pick<TestSetting, "config">, letters: Letter[]) {
  const folder = mkdtempSync(join(tmpdir(), "s21-answers-"));
  try {
    const paths = letters.map((letter, index) =>
      writeLetter(folder, `reply-${index}.txt`, letter, JSON.stringify(letter)),
    );
    return await addLetters(config, { paths, read: readMadeLetter }, ["letters", "add"], () => undefined);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function backfillInto(
  { config }: Pick<TestSetting, "config">,
  councils: string[] = [],
): Promise<BackfillReport> {
  return backfill(config, councils, ["backfill"], QUIET);
}

/** Answers as `question period: value who vintage`, of one council, in the letter's order. */
export async function readAnswers({ config }: Pick<TestSetting, "config">, areaName: string): Promise<string[]> {
  const rows = await query(
    config,
    `select concat_ws(' ', question || part, period_label || ':', coalesce(value::text, status), answered_by, dfe_vintage)
       as said
     from answer where area_name = '${areaName}' and unit <> 'text' order by question, part, period_end`,
  );
  return rows.map((row) => String(row.said));
}

/** The year that begins on 1 April of `year`. */
export function financialYear(year: number): Period {
  const label = `${year}/${String(year + 1).slice(2)}`;
  return { kind: "financial_year", label, start: `${year}-04-01`, end: `${year + 1}-03-31` };
}

/** A referral to a release of Children in need, as letters of 2022 make it. */
export function referTo(release: string | null, change: Partial<Referral> = {}): Referral {
  const slug = "characteristics-of-children-in-need";
  const site = "https://explore-education-statistics.service.gov.uk/find-statistics";
  return {
    url: `${site}/${slug}${release === null ? "" : `/${release}`}`,
    publication_slug: slug,
    release_slug: release,
    file_codes: ["C1"],
    la_filter: "Coventry",
    words: "The information is published, please see the link.",
    ...change,
  };
}

/** The sample's files as a release of another year: years after its own left out, then changed as asked. */
export function makeRelease(
  slug: string,
  change: (code: string, text: string) => string = (_, text) => text,
  codes: string[] = ["B1", "C1", "C4", "D1"],
): StandInRelease {
  const files = codes.map((code) => {
    const { name, text } = readSampleFile(code);
    const [header = "", ...rows] = text.split(/(?<=\n)/);
    const kept = rows.filter((row) => Number(row.slice(0, 4)) <= Number(slug));
    return { name: name.replace("2013_to_2022", `2013_to_${slug}`), bytes: change(code, [header, ...kept].join("")) };
  });
  return { publication: "children-in-need", slug, files };
}
