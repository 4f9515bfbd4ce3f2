/** One letter read, or set aside where the grammar itself fails on it. Pure; runs in a reader process. */
import { messageOf } from "../errors.ts";
import type { Letter, LetterProblem, LetterText } from "../letter.ts";
import { readLetter } from "./letter.ts";
import { observationsOf } from "./letter-observations.ts";

/** A letter that the grammar fails on is a fault of ours; it must not cost the others. */
export function readOrSetAside(text: LetterText, read: (text: LetterText) => Letter = readLetter): Letter {
  try {
    const letter = read(text);
    // Whatever could not be stored is found here, where only this letter is lost.
    observationsOf(letter, { letterId: "", fileName: "", sha256: "" });
    return letter;
  } catch (error) {
    return unreadLetter(text, { code: "reader-fault", message: `could not be read: ${messageOf(error)}`, line: null });
  }
}

/** A document that gave no letter, in the shape of one. */
export function unreadLetter({ file, sha256 }: Pick<LetterText, "file" | "sha256">, problem: LetterProblem): Letter {
  return {
    file,
    sha256,
    readable: false,
    council: { name_in_letter: null, la_code: null },
    request_reference: null,
    response_date: null,
    licence: null,
    questions: [],
    notes: [],
    problems: [problem],
  };
}
