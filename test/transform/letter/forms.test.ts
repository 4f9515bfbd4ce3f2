/**
 * Small forms of question and answer in forms/, by topic: `### name`, the lines as a letter has them, and `=> ` with each cell that a
 * careful person reads: question and part, period, breakdown where there is one, status with its section or the value.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Answer } from "../../../src/letter.ts";
import { readLetter } from "../../../src/transform/letter.ts";
import { letterText } from "../../letters-score.ts";

const folder = new URL("forms/", import.meta.url);
const forms = readdirSync(folder)
  .flatMap((file) => readFileSync(new URL(file, folder), "utf8").split(/^### /m).slice(1))
  .map((block) => {
    const [name = "", ...lines] = block.trimEnd().split("\n");
    const isCell = (line: string) => line.startsWith("=> ");
    const body = lines.filter((line) => !isCell(line)).join("\n");
    return { name, body, cells: lines.filter(isCell).map((line) => line.slice(3)) };
  });

/** `reported 345`, `text`, `withheld s40(2)`. */
function saidBy(answer: Answer): string {
  if (answer.status === "reported") return answer.value === null ? "text" : `reported ${answer.value}`;
  return answer.exemption === null ? answer.status : `${answer.status} ${answer.exemption}`;
}

function cellsOf(body: string): string[] {
  const letter = readLetter(
    letterText(
      "form.txt",
      /^Dear /m.test(body)
        ? body
        : `Dear Ms Example\n\nThank you for your request under the Freedom of Information Act 2000.\n\n${body}\n\nYours sincerely\n\nInformation Officer\n`,
    ),
  );
  return letter.questions.flatMap((question) =>
    question.answers.map((answer) =>
      [
        `${question.ref}${question.part === "" ? "" : ` ${question.part}`}`,
        answer.period === null ? "-" : `${answer.period.kind} ${answer.period.label}`,
        ...(answer.breakdown === "" ? [] : [answer.breakdown]),
        saidBy(answer),
      ].join(" | "),
    ),
  );
}

describe("forms of question and answer", () => {
  it.each(forms)("$name", ({ body, cells }) => {
    expect(cellsOf(body).sort()).toEqual([...cells].sort());
  });
});
