import { createHash } from "node:crypto";
import type { DocumentFormat, Letter, LetterProblem, LetterText } from "../../letter.ts";
import { decodeText } from "./decoding.ts";
import { detectFormat } from "./format.ts";
import type { DocumentLimits } from "./limits.ts";
import { type Extract, numberLines, pagelessLines, splitLines } from "./lines.ts";
import { problemOf } from "./set-aside.ts";

/** A document as it comes to a reader process: bytes, and a name that is only ever shown. */
export interface DocumentBytes {
  file: string;
  bytes: Uint8Array;
}

/** What a reader process answers. `letters`: what each text says, where that was asked for. */
export type ParsedDocument =
  | { kind: "read"; texts: LetterText[]; letters?: Letter[]; problems: LetterProblem[] }
  | { kind: "set_aside"; problem: LetterProblem };

/** Reads one document; never throws for what the document holds. Libraries are loaded when a document needs them. */
export async function parseDocument(document: DocumentBytes, limits: DocumentLimits): Promise<ParsedDocument> {
  try {
    const { format, problems } = await detectFormat(document.bytes, document.file, limits.unpackedBytes);
    const parsed = format === "eml" ? await parseEmail(document, limits) : await parseSingle(document, format, limits);
    return { kind: "read", texts: parsed.texts, problems: [...problems, ...parsed.problems] };
  } catch (error) {
    return { kind: "set_aside", problem: problemOf(error) };
  }
}

interface Parsed {
  texts: LetterText[];
  problems: LetterProblem[];
}

async function parseSingle(document: DocumentBytes, format: DocumentFormat, limits: DocumentLimits): Promise<Parsed> {
  const { lines, problems } = numberLines(await extract(document.bytes, format, limits), limits.bytes);
  return { texts: [textOf(document, format, lines)], problems };
}

function textOf({ file, bytes }: DocumentBytes, format: DocumentFormat, lines: LetterText["lines"]): LetterText {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { file, sha256, bytes: bytes.length, format, lines };
}

async function extract(bytes: Uint8Array, format: DocumentFormat, limits: DocumentLimits): Promise<Extract> {
  if (format === "html") return (await import("./html.ts")).readHtml(bytes);
  if (format === "docx") return (await import("./docx.ts")).readDocx(bytes, limits.unpackedBytes);
  if (format === "pdf") return (await import("./pdf.ts")).readPdf(bytes);
  const { text, problems } = decodeText(bytes);
  return { lines: pagelessLines(splitLines(text)), problems };
}

/**
 * The message first, then each attachment that can be read, named `letter.eml#attachment.docx`. An attachment that cannot be
 * read is a problem of the message, `attachment-…`, and the rest is read.
 */
async function parseEmail(document: DocumentBytes, limits: DocumentLimits): Promise<Parsed> {
  const { readEmail } = await import("./eml.ts");
  const email = await readEmail(document.bytes);
  const { lines, problems } = numberLines(email, limits.bytes);
  const parsed: Parsed = { texts: [textOf(document, "eml", lines)], problems };
  for (const attachment of email.attachments) {
    const inner = { file: `${document.file}#${attachment.name}`, bytes: attachment.bytes };
    const result = await parseDocument(inner, limits);
    if (result.kind === "read") parsed.texts.push(...result.texts);
    const found = result.kind === "read" ? result.problems : [result.problem];
    for (const problem of found) parsed.problems.push(attachmentProblem(attachment.name, problem));
  }
  return parsed;
}

function attachmentProblem(name: string, problem: LetterProblem): LetterProblem {
  return { code: `attachment-${problem.code}`, message: `attachment ${name}: ${problem.message}`, line: null };
}
