/** The shapes of the letters road: a document's lines, and what a letter says. JSON as in the README. */
import type { Period, Status, Unit } from "./observation.ts";

/** One line of a document, numbered from 1 as a person counts them in the file (or in its extracted text). */
export interface Line {
  number: number;
  text: string;
  /** Page of a paged document, from 1; null elsewhere. */
  page: number | null;
}

export type DocumentFormat = "txt" | "md" | "html" | "docx" | "pdf" | "eml";

/** A document read to lines. Every byte of meaning passes through; nothing is interpreted yet. */
export interface LetterText {
  /** The path as it was given; for an attachment `letter.eml#attachment.docx`. */
  file: string;
  /** sha256 of the file's bytes (of the attachment's own bytes for an attachment). */
  sha256: string;
  bytes: number;
  format: DocumentFormat;
  lines: Line[];
}

/** A document that was set aside, and why. `code` is stable: `empty`, `too-large`, `scanned`, `encrypted`, `timeout` … */
export interface LetterProblem {
  code: string;
  message: string;
  line: number | null;
}

/** Where a section 21 answer points. */
export interface Referral {
  /** The link as printed once unwrapped and rejoined; null where words only. Never fetched. */
  url: string | null;
  /** Set only for an https link whose host is exactly the EES site. As the letter spells it. */
  publication_slug: string | null;
  release_slug: string | null;
  /** Leading codes of the files named for this question: `["C1"]`. */
  file_codes: string[];
  /** What the letter says to filter the authority column to. */
  la_filter: string | null;
  /** The letter's words of direction, for referrals that are not to EES too. */
  words: string;
}

/** One answer: a cell, or a further figure of a cell told apart by `breakdown`. */
export interface Answer {
  period: Period | null;
  /** Table row, team or condition that splits the question; '' where there is none. */
  breakdown: string;
  status: Status;
  /** A number in base units where `status` is `reported` and the answer is one number; otherwise null. */
  value: number | null;
  /** Verbatim. */
  value_text: string;
  unit: Unit;
  /** As cited: `s21`, `s12`, `s40(2)`, `s1(1)`; Scottish ones `FOISA s25`. */
  exemption: string | null;
  /** Line that the answer was read from. */
  line: number;
  page: number | null;
  referral: Referral | null;
}

export interface Question {
  /** `5`; with a scope where numbers restart or repeat: `A.5`, `7#2`. */
  ref: string;
  /** `b`; '' where the question has no parts. */
  part: string;
  text: string;
  measure: string | null;
  /** Line on which the question is asked. */
  line: number;
  answers: Answer[];
}

export interface Letter {
  file: string;
  sha256: string;
  /** False: set aside, `problems` says why. */
  readable: boolean;
  council: { name_in_letter: string | null; la_code: string | null };
  request_reference: string | null;
  /** ISO date. */
  response_date: string | null;
  /** `OGL-UK-3.0`, or the letter's own words where it restricts re-use; null where it says nothing. */
  licence: string | null;
  questions: Question[];
  notes: string[];
  problems: LetterProblem[];
}
