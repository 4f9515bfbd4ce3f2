/** Which letter takes an earlier one's place: what a letter says of that itself, and the order of a council's letters. Pure. */
import type { Line } from "../letter.ts";

/** Whether a letter says that it corrects an earlier reply, and which. */
export interface CorrectionClaim {
  corrects: boolean;
  /** As `referenceKey`; null where it names none. */
  referenceKey: string | null;
}

const REPLY = "(?:response|reply|letter|answer|disclosure)s?";
const EARLIER = "(?:earlier|previous|original|initial|first|former|prior)";
/** Wordings by which a reply says that it takes another's place. Tried on a line joined with the next. */
const CLAIMS: readonly RegExp[] = [
  new RegExp(
    `\\b(?:corrects|replaces|supersedes|amends|withdraws)\\b[^.?]{0,60}\\b(?:our|the|my)\\b[^.?]{0,30}\\b${REPLY}\\b`,
    "i",
  ),
  new RegExp(
    `\\b(?:corrected|revised|amended)\\s+(?:version of (?:our|the|my)\\s+)?(?:${EARLIER}\\s+)?${REPLY}\\b`,
    "i",
  ),
  new RegExp(`\\bin place of\\b[^.?]{0,40}\\b(?:our|the|my)\\b[^.?]{0,30}\\b${REPLY}\\b`, "i"),
  new RegExp(`\\b(?:disregard|ignore|discard)\\b[^.?]{0,40}\\b(?:our|the|my)\\b[^.?]{0,30}\\b${REPLY}\\b`, "i"),
  new RegExp(`\\b(?:error|mistake)s?\\s+in\\s+(?:our|the|my)\\s+(?:${EARLIER}\\s+)?${REPLY}\\b`, "i"),
];
/** A claim stands above the answers; below them, "a revised response" is what a review may bring. */
const CLAIM_LINES = 40;
const LONGEST_LINE = 1_000;
const NAMED_REFERENCE =
  /\b(?:reference|ref|request|number|no|FOI|EIR|RFI)\b[.:\s]{0,3}((?:[A-Z]{1,6}[-/ ]?)?\d[\dA-Z/-]{2,24})\b/i;

/** What a letter says of an earlier one, in the lines above its answers. */
export function readCorrectionClaim(lines: readonly Line[]): CorrectionClaim {
  const texts = lines.map((line) => line.text.trim().slice(0, LONGEST_LINE)).filter((text) => text !== "");
  for (const [index, text] of texts.slice(0, CLAIM_LINES).entries()) {
    const joined = `${text} ${texts[index + 1] ?? ""}`;
    const claim = CLAIMS.map((pattern) => pattern.exec(joined)).find((match) => match !== null);
    if (claim == null) continue;
    const named = NAMED_REFERENCE.exec(joined.slice(claim.index))?.[1];
    return { corrects: true, referenceKey: referenceKey(named ?? null) };
  }
  return { corrects: false, referenceKey: null };
}

/** What references are compared by: capitals and digits. Null where too little is left to tell two requests apart. */
export function referenceKey(reference: string | null): string | null {
  const key = reference?.toUpperCase().replace(/[^A-Z0-9]/g, "") ?? "";
  return key.length >= 3 && /\d/.test(key) ? key : null;
}

/** What is known of a letter when its place among others is looked for. */
export interface LetterPlace {
  letterId: string;
  /** Of its file: an e-mail's attachments do not correct each other. */
  sha256: string;
  referenceKey: string | null;
  responseDate: string | null;
  questionsKey: string;
  corrects: boolean;
  correctsReferenceKey: string | null;
  cells: number;
}

export interface LetterLink {
  letterId: string;
  supersedes: string | null;
  supersededBy: string | null;
}

/** What a person should look at in the order of two letters. */
export interface LinkDoubt {
  letterId: string;
  code: "which-is-later" | "fewer-answers";
  message: string;
  found: string;
}

/**
 * The order of letters of one council. A letter supersedes the newest earlier one that it answers anew: the same
 * request, the one that it says it corrects, or, where it says so and names none, the same questions.
 */
export function linkLetters(letters: readonly LetterPlace[]): { links: LetterLink[]; doubts: LinkDoubt[] } {
  const ordered = [...letters].sort(byDate);
  const links = new Map(
    ordered.map(({ letterId }): [string, LetterLink] => [letterId, { letterId, supersedes: null, supersededBy: null }]),
  );
  const doubts: LinkDoubt[] = [];
  for (const later of ordered) {
    const earlier = ordered.filter((one) => isEarlier(one, later) && answersAnew(later, one)).at(-1);
    if (earlier === undefined) continue;
    (links.get(later.letterId) as LetterLink).supersedes = earlier.letterId;
    const replaced = links.get(earlier.letterId) as LetterLink;
    replaced.supersededBy ??= later.letterId;
    if (later.cells < earlier.cells) doubts.push(describeFewer(later, earlier));
  }
  doubts.push(...ordered.flatMap((one) => describeUndecided(one, ordered)));
  return { links: [...links.values()], doubts };
}

function byDate(one: LetterPlace, other: LetterPlace): number {
  const [a, b] = [`${one.responseDate ?? ""} ${one.letterId}`, `${other.responseDate ?? ""} ${other.letterId}`];
  return a < b ? -1 : a > b ? 1 : 0;
}

function isEarlier(one: LetterPlace, other: LetterPlace): boolean {
  return one.responseDate !== null && other.responseDate !== null && one.responseDate < other.responseDate;
}

function answersAnew(later: LetterPlace, earlier: LetterPlace): boolean {
  if (sameRequest(later, earlier)) return true;
  if (!later.corrects) return false;
  if (later.correctsReferenceKey !== null) return later.correctsReferenceKey === earlier.referenceKey;
  const bothReferred = later.referenceKey !== null && earlier.referenceKey !== null;
  return !bothReferred && later.questionsKey === earlier.questionsKey;
}

function sameRequest(one: LetterPlace, other: LetterPlace): boolean {
  return one.referenceKey !== null && one.referenceKey === other.referenceKey;
}

function describeFewer(later: LetterPlace, earlier: LetterPlace): LinkDoubt {
  const found = `${later.cells} answers; letter ${earlier.letterId} had ${earlier.cells}`;
  return {
    letterId: later.letterId,
    code: "fewer-answers",
    message: `it supersedes letter ${earlier.letterId} and answers less: ${found}. The earlier answers are left out of the views`,
    found,
  };
}

/** Two replies to one request of which nobody can say which is later: both stand, and a person is told. */
function describeUndecided(one: LetterPlace, letters: readonly LetterPlace[]): LinkDoubt[] {
  const rivals = letters.filter(
    (other) =>
      other !== one &&
      other.sha256 !== one.sha256 &&
      sameRequest(one, other) &&
      !isEarlier(one, other) &&
      !isEarlier(other, one),
  );
  return rivals.map((rival) => {
    const found = `${one.responseDate ?? "no date"}; letter ${rival.letterId} has ${rival.responseDate ?? "no date"}`;
    const message = `it answers the same request as letter ${rival.letterId}, and which is later can't be told: ${found}`;
    return { letterId: one.letterId, code: "which-is-later", message, found };
  });
}
