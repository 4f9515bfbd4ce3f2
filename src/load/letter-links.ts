/** The order of a council's letters in the warehouse: which letter supersedes which, worked out anew whenever one comes. */
import { expectedFor } from "../catalogue/letter-problems.ts";
import { type LetterLink, type LetterPlace, type LinkDoubt, linkLetters } from "../transform/letter-succession.ts";
import { openIssues } from "./letter-issues.ts";
import type { RunStamp } from "./observations.ts";
import type { LetterTable } from "./tables.ts";
import type { WriteSession } from "./warehouse.ts";

/** Issues that the order of letters opens; they come and go with it. */
export const LINK_CODES = ["which-is-later", "fewer-answers"] as const satisfies readonly LinkDoubt["code"][];

const COLUMNS = [
  "letter_id",
  "sha256",
  "file_name",
  "area_code",
  "readable",
  "cells",
  "reference_key",
  "response_date",
  "questions_key",
  "corrects",
  "corrects_reference_key",
  "supersedes",
  "superseded_by",
] as const satisfies readonly (keyof LetterTable)[];

type PlacedLetter = Pick<LetterTable, (typeof COLUMNS)[number]>;

/**
 * Settles the places of every letter that these touch. `letters` are those that came, as they are now, and as they were
 * before they were read again.
 */
export async function settleLinks(session: WriteSession, letters: readonly PlacedLetter[], stamp: RunStamp) {
  const group = await gatherGroup(session, letters);
  // Most letters stand alone, and nothing was ever said of their order.
  if (letters.length === 1 && group.size === 1) return;
  const areas = new Set([...group.values()].map((letter) => letter.area_code));
  for (const area of areas) {
    const members = [...group.values()].filter((letter) => letter.area_code === area);
    const placed = area === null ? [] : members.filter((letter) => letter.readable && letter.cells > 0).map(placeOf);
    const { links, doubts } = linkLetters(placed);
    await saveLinks(session, members, links);
    await replaceDoubts(session, members, doubts, stamp);
  }
}

/** Every letter that has to do with these, and with those in turn. */
async function gatherGroup(
  session: WriteSession,
  letters: readonly PlacedLetter[],
): Promise<Map<string, PlacedLetter>> {
  const group = new Map<string, PlacedLetter>();
  const followed = new Set<string>();
  const waiting = [...letters];
  for (let letter = waiting.pop(); letter !== undefined; letter = waiting.pop()) {
    const place = JSON.stringify([letter.letter_id, letter.area_code, placeOf(letter)]);
    if (followed.has(place)) continue;
    followed.add(place);
    for (const related of await findRelated(session, letter)) {
      group.set(related.letter_id, related);
      waiting.push(related);
    }
  }
  return group;
}

/** Itself; those linked to it; of its council those with its reference, and those that say they correct it, or that it corrects. */
async function findRelated({ db }: WriteSession, letter: PlacedLetter): Promise<PlacedLetter[]> {
  const keys = [letter.reference_key, letter.corrects_reference_key].filter((key) => key !== null);
  return db
    .selectFrom("letter")
    .select(COLUMNS)
    .where(({ and, or, eb }) => {
      const linked = [
        eb("letter_id", "=", letter.letter_id),
        eb("supersedes", "=", letter.letter_id),
        eb("superseded_by", "=", letter.letter_id),
      ];
      const asked = letter.corrects
        ? eb("questions_key", "=", letter.questions_key)
        : and([eb("questions_key", "=", letter.questions_key), eb("corrects", "=", true)]);
      const ofRequest =
        keys.length === 0 ? [] : [eb("reference_key", "in", keys), eb("corrects_reference_key", "in", keys)];
      return or([...linked, and([eb("area_code", "=", letter.area_code), or([...ofRequest, asked])])]);
    })
    .execute();
}

function placeOf(letter: PlacedLetter): LetterPlace {
  return {
    letterId: letter.letter_id,
    sha256: letter.sha256,
    referenceKey: letter.reference_key,
    responseDate: letter.response_date,
    questionsKey: letter.questions_key,
    corrects: letter.corrects,
    correctsReferenceKey: letter.corrects_reference_key,
    cells: letter.cells,
  };
}

async function saveLinks({ db }: WriteSession, members: readonly PlacedLetter[], links: readonly LetterLink[]) {
  for (const member of members) {
    const link = links.find((one) => one.letterId === member.letter_id);
    const supersedes = link?.supersedes ?? null;
    const supersededBy = link?.supersededBy ?? null;
    if (member.supersedes === supersedes && member.superseded_by === supersededBy) continue;
    await db
      .updateTable("letter")
      .set({ supersedes, superseded_by: supersededBy })
      .where("letter_id", "=", member.letter_id)
      .execute();
  }
}

async function replaceDoubts(
  session: WriteSession,
  members: readonly PlacedLetter[],
  doubts: readonly LinkDoubt[],
  stamp: RunStamp,
) {
  const ids = members.map((member) => member.letter_id);
  await session.db
    .deleteFrom("issue")
    .where("letter_id", "in", ids)
    .where("code", "in", LINK_CODES)
    .where("resolved_at", "is", null)
    .execute();
  for (const doubt of doubts) {
    const member = members.find((one) => one.letter_id === doubt.letterId) as PlacedLetter;
    const subject = { letterId: member.letter_id, fileName: member.file_name, sha256: member.sha256 };
    const finding = { line: null, question: null, part: null, expected: expectedFor(doubt.code), ...doubt };
    await openIssues(session, subject, [finding], stamp);
  }
}
