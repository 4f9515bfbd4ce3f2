/**
 * Blocks: words that answer several questions at once (`For Questions 3 to 6c …`), or one that they name. They are lifted out of
 * the lines of the question that they happen to stand under.
 */
import { type Entry, entriesIn } from "./entries.ts";
import type { TextLine } from "./lines.ts";
import { findFileCodes } from "./referrals.ts";
import { readRefusal } from "./refusals.ts";
import { entryAbout } from "./row-subjects.ts";
import { coversAll, type FoundScope, findScopes, type Scope } from "./scopes.ts";
import { headsSeveral, isNote, looksAsked } from "./wording.ts";

export interface BlockLine {
  text: string;
  line: TextLine;
}

export interface Block {
  entries: Entry[];
  lines: BlockLine[];
}

const REFERS_BACK =
  /\b(?:see|as|refer(?:red)?(?: to)?|explained|stated|noted|mentioned|given|per|answer(?:ed)? (?:to|in|at))\b[^.]{0,25}$/i;
/** How far into a line the phrase that names the questions may begin. */
const HEAD_LENGTH = 90;

/** An answer without the words before it that name its question. */
export function afterScope(text: string): string {
  return text.replace(
    /^\W*(?:and |but )?(?:for|on|in (?:response|relation|answer|respect|regard|reply) (?:to|of)|regarding|with (?:regard|respect|reference) to|as (?:to|for|regards)|concerning|turning to|the (?:answer|figure|number|response|reply|total) (?:to|for|in))?\s*(?:your )?(?:(?:question|q|point|item)\.?\s?)?\(?\d{1,2}\)?\s?\(?[a-h]?\)?\s*(?:[,:–—-]|\b(?:is|was)\b)\s*/i,
    "",
  );
}

/** Takes the blocks out of the entries' answers and returns them. */
export function takeBlocks(entries: readonly Entry[]): Block[] {
  const blocks: Block[] = [];
  for (const entry of entries) {
    let open: Block | null = null;
    const kept: typeof entry.speech.pieces = [];
    for (const piece of entry.speech.pieces) {
      if (piece.kind !== "answer" || piece.item > 0) {
        if (piece.kind === "slot" || piece.kind === "answer") open = null;
        kept.push(piece);
        continue;
      }
      // A table under a heading that names several questions is shared out row by row.
      if (open !== null && piece.line.cells !== null && open.lines.every(({ text }) => headsSeveral(text))) {
        blocks.splice(blocks.indexOf(open), 1);
        open = null;
      }
      if (open !== null && namesOnly(piece.text, entry, entries)) open = null;
      const opened: Block | null = openBlock(piece.text, piece.line, entries, entry, open);
      if (opened !== null && opened !== open) blocks.push(opened);
      open = opened ?? open;
      if (open === null)
        kept.push(namesOnly(piece.text, entry, entries) ? { ...piece, text: afterScope(piece.text) } : piece);
      else open.lines.push({ text: piece.text, line: piece.line });
    }
    entry.speech.pieces = kept;
  }
  return blocks;
}

/** Whether a line turns back to the question that it stands under, so that the block before it is over. */
function namesOnly(text: string, entry: Entry, entries: readonly Entry[]): boolean {
  const [first] = findScopes(text.slice(0, 600));
  if (first === undefined || first.start > HEAD_LENGTH || findFileCodes(text, true).length > 0) return false;
  const named = entriesIn(first.scopes, entries);
  return named.length === 1 && named[0] === entry;
}

/** The blocks among lines that stand under no question. Lines that open none are returned beside them. */
export function readLooseBlocks(
  lines: readonly TextLine[],
  entries: readonly Entry[],
): { blocks: Block[]; rest: TextLine[] } {
  const blocks: Block[] = [];
  const rest: TextLine[] = [];
  let open: Block | null = null;
  for (const line of lines) {
    const opened: Block | null = openBlock(line.text, line, entries, null, open);
    if (opened !== null && opened !== open) blocks.push(opened);
    open = opened ?? open;
    if (open === null) rest.push(line);
    else open.lines.push({ text: line.text, line });
  }
  return { blocks, rest };
}

