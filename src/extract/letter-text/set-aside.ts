import type { LetterProblem } from "../../letter.ts";

/** Why a document was set aside. Stable: they are printed, and kept in the ledger. */
export type SetAsideCode =
  | "empty"
  | "too-large"
  | "scanned"
  | "encrypted"
  | "unreadable"
  | "unsupported"
  | "damaged"
  | "timeout"
  | "memory"
  | "not-text";

/** Thrown while a document is read when it cannot be read; becomes the `problem` of its reading, and goes no further. */
export class SetAside extends Error {
  readonly code: SetAsideCode;

  constructor(code: SetAsideCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "SetAside";
    this.code = code;
  }
}

/** The problem that anything thrown by a parser amounts to: what we did not throw ourselves is a damaged document. */
export function problemOf(error: unknown): LetterProblem {
  if (error instanceof SetAside) return { code: error.code, message: error.message, line: null };
  const words = error instanceof Error ? error.message : String(error);
  return { code: "damaged", message: `damaged: ${words.slice(0, 300)}`, line: null };
}
