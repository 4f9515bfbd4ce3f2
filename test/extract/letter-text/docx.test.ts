import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { readDocx } from "../../../src/extract/letter-text/docx.ts";
import { makeDocx, makeDocxOf, wordParagraph, wordPart, wordTable } from "../../support/make-documents.ts";

const LIMIT = 10_000_000;

async function linesOf(docx: Uint8Array): Promise<string[]> {
  return (await readDocx(docx, LIMIT)).lines.map((line) => line.text);
}

const level = (index: number, format: string, text: string, more = ""): string =>
  `<w:lvl w:ilvl="${index}"><w:start w:val="1"/><w:numFmt w:val="${format}"/>${more}<w:lvlText w:val="${text}"/></w:lvl>`;

/** Lists as Word writes them: 1 is `1.` `a)` `(i)`; 2 continues it from an override; 3 has bullets; 4 is `1.1`. */
const NUMBERING = wordPart(
  "numbering",
  `<w:abstractNum w:abstractNumId="0">${level(0, "decimal", "%1.")}${level(1, "lowerLetter", "%2)")}${level(2, "lowerRoman", "(%3)")}</w:abstractNum>` +
    `<w:abstractNum w:abstractNumId="1">${level(0, "bullet", "\uf0b7")}</w:abstractNum>` +
    `<w:abstractNum w:abstractNumId="2">${level(0, "upperRoman", "%1")}${level(1, "decimal", "%1.%2", "<w:isLgl/>")}</w:abstractNum>` +
    `<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>` +
    `<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>` +
    `<w:num w:numId="3"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="4"><w:abstractNumId w:val="2"/></w:num>`,
);

const listed = (text: string, list: number, depth = 0): string =>
  wordParagraph(text, `<w:numPr><w:ilvl w:val="${depth}"/><w:numId w:val="${list}"/></w:numPr>`);

describe("automatic numbers", () => {
  test("count through levels as Word prints them", async () => {
    const body = [
      listed("How many referrals?", 1),
      listed("by year", 1, 1),
      listed("2017/18", 1, 2),
      listed("2018/19", 1, 2),
      listed("by age", 1, 1),
      wordParagraph("Answer: 12"),
      listed("How many plans?", 1),
      listed("at any point", 1, 1),
      listed("Restarted at seven", 2),
      listed("and on", 2),
      listed("a point", 3),
      listed("One", 4),
      listed("Legal", 4, 1),
    ].join("");
    expect(await linesOf(makeDocxOf(body, { parts: { "word/numbering.xml": NUMBERING } }))).toEqual([
      "1. How many referrals?",
      "a) by year",
      "(i) 2017/18",
      "(ii) 2018/19",
      "b) by age",
      "Answer: 12",
      "2. How many plans?",
      "a) at any point",
      "7. Restarted at seven",
      "8. and on",
      "• a point",
      "I One",
      "1.1 Legal",
    ]);
  });

  test("come from a paragraph's style and the style that it is based on; list 0 takes them away", async () => {
    const styles = wordPart(
      "styles",
      `<w:style w:type="paragraph" w:styleId="Question"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>` +
        `<w:style w:type="paragraph" w:styleId="Part"><w:basedOn w:val="Question"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>`,
    );
    const body = [
      wordParagraph("first", `<w:pStyle w:val="Question"/>`),
      wordParagraph("part", `<w:pStyle w:val="Part"/>`),
      wordParagraph("plain", `<w:pStyle w:val="Question"/><w:numPr><w:numId w:val="0"/></w:numPr>`),
      wordParagraph("second", `<w:pStyle w:val="Question"/>`),
    ].join("");
    const parts = { "word/numbering.xml": NUMBERING, "word/styles.xml": styles };
    expect(await linesOf(makeDocxOf(body, { parts }))).toEqual(["1. first", "a) part", "plain", "2. second"]);
  });

  test("count a text box once, which Word keeps twice", async () => {
    const box = `<w:txbxContent>${listed("boxed", 1)}</w:txbxContent>`;
    const body =
      `<w:p><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="wps">${box}` +
      `</mc:Choice><mc:Fallback><w:pict><v:textbox xmlns:v="urn:schemas-microsoft-com:vml">${box}</v:textbox></w:pict></mc:Fallback>` +
      `</mc:AlternateContent></w:r></w:p>${listed("after", 1)}`;
    const docx = makeDocxOf(body, { parts: { "word/numbering.xml": NUMBERING } });
    expect((await linesOf(docx)).filter((line) => line !== "")).toEqual(["1. boxed", "2. after"]);
  });

  test("stand in the cells of tables too", async () => {
    const row = `<w:tr><w:tc>${listed("referrals", 1)}</w:tc><w:tc>${wordParagraph("12")}</w:tc></w:tr>`;
    const docx = makeDocxOf(`<w:tbl>${row}${row}</w:tbl>`, { parts: { "word/numbering.xml": NUMBERING } });
    expect(await linesOf(docx)).toEqual(["1. referrals\t12", "2. referrals\t12"]);
  });
});

