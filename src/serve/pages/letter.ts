/** `/letters/ID`: a letter's lines, with those that answers were read from, and the cited one highlighted. */
import type { Line } from "../../letter.ts";
import { parseCitation } from "../../resolve/citation.ts";
import { cleanText } from "../terminal.ts";
import { type Archived, describeArchiveProblem } from "./archived.ts";
import { csvOf, nameLetter } from "./council.ts";
import type { AnswerRow, LetterRow } from "./council-rows.ts";
import { nameCouncil } from "./councils-rows.ts";
import { renderDownload } from "./data-table.ts";
import { type Html, html, link } from "./html.ts";
import type { Page } from "./layout.ts";
import { wordOfStatus } from "./marks.ts";
import type { Places } from "./places.ts";
import { formatNumber, shorten } from "./words.ts";

export interface LetterFacts {
  letter: LetterRow;
  answers: AnswerRow[];
  lines: Archived<Line[]>;
  /** The line that was cited; null where the letter is just being read. */
  cited: number | null;
}

export function renderLetter({ letter, answers, lines, cited }: LetterFacts, places: Places): Page {
  const said = groupByLine(answers);
  return {
    title: nameLetter(letter),
    caption: letter.area_code === null ? (letter.council_name ?? nameCouncil(null)) : nameCouncil(letter.area_code),
    section: "/councils",
    content: html`<p class="govuk-body">${link(places.council(letter.area_code), "All answers of this council")}.
File ${letter.file_name}. ${describeLicence(letter.licence)}</p>
${letter.superseded_by === null ? "" : html`<p class="govuk-body">${link(places.letter(letter.superseded_by), "A later letter")} corrects this one.</p>`}
${cited === null ? "" : renderCited(cited, said.get(cited) ?? [])}
${lines.kind === "read" ? renderLines(lines.content, said, cited) : html`<p class="govuk-inset-text">${describeArchiveProblem(lines.kind)}</p>`}
${renderDownload(places, `/letters/${letter.letter_id}.csv`, csvOf(answers), "this letter’s answers")}`,
  };
}

function describeLicence(licence: string | null): string {
  return licence === null || licence === "unknown"
    ? "It says nothing of re-use: ask before you publish its words."
    : `Re-use, in its words: ${shorten(licence, 300)}`;
}

/** What was read from each line, by the council's own citation. */
export function groupByLine(answers: readonly AnswerRow[]): Map<number, AnswerRow[]> {
  const byLine = new Map<number, AnswerRow[]>();
  for (const answer of answers) {
    const { line } = parseCitation(answer.council_citation);
    byLine.set(line, [...(byLine.get(line) ?? []), answer]);
  }
  return byLine;
}

function renderCited(cited: number, answers: readonly AnswerRow[]): Html {
  const [first] = answers;
  if (first === undefined) return html``;
  return html`<div class="govuk-inset-text"><p class="govuk-body"><a class="govuk-link" href="#line-${cited}">Line ${cited}</a> is where this was read:</p>
<ul class="govuk-list govuk-list--bullet">${answers.map((answer) => html`<li>${describeReading(answer)}</li>`)}</ul></div>`;
}

/** `3, 2017/18: Referred elsewhere`. */
export function describeReading(answer: AnswerRow): Html {
  const period = answer.period_label === null ? "" : `, ${answer.period_label}`;
  const breakdown = answer.breakdown === "" ? "" : `, ${shorten(answer.breakdown, 60)}`;
  const said =
    answer.council_value === null
      ? answer.council_status === "reported"
        ? "answered in words"
        : wordOfStatus(answer.council_status).replace(", not found", " elsewhere")
      : formatNumber(answer.council_value, answer.answered_by === "council" ? answer.unit : "count");
  return html`Question ${answer.question}${answer.part}${period}${breakdown}: <strong>${said}</strong>`;
}

function renderLines(lines: readonly Line[], said: Map<number, AnswerRow[]>, cited: number | null): Html {
  return html`<h2 class="govuk-heading-m">What the letter says</h2>
<p class="govuk-body-s">Lines that answers were read from carry a bar${cited === null ? "" : "; the cited line stands on yellow"}. Numbers are those of the file’s lines.</p>
<div class="letter-text">${lines.map((line) => renderLine(line, said.has(line.number), line.number === cited, "line"))}</div>`;
}

/** @param prefix of its place on the page. */
export function renderLine({ number, text }: Line, isAnswer: boolean, isCited: boolean, prefix: string): Html {
  // Control characters and those that turn the writing direction are shown, not obeyed.
  const shown = cleanText(text);
  const words = isCited ? html`<mark>${shown === "" ? " " : shown}</mark>` : shown;
  const className = `line${shown.trim() === "" ? " line--blank" : ""}${isAnswer ? " line--answer" : ""}${isCited ? " line--cited" : ""}`;
  return html`<p class="${className}" id="${prefix}-${number}"><span class="line__number">${number}</span><span class="line__text">${words}</span></p>`;
}
