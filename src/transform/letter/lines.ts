/**
 * Cleaned lines: what a reader sees of each line, without the marks that a converter or mail program left.
 * Blank lines go; that there was one is kept. Line numbers never change.
 */
import type { Line } from "../../letter.ts";
import { divideAlignedRows } from "./aligned-rows.ts";
import { cleanMarkup, hasBold } from "./markup.ts";

export interface TextLine {
  number: number;
  page: number | null;
  /** Cleaned, white space collapsed; never empty. Cells of a table row are joined with two spaces. */
  text: string;
  /** Two or more cells of a row, by tabs or pipes; null where the line is no row. */
  cells: string[] | null;
  /** The line stood in bold or was a heading. */
  bold: boolean;
  /** The line was quoted with `>` from an earlier message. */
  quoted: boolean;
  /** The line began with a bullet. */
  bullet: boolean;
  /** A blank line came before. */
  afterBlank: boolean;
}

/** Longest part of a line that is read. Longer ones are damage or hostile; no real line of a letter comes near. */
const LONGEST_LINE = 6000;
/** Most lines that are read. */
export const MOST_LINES = 20_000;

const BULLET = /^(?:[-–—*•·▪◦‣●○■]\s+|[-–•·▪◦‣●○■](?=[A-Za-z(])|o\s+(?=[A-Z0-9]))/;
/** A bullet and the tab that a word processor puts after it, in a line that has no other. */
const BULLET_TAB = /^(\s*[-–—*•·▪◦‣●○■o])\t+(?=[^\t]+$)/;
/** The same before a row of cells. */
const BULLET_ROW = /^\s*[-–—*•·▪◦‣●○■o]\t+(?=[A-Za-z][^\t]*\t|\d{1,2}(?: ?[-–] ?| to )\d{1,2}[^\t]*\t)/;
/** A legend explains a star at its beginning: that star is no bullet. */
const LEGEND =
  /^\*+\s*(?:=|-|–|:|denotes|indicates|means|represents|shows|refers|stands|signifies|marks|hides|replaces|is\b|are\b|was\b|were\b|has\b|have\b|used|suppress|redact|with(?:held|hold)|omit|number|figure|value|less|fewer|under|below|between|where|data|small|low|counted|this|these|an?\b|the\b|not\b|exempt|see\b|subject\b|provisional|to be\b|will\b)/i;
const QUOTE = /^(?:\s*>)+\s?/;
const PAGE_NUMBER =
  /^(?:(?:[^.?:;]{0,60}\s)?page \d{1,3} ?(?:of|\/) ?\d{1,3}(?:\s[^.?:;]{0,60})?|[-–—\s]*page \d{1,3}[-–—\s]*|\d{1,3} ?\| ?(?:page)?|\d{1,3} ?of \d{1,3} ?page|[-–—] ?\d{1,3} ?[-–—])$/i;
/** `3 of 12` by itself is a page's number or an answer. */
const COUNTED_PAGE = /^\s*(\d{1,3}) ?of (\d{1,3})\s*$/i;
const PIPE_RULE = /^[|\s:+-]*-[|\s:+-]*$/;

/** The cleaned, non-blank lines of a document. */
export function cleanLines(lines: readonly Line[]): TextLine[] {
  const cleaned: TextLine[] = [];
  let afterBlank = true;
  for (const line of divideAlignedRows(dropFurniture(lines.slice(0, MOST_LINES)))) {
    const one = cleanLine(line, afterBlank);
    if (one === null) {
      afterBlank = true;
      continue;
    }
    cleaned.push(one);
    afterBlank = false;
  }
  return joinBrokenLinks(cleaned);
}

/** Nothing stands so near a page number but what is printed on every page. */
const NEAR = 2;

/** Lines at the top that may stand on every page. */
const LETTERHEAD = 12;
/** How far into the line a number alone has to stand to be that of a page. */
const CENTRED = /^\s{20,}\d{1,3}\s*$/;

/** Lines such as `3 of 12` that count the pages: the one after or before stands there too. One that stands alone is an answer. */
function findCountedPages(lines: readonly Line[]): Set<number> {
  const pages = lines.flatMap((line, place) => {
    const [, page, of] = COUNTED_PAGE.exec(line.text.slice(0, 40)) ?? [];
    return page === undefined ? [] : [{ place, page: Number(page), of: Number(of) }];
  });
  const isNext = (one: (typeof pages)[number], other: (typeof pages)[number] | undefined) =>
    other !== undefined && other.of === one.of && Math.abs(other.page - one.page) === 1;
  const counted = pages.filter((one, at) => isNext(one, pages[at - 1]) || isNext(one, pages[at + 1]));
  return new Set(counted.map(({ place }) => place));
}

/** Leaves out what is printed on every page: lines that come again and again, each time beside the number of a page. */
function dropFurniture(lines: readonly Line[]): Line[] {
  const centred = lines.flatMap((line, place) => (CENTRED.test(line.text.slice(0, 200)) ? [place] : []));
  const counted = centred.filter((place, at) => Number(lines[place]?.text) === at + 1);
  const known = lines.slice(0, LETTERHEAD).map((line) => line.text.trim());
  const numbers = counted.filter((place) => {
    const next = lines.slice(place + 1, place + 4).find((line) => line.text.trim() !== "");
    return next !== undefined && known.includes(next.text.trim());
  });
  const countedPages = findCountedPages(lines);
  const pages = lines.flatMap((line, place) => (PAGE_NUMBER.test(line.text.trim().slice(0, 200)) ? [place] : []));
  pages.push(...countedPages);
  pages.push(...numbers);
  const beside = new Map<string, number[]>();
  for (const place of pages) {
    for (const step of [-1, 1]) {
      let left = NEAR;
      for (let at = place + step; left > 0 && at >= 0 && at < lines.length && Math.abs(at - place) < 6; at += step) {
        const text = lines[at]?.text.trim() ?? "";
        if (text === "") continue;
        left -= 1;
        const places = beside.get(text);
        if (places === undefined) beside.set(text, [at]);
        else places.push(at);
      }
    }
  }
  const repeated = new Set([
    ...numbers,
    ...countedPages,
    ...[...beside]
      .filter(([text, places]) => new Set(places).size > 1 || (numbers.length > 0 && known.includes(text)))
      .flatMap(([, places]) => places),
  ]);
  return lines.filter((_, place) => !repeated.has(place));
}

/** One cleaned line, or null where nothing is left of it. */
function cleanLine(line: Line, afterBlank: boolean): TextLine | null {
  const raw = line.text.slice(0, LONGEST_LINE);
  const quoted = QUOTE.test(raw);
  const unquoted = quoted ? raw.replace(QUOTE, "") : raw;
  const plain = cleanMarkup(unquoted);
  if (plain.includes("|") && PIPE_RULE.test(plain)) return null;
  const cells = splitCells(plain.replace(BULLET_TAB, "$1 ").replace(BULLET_ROW, ""));
  let text = (cells?.join("  ") ?? collapse(plain.replace(/\|/g, " "))).trim();
  const bullet = cells === null && BULLET.test(text) && !LEGEND.test(text) && !/^\s*\\\*/.test(unquoted);
  if (bullet) text = text.replace(BULLET, "").trim();
  if (text === "" || /^[-_=*~–—]{3,}$/.test(text) || PAGE_NUMBER.test(text)) return null;
  return { number: line.number, page: line.page, text, cells, bold: hasBold(unquoted), quoted, bullet, afterBlank };
}

function collapse(text: string): string {
  return text.split(/\s+/).join(" ").trim();
}

/** The cells of a row divided by tabs or pipes; null where fewer than two cells hold anything. */
function splitCells(text: string): string[] | null {
  const trimmed = text.trimEnd();
  const piped = trimmed.split("|").length > 2 || /^\s*\|/.test(trimmed);
  if (!piped && !trimmed.includes("\t")) return null;
  const inner = piped ? trimmed.trim().replace(/^\|/, "").replace(/\|$/, "") : trimmed;
  const cells = inner.split(piped ? "|" : "\t").map(collapse);
  const filled = cells.filter((cell) => cell !== "").length;
  if (piped) return cells.length > 1 && filled > 0 ? cells : null;
  return filled > 1 ? cells : null;
}

const OPEN_LINK = /https?:\/\/[^\s<>"]+$/i;
const LINK_TAIL = /^[^\s<>"]+/;

/** Puts the rest of a link that was broken over lines back onto the line where it begins. */
function joinBrokenLinks(lines: TextLine[]): TextLine[] {
  const joined: TextLine[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    const tail = last === undefined || line.cells !== null ? null : linkTail(last.text, line);
    if (last === undefined || tail === null) {
      joined.push(line);
      continue;
    }
    const closing = line.text.slice(tail.length).startsWith(">") ? ">" : "";
    last.text += tail + closing;
    const rest = line.text.slice(tail.length + closing.length).trim();
    if (rest !== "") joined.push({ ...line, text: rest });
  }
  return joined;
}

/** The beginning of `line` that belongs to the link at the end of `text`; null where it does not go on. */
function linkTail(text: string, line: TextLine): string | null {
  const link = OPEN_LINK.exec(text.slice(-2000))?.[0];
  if (link === undefined || line.bullet) return null;
  const tail = LINK_TAIL.exec(line.text)?.[0];
  if (tail === undefined || /^https?:|^www\.|^\(?\d{1,2}[.)]$|^\[/i.test(tail)) return null;
  const open = text.lastIndexOf("<") > text.lastIndexOf(">");
  if (open) return tail;
  if (line.afterBlank) return null;
  const brokenAtMark = /[-/?=&#_%]$/.test(link) && /^[a-z0-9%#?=&_/.-]+$/i.test(tail) && !/^[A-Z][a-z]+$/.test(tail);
  const looksLikePath = /^[a-z0-9#%._-]*[/#?=][a-z0-9/#?=&%._-]+$/.test(tail) || /^-[a-z0-9/-]+$/.test(tail);
  return brokenAtMark || looksLikePath ? tail : null;
}
