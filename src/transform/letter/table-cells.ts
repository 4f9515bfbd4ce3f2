/** Tables in an answer, as drafts of cells. */
import type { Period } from "../../observation.ts";
import type { Draft, DraftMaker } from "./drafts.ts";
import { findGrid } from "./flat-tables.ts";
import type { TextLine } from "./lines.ts";
import { type PeriodHint, readWholePeriod } from "./periods.ts";
import type { Piece } from "./speech.ts";
import { breakdownsOf, type Grid, readGrid, readScale, type TableFigure } from "./tables.ts";
import { readValue } from "./values.ts";

/** Tables become drafts at once; what is left goes on to the slots. */
export function takeTables(pieces: readonly Piece[], maker: DraftMaker): { left: Piece[]; drafts: Draft[] } {
  const { context } = maker;
  const left: Piece[] = [];
  const tables: { caption: string; drafts: Draft[] }[] = [];
  let lines: TextLine[] = [];
  let start = 0;
  for (let place = 0; place < pieces.length; ) {
    const piece = pieces[place] as Piece;
    if (place >= start + lines.length) [lines, start] = [tableLines(pieces, place), place];
    const grid = lines.length < 1 ? null : findGrid(lines, place - start, context.hint);
    const found = grid === null || isMenu(grid.grid) ? null : grid;
    const over = periodBefore(left, context.hint);
    const asked = over === null ? context.asked : [over];
    const figures = found === null ? [] : readGrid(found.grid, context.hint, asked);
    if (found === null || figures.length === 0) {
      left.push(piece);
      place += 1;
      continue;
    }
    const caption = readScale(`${context.question} ${captionBefore(left)}`);
    const own = draftTable(figures, caption, over ?? maker.onlyAsked(), maker);
    tables.push({ caption: captionBefore(left), drafts: own });
    place += found.length;
  }
  return { left, drafts: nameTables(tables) };
}

/** A caption of a few words. */
const CAPTION = /^[A-Z][\w’'&/(),-]*(?: [\w’'&/(),-]+){0,7}\s?[:–-]?$/;

/** Tables that have the same rows and columns are told apart by the captions over them. */
function nameTables(tables: readonly { caption: string; drafts: Draft[] }[]): Draft[] {
  const drafts = tables.flatMap((table) => table.drafts);
  const keys = new Set(
    drafts.map((one) => `${one.period?.kind} ${one.period?.label} ${one.breakdown} ${one.unit === "percent"}`),
  );
  const captions = new Set(tables.map(({ caption }) => caption));
  const named = captions.size === tables.length && [...captions].every((caption) => CAPTION.test(caption));
  if (keys.size === drafts.length || !named) return drafts;
  return tables.flatMap(({ caption, drafts: own }) =>
    own.map((draft) => ({
      ...draft,
      breakdown: [caption.replace(/\s?[:–-]$/, ""), draft.breakdown].filter((name) => name !== "").join(", "),
    })),
  );
}

/** One row of words alone is no table: the menu of a web page. */
function isMenu(grid: Grid): boolean {
  const [row, ...more] = grid;
  return row !== undefined && more.length === 0 && row.length > 2 && row.every(({ text }) => readValue(text) === null);
}

function draftTable(
  figures: readonly TableFigure[],
  caption: { scale: number; pounds: boolean },
  period: Period | null,
  maker: DraftMaker,
): Draft[] {
  const breakdowns = breakdownsOf(figures);
  const percents = new Set(figures.filter((one) => readValue(one.text)?.unit === "percent").map(headingOf));
  return figures.map((figure, place) => {
    if (figure.text === "")
      return {
        ...maker.blank(figure.period ?? period, { number: figure.line, page: figure.page }),
        status: "unanswered" as const,
        breakdown: breakdowns[place] ?? "",
      };
    const value = readValue(figure.text);
    const part = { text: figure.text, line: figure.line, page: figure.page };
    const draft = value === null ? maker.wordsDraft(part) : maker.valueDraft(value, part);
    const scale = figure.scale > 1 ? figure.scale : caption.scale;
    if (draft.value !== null && scale > 1 && draft.unit !== "percent" && !/[a-z]/i.test(figure.text))
      draft.value = Number((draft.value * scale).toFixed(2));
    if ((figure.pounds || (caption.pounds && scale > 1)) && draft.unit === null && draft.value !== null)
      draft.unit = "GBP";
    if (draft.unit === null && sharesPercent(figure) && percents.has(headingOf(figure))) draft.unit = "percent";
    return { ...draft, period: figure.period ?? period, breakdown: breakdowns[place] ?? "" };
  });
}

/** A name is needed to tell that figures are of one kind: those under no name at all are a count and its share as often. */
function sharesPercent({ row, column }: TableFigure): boolean {
  return row !== "" || column !== "";
}

/** What figures of one kind share: their column, or their row in a table without column names. */
function headingOf({ row, column }: TableFigure): string {
  return column === "" ? `row ${row}` : `column ${column}`;
}

/** The lines from a place on that a table may be made of. */
function tableLines(pieces: readonly Piece[], from: number): TextLine[] {
  const lines: TextLine[] = [];
  for (let place = from; place < pieces.length; place += 1) {
    const piece = pieces[place];
    if (piece === undefined || piece.kind === "reply" || piece.kind === "break" || piece.item > 0) break;
    lines.push(piece.line.text === piece.text ? piece.line : { ...piece.line, text: piece.text });
  }
  return lines;
}

/** The one period that the line over a table names: `All for 2022/23.` */
function periodBefore(pieces: readonly Piece[], hint: PeriodHint): Period | null {
  const last = pieces.at(-1);
  return last?.kind === "slot" && last.item === 0 ? readWholePeriod(last.text, hint) : null;
}

function captionBefore(pieces: readonly Piece[]): string {
  const last = pieces.at(-1);
  return last === undefined || last.kind === "reply" || last.kind === "break" ? "" : last.text.slice(0, 200);
}
