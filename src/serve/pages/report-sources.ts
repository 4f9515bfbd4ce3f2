/** The end of a report: the lines of letters and the rows of files that its numbers were read from. */
import type { DfeCitation } from "../../resolve/citation.ts";
import { type ArchivedReader, describeArchiveProblem } from "./archived.ts";
import { nameLetter } from "./council.ts";
import { readLetterAnswers, readLetterRow } from "./council-rows.ts";
import { nameCouncil } from "./councils-rows.ts";
import { MASKED, readCitedCell, renderRowTable } from "./file-row.ts";
import { type Html, html } from "./html.ts";
import { groupByLine, renderLine } from "./letter.ts";
import type { Reading } from "./reading.ts";
import { namePublication, releasePage, sayDate } from "./words.ts";

/** What the links of a report lead to; filled while its sections are made. */
export interface CitedSources {
  /** Cited lines, by letter. */
  lines: Map<string, Set<number>>;
  /** One citation for each cited row of a file. */
  rows: Map<string, DfeCitation>;
}

export function linePlace(letterId: string, line: number): string {
  return `text-${letterId}-${line}`;
}

function rowPlace({ sha256, line, release }: DfeCitation): string {
  return `row-${sha256.slice(0, 16)}-${line}-${release}`;
}

/** A header may hold anything, so the place is named by its bytes. */
export function columnPlace(citation: DfeCitation): string {
  return `${rowPlace(citation)}-${Buffer.from(citation.column).toString("hex")}`;
}

export async function renderSources(reading: Reading, archived: ArchivedReader, cited: CitedSources): Promise<Html> {
  const letters: Html[] = [];
  for (const [letterId, lines] of cited.lines) letters.push(await renderExcerpt(reading, archived, letterId, lines));
  const rows: Html[] = [];
  for (const citation of cited.rows.values()) rows.push(await renderCitedRow(reading, archived, citation));
  return html`<h2 class="govuk-heading-xl" id="letters">Lines of the letters</h2>
<p class="govuk-body">The lines that answers were read from, with those around them.</p>${letters}
<h2 class="govuk-heading-xl" id="rows">Rows of DfE’s files</h2>${rows}`;
}

/** Lines shown before and after a cited one. */
const AROUND = 2;

async function renderExcerpt(
  reading: Reading,
  archived: ArchivedReader,
  letterId: string,
  cited: ReadonlySet<number>,
): Promise<Html> {
  const letter = await readLetterRow(reading, letterId);
  if (letter === null) return html``;
  const said = groupByLine(await readLetterAnswers(reading, letterId));
  const lines = await archived.letterLines(letterId, letter.sha256);
  const wanted = [...new Set([...said.keys(), ...cited])];
  const isNear = (line: number) => wanted.some((one) => Math.abs(one - line) <= AROUND);
  const text =
    lines.kind === "read"
      ? html`<div class="letter-text">${lines.content
          .filter(({ number }) => isNear(number))
          .map((line) => renderLine(line, said.has(line.number), false, `text-${letterId}`))}</div>`
      : html`<p class="govuk-inset-text">${describeArchiveProblem(lines.kind)}</p>${[...cited].map((line) => html`<p id="${linePlace(letterId, line)}">Line ${line}</p>`)}`;
  const council =
    letter.area_code === null ? (letter.council_name ?? nameCouncil(null)) : nameCouncil(letter.area_code);
  return html`<h3 class="govuk-heading-m" id="text-${letterId}">${council}: ${nameLetter(letter)}</h3>${text}`;
}

async function renderCitedRow(reading: Reading, archived: ArchivedReader, citation: DfeCitation): Promise<Html> {
  const found = await readCitedCell(reading, citation);
  if (found === null) return html``;
  const { cited, masked } = found;
  const row = await archived.row(citation.sha256, citation.line);
  const published = cited.said_from === null ? "" : `, published on ${sayDate(cited.said_from)}`;
  const page = releasePage(cited.publication, cited.release);
  // Every number of a row may have been cited, so none of a masked row's is shown.
  const places =
    row.kind === "read"
      ? renderRowTable(row.content, masked, null, `line ${cited.source_line}`, rowPlace(citation))
      : html`<p class="govuk-inset-text">${describeArchiveProblem(row.kind)}</p>`;
  return html`<section id="${rowPlace(citation)}"><h3 class="govuk-heading-s">${cited.area_name}, ${cited.period_label}: ${cited.source_file}, line ${cited.source_line}</h3>
<p class="govuk-body-s">${namePublication(cited.publication)}, release ${cited.release}${published}: <a class="govuk-link break" href="${page}" rel="noreferrer">${page}</a>. sha256 <code class="break">${cited.source_sha256}</code>. ${cited.licence}.${masked.size > 0 ? ` ${MASKED}` : ""}</p>${places}</section>`;
}
