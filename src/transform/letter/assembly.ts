/** Puts a letter's answers together: each question's own, blocks over several, cross references, notes that change the day. */

import type { Period } from "../../observation.ts";
import {
  afterScope,
  type Block,
  type BlockLine,
  readLooseBlocks,
  readOwnCodes,
  readWhole,
  takeBlocks,
} from "./blocks.ts";
import { borrowLinks } from "./borrowed-links.ts";
import { readCells } from "./cells.ts";
import { narrowFiles, resolveReferences } from "./cross-references.ts";
import { applyDayNotes, type DayNotes, nearestDay } from "./day-notes.ts";
import { type CellContext, type Draft, DraftMaker, type DraftProblem } from "./drafts.ts";
import { type Entry, entriesIn, readEntries } from "./entries.ts";
import type { TextLine } from "./lines.ts";
import { isBlank, moveToNamedParts } from "./named-parts.ts";
import { readLegends, readProseLegend, type SymbolMeaning } from "./notes.ts";
import type { Outline } from "./outline.ts";
import { NO_HINT } from "./periods.ts";
import { joinAll, splitSentences } from "./prose.ts";
import { moveToNumbered, readQuestionTable } from "./question-tables.ts";
import { readDirection, readLinkList, referralFrom } from "./referrals.ts";
import { type Law, readLaw, readRefusal } from "./refusals.ts";
import { moveToSubjects } from "./row-subjects.ts";
import { coversAll } from "./scopes.ts";
import { isNote } from "./wording.ts";

export interface Assembled {
  entry: Entry;
  drafts: Draft[];
}

export interface Assembly {
  entries: Assembled[];
  notes: string[];
  problems: DraftProblem[];
}

interface Surroundings {
  law: Law;
  symbols: Map<string, SymbolMeaning>;
  links: Map<string, string>;
  /** The filter that the letter gave last, for `same filter`. */
  lastFilter: string | null;
}

/** The answers of a letter, question by question. */
export function assembleAnswers(lines: readonly TextLine[], outline: Outline): Assembly {
  const around: Surroundings = {
    law: readLaw(
      lines
        .map((line) => line.text)
        .join("\n")
        .slice(0, 200_000),
    ),
    symbols: readSymbols(lines),
    links: readLinkList(lines),
    lastFilter: null,
  };
  const entries = readEntries(outline);
  const days = applyDayNotes(entries, outline);
  const blocks = [...takeBlocks(entries), ...blocksOfStems(entries)];
  const context = { hint: NO_HINT, asked: [], law: around.law, symbols: around.symbols, question: "" };
  const table = readQuestionTable(outline.tail, entries, new DraftMaker(context));
  const tail = readLooseBlocks(table.rest, entries);
  const early = readLooseBlocks(
    outline.preamble.filter((line) => !isNote(line.text)),
    entries,
  );
  giveBack([...blocks, ...tail.blocks, ...early.blocks]);
  const assembly: Assembly = { entries: [], notes: [], problems: [] };
  for (const entry of entries) {
    if (!entry.stem) assembly.entries.push(readEntry(entry, around, days, assembly));
  }
  for (const [entry, drafts] of table.drafts) {
    const assembled = assembly.entries.find((one) => one.entry === entry);
    if (assembled !== undefined && isBlank(assembled)) assembled.drafts = drafts;
  }
  moveToNumbered(assembly.entries);
  moveToSubjects(assembly.entries);
  moveToNamedParts(assembly.entries, around.law);
  for (const block of [...blocks, ...tail.blocks, ...early.blocks]) applyBlock(block, entries, around, assembly);
  spreadOverParts(assembly);
  resolveReferences(assembly.entries);
  applyWhole(tail.rest, outline.preamble, around, assembly);
  narrowFiles(assembly.entries);
  borrowLinks(assembly.entries, lines);
  assembly.notes.push(...outline.preamble.filter((line) => isNote(line.text)).map((line) => line.text));
  return assembly;
}

