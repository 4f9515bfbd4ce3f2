/** The words of a question, fit to be compared with another letter's. */

/**
 * Letters only, in lower case, with single spaces: quotes, dashes and numbering that a mail program changed do not count,
 * nor do the years that a question names. Empty where a question has no words.
 */
export function wordingOf(question: string): string {
  return question
    .normalize("NFKC")
    .toLowerCase()
    .replace(/['’‘]/g, "")
    .replace(/[^\p{L}]+/gu, " ")
    .trim();
}