test("paragraphs, empty paragraphs and table rows are lines", async () => {
  const lines = [
    "Dear Ms Smith",
    "",
    "1. How many <plans> & enquiries?",
    "Year\tNumber",
    "2017/18\t3,585",
    "2018/19\t",
  ];
  expect(await linesOf(makeDocx(lines))).toEqual(lines);
  expect(await linesOf(makeDocxOf(wordTable([["a", "b"]])))).toEqual(["a\tb"]);
});

test("the letterhead comes first and the footer last", async () => {
  const docx = makeDocx(["Dear Ms Smith"], {
    parts: {
      "word/header1.xml": wordPart("hdr", wordParagraph("Coventry City Council")),
      "word/footer1.xml": wordPart("ftr", wordParagraph("Re-use: OGL v3")),
      "word/header2.xml": wordPart("hdr", "<w:p/>"),
    },
  });
  expect(await linesOf(docx)).toEqual(["Coventry City Council", "Dear Ms Smith", "Re-use: OGL v3"]);
});

test("hidden and deleted text is left out, inserted text is in", async () => {
  const body =
    `<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden </w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>3,585</w:t></w:r>` +
    `<w:del w:id="1"><w:r><w:delText>3,000</w:delText></w:r></w:del><w:ins w:id="2"><w:r><w:t> referrals</w:t></w:r></w:ins></w:p>`;
  expect(await linesOf(makeDocxOf(body))).toEqual(["3,585 referrals"]);
});

test("a link is followed by its address", async () => {
  const type = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink";
  const relationships = `<Relationship Id="rId9" Type="${type}" Target="https://www.gov.uk/x" TargetMode="External"/>`;
  const body = `<w:p><w:hyperlink r:id="rId9"><w:r><w:t>here</w:t></w:r></w:hyperlink></w:p>`;
  expect(await linesOf(makeDocxOf(body, { relationships }))).toEqual(["here <https://www.gov.uk/x>"]);
});

test("pictures without text are a scan", async () => {
  const docx = makeDocxOf("<w:p/>", { parts: { "word/media/image1.png": "x" } });
  await expect(readDocx(docx, LIMIT)).rejects.toMatchObject({ code: "scanned" });
});

test.each(["word/document.xml", "word/styles.xml", "word/numbering.xml", "word/header1.xml", "[Content_Types].xml"])(
  "entities are not declared in %s, whatever they say",
  async (part) => {
    const xml = `<!DOCTYPE x [<!ENTITY leak "3,585">]>${wordPart("document", `<w:body>${wordParagraph("x")}</w:body>`)}`;
    const docx = makeDocx(["Dear Ms Smith"], { parts: { [part]: xml } });
    await expect(readDocx(docx, LIMIT)).rejects.toThrow(`its part ${part} declares a document type`);
  },
);

test("the main part may have another name", async () => {
  const main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
  const docx = makeDocxOf("", {
    parts: {
      "[Content_Types].xml": `<Types><Override PartName="/word/document2.xml" ContentType="${main}"/></Types>`,
      "word/document2.xml": wordPart("document", `<w:body>${wordParagraph("second")}</w:body>`),
    },
  });
  expect(await linesOf(docx)).toEqual(["second"]);
});

const mammothDocuments = join(dirname(createRequire(import.meta.url).resolve("mammoth")), "../test/test-data");

describe.skipIf(!existsSync(mammothDocuments))("documents that Word wrote (mammoth's own)", () => {
  test.each([
    ["footnotes.docx", ["Ouch[1].[2]", "[1] A tachyon walks into a bar.", "[2] Fin."]],
    ["endnotes.docx", ["Ouch[1].[2]", "[1] A tachyon walks into a bar.", "[2] Fin."]],
    ["simple-list.docx", ["• Apple", "• Banana"]],
    ["tables.docx", ["Above", "Top left\tTop right", "Bottom left\tBottom right", "Below"]],
    ["text-box.docx", ["Datum plane"]],
    ["strict-format.docx", ["Test"]],
    ["utf8-bom.docx", ["This XML has a byte order mark."]],
    ["footnote-hyperlink.docx", ["[1]", "[1] Example <http://www.example.com>"]],
  ])("%s", async (name, lines) => {
    const docx = readFileSync(join(mammothDocuments, name));
    expect((await linesOf(docx)).filter((line) => line !== "").map((line) => line.trim())).toEqual(lines);
  });
});
