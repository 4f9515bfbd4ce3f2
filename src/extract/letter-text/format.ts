import { extname } from "node:path";
import { fileTypeFromBuffer } from "file-type";
import type { DocumentFormat, LetterProblem } from "../../letter.ts";
import { decodeText } from "./decoding.ts";
import { mainPartOf } from "./docx-parts.ts";
import { formatNamed } from "./named-format.ts";
import { SetAside } from "./set-aside.ts";
import { openZipParts } from "./zip-parts.ts";

/**
 * Tells what a document is by its bytes. The name decides only between plain text and Markdown, which differ in nothing
 * that bytes show; where it claims something else, that is told. Throws {@link SetAside} for what cannot be read.
 */
export async function detectFormat(
  bytes: Uint8Array,
  name: string,
  unpackedLimit: number,
): Promise<{ format: DocumentFormat; problems: LetterProblem[] }> {
  if (bytes.length === 0) throw new SetAside("empty", "the file has no bytes");
  const named = formatNamed(name);
  const format = detectPacked(bytes, unpackedLimit) ?? (await detectText(bytes, named));
  if (named === null || named === format) return { format, problems: [] };
  const message = `named ${extname(name).toLowerCase()}, read as ${format} by its content`;
  return { format, problems: [{ code: "wrong-extension", message, line: null }] };
}

/** PDF (its mark may stand within the first 1,024 bytes: PDF 1.7, implementation note 13) and zip; refuses old Office files. */
function detectPacked(bytes: Uint8Array, unpackedLimit: number): DocumentFormat | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024));
  if (head.includes("%PDF-") && !/^\s*</.test(head.toString("latin1"))) return "pdf";
  if (head.subarray(0, 4).equals(Buffer.from("PK\x03\x04", "latin1"))) {
    if (mainPartOf(openZipParts(bytes, unpackedLimit)) !== null) return "docx";
    throw new SetAside("unsupported", "a zip that is no Word document (a spreadsheet, or an archive)");
  }
  if (head.subarray(0, 8).equals(Buffer.from("d0cf11e0a1b11ae1", "hex"))) {
    const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (whole.includes(Buffer.from("EncryptedPackage", "utf16le"))) throw new SetAside("encrypted", "needs a password");
    throw new SetAside("unsupported", "an Office file of before 2007 (.doc, .xls, .msg): save it as .docx or .pdf");
  }
  if (head.toString("latin1", 0, 5) === "{\\rtf")
    throw new SetAside("unsupported", "rich text (.rtf): save it as .docx");
  return null;
}

async function detectText(bytes: Uint8Array, named: DocumentFormat | null): Promise<DocumentFormat> {
  const head = await decodeHead(bytes);
  if (looksLikeHtml(head)) return "html";
  if (looksLikeEmail(head, named === "eml")) return "eml";
  return named === "md" ? "md" : "txt";
}

/** The first characters of a text; for anything else the refusal names what it is, where that is known. */
async function decodeHead(bytes: Uint8Array): Promise<string> {
  try {
    return decodeText(bytes).text.slice(0, 20_000);
  } catch (error) {
    const known = await fileTypeFromBuffer(bytes);
    if (known === undefined) throw error;
    throw new SetAside("unsupported", `a file of type ${known.mime} is not one that letters come in`, { cause: error });
  }
}

/** A document type, or one of the elements that a page or a fragment of one begins with. */
function looksLikeHtml(head: string): boolean {
  const text = head.replace(/^\ufeff/, "").replace(/^(?:\s|<\?xml[^>]{0,200}\?>|<!--(?:(?!-->)[\s\S])*-->)+/, "");
  return /^<(?:!doctype\s+html|(?:html|head|body|div|p|table|h[1-6]|article|section|main|meta|title)[\s>/])/i.test(
    text,
  );
}

const HEADER = /^([!-9;-~]{1,76}):[ \t]?/;

/**
 * A block of RFC 5322 headers up to the first empty line. A letter that prints `From:` and `To:` on top is still a text, so
 * headers that only machines write are asked for, unless the name says e-mail.
 */
function looksLikeEmail(head: string, named: boolean): boolean {
  const names = new Set<string>();
  for (const line of head.replace(/^\ufeff/, "").split(/\r\n|\r|\n/)) {
    if (line === "") break;
    if (/^[ \t]/.test(line) || /^From \S+@/.test(line)) continue;
    const name = HEADER.exec(line)?.[1];
    if (name === undefined) return false;
    names.add(name.toLowerCase());
  }
  const machine = ["mime-version", "message-id", "received", "return-path", "content-type"].some((key) =>
    names.has(key),
  );
  const human = ["from", "to", "subject", "date"].some((key) => names.has(key));
  return human && (machine || named);
}