/** Legends may stand anywhere in a letter. */
function readSymbols(lines: readonly TextLine[]): Map<string, SymbolMeaning> {
  const symbols = new Map<string, SymbolMeaning>();
  for (const line of lines) {
    const legends = line.cells === null || line.cells.length === 1 ? readLegends(line.text) : [];
    for (const legend of legends) if (!symbols.has(legend.symbol)) symbols.set(legend.symbol, legend.meaning);
  }
  const prose = joinAll(lines.filter((line) => line.cells === null).map((line) => ({ text: line.text, line })));
  for (const { text } of splitSentences(prose?.text.slice(0, 200_000) ?? "")) {
    const legend = readProseLegend(text);
    if (legend !== null && !symbols.has(legend.symbol)) symbols.set(legend.symbol, legend.meaning);
  }
  return symbols;
}

/** `4, 6 and 9 respectively` under a question that names no years: those that the answer before it went through. */
function periodsOf(entry: Entry, assembly: Assembly): readonly Period[] {
  const says = entry.speech.pieces.some((piece) => piece.kind === "answer" && /\brespectively\b/i.test(piece.text));
  if (entry.asked.length > 0 || !says) return entry.asked;
  return assembly.entries.at(-1)?.drafts.flatMap(({ period }) => period ?? []) ?? [];
}

function readEntry(entry: Entry, around: Surroundings, days: DayNotes, assembly: Assembly): Assembled {
  const context: CellContext = {
    hint: entry.hint,
    asked: periodsOf(entry, assembly),
    law: around.law,
    symbols: around.symbols,
    question: entry.question,
  };
  const { drafts, notes, problems } = readCells(entry.speech, context);
  const day = days.day.get(entry);
  const near = days.nearest.get(entry);
  const moved = drafts.map((draft) => {
    if (day !== undefined && isOneDay(draft, drafts)) return { ...draft, period: day };
    const nearest = near === undefined || draft.period === null ? null : nearestDay(draft.period, near);
    return nearest === null ? draft : { ...draft, period: nearest };
  });
  assembly.notes.push(...entry.speech.notes.map((note) => note.text), ...notes);
  assembly.problems.push(...problems);
  for (const draft of moved) addReferral(draft, draft.words, null, around);
  return { entry, drafts: moved };
}

/** A note that gives a day speaks of figures for a day, not of a row of years. */
function isOneDay(draft: Draft, drafts: readonly Draft[]): boolean {
  const labels = new Set(drafts.map((one) => one.period?.label));
  return labels.size === 1 && (draft.period === null || draft.period.kind === "as_at");
}

function addReferral(draft: Draft, words: string, ownCodes: readonly string[] | null, around: Surroundings): void {
  if (draft.status !== "referred" || draft.referral !== undefined) return;
  const direction = readDirection(words, around.links);
  if (direction.filter === null && /\bsame (?:filter|way|manner)\b/i.test(words)) direction.filter = around.lastFilter;
  around.lastFilter = direction.filter ?? around.lastFilter;
  draft.referral = referralFrom(direction, ownCodes);
}

/** A block that names one question and refuses nothing is that question's answer. */
function giveBack(blocks: Block[]): void {
  for (const block of blocks) {
    const [only, ...more] = block.entries;
    const refusal = readRefusal(block.lines.map(({ text }) => text).join("\n"));
    if (only === undefined || more.length > 0 || refusal !== null) continue;
    only.speech.pieces.push(
      ...block.lines.map(({ text, line }) => ({ kind: "answer" as const, text: afterScope(text), item: 0, line })),
    );
    block.lines = [];
  }
}

/** What stands over the parts of a question, and refuses, refuses each of them. */
function blocksOfStems(entries: readonly Entry[]): Block[] {
  return entries
    .filter((entry) => entry.stem)
    .flatMap((stem) => {
      const lines = stem.speech.pieces.flatMap((piece) =>
        piece.kind === "answer" ? [{ text: piece.text, line: piece.line }] : [],
      );
      const parts = entriesIn([{ kind: "list", names: [{ number: stem.ref, part: stem.part }] }], entries);
      return lines.length === 0 ? [] : [{ entries: parts, lines }];
    });
}

