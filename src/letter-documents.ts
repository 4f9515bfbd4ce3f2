/** From documents to what letters say: `s21 letters read`, and the first half of `s21 letters add`. Opens no warehouse. */
import { stat } from "node:fs/promises";
import { isDoubt } from "./catalogue/letter-problems.ts";
import { UsageError } from "./errors.ts";
import { STANDARD_INPUT } from "./extract/letter-text/document-bytes.ts";
import { closeReaders, type DocumentReading, readDocuments } from "./extract/letter-text.ts";
import type { Letter, LetterProblem, LetterText } from "./letter.ts";
import { readOrSetAside, unreadLetter } from "./transform/letter-reading.ts";

export interface ReadRequest {
  /** Files, folders, `-` for standard input. */
  paths: readonly string[];
  /** Documents held at the same time; by default twice as many as there are reader processes. */
  concurrency?: number;
  /** Reads a letter's lines, in this process; by default the grammar of `transform/letter` does, in the reader processes. */
  read?: (text: LetterText) => Letter;
}

/** A letter with the lines that it was read from. */
export interface LetterInText {
  text: LetterText;
  letter: Letter;
}

/** One document: the letters in it, or why it was set aside. `file` is its path as it was given; `sha256` is of its bytes. */
export type LetterDocument =
  | { kind: "letters"; file: string; sha256: string; letters: LetterInText[] }
  | { kind: "set_aside"; file: string; sha256: string | null; problem: LetterProblem };

/**
 * Reads letters, touching no warehouse and no archive. Ends the reader processes when it is over.
 * @throws UsageError for a path that is not there.
 */
export async function* readLetters(request: ReadRequest): AsyncGenerator<LetterDocument> {
  await refuseAbsentPaths(request.paths);
  const options = {
    letters: request.read === undefined,
    ...(request.concurrency === undefined ? {} : { concurrency: request.concurrency }),
  };
  try {
    for await (const reading of readDocuments([...new Set(request.paths)], options)) {
      yield documentOf(reading, request.read);
    }
  } finally {
    closeReaders();
  }
}

/** @throws UsageError naming every path that is not there. */
export async function refuseAbsentPaths(paths: readonly string[]) {
  const problems: string[] = [];
  for (const path of paths) {
    if (path === STANDARD_INPUT) continue;
    const code = await stat(path).then(
      () => null,
      (error: NodeJS.ErrnoException) => error.code,
    );
    if (code === "ENOENT" || code === "ENOTDIR") problems.push(`there is no file or folder ${JSON.stringify(path)}`);
  }
  if (problems.length > 0) throw new UsageError("no-such-file", problems.join("\n"));
}

function documentOf(reading: DocumentReading, read: ReadRequest["read"]): LetterDocument {
  if (reading.kind === "set_aside") {
    const { file, sha256, problem } = reading;
    return { kind: "set_aside", file, sha256, problem };
  }
  const [whole] = reading.texts;
  if (whole === undefined) throw new Error("a document was read to nothing");
  const found = reading.texts.map((text, place) => ({
    text,
    letter: reading.letters?.[place] ?? readOrSetAside(text, read),
  }));
  const letters = leaveOutCover(found);
  letters[0]?.letter.problems.unshift(...reading.problems);
  return { kind: "letters", file: whole.file, sha256: whole.sha256, letters };
}

/** A document that gave no letter, in the shape of one. */
export function setAsideLetter({ file, sha256, problem }: LetterDocument & { kind: "set_aside" }): Letter {
  return unreadLetter({ file, sha256: sha256 ?? "" }, problem);
}

/**
 * The message that a reply came attached to answers nothing itself: it is left out, and what the reply does not say of its
 * council, reference and date is the message's.
 */
function leaveOutCover(found: LetterInText[]): LetterInText[] {
  const [message, ...attached] = found;
  if (message === undefined || answers(message.letter) || !attached.some(({ letter }) => answers(letter))) return found;
  for (const { letter } of attached) inherit(letter, message.letter);
  return attached;
}

function answers({ readable, questions }: Letter): boolean {
  return readable && questions.some((question) => question.answers.some((answer) => answer.status !== "unanswered"));
}

function inherit(letter: Letter, message: Letter) {
  if (!letter.readable) return;
  const taken: string[] = [];
  if (letter.council.la_code === null && letter.council.name_in_letter === null && message.council.la_code !== null) {
    letter.council = message.council;
    letter.problems = letter.problems.filter(({ code }) => code !== "no-council");
    taken.push("council");
  }
  if (letter.request_reference === null && message.request_reference !== null) {
    letter.request_reference = message.request_reference;
    taken.push("reference");
  }
  if (letter.response_date === null && message.response_date !== null) {
    letter.response_date = message.response_date;
    taken.push("date");
  }
  if (taken.length > 0) letter.notes.push(`(from the message that it was attached to: ${taken.join(", ")})`);
}

/** Problems of letters that a person should look at. */
export function doubtsOf(letter: Letter): LetterProblem[] {
  return letter.problems.filter(({ code }) => isDoubt(code));
}
