import type { BareLine } from "./lines.ts";

/** A piece of text on a page: left end and baseline in points from the page's top left corner as it is shown. */
export interface TextPiece {
  text: string;
  x: number;
  y: number;
  width: number;
  height: number;
  /** The address that a link over the end of this piece leads to. */
  link: string | null;
}

interface Row {
  y: number;
  height: number;
  pieces: TextPiece[];
}

/** Gaps in units of the type's height: a word space is about a quarter, a gap between columns more than one. */
const SPACE_GAP = 0.15;
const COLUMN_GAP = 1.2;

/**
 * The lines of a page: pieces on one baseline are one line from left to right, a gap as wide as between columns is a tab, and
 * a gap as high as between paragraphs is an empty line.
 */
export function pageLines(pieces: TextPiece[], page: number): BareLine[] {
  const rows = groupRows(pieces.filter((piece) => piece.text.trim() !== ""));
  const usual = usualDistance(rows);
  const lines: BareLine[] = [];
  let above: Row | null = null;
  for (const row of rows) {
    if (above !== null && row.y - above.y > Math.max(1.5 * usual, 1.6 * row.height)) lines.push({ text: "", page });
    lines.push({ text: rowText(row), page });
    above = row;
  }
  return lines;
}

/** Pieces share a row when their baselines are nearer than half the larger type: raised figures do, the next line does not. */
function groupRows(pieces: TextPiece[]): Row[] {
  const rows: Row[] = [];
  for (const piece of [...pieces].sort((a, b) => a.y - b.y)) {
    const row = rows.at(-1);
    if (row === undefined || piece.y - row.y > 0.5 * Math.max(row.height, piece.height)) {
      rows.push({ y: piece.y, height: piece.height, pieces: [piece] });
      continue;
    }
    row.pieces.push(piece);
    if (piece.height > row.height) Object.assign(row, { y: piece.y, height: piece.height });
  }
  return rows;
}

/** The median distance between baselines; 0 for fewer than two rows. */
function usualDistance(rows: Row[]): number {
  const distances = rows.slice(1).map((row, index) => row.y - (rows[index]?.y ?? row.y));
  return distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)] ?? 0;
}

function rowText(row: Row): string {
  let text = "";
  let end: number | null = null;
  for (const piece of row.pieces.sort((a, b) => a.x - b.x)) {
    const gap = end === null ? 0 : (piece.x - end) / row.height;
    text += `${separator(text, piece.text, gap)}${isRaisedFigure(piece, row, text, gap) ? `[${piece.text.trim()}]` : piece.text}`;
    end = Math.max(end ?? piece.x, piece.x + piece.width);
    if (piece.link !== null && !text.includes(piece.link.replace(/\/$/, ""))) text += ` <${piece.link}>`;
  }
  return text.trim();
}

function separator(before: string, after: string, gap: number): string {
  if (before === "") return "";
  if (gap > COLUMN_GAP) return "\t";
  return gap > SPACE_GAP && !/\s$/.test(before.slice(-1)) && !/^\s/.test(after) ? " " : "";
}

/** A footnote's figure: small, raised and hard behind a word or number, which it must not lengthen. */
function isRaisedFigure(piece: TextPiece, row: Row, before: string, gap: number): boolean {
  const isSmall = piece.height < 0.8 * row.height && row.y - piece.y > 0.1 * row.height;
  return isSmall && gap < SPACE_GAP && /\S$/.test(before.slice(-1)) && /^\s*\d{1,3}\s*$/.test(piece.text);
}
