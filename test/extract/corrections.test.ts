import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { readCorrections } from "../../src/extract/corrections.ts";

const HEADER = "letter,question,part,period,printed,meant,because,who";
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "s21-corrections-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string | Buffer) {
  const path = join(folder, "corrections.csv");
  writeFileSync(path, text);
  return readCorrections(path);
}

describe("readCorrections", () => {
  it("reads cells with their lines; an empty period is none, and a missing breakdown any", async () => {
    expect(
      await read(
        `${HEADER}\nreply.txt,5,B,,"16 – 20",18,"they said,\nby e-mail",me\n\nFOI 1,7,,2017/18,27,<5,why,me\n`,
      ),
    ).toEqual([
      {
        line: 3,
        letter: "reply.txt",
        question: "5",
        part: "b",
        period_label: null,
        breakdown: null,
        printed: "16 – 20",
        meant: "18",
        because: "they said,\nby e-mail",
        who: "me",
      },
      expect.objectContaining({ line: 5, letter: "FOI 1", part: "", period_label: "2017/18", meant: "<5" }),
    ]);
  });

  it("reads what spreadsheets write: a byte order mark, CR LF, columns in another order, breakdown", async () => {
    const text = "\ufeffWho,Because,Meant,Printed,Breakdown,Period,Part,Question,Letter\r\nme,why,5,4,CASP,,,2,x\r\n";
    expect(await read(text)).toMatchObject([{ who: "me", letter: "x", breakdown: "CASP", printed: "4" }]);
  });

  it.each([
    ["an empty file", "", /line 1: it lacks letter, question/],
    ["a column that is not known", `${HEADER},colour\n`, /"colour" is not known/],
    ["a column twice", `${HEADER},who\n`, /"who" is not known, or there twice/],
    [
      "no reason",
      `${HEADER}\nx,1,,,27,28,,me\nx,1,,,27,28, ,me`,
      /line 2: because is empty\n.*line 3: because is empty/,
    ],
    ["nobody's name", `${HEADER}\nx,1,,,27,28,why,\n`, /line 2: who is empty/],
    ["nothing meant", `${HEADER}\nx,1,,,27,,why,me\n`, /line 2: meant is empty/],
    ["a line that is too short", `${HEADER}\nx,1,,,27\n`, /line 2/],
    ["a quote that never ends", `${HEADER}\nx,1,,,"27`, /Quote Not Closed/],
    ["another encoding", Buffer.from(`${HEADER}\nx,1,,,\xa327,28,why,me\n`, "latin1"), /is not UTF-8/],
  ])("refuses %s, naming it", async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(UsageError);
    await expect(read(text)).rejects.toThrow(message);
  });

  it("refuses a file that is not there", async () => {
    await expect(readCorrections(join(folder, "absent.csv"))).rejects.toThrow(/absent\.csv: cannot be opened/);
  });
});
