/**
 * Turns lines of text into documents of each format, so that a test can send the same letter down the road as a Word file, a
 * PDF, a page or an e-mail. Each is small and made of nothing but what its standard asks for.
 */
import { crc32, deflateRawSync } from "node:zlib";

/** The parts of a zip: name and content. */
export type Parts = Record<string, string | Buffer>;

/** What the headers of a part say instead of the truth. */
export interface ZipLie {
  name: string;
  unpacked?: number;
  crc?: number;
  flags?: number;
}

/** Packs parts into a zip (PKWARE APPNOTE 6.3, 4.3); `lies` make the headers of single parts say something else. */
export function makeZip(parts: Parts, lies: ZipLie[] = []): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(parts)) {
    const bytes = Buffer.from(content);
    const packed = deflateRawSync(bytes);
    const lie = lies.find((one) => one.name === name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(lie?.flags ?? 0x800, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(lie?.crc ?? crc32(bytes), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(lie?.unpacked ?? bytes.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, Buffer.from(name), packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\0", "latin1"), common, tail, Buffer.from(name));
    locals.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(Object.keys(parts).length, 8);
  end.writeUInt16LE(Object.keys(parts).length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

const WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";

/** What a .docx can have besides its body: other parts, and relationships of the body as XML elements. */
export interface DocxExtras {
  parts?: Parts;
  relationships?: string;
}

/** A Word document of this body (`w:p` and `w:tbl` elements as XML). */
export function makeDocxOf(body: string, extras: DocxExtras = {}): Buffer {
  return makeZip({
    "[Content_Types].xml":
      `<?xml version="1.0"?><Types xmlns="${PACKAGE}/content-types">` +
      `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
      `<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ` +
      `ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    "_rels/.rels":
      `<?xml version="1.0"?><Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" ` +
      `Type="${RELATIONSHIPS}/officeDocument" Target="word/document.xml"/></Relationships>`,
    "word/_rels/document.xml.rels": `<?xml version="1.0"?><Relationships xmlns="${PACKAGE}/relationships">${
      extras.relationships ?? ""
    }</Relationships>`,
    "word/document.xml": wordPart("document", `<w:body>${body}</w:body>`),
    ...extras.parts,
  });
}

/** A part of a Word document: `document`, `hdr`, `numbering`, `styles`. */
export function wordPart(root: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><w:${root} xmlns:w="${WORD}" xmlns:r="${RELATIONSHIPS}">${content}</w:${root}>`;
}

/** A paragraph; `properties` is the inside of its `w:pPr`. */
export function wordParagraph(text: string, properties = ""): string {
  const runs = `<w:r><w:t xml:space="preserve">${escapeMarkup(text)}</w:t></w:r>`;
  return `<w:p>${properties === "" ? "" : `<w:pPr>${properties}</w:pPr>`}${runs}</w:p>`;
}

/** A table of one paragraph per cell. */
export function wordTable(rows: string[][]): string {
  const cell = (text: string): string => `<w:tc>${wordParagraph(text)}</w:tc>`;
  return `<w:tbl>${rows.map((row) => `<w:tr>${row.map(cell).join("")}</w:tr>`).join("")}</w:tbl>`;
}

/** A Word document: a paragraph per line, and a table row for lines with tabs in them. */
export function makeDocx(lines: string[], extras: DocxExtras = {}): Buffer {
  return makeDocxOf(
    groupTables(lines, (line) => wordParagraph(line), wordTable),
    extras,
  );
}

/** A page: a `<p>` per line, and a table row for lines with tabs in them. */
export function makeHtml(lines: string[]): Buffer {
  const row = (cells: string[]): string => `<tr>${cells.map((cell) => `<td>${escapeMarkup(cell)}</td>`).join("")}</tr>`;
  const paragraph = (line: string): string => `<p>${escapeMarkup(line) || "&nbsp;"}</p>`;
  const body = groupTables(lines, paragraph, (rows) => `<table>${rows.map(row).join("")}</table>`);
  return Buffer.from(`<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>${body}</body></html>`);
}

/** Lines with tabs in them, next to each other, are one table. */
function groupTables(
  lines: string[],
  paragraph: (line: string) => string,
  table: (rows: string[][]) => string,
): string {
  let markup = "";
  let rows: string[][] = [];
  for (const line of [...lines, null]) {
    if (line?.includes("\t")) {
      rows.push(line.split("\t"));
      continue;
    }
    if (rows.length > 0) markup += table(rows);
    rows = [];
    if (line !== null) markup += paragraph(line);
  }
  return markup;
}

/** The inside of text in HTML and XML. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** What an e-mail can have besides its text. */
export interface EmailExtras {
  headers?: Record<string, string>;
  html?: string;
  attachments?: { name: string; type: string; bytes: Uint8Array }[];
}

/** An e-mail with CR LF line ends, its text and attachments in base64. */
export function makeEml(lines: string[], extras: EmailExtras = {}): Buffer {
  const headers = {
    From: "Information Governance <foi@council.example>",
    To: "A Requester <requester@example.org>",
    Date: "Thu, 5 May 2022 10:00:00 +0100",
    Subject: "Freedom of Information request",
    "Message-ID": "<1@council.example>",
    "MIME-Version": "1.0",
    ...extras.headers,
  };
  const bodies = [mimePart("text/plain; charset=utf-8", Buffer.from(lines.join("\r\n")))];
  if (extras.html !== undefined) bodies.push(mimePart("text/html; charset=utf-8", Buffer.from(extras.html)));
  const parts = [
    multipart("alternative", bodies),
    ...(extras.attachments ?? []).map(({ name, type, bytes }) =>
      mimePart(`${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"`, bytes),
    ),
  ];
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${head.join("")}${multipart("mixed", parts)}`);
}

function mimePart(type: string, bytes: Uint8Array): string {
  const base64 = Buffer.from(bytes).toString("base64").replace(/.{76}/g, "$&\r\n");
  return `Content-Type: ${type}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}\r\n`;
}

function multipart(kind: string, parts: string[]): string {
  const boundary = `boundary-${kind}`;
  const body = parts.map((part) => `--${boundary}\r\n${part}`).join("");
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${body}--${boundary}--\r\n`;
}

/** Lines on a page of {@link makePdf}. */
const LINES_PER_PAGE = 50;

/** Where the cells of a line with tabs stand, in points. */
const COLUMN_WIDTH = 120;

/** A PDF in 11 point Helvetica, fifty lines to a page, the cells of lines with tabs in columns of 120 points. */
export function makePdf(lines: string[]): Buffer {
  const pages: string[] = [];
  for (let from = 0; from < Math.max(lines.length, 1); from += LINES_PER_PAGE)
    pages.push(pageContent(lines.slice(from, from + LINES_PER_PAGE)));
  return makePdfOf(pages);
}

function pageContent(lines: string[]): string {
  const shown = lines.flatMap((line, row) =>
    line.split("\t").map((cell, column) => showText(cell, 60 + column * COLUMN_WIDTH, 790 - row * 15)),
  );
  return shown.join("\n");
}

/** The operators that print text at a place, counted in points from the bottom left; WinAnsi signs only. */
export function showText(text: string, x: number, y: number, size = 11): string {
  const escaped = text.replace(/[()\\]/g, "\\$&");
  return `BT /F1 ${size} Tf 1 0 0 1 ${x} ${y} Tm (${escaped}) Tj ET`;
}

/** Further dictionary entries and objects of a PDF. Objects are numbered on from `3 + 2 × pages + 1`. */
export interface PdfExtras {
  /** Entries of the catalogue: `/OpenAction …`. */
  catalog?: string;
  /** Entries of every page: `/Annots […]`. */
  page?: string;
  /** Entries of the trailer: `/Encrypt …`. */
  trailer?: string;
  objects?: string[];
  /** How a content stream is packed: its bytes and the entries that say so. */
  pack?: (content: Buffer) => { bytes: Buffer; entries: string };
}

/** A PDF of these page contents (operators), A4, with font F1 as Helvetica in WinAnsi. */
export function makePdfOf(pages: string[], extras: PdfExtras = {}): Buffer {
  const pack = extras.pack ?? ((content: Buffer) => ({ bytes: content, entries: "" }));
  const kids = pages.map((_, index) => `${4 + 2 * index} 0 R`).join(" ");
  const objects: Buffer[] = [
    Buffer.from(`<< /Type /Catalog /Pages 2 0 R ${extras.catalog ?? ""} >>`),
    Buffer.from(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`),
    Buffer.from("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"),
  ];
  for (const [index, content] of pages.entries()) {
    const { bytes, entries } = pack(Buffer.from(content, "latin1"));
    objects.push(
      Buffer.from(
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${5 + 2 * index} 0 R ` +
          `/Resources << /Font << /F1 3 0 R >> >> ${extras.page ?? ""} >>`,
      ),
      Buffer.concat([
        Buffer.from(`<< /Length ${bytes.length} ${entries} >>\nstream\n`),
        bytes,
        Buffer.from("\nendstream"),
      ]),
    );
  }
  objects.push(...(extras.objects ?? []).map((object) => Buffer.from(object, "latin1")));
  return assemblePdf(objects, extras.trailer ?? "");
}

function assemblePdf(objects: Buffer[], trailer: string): Buffer {
  const chunks: Buffer[] = [Buffer.from("%PDF-1.7\n")];
  const offsets: number[] = [];
  let at = chunks[0]?.length ?? 0;
  for (const [index, object] of objects.entries()) {
    offsets.push(at);
    const chunk = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from("\nendobj\n")]);
    chunks.push(chunk);
    at += chunk.length;
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  chunks.push(Buffer.from(`xref\n0 ${size}\n0000000000 65535 f \n${table}`));
  chunks.push(Buffer.from(`trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${at}\n%%EOF\n`));
  return Buffer.concat(chunks);
}
