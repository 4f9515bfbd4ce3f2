import { expect, test } from "vitest";
import { readPdf } from "../../../src/extract/letter-text/pdf.ts";
import { pageLines, type TextPiece } from "../../../src/extract/letter-text/pdf-lines.ts";
import { makePdf, makePdfOf, showText } from "../../support/make-documents.ts";

const piece = (text: string, x: number, y: number, more: Partial<TextPiece> = {}): TextPiece => ({
  text,
  x,
  y,
  width: text.length * 5,
  height: 10,
  link: null,
  ...more,
});

const textsOf = (pieces: TextPiece[]): string[] => pageLines(pieces, 1).map((line) => line.text);

test("text is read page by page, and lines know their page", async () => {
  const lines = Array.from({ length: 60 }, (_, index) => `line ${index + 1}`);
  const { lines: read, problems } = await readPdf(makePdf(lines));
  expect(read.map((line) => line.text)).toEqual(lines);
  expect([read[49]?.page, read[50]?.page]).toEqual([1, 2]);
  expect(problems).toEqual([]);
});

test("columns are tabs, paragraphs are parted by an empty line", async () => {
  const lines = ["1. How many plans (£)?", "Year\tNumber\tRate", "2017/18\t3,585\t12.5", "", "2. And then?"];
  expect((await readPdf(makePdf(lines))).lines.map((line) => line.text)).toEqual(lines);
});

test("the address of a link stands behind its last words, once", async () => {
  const link = (rect: string): string =>
    `<< /Type /Annot /Subtype /Link /Rect [${rect}] /A << /S /URI /URI (https://www.gov.uk/x) >> >>`;
  const content = [showText("published", 60, 700), showText("statistics", 60, 685), showText("end", 60, 670)].join(
    "\n",
  );
  const pdf = makePdfOf([content], { page: `/Annots [${link("50 698 200 712")} ${link("50 683 200 697")}]` });
  expect((await readPdf(pdf)).lines.map((line) => line.text)).toEqual([
    "published",
    "statistics <https://www.gov.uk/x>",
    "end",
  ]);
});

test("a page without text among others is told", async () => {
  const { problems } = await readPdf(makePdfOf([showText("text", 60, 700), "", ""]));
  expect(problems).toEqual([{ code: "page-without-text", message: "no text on page 2, 3: scanned?", line: null }]);
});

test("a landscape page is read as it is shown", async () => {
  const turned = (text: string, x: number): string => `BT /F1 11 Tf 0 1 -1 0 ${x} 100 Tm (${text}) Tj ET`;
  const pdf = makePdfOf([`${turned("first", 100)} ${turned("second", 120)}`], { page: "/Rotate 90" });
  expect((await readPdf(pdf)).lines.map((line) => line.text)).toEqual(["first", "second"]);
});

test("pieces of one baseline are one line in order of place, not of appearance", () => {
  expect(textsOf([piece("12", 200, 100.4), piece("2017/18", 60, 100), piece("next", 60, 115)])).toEqual([
    "2017/18\t12",
    "next",
  ]);
});

test("pieces that touch are one word, those apart by a space two", () => {
  expect(textsOf([piece("3,", 60, 100), piece("585", 70, 100), piece("children", 88, 100)])).toEqual([
    "3,585 children",
  ]);
});

test("a raised footnote figure does not lengthen the number before it", () => {
  const raised = piece("1", 75, 96, { height: 6, width: 3 });
  expect(textsOf([piece("123", 60, 100), raised, piece("plans", 80, 100)])).toEqual(["123[1] plans"]);
});

test("a file that is cut short is refused wherever it is cut", async () => {
  const whole = makePdf(Array.from({ length: 120 }, (_, index) => `line ${index + 1}`));
  for (let length = 1; length < whole.length - 6; length += 97)
    await expect(readPdf(whole.subarray(0, length)), `first ${length} bytes`).rejects.toThrow();
  await expect(readPdf(Buffer.concat([whole, Buffer.alloc(2000, "x")]))).rejects.toMatchObject({ code: "damaged" });
  expect((await readPdf(Buffer.concat([whole, Buffer.alloc(2000)]))).lines).toHaveLength(120);
});

test("a fault that can only be read past is told", async () => {
  const stray = [showText("before", 60, 700), ")", showText("after", 60, 685)].join("\n");
  const { lines, problems } = await readPdf(makePdfOf([showText("whole", 60, 700), stray]));
  expect(lines.map((line) => line.text)).toEqual(["whole"]);
  expect(problems.map((problem) => problem.code)).toEqual(["page-without-text", "incomplete"]);
  await expect(readPdf(makePdfOf([stray]))).rejects.toThrow("Illegal character");
});
