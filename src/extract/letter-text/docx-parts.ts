import { SetAside } from "./set-aside.ts";
import type { ZipParts } from "./zip-parts.ts";

/** The content types of a main part: document or template, with macros or without (they are never run). */
const MAIN_TYPE = /wordprocessingml\.(?:document|template)\.main\+xml|ms-word\.\w{1,40}\.macroEnabled/;

/** The name of a Word document's main part, mostly `word/document.xml`; null for a zip that is no Word document. */
export function mainPartOf(parts: ZipParts): string | null {
  const types = readXmlPart(parts, "[Content_Types].xml") ?? "";
  for (const [override] of types.matchAll(/<Override\b[^>]*>/g)) {
    const name = /PartName="\/([^"]+)"/.exec(override)?.[1];
    if (MAIN_TYPE.test(override) && name !== undefined && parts.has(name)) return name;
  }
  return parts.has("word/document.xml") ? "word/document.xml" : null;
}

/** The name of the part that holds a part's relationships. */
export function relationshipsOf(name: string): string {
  const cut = name.lastIndexOf("/") + 1;
  return `${name.slice(0, cut)}_rels/${name.slice(cut)}.rels`;
}

/**
 * The text of an XML part; null where it is missing. A document type declaration, the root of every entity trick, is refused:
 * the standard forbids it (ECMA-376 part 2, 8.1.1).
 */
export function readXmlPart(parts: ZipParts, name: string): string | null {
  if (!parts.has(name)) return null;
  const xml = parts.bytes(name).toString("utf8");
  if (/<!(?:DOCTYPE|ENTITY)/i.test(xml))
    throw new SetAside("damaged", `its part ${name} declares a document type or entities, which Word never writes`);
  return xml;
}
