/**
 * A workbook: typed cells, one sheet per table, notes first. SpreadsheetML written as it is read and packed with fixed dates, so
 * that memory stays flat and the same rows give the same bytes. Text is an inline string: a formula in it is text.
 * Source: ECMA-376 Part 1, 18.2 (workbook), 18.3 (worksheets), 18.8 (styles).
 */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import { type Batches, type ExportColumn, textOf } from "./tables.ts";

/** ECMA-376 leaves it open; spreadsheets stop here. */
const MOST_ROWS = 1_048_576;
/** Characters of a cell, likewise. */
const LONGEST = 32_767;
/** The oldest date that a zip can hold. */
const ZIP_OPTIONS = { mtime: new Date("1980-01-01T00:00:00Z"), forceDosTimestamp: true, mode: 0o100600 };

export interface Sheet {
  name: string;
  columns: readonly ExportColumn[];
  batches: Batches;
}

/** Writes the sheets in order, reading each only when its turn comes. @returns rows by sheet. */
export async function writeXlsxFile(path: string, sheets: readonly Sheet[]): Promise<Map<string, number>> {
  const zip = new ZipFile();
  const counts = new Map<string, number>();
  const written = pipeline(zip.outputStream, createWriteStream(path, { flags: "wx", mode: 0o600 }));
  written.catch(() => undefined); // told below, once the rows have stopped
  const add = (name: string, text: string) => zip.addBuffer(Buffer.from(text), name, ZIP_OPTIONS);
  add("[Content_Types].xml", contentTypes(sheets.length));
  add("_rels/.rels", relationships([["officeDocument", "xl/workbook.xml"]]));
  add("xl/workbook.xml", workbook(sheets));
  add("xl/styles.xml", STYLES);
  const parts = sheets.map((_, index): [string, string] => ["worksheet", `worksheets/sheet${index + 1}.xml`]);
  add("xl/_rels/workbook.xml.rels", relationships([...parts, ["styles", "styles.xml"]]));
  // One after the other: they share one cursor.
  for (const [index, sheet] of sheets.entries()) {
    const content = Readable.from(sheetParts(sheet, counts));
    const ended = new Promise<void>((resolve, reject) => content.once("end", resolve).once("error", reject));
    zip.addReadStream(content, `xl/worksheets/sheet${index + 1}.xml`, ZIP_OPTIONS);
    await Promise.race([ended, written.then(() => ended)]);
  }
  zip.end();
  await written;
  return counts;
}

async function* sheetParts({ name, columns, batches }: Sheet, counts: Map<string, number>): AsyncGenerator<string> {
  yield `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" ` +
    `activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`;
  yield `<row>${columns.map((column) => `<c t="inlineStr" s="1">${inline(column.name)}</c>`).join("")}</row>`;
  let count = 0;
  for await (const rows of batches) {
    count += rows.length;
    if (count >= MOST_ROWS)
      throw new RangeError(`${name} has over ${MOST_ROWS - 1} rows, which is more than a sheet holds`);
    yield rows
      .map((row) => `<row>${columns.map(({ name: key, kind }) => cell(kind, row[key])).join("")}</row>`)
      .join("");
  }
  counts.set(name, count);
  yield "</sheetData></worksheet>";
}

function cell(kind: ExportColumn["kind"], value: unknown): string {
  const text = textOf(value);
  if (text === null) return "<c/>";
  if ((kind === "number" || kind === "integer") && Number.isFinite(Number(text))) return `<c><v>${text}</v></c>`;
  if (kind === "boolean") return `<c t="b"><v>${value === true ? 1 : 0}</v></c>`;
  if (kind === "date") return serialDay(text, 2);
  if (kind === "timestamp") return serialDay(text, 3);
  return `<c t="inlineStr">${inline(text)}</c>`;
}

/** Days since 30 December 1899, in a style that shows them as a date. Days before 1900 stay text. */
function serialDay(text: string, style: number): string {
  const days = (Date.parse(text) - Date.UTC(1899, 11, 30)) / 86_400_000;
  return days > 60 ? `<c s="${style}"><v>${days}</v></c>` : `<c t="inlineStr">${inline(text)}</c>`;
}

function inline(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  return `<is><t xml:space="preserve">${escapeXml(cut)}</t></is>`;
}

/** Signs that XML 1.0 does not allow are written as `_x001B_`, as the standard has it (ECMA-376 Part 1, 22.9.2.19). */
function escapeXml(text: string): string {
  return text

    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_")
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, escapeSign)
    .replace(/[&<>"\r]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function escapeSign(sign: string): string {
  return `_x${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`;
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";

function contentTypes(sheets: number): string {
  const override = (part: string, type: string) =>
    `<Override PartName="/xl/${part}" ContentType="${SHEET_TYPE}.${type}+xml"/>`;
  const own = Array.from({ length: sheets }, (_, index) => override(`worksheets/sheet${index + 1}.xml`, "worksheet"));
  return (
    `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ` +
    `ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
    `${override("workbook.xml", "sheet.main")}${override("styles.xml", "styles")}${own.join("")}</Types>`
  );
}

function relationships(targets: readonly [type: string, target: string][]): string {
  const each = targets.map(
    ([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${OFFICE}/${type}" Target="${target}"/>`,
  );
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${each.join("")}</Relationships>`;
}

function workbook(sheets: readonly Sheet[]): string {
  const each = sheets.map(
    ({ name }, index) => `<sheet name="${escapeXml(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  return `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${each.join("")}</sheets></workbook>`;
}

/** 0 as it is, 1 bold, 2 a day, 3 a day with its time. */
const STYLES =
  `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>` +
  `<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>` +
  `<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
  `<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
  `<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf/>` +
  `<xf fontId="1" applyFont="1"/><xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/></cellXfs></styleSheet>`;
