/** Plain text: its lines are those of the file in an editor, whatever its encoding and line ends. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/extract/letter-text/limits.ts";
import { splitLines } from "../../../src/extract/letter-text/lines.ts";
import { type ParsedDocument, parseDocument } from "../../../src/extract/letter-text/parse-document.ts";

function parse(bytes: Uint8Array | string, file = "letter.txt"): Promise<ParsedDocument> {
  return parseDocument({ file, bytes: Buffer.from(bytes) }, DEFAULT_LIMITS);
}

async function linesOf(bytes: Uint8Array | string): Promise<[number, string][]> {
  const parsed = await parse(bytes);
  return parsed.kind === "read" ? (parsed.texts[0]?.lines ?? []).map((line) => [line.number, line.text]) : [];
}

const LINES = [
  [1, "£ one"],
  [2, ""],
  [3, "three"],
];

test.each([
  ["LF", Buffer.from("£ one\n\nthree\n")],
  ["CR LF", Buffer.from("£ one\r\n\r\nthree")],
  ["CR", Buffer.from("£ one\r\rthree\r")],
  ["mixed", Buffer.from("£ one\r\n\rthree\n")],
  ["UTF-8 with a mark", Buffer.from("\ufeff£ one\n\nthree")],
  ["UTF-16 little endian", Buffer.from("\ufeff£ one\n\nthree", "utf16le")],
  ["UTF-16 big endian", Buffer.from("\ufeff£ one\n\nthree", "utf16le").swap16()],
])("%s", async (_, bytes) => {
  expect(await linesOf(bytes)).toEqual(LINES);
});

test("Windows-1252 is read and told with the first line that shows it", async () => {
  const parsed = await parse(Buffer.from("one\n\xa35m \x96 total", "latin1"));
  expect(parsed).toMatchObject({
    texts: [{ lines: [{ text: "one" }, { text: "£5m – total" }] }],
    problems: [{ code: "encoding", line: 2 }],
  });
});

test("tabs and spaces are kept, control characters dropped and told", async () => {
  const parsed = await parse("a\t1\t \n\u001b[31mred\u0007\u0085\fnext\vline ok, and enough of it to be a text");
  expect(parsed).toMatchObject({
    texts: [{ lines: [{ text: "a\t1\t " }, { text: "[31mred next line ok, and enough of it to be a text" }] }],
    problems: [{ code: "control-characters", line: 2, message: "3 control characters dropped" }],
  });
});

test.each([
  ["", "empty"],
  [" \n\t\n", "empty"],
  ["a\0b", "not-text"],
  ["\x01\x02\x03\x04abc", "not-text"],
  ["{\\rtf1 x}", "unsupported"],
])("%j is set aside as %s", async (text, code) => {
  expect(await parse(text)).toMatchObject({ kind: "set_aside", problem: { code } });
});

test("the name tells Markdown from text and nothing else", async () => {
  expect(await parse("# x", "a.md")).toMatchObject({ texts: [{ format: "md" }], problems: [] });
  expect(await parse("x", "a.dat")).toMatchObject({ texts: [{ format: "txt" }], problems: [] });
  expect(await parse("<!DOCTYPE html><p>x", "a.txt")).toMatchObject({
    texts: [{ format: "html", lines: [{ text: "x" }] }],
    problems: [{ code: "wrong-extension" }],
  });
  expect(await parse("BM is how this letter begins", "a.txt")).toMatchObject({ texts: [{ format: "txt" }] });
});

test("lines joined again are the text", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[^\r\n]*$/)), fc.constantFrom("\n", "\r\n", "\r"), (lines, end) => {
      expect(splitLines(lines.map((line) => line + end).join(""))).toEqual(lines);
    }),
  );
});
