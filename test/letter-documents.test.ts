/** Letters are read where their documents are parsed: what comes back is what the grammar says in this process, in their order. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type LetterDocument, readLetters } from "../src/letter-documents.ts";
import { readLetter } from "../src/transform/letter.ts";

const FOLDER = join(import.meta.dirname, "letters/dev");
const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".txt"))
  .sort()
  .slice(0, 12);

describe("letters read in reader processes", () => {
  it("say what the grammar says, and stand in the order in which they were given", async () => {
    const documents: LetterDocument[] = [];
    for await (const document of readLetters({ paths: NAMES.map((name) => join(FOLDER, name)) }))
      documents.push(document);
    expect(documents.map(({ file }) => file)).toEqual(NAMES.map((name) => join(FOLDER, name)));
    for (const document of documents) {
      if (document.kind !== "letters") throw new Error(`${document.file} was set aside`);
      for (const { text, letter } of document.letters) {
        expect(letter).toEqual(readLetter(text));
      }
    }
  });
});
