/**
 * What may be doubtful in a letter, by the code of its problem: what could have been read there instead. Data, no I/O.
 * An entry of null tells something that a person may want to know and that puts no answer in doubt.
 */
const EXPECTED: ReadonlyMap<string, string | null> = new Map<string, string | null>([
  ["encoding", null],
  ["wrong-extension", null],
  ["control-characters", null],
  ["empty", "a document with text"],
  ["too-large", "a document of at most 25 MB"],
  ["scanned", "a document with text; scanned pages need text recognition first"],
  ["encrypted", "a document that opens without a password"],
  ["unreadable", "a file that may be read"],
  ["unsupported", "txt, md, html, docx, pdf or eml"],
  ["damaged", "a document that its own format's programs can open"],
  ["timeout", "a document that is read within the time limit"],
  ["memory", "a document that is read within the memory limit"],
  ["not-text", "text"],
  ["changed-while-read", "a file that stays the same while it is read"],
  ["reader-fault", "a letter that this version can read; please report it"],
  ["picture", "the answer as text, where the picture holds one"],
  ["page-without-text", "text on every page"],
  ["not-a-reply", "a council's reply to a request for information"],
  ["no-questions", "numbered questions, or answers"],
  ["no-council", "the name or address of one council"],
  ["two-councils", "one council"],
  ["several-figures", "one figure"],
  ["answers-disagree", "one answer for each question, part and period"],
  ["unexplained-symbol", "a symbol that the letter explains"],
  ["value-unclear", "a number, or words for why there is none"],
  ["which-is-later", "two dates, so that the later letter can be told"],
  ["fewer-answers", "as many answers as in the letter that it replaces"],
  ["correction-not-applied", "the cell as it was when a person corrected it"],
]);

/** Whether a problem puts an answer, or the whole letter, in doubt. A code that is not known does. */
export function isDoubt(code: string): boolean {
  return EXPECTED.get(code) !== null;
}

/** What could have been read where the problem is; null where the catalogue does not say. */
export function expectedFor(code: string): string | null {
  return EXPECTED.get(code) ?? EXPECTED.get(code.replace(/^attachment-/, "")) ?? null;
}
