import mammoth from "mammoth";
import { openNumbering } from "./docx-numbering.ts";
import { mainPartOf, readXmlPart, relationshipsOf } from "./docx-parts.ts";
import { htmlLines } from "./html.ts";
import { type Extract, pagelessLines } from "./lines.ts";
import { childOf, isElement, type MarkupNode, parseXml, walk } from "./markup.ts";
import { SetAside } from "./set-aside.ts";
import { openZipParts, type ZipParts } from "./zip-parts.ts";

const DOCUMENT = "word/document.xml";

/** What mammoth sees besides the body. */
const VISIBLE = ["[Content_Types].xml", "word/styles.xml", "word/footnotes.xml", "word/endnotes.xml"];

/** The arrows by which mammoth leads back from a footnote. */
const BACK_LINK = /<a href="#(?:foot|end)note-ref-[^"]{1,80}">↑<\/a>/g;

/**
 * Reads a Word document: the page headers first (a council's letterhead), then the body, then the page footers. Automatic
 * numbers are written out as Word prints them, hidden text and deleted text are left out, pictures and whatever lies outside
 * the file are never opened.
 */
export async function readDocx(bytes: Uint8Array, unpackedLimit: number): Promise<Extract> {
  const parts = openZipParts(bytes, unpackedLimit);
  const numbering = openNumbering(readXmlPart(parts, "word/numbering.xml"), readXmlPart(parts, "word/styles.xml"));
  const main = mainPartOf(parts) ?? DOCUMENT;
  const body = readXmlPart(parts, main);
  if (body === null) throw new SetAside("damaged", `its part ${main} is missing`);
  const lines: string[] = [];
  const margins = marginParts(parts);
  for (const name of margins.filter((part) => part.includes("header"))) lines.push(...(await marginLines(parts, name)));
  lines.push(...(await convert(parts, writeOutNumbers(body, numbering), relationshipsOf(main))));
  for (const name of margins.filter((part) => part.includes("footer"))) lines.push(...(await marginLines(parts, name)));
  const hasPictures = parts.names().some((name) => name.startsWith("word/media/"));
  if (hasPictures && lines.every((line) => line.trim() === ""))
    throw new SetAside("scanned", "holds pictures and no text: a scan?");
  return { lines: pagelessLines(lines), problems: [] };
}

/** The headers and footers, in the order of their names. */
function marginParts(parts: ZipParts): string[] {
  return parts
    .names()
    .filter((name) => /^word\/(?:header|footer)\d*\.xml$/.test(name))
    .sort();
}

/** A header or footer is converted as if it were the body. */
async function marginLines(parts: ZipParts, name: string): Promise<string[]> {
  const xml = readXmlPart(parts, name) ?? "";
  if (!xml.includes("<w:t")) return [];
  const inner = /<w:(?:hdr|ftr)\b[^>]*>([\s\S]*)<\/w:(?:hdr|ftr)>/.exec(xml);
  const opening = /<w:(?:hdr|ftr)\b([^>]*)>/.exec(xml);
  const document = `<w:document${opening?.[1] ?? ""}><w:body>${inner?.[1] ?? ""}</w:body></w:document>`;
  return convert(parts, document, relationshipsOf(name));
}

/**
 * Converts by mammoth, which is given the parts that it may see: this body, its own relationships, and no numbering (the
 * numbers are text by now), no style map of the document's own, no pictures.
 */
async function convert(parts: ZipParts, body: string, relationships: string): Promise<string[]> {
  const visible = new Map<string, string>([[DOCUMENT, body]]);
  const own = readXmlPart(parts, relationships);
  if (own !== null) visible.set(relationshipsOf(DOCUMENT), own);
  for (const name of VISIBLE.flatMap((part) => [part, relationshipsOf(part)])) {
    const xml = readXmlPart(parts, name);
    if (xml !== null) visible.set(name, xml);
  }
  const file = {
    exists: (name: string) => visible.has(name),
    read: async (name: string, encoding?: string) =>
      encoding === undefined ? Buffer.from(visible.get(name) ?? "") : (visible.get(name) ?? ""),
  };
  const noPicture = mammoth.images.imgElement(async () => ({ src: "" }));
  // mammoth opens `file` as it is; its types know only paths and buffers.
  const input = { file } as unknown as { buffer: Buffer };
  const { value } = await mammoth.convertToHtml(input, {
    convertImage: noPicture,
    includeEmbeddedStyleMap: false,
    ignoreEmptyParagraphs: false,
  });
  return htmlLines(value.replace(BACK_LINK, ""), { keepEmptyParagraphs: true });
}

/** The body with each automatic number as the first words of its paragraph, and without the runs that Word hides. */
function writeOutNumbers(xml: string, numbering: { labelOf(paragraph: MarkupNode): string | null }): string {
  const edits: { at: number; until: number; text: string }[] = [];
  walk(parseXml(xml), {
    enter(node) {
      // Word keeps a drawing twice, for new and old readers; mammoth reads the second.
      if (isElement(node, "mc:Choice")) return "skip";
      if (isElement(node, "w:p")) {
        const properties = childOf(node, "w:pPr");
        const label = numbering.labelOf(node);
        const at = (properties?.endIndex ?? Number.NaN) + 1;
        if (label !== null && at > 0) edits.push({ at, until: at, text: labelRun(label) });
      }
      if (isElement(node, "w:r") && isHidden(node))
        edits.push({ at: node.startIndex as number, until: (node.endIndex as number) + 1, text: "" });
      return undefined;
    },
    leave: () => undefined,
  });
  let written = "";
  let from = 0;
  for (const edit of edits.sort((a, b) => a.at - b.at)) {
    if (edit.at < from) continue;
    written += xml.slice(from, edit.at) + edit.text;
    from = edit.until;
  }
  return written + xml.slice(from);
}

function labelRun(label: string): string {
  const text = label.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<w:r><w:t xml:space="preserve">${text} </w:t></w:r>`;
}

function isHidden(run: MarkupNode): boolean {
  const vanish = childOf(childOf(run, "w:rPr"), "w:vanish");
  return vanish !== undefined && !["0", "false", "off"].includes(vanish.attribs?.["w:val"] ?? "");
}
