/** What a letter is known by: its text, whatever its file is called and however its lines end. */
import { createHash } from "node:crypto";
import type { Letter, Line } from "../letter.ts";

export interface LetterIdentity {
  letterId: string;
  textSha256: string;
}

/** Null for a document without text, which no other can be told from. */
export function identifyLetter(lines: readonly Line[]): LetterIdentity | null {
  const texts = lines.map((line) => line.text.trimEnd());
  while (texts.at(-1) === "") texts.pop();
  if (texts.length === 0) return null;
  const textSha256 = sha256Of(texts.map((text) => `${text}\n`).join(""));
  return { letterId: textSha256.slice(0, 16), textSha256 };
}

/** Fingerprint of what a letter asks: the words of its questions, or their numbers where the reply repeats no words. */
export function fingerprintQuestions({ questions }: Letter): string {
  const asked = questions.map(({ ref, part, text }) => {
    const words = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
    return words === "" ? `${ref}${part}` : words;
  });
  return sha256Of(asked.sort().join("\n")).slice(0, 16);
}

function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