/** The block that a line opens, or the open one that it goes on with; null where it opens none. */
function openBlock(
  text: string,
  line: TextLine,
  entries: readonly Entry[],
  current: Entry | null,
  open: Block | null,
): Block | null {
  if (line.cells !== null || (isNote(text) && readRefusal(text) === null) || (line.bold && looksAsked(text)))
    return null;
  const [first] = findScopes(text.slice(0, 600));
  if (first === undefined) return null;
  if (open !== null && findFileCodes(text, true).length > 0) return open;
  if (first.start > HEAD_LENGTH) return null;
  if (!headsSeveral(text) && REFERS_BACK.test(text.slice(0, first.start))) return null;
  const named = entriesIn(scopesTogether(text, first), entries);
  if (named.length === 0 || (named.length === 1 && named[0] === current)) return null;
  const tells =
    readRefusal(text) !== null ||
    /^\W*(?:for|in (?:respect|response|relation|answer|regard|reply)|regarding|with (?:regard|respect|reference)|as (?:regards|to|for)|concerning|re:?|(?:the )?(?:answers?|response|information|data|figures?)|q(?:uestion)?s?\b|parts?|points?|both|all)/i.test(
      text,
    );
  return tells ? { entries: named, lines: [] } : null;
}

/** `For questions 3 to 5 and question 7`: phrases that follow each other at once belong together. */
function scopesTogether(text: string, first: FoundScope) {
  const scopes = [...first.scopes];
  let end = first.end;
  for (const next of findScopes(text.slice(0, 600)).slice(1)) {
    if (!/^\s*(?:,|and|&|,\s*and|or)\s*$/i.test(text.slice(end, next.start))) break;
    scopes.push(...next.scopes);
    end = next.end;
  }
  return scopes;
}

/** The file codes that a block gives to single questions: `For Question 3, open File C1`. */
export function readOwnCodes(
  lines: readonly { text: string }[],
  entries: readonly Entry[],
  ref: string,
): Map<Entry, string[]> {
  const own = new Map<Entry, string[]>();
  for (const { text } of lines.flatMap((line) => splitClauses(line.text))) {
    const codes = findFileCodes(text, true);
    const scopes = [...findScopes(text).flatMap((one) => one.scopes), ...findPartsOf(text, ref)];
    if (codes.length === 0) continue;
    for (const entry of scopes.length === 0 ? entriesOfSubject(text, entries) : entriesIn(scopes, entries))
      own.set(entry, [...new Set([...(own.get(entry) ?? []), ...codes])]);
  }
  return own;
}

/** `Referrals are in C1`: the one question whose words hold what stands before the file. */
function entriesOfSubject(clause: string, entries: readonly Entry[]): Entry[] {
  const subject =
    /^\W*(?:the )?([a-z][a-z0-9 '’]{3,60}?) (?:(?:are|is|can be found|will be found) )?(?:in|under) (?:the )?(?:files? |tables? )?[A-H]\d{1,2}\b/i.exec(
      clause,
    )?.[1];
  const about = subject === undefined ? null : entryAbout(subject, entries);
  return about === null ? [] : [about];
}

function splitClauses(text: string): { text: string }[] {
  return text
    .split(
      /;|\.\s+(?=[A-Z])|,?\s+and\s+(?=(?:for\s+)?(?:parts?|q(?:uestions?)?)\b|for\s+[a-h]\b)|,\s(?=(?:and )?(?:for )?(?:q|parts?\b|[a-h]\)))|(?<=\b[A-H]\d{1,2})(?:,|\s+and)\s+(?=[a-z ]+\b(?:in|under)\b)/i,
    )
    .map((clause) => ({ text: clause }));
}

const PARTS_ALONE = /\b(?:parts?|for)\s+\(?([a-h])\)?((?:\s?(?:,|and|&|to|-)\s?\(?[a-h]\)?(?![a-z])){0,8})/gi;

/** `Parts a) and b)`, said of the question in hand. */
function findPartsOf(text: string, ref: string): Scope[] {
  return [...text.matchAll(PARTS_ALONE)].flatMap((match) => {
    const letters = [match[1] ?? "", ...((match[2] ?? "").match(/\b[a-h]\b/gi) ?? [])];
    return letters.map((letter): Scope => ({ kind: "list", names: [{ number: ref, part: letter.toLowerCase() }] }));
  });
}

/** Words before the questions, or after all of them, that speak of the whole request. */
export function readWhole(lines: readonly TextLine[]): BlockLine[] | null {
  const refusing = lines.filter((line) => {
    const refusal = readRefusal(line.text);
    return refusal !== null && (coversAll(line.text) || refusal.exemption !== null) && !looksAsked(line.text);
  });
  return refusing.length === 0 ? null : lines.map((line) => ({ text: line.text, line }));
}
