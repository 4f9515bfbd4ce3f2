/** The order of a council's letters in the warehouse: which letter supersedes which, worked out anew whenever one comes. */
import { sql } from "kysely";
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
  const areas = new Set([...group.values()].map((letter) => letter.area_code));
  const doubted: { members: readonly PlacedLetter[]; doubts: readonly LinkDoubt[] }[] = [];
  for (const area of areas) {
    const members = [...group.values()].filter((letter) => letter.area_code === area);
    // A letter that stands alone, and of whose order nothing was ever said.
    if (members.length === 1 && letters.filter((letter) => letter.letter_id === members[0]?.letter_id).length === 1)
      continue;
    const placed = area === null ? [] : members.filter((letter) => letter.readable && letter.cells > 0).map(placeOf);
    const { links, doubts } = linkLetters(placed);
    await saveLinks(session, members, links);
    doubted.push({ members, doubts });
  }
  await replaceDoubts(session, doubted, stamp);
}

/** Every letter that has to do with these, and with those in turn. */
async function gatherGroup(
  session: WriteSession,
  letters: readonly PlacedLetter[],
): Promise<Map<string, PlacedLetter>> {
  const group = new Map<string, PlacedLetter>();
  const followed = new Set<string>();
  let waiting: readonly PlacedLetter[] = letters;
  while (waiting.length > 0) {
    const fresh = waiting.filter((letter) => {
      const place = JSON.stringify([letter.area_code, placeOf(letter)]);
      return !followed.has(place) && followed.add(place);
    });
    waiting = await findRelated(session, fresh);
    for (const related of waiting) group.set(related.letter_id, related);
  }
  return group;
}

/** Themselves; those linked to them; of their council those with their reference, and those that say they correct them, or that they correct. */
async function findRelated({ db }: WriteSession, letters: readonly PlacedLetter[]): Promise<PlacedLetter[]> {
  if (letters.length === 0) return [];
  const wanted = letters.map((letter) => ({
    id: letter.letter_id,
    area: letter.area_code,
    keys: [letter.reference_key, letter.corrects_reference_key].filter((key) => key !== null),
    asked: letter.questions_key,
    corrects: letter.corrects,
  }));
  // Each branch by an index of its own.
  const { rows } = await sql<PlacedLetter>`
    with wanted as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb)
        as w(id text, area text, keys jsonb, asked text, corrects boolean)
    ), referred as materialized (
      select distinct area, key from wanted cross join jsonb_array_elements_text(keys) as key
    ), related as (
      select l.letter_id from wanted w join letter l on l.letter_id = w.id
      union select l.letter_id from wanted w join letter l on l.supersedes = w.id
      union select l.letter_id from wanted w join letter l on l.superseded_by = w.id
      union select l.letter_id from referred r join letter l on l.area_code = r.area and l.reference_key = r.key
      union select l.letter_id from referred r join letter l on l.area_code = r.area and l.corrects_reference_key = r.key
      union select l.letter_id from wanted w
        join letter l on l.area_code = w.area and l.questions_key = w.asked and (w.corrects or l.corrects)
    )
    select ${sql.join(COLUMNS.map((column) => sql.ref(column)))}
    from letter where letter_id in (select letter_id from related)`.execute(db);
  return rows;
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
  doubted: readonly { members: readonly PlacedLetter[]; doubts: readonly LinkDoubt[] }[],
  stamp: RunStamp,
) {
  const ids = doubted.flatMap(({ members }) => members.map((member) => member.letter_id));
  if (ids.length === 0) return;
  await session.db
    .deleteFrom("issue")
    .where("letter_id", "in", ids)
    .where("code", "in", LINK_CODES)
    .where("resolved_at", "is", null)
    .execute();
  const found = doubted.flatMap(({ members, doubts }) =>
    doubts.map((doubt) => {
      const member = members.find((one) => one.letter_id === doubt.letterId) as PlacedLetter;
      const subject = { letterId: member.letter_id, fileName: member.file_name, sha256: member.sha256 };
      const finding = { line: null, question: null, part: null, expected: expectedFor(doubt.code), ...doubt };
      return { subject, findings: [finding] };
    }),
  );
  await openIssues(session, found, stamp);
}
