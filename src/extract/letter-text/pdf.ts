import type { PDFDocumentProxy, PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { messageOf } from "../../errors.ts";
import type { Extract } from "./lines.ts";
import { printableAddress } from "./link-address.ts";
import { pageLines, type TextPiece } from "./pdf-lines.ts";
import { SetAside } from "./set-aside.ts";

/**
 * Reads the text of a PDF, page by page. Nothing in it is run, drawn or fetched. Throws {@link SetAside} `encrypted` where a
 * password is needed, `damaged` where the file is cut short, and `scanned` where no page has text. Single pages without text
 * are told, and so is a fault that pdf.js can only read past, as it may have cost a figure.
 */
export async function readPdf(bytes: Uint8Array): Promise<Extract> {
  const end = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).lastIndexOf("%%EOF");
  if (end < trimmedLength(bytes) - LONGEST_TAIL) throw new SetAside("damaged", "has no end mark: cut short?");
  try {
    return await readPages(bytes, true);
  } catch (error) {
    if (error instanceof SetAside) throw error;
    const { lines, problems } = await readPages(bytes, false).catch((further: unknown) => {
      throw further instanceof SetAside ? error : further;
    });
    const message = `faults were read past, text may be missing: ${messageOf(error)}`;
    return { lines, problems: [...problems, { code: "incomplete", message, line: null }] };
  }
}

/** The end mark stands within the last 1,024 bytes (PDF 1.7, implementation note 18), padding not counted. */
const LONGEST_TAIL = 1024;

function trimmedLength(bytes: Uint8Array): number {
  let length = bytes.length;
  while (length > 0 && [0, 9, 10, 13, 32].includes(bytes[length - 1] as number)) length -= 1;
  return length;
}

async function readPages(bytes: Uint8Array, strict: boolean): Promise<Extract> {
  const document = await openPdf(bytes, strict);
  try {
    return await readOpenPages(document);
  } finally {
    await document.loadingTask.destroy();
  }
}

async function readOpenPages(document: PDFDocumentProxy): Promise<Extract> {
  const lines: Extract["lines"] = [];
  const blank: number[] = [];
  for (let number = 1; number <= document.numPages; number++) {
    const page = await document.getPage(number);
    const found = pageLines(await textPieces(page), number);
    page.cleanup();
    lines.push(...found);
    if (found.length === 0) blank.push(number);
  }
  if (lines.length === 0) throw new SetAside("scanned", `no text on its ${document.numPages} pages: a scan?`);
  const message = `no text on page ${blank.slice(0, 20).join(", ")}: scanned?`;
  return { lines, problems: blank.length === 0 ? [] : [{ code: "page-without-text", message, line: null }] };
}

async function openPdf(bytes: Uint8Array, strict: boolean): Promise<PDFDocumentProxy> {
  // pdf.js wants these browser classes when it is loaded, and uses them for drawing only.
  for (const name of ["DOMMatrix", "ImageData", "Path2D"]) if (!(name in globalThis)) defineNothing(name);
  const { getDocument } = await import("pdfjs-dist/legacy/build/pdf.mjs");
  const task = getDocument({
    data: new Uint8Array(bytes),
    isEvalSupported: false,
    enableXfa: false,
    useWasm: false,
    useWorkerFetch: false,
    useSystemFonts: false,
    disableFontFace: true,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    stopAtErrors: strict,
    verbosity: 0,
  });
  try {
    return await task.promise;
  } catch (error) {
    if (error instanceof Error && error.name === "PasswordException")
      throw new SetAside("encrypted", "needs a password", { cause: error });
    throw error;
  }
}

function defineNothing(name: string): void {
  Object.defineProperty(globalThis, name, { value: class {}, configurable: true });
}

/** The horizontal text of a page, in the coordinates in which the page is shown. */
async function textPieces(page: PDFPageProxy): Promise<TextPiece[]> {
  const [viewA, viewB, viewC, viewD, viewE, viewF] = page.getViewport({ scale: 1 }).transform as number[] as Matrix;
  const { items } = await page.getTextContent();
  const links = await readLinks(page);
  const pieces: TextPiece[] = [];
  for (const item of items) {
    if (!("str" in item)) continue;
    const [a, b, , , e, f] = item.transform as Matrix;
    const [shownA, shownB] = [viewA * a + viewC * b, viewB * a + viewD * b];
    if (Math.abs(shownB) > Math.abs(shownA)) continue;
    const height = item.height || Math.hypot(a, b) || 1;
    const link = item.str.trim() === "" ? null : linkAt(links, e + item.width / 2, f + height / 3);
    const [x, y] = [viewA * e + viewC * f + viewE, viewB * e + viewD * f + viewF];
    pieces.push({ text: item.str, x, y, width: item.width, height, link });
  }
  return keepLastOfLink(pieces);
}

type Matrix = [number, number, number, number, number, number];

interface Link {
  url: string;
  rect: [number, number, number, number];
}

async function readLinks(page: PDFPageProxy): Promise<Link[]> {
  const annotations: { subtype?: string; url?: string; unsafeUrl?: string; rect: Link["rect"] }[] =
    await page.getAnnotations();
  return annotations.flatMap(({ subtype, url, unsafeUrl, rect }) => {
    const address = subtype === "Link" ? printableAddress(url ?? unsafeUrl ?? "") : null;
    return address === null ? [] : [{ url: address, rect }];
  });
}

function linkAt(links: Link[], x: number, y: number): string | null {
  const link = links.find(({ rect }) => x >= rect[0] && x <= rect[2] && y >= rect[1] && y <= rect[3]);
  return link?.url ?? null;
}

/** A link over several pieces or lines is printed once, behind the last of them. */
function keepLastOfLink(pieces: TextPiece[]): TextPiece[] {
  const worded = pieces.filter((piece) => piece.text.trim() !== "");
  for (const [index, piece] of worded.entries()) {
    if (piece.link !== null && worded[index + 1]?.link === piece.link) piece.link = null;
  }
  return worded;
}
