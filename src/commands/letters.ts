/** `s21 letters read`, `s21 letters add` and `s21 letters correct` */
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { EXIT } from "../errors.ts";
import type { Letter } from "../letter.ts";
import { correctLetters } from "../letter-corrections.ts";
import { doubtsOf, readLetters, setAsideLetter } from "../letter-documents.ts";
import { addLetters } from "../letters.ts";
import { formatTable, type Row } from "../serve/table.ts";
import { cleanText, type Terminal } from "../serve/terminal.ts";

/** Prints letters as they are read, so that a folder of thousands is never held at once. */
export async function runLettersRead(paths: string[], { terminal, signal }: Context): Promise<number> {
  let printed = 0;
  let inDoubt = false;
  for await (const document of readLetters({ paths })) {
    signal.throwIfAborted();
    const letters =
      document.kind === "letters" ? document.letters.map(({ letter }) => letter) : [setAsideLetter(document)];
    for (const letter of letters) {
      if (terminal.json) terminal.print(`${printed === 0 ? "[" : ","}${JSON.stringify(letter)}`);
      else printLetter(letter, terminal);
      printed += 1;
      inDoubt ||= !letter.readable || doubtsOf(letter).length > 0;
    }
  }
  if (terminal.json) terminal.print(printed === 0 ? "[]" : "]");
  return inDoubt ? EXIT.partial : EXIT.done;
}

function printLetter(letter: Letter, terminal: Terminal) {
  const { council, request_reference, response_date, licence } = letter;
  terminal.heading(letter.file);
  const known = [
    ["council", council.name_in_letter],
    ["code", council.la_code],
    ["reference", request_reference],
    ["date", response_date],
    ["re-use", licence],
  ].flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  if (known.length > 0) terminal.print(cleanText(known.join(" · ")));
  if (letter.readable) {
    terminal.print(
      formatTable(rowsOf(letter), ["question", "period", "status", "value", "printed", "measure", "line"]),
    );
  }
  for (const note of letter.notes) terminal.print(cleanText(`note: ${note}`));
  for (const { code, message, line } of letter.problems) {
    terminal.print(cleanText(`${code}${line === null ? "" : `, line ${line}`}: ${message}`));
  }
  terminal.print("");
}

function rowsOf(letter: Letter): Row[] {
  return letter.questions.flatMap((question) =>
    question.answers.map((answer) => ({
      question: `${question.ref}${question.part}`,
      period: [answer.period?.label, answer.breakdown].filter(Boolean).join(", "),
      status: answer.exemption === null ? answer.status : `${answer.status} (${answer.exemption})`,
      value: answer.value === null ? null : String(answer.value),
      printed: answer.value_text,
      measure: question.measure,
      line: answer.line,
    })),
  );
}

export async function runLettersAdd(paths: string[], { terminal, signal, words }: Context): Promise<number> {
  const report = await addLetters(readConfig(), { paths }, words, terminal.note, signal);
  if (terminal.json) {
    const { exitCode: _, ...printed } = report;
    terminal.print(JSON.stringify(printed));
  } else {
    const columns = ["letter", "council", "questions", "cells", "in_doubt", "status"];
    terminal.print(formatTable(report.letters.map(addedRow), columns));
  }
  for (const problem of report.problems) terminal.error(`${problem.code}: ${problem.message}`);
  return report.exitCode;
}

function addedRow(letter: Awaited<ReturnType<typeof addLetters>>["letters"][number]): Row {
  const cells = Object.entries(letter.cells).map(([status, count]) => `${count} ${status}`);
  return {
    letter: letter.file,
    council: letter.council,
    questions: letter.questions,
    cells: cells.join(", "),
    in_doubt: letter.in_doubt,
    status: letter.superseded_by === null ? letter.status : `${letter.status}, superseded by ${letter.superseded_by}`,
  };
}

export async function runLettersCorrect(file: string, { terminal, words }: Context): Promise<number> {
  const report = await correctLetters(readConfig(), file, words);
  if (terminal.json) {
    const { exitCode: _, ...printed } = report;
    terminal.print(JSON.stringify(printed));
  } else {
    const columns = ["line", "letter", "question", "part", "period", "printed", "meant", "status"];
    terminal.print(
      formatTable(
        report.corrections.map((one): Row => ({ ...one })),
        columns,
      ),
    );
  }
  for (const problem of report.problems) terminal.error(`${problem.code}: ${problem.message}`);
  return report.exitCode;
}
