import { sql } from "kysely";
import { expect, test } from "vitest";
import { openWarehouse } from "../../../src/load/warehouse.ts";
import { readWarehouse, startMemory } from "../../../src/serve/pages/reading.ts";
import { SEARCHED_WORDS, searchLetters } from "../../../src/serve/pages/search.ts";
import { addMadeLetters } from "../../support/answering.ts";
import { makeAnswer, makeLetter, makeQuestion } from "../../support/make-letters.ts";
import { useWarehouse, WAREHOUSES } from "../../support/warehouses.ts";

/** More words than Postgres keeps for one answer (1,048,575 bytes). */
const LONG = Array.from({ length: 200_000 }, (_, at) => `word${at}`).join(" ");

test.each(WAREHOUSES)("an answer of any length is loaded and found, through the index, on %s", async (kind) => {
  const setting = await useWarehouse(kind);
  const answer = makeAnswer({ period: null, value: null, unit: "text", value_text: LONG });
  const question = makeQuestion({ text: "Which system holds the referrals?", measure: null, answers: [answer] });
  await addMadeLetters(setting, [makeLetter({ questions: [question] })]);
  const warehouse = await openWarehouse(setting.config);
  try {
    const search = (words: string) =>
      readWarehouse(warehouse, startMemory(), (reading) => searchLetters(reading, words));
    expect((await search("systems holding referral")).length).toBe(1);
    expect((await search("word42")).length).toBe(1);
    expect((await search("word199999")).length).toBe(0);
    const plan = await warehouse.db.transaction().execute(async (db) => {
      // With one letter the planner would rather read all of it than ask for words.
      await sql`set local enable_seqscan = off`.execute(db);
      await sql`drop index observation_letter`.execute(db);
      const { rows } = await sql`explain select 1 from observation o
        where o.letter_id is not null and ${sql.raw(SEARCHED_WORDS)} @@ websearch_to_tsquery('english', 'system')`.execute(
        db,
      );
      return JSON.stringify(rows);
    });
    expect(plan).toContain("observation_words");
  } finally {
    await warehouse.close();
  }
});