/** What a block says holds for each cell that it names and that has no answer of its own. */
function applyBlock(block: Block, entries: readonly Entry[], around: Surroundings, assembly: Assembly): void {
  const joined = joinAll(block.lines);
  if (joined === null) return;
  const refusal = readRefusal(joined.text, around.law);
  if (refusal === null) {
    assembly.notes.push(joined.text);
    return;
  }
  const direction = readDirection(joined.text, around.links);
  const codes = readOwnCodes(block.lines, entries, block.entries[0]?.ref ?? "");
  const place = joined.lineAt(refusal.at);
  for (const assembled of assembly.entries.filter((one) => block.entries.includes(one.entry))) {
    const own = codes.size === 0 ? null : (codes.get(assembled.entry) ?? []);
    assembled.drafts = assembled.drafts.map((draft) => {
      if (draft.status !== "unanswered") return draft;
      const referral = refusal.status === "referred" ? referralFrom(direction, own) : undefined;
      return {
        ...draft,
        status: refusal.status,
        exemption: refusal.exemption,
        line: place.number,
        page: place.page,
        ...(referral === undefined ? {} : { referral }),
      };
    });
  }
}

/** A refusal under the last part of a question holds for the parts before it that have nothing at all. */
function spreadOverParts(assembly: Assembly): void {
  assembly.entries.forEach((assembled, place) => {
    const refusal = wholeRefusal(assembled);
    if (refusal === null || assembled.entry.part === "") return;
    for (let before = place - 1; before >= 0; before -= 1) {
      const sibling = assembly.entries[before];
      if (
        sibling === undefined ||
        sibling.entry.ref !== assembled.entry.ref ||
        sibling.entry.part === "" ||
        !isBlank(sibling)
      )
        return;
      fill(sibling, refusal);
    }
  });
}

/** The refusal that is all there is under a question; null where it has anything else. */
function wholeRefusal(assembled: Assembled): Draft | null {
  const [first] = assembled.drafts;
  if (first === undefined || first.status === "unanswered" || first.status === "reported" || first.value !== null)
    return null;
  const refusals = ["not_held", "referred", "cost_limit", "withheld", "refused"];
  return refusals.includes(first.status) &&
    assembled.drafts.every((draft) => draft.status === first.status) &&
    first.words !== ""
    ? first
    : null;
}

function fill(assembled: Assembled, from: Draft): void {
  assembled.drafts = assembled.drafts.map((draft) => ({ ...from, period: draft.period, breakdown: draft.breakdown }));
}

/** A refusal of the request as a whole answers what nothing else does. */
function applyWhole(
  tail: readonly TextLine[],
  preamble: readonly TextLine[],
  around: Surroundings,
  assembly: Assembly,
): void {
  const blank = assembly.entries.filter(isBlank);
  const last = assembly.entries.at(-1);
  const closing = last === undefined || isBlank(last) ? null : wholeRefusal(last);
  const covers =
    closing !== null &&
    (coversAll(closing.words) ||
      /\b(?:this|the|that) (?:information|request|data)\b|\bquestions\b/i.test(closing.words));
  if (closing !== null && covers && blank.length > 0 && blank.length === assembly.entries.length - 1) {
    for (const assembled of blank) fill(assembled, closing);
    return;
  }
  const words: BlockLine[] | null =
    (tail.length > 0 ? tail.map((line) => ({ text: line.text, line })) : null) ?? readWhole(preamble);
  const joined = words === null ? null : joinAll(words);
  const refusal = joined === null ? null : readRefusal(joined.text, around.law);
  if (joined === null || refusal === null) return;
  const place = joined.lineAt(refusal.at);
  // A refusal that gives no reason has the one that holds for the whole request.
  const bare = assembly.entries.filter(({ drafts }) =>
    drafts.every((draft) => draft.status === "refused" && draft.exemption === null),
  );
  for (const assembled of refusal.exemption === null ? blank : [...blank, ...bare]) {
    assembled.drafts = assembled.drafts.map((draft) => {
      const filled: Draft = {
        ...draft,
        status: refusal.status,
        exemption: refusal.exemption,
        line: place.number,
        page: place.page,
      };
      addReferral(filled, joined.text, null, around);
      return filled;
    });
  }
}
