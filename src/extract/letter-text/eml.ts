import PostalMime, { type Address, type Attachment, type Email } from "postal-mime";
import type { LetterProblem } from "../../letter.ts";
import { repairWindows1252 } from "./decoding.ts";
import { htmlLines } from "./html.ts";
import { type Extract, pagelessLines, splitLines } from "./lines.ts";

/** A message's lines, and its attachments to be read on their own. */
export interface EmailExtract extends Extract {
  attachments: { name: string; bytes: Uint8Array }[];
}

/**
 * Reads an e-mail: `From`, `To`, `Cc`, `Date` and `Subject` as a mail program prints them on top (council, date and reference
 * often stand nowhere else), an empty line, then the body: its plain text, or its HTML where there is no text. Pictures shown
 * in the message are told, as they may hold an answer.
 */
export async function readEmail(bytes: Uint8Array): Promise<EmailExtract> {
  const email = await PostalMime.parse(bytes, { maxNestingDepth: 50 });
  const pictures = email.attachments.filter(isPicture);
  const problems: LetterProblem[] = pictures.map((picture) => ({
    code: "picture",
    message: `the picture ${picture.filename ?? picture.mimeType} was not read`,
    line: null,
  }));
  if (isCutShort(bytes, email))
    problems.push({ code: "incomplete", message: "its last part has no end: cut short?", line: null });
  const lines = pagelessLines([...headerLines(email), "", ...bodyLines(email)].map(repairWindows1252));
  const documents = email.attachments.filter((attachment) => !isPicture(attachment));
  return { lines, problems, attachments: documents.map(documentOf) };
}

/** A message of several parts ends with its boundary and two hyphens (RFC 2046, 5.1.1). */
function isCutShort(bytes: Uint8Array, email: Email): boolean {
  const type = email.headers.find((header) => header.key === "content-type")?.value ?? "";
  const boundary = /^multipart\/[\s\S]{0,2000}?boundary="?([^";\s]{1,70})/i.exec(type)?.[1];
  return boundary !== undefined && !Buffer.from(bytes).includes(`--${boundary}--`);
}

function headerLines(email: Email): string[] {
  const headers: [string, string | undefined][] = [
    ["From", addressesOf(email.from === undefined ? [] : [email.from])],
    ["To", addressesOf(email.to ?? [])],
    ["Cc", addressesOf(email.cc ?? [])],
    ["Date", email.headers.find((header) => header.key === "date")?.value],
    ["Subject", email.subject],
  ];
  return headers.filter(([, value]) => value).map(([name, value]) => `${name}: ${value?.replace(/\s+/g, " ")}`);
}

function addressesOf(addresses: Address[]): string {
  return addresses
    .flatMap((address) => address.group ?? [address])
    .map(({ name, address }) => (name && address ? `${name} <${address}>` : name || address))
    .join(", ");
}

function bodyLines(email: Email): string[] {
  if (email.text?.trim()) return splitLines(email.text);
  return email.html === undefined ? [] : htmlLines(email.html);
}

function isPicture(attachment: Attachment): boolean {
  return attachment.mimeType.startsWith("image/");
}

function documentOf(attachment: Attachment, index: number): { name: string; bytes: Uint8Array } {
  const name = attachment.filename ?? `attachment-${index + 1}`;
  const { content } = attachment;
  if (typeof content === "string") return { name, bytes: Buffer.from(content, attachment.encoding) };
  return { name, bytes: content instanceof Uint8Array ? content : new Uint8Array(content) };
}
