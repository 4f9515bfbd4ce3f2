import { expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../../src/extract/letter-text/limits.ts";
import { type ParsedDocument, parseDocument } from "../../../src/extract/letter-text/parse-document.ts";
import { makeDocx, makeEml, makePdf } from "../../support/make-documents.ts";

function parse(bytes: Uint8Array | string, file = "letter.eml"): Promise<ParsedDocument> {
  return parseDocument({ file, bytes: Buffer.from(bytes) }, DEFAULT_LIMITS);
}

function textsOf(parsed: ParsedDocument): string[][] {
  return parsed.kind === "read" ? parsed.texts.map((text) => text.lines.map((line) => line.text)) : [];
}

const HEAD = [
  "From: Information Governance <foi@council.example>",
  "To: A Requester <requester@example.org>",
  "Date: Thu, 5 May 2022 10:00:00 +0100",
  "Subject: Freedom of Information request",
  "",
];

test("the headers that people read, then the text", async () => {
  const parsed = await parse(makeEml(["Dear Ms Smith", "", "1. Referrals: 12"], { html: "<p>other</p>" }));
  expect(textsOf(parsed)).toEqual([[...HEAD, "Dear Ms Smith", "", "1. Referrals: 12"]]);
});

test("attachments are texts of their own; one that cannot be read is told", async () => {
  const docx = makeDocx(["2017/18\t12"]);
  const parsed = await parse(
    makeEml(["see attached"], {
      attachments: [
        { name: "answer.docx", type: "application/octet-stream", bytes: docx },
        { name: "answer.xls", type: "application/vnd.ms-excel", bytes: Buffer.from("d0cf11e0a1b11ae1", "hex") },
        { name: "table.pdf", type: "application/pdf", bytes: makePdf(["page"]) },
        { name: "logo.png", type: "image/png", bytes: Buffer.from("x") },
      ],
    }),
  );
  expect(textsOf(parsed).slice(1)).toEqual([["2017/18\t12"], ["page"]]);
  expect(parsed).toMatchObject({
    texts: [
      { file: "letter.eml", format: "eml" },
      { file: "letter.eml#answer.docx", format: "docx", bytes: docx.length },
      { file: "letter.eml#table.pdf", format: "pdf" },
    ],
    problems: [{ code: "picture" }, { code: "attachment-unsupported" }],
  });
});

test("quoted-printable, character sets and encoded headers are decoded", async () => {
  const message = Buffer.from(
    "MIME-Version: 1.0\r\nFrom: =?iso-8859-1?Q?Caf=E9?= <a@b.example>\r\nSubject: =?utf-8?B?wqM1bQ==?=\r\n" +
      'Content-Type: text/plain; charset="windows-1252"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n' +
      "Spend: =A34,883,=\r\n350 \x96 total\r\n",
    "latin1",
  );
  expect(textsOf(await parse(message))).toEqual([
    ["From: Café <a@b.example>", "Subject: £5m", "", "Spend: £4,883,350 – total"],
  ]);
});

test("HTML is read where there is no text", async () => {
  const message =
    "MIME-Version: 1.0\nFrom: a@b.example\nContent-Type: text/html\n\n<table><tr><td>2017/18<td>12</table><img src='cid:1'>";
  expect(textsOf(await parse(message))).toEqual([["From: a@b.example", "", "2017/18\t12"]]);
});

test("a text that prints From and To on top is a text, unless its name says e-mail", async () => {
  const letter = "From: FOI team\nTo: Ms Smith\nSubject: FOI 1\n\n1. Referrals: 12";
  expect(await parse(letter, "letter.txt")).toMatchObject({ texts: [{ format: "txt" }], problems: [] });
  expect(await parse(letter, "letter.eml")).toMatchObject({ texts: [{ format: "eml" }], problems: [] });
});

test("a message that is cut short is told", async () => {
  const whole = makeEml(["Dear Ms Smith", "1. Referrals: 12"]);
  expect(await parse(whole)).toMatchObject({ problems: [] });
  expect(await parse(whole.subarray(0, whole.length - 30))).toMatchObject({ problems: [{ code: "incomplete" }] });
});
