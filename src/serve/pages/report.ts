/** One self-contained file with what the site shows of some councils: no address is asked for, not even our own. */
import { createHash } from "node:crypto";
import { raw } from "hono/html";
import { parseCitation } from "../../resolve/citation.ts";
import { formatCsv } from "../table.ts";
import type { ArchivedReader } from "./archived.ts";
import { readAssets } from "./assets.ts";
import { renderCouncil } from "./council.ts";
import { readCouncilAnswers, readCouncilLetters, readSeries } from "./council-rows.ts";
import { renderCoverage } from "./councils.ts";
import { type CouncilCoverage, nameCouncil, readCoverage } from "./councils-rows.ts";
import { readDisagreements, renderDisagreementTable } from "./disagreements.ts";
import { type Html, html } from "./html.ts";
import { renderDocument, renderMain } from "./layout.ts";
import type { Places } from "./places.ts";
import type { Reading } from "./reading.ts";
import { groupByLetter, readReferrals, renderLetterReferrals } from "./referrals.ts";
import { type CitedSources, columnPlace, linePlace, renderSources } from "./report-sources.ts";
import { renderRevisionTable } from "./revisions.ts";
import { readAreaRevisions } from "./revisions-rows.ts";
import { readRuns, renderFreshness } from "./runs.ts";

export interface ReportRequest {
  /** Null: every council with letters, without DfE's series and revisions, which would make it very long. */
  areaCodes: readonly string[] | null;
}

/** The whole document. */
export async function writeReport(
  reading: Reading,
  archived: ArchivedReader,
  { areaCodes }: ReportRequest,
): Promise<string> {
  const all = await readCoverage(reading);
  const coverage = all.filter((row) =>
    areaCodes === null ? row.letters > 0 : row.area_code !== null && areaCodes.includes(row.area_code),
  );
  const cited: CitedSources = { lines: new Map(), rows: new Map() };
  const places = placesOf(coverage, cited);
  const sections: Html[] = [];
  for (const { area_code } of coverage) {
    sections.push(await renderCouncilSection(reading, area_code, areaCodes !== null, places));
  }
  const title =
    areaCodes === null ? "What councils and DfE say" : `What they say: ${areaCodes.map(nameCouncil).join(", ")}`;
  const content = html`${await renderOpening(reading, coverage, places)}${sections}
${await renderDifferences(reading, coverage, places)}
${await renderTruthTest(reading, coverage, places)}
${await renderSources(reading, archived, cited)}`;
  return String(await renderDocument(title, headOf(), renderMain({ title, content })));
}

/** The style within the document, and by its hash the only one that counts. */
function headOf(): Html {
  const css = readAssets()
    .styles.map(({ content }) => content)
    .join("\n");
  const hash = createHash("sha256").update(css).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return html`<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<style>${raw(css)}</style>`;
}

function placesOf(coverage: readonly CouncilCoverage[], cited: CitedSources): Places {
  const included = new Set(coverage.map((row) => row.area_code));
  const cite = (letterId: string, line?: number) => {
    const lines = cited.lines.get(letterId) ?? new Set<number>();
    if (line !== undefined) lines.add(line);
    cited.lines.set(letterId, lines);
    return line === undefined ? `#text-${letterId}` : `#${linePlace(letterId, line)}`;
  };
  return {
    home: () => null,
    council: (areaCode) => (included.has(areaCode) ? `#council-${areaCode}` : null),
    letter: cite,
    measure: () => null,
    referrals: (letterId) => `#referral-${letterId}`,
    citation(text, letterId) {
      const citation = parseCitation(text);
      if (citation.kind === "letter") return letterId === null ? null : cite(letterId, citation.line);
      const key = JSON.stringify([citation.sha256, citation.line, citation.release]);
      if (!cited.rows.has(key)) cited.rows.set(key, citation);
      return `#${columnPlace(citation)}`;
    },
    csv: (_, table) =>
      `data:text/csv;charset=utf-8;base64,${Buffer.from(`${formatCsv([...table.rows], table.columns)}\n`).toString("base64")}`,
  };
}

async function renderOpening(reading: Reading, coverage: readonly CouncilCoverage[], places: Places): Promise<Html> {
  const { freshness } = await readRuns(reading);
  return html`<p class="govuk-body-l">Councils answer Freedom of Information requests about children’s social care, or point to what the
Department for Education publishes. Here both stand side by side, and every number leads to the line or row that it was read from.</p>
${freshness.map(renderFreshness)}
${renderCoverage(coverage, places)}`;
}

async function renderCouncilSection(
  reading: Reading,
  areaCode: string | null,
  whole: boolean,
  places: Places,
): Promise<Html> {
  const { content } = renderCouncil(
    {
      areaCode,
      letters: await readCouncilLetters(reading, areaCode),
      answers: await readCouncilAnswers(reading, areaCode),
      series: whole && areaCode !== null ? await readSeries(reading, areaCode) : [],
    },
    places,
  );
  const revisions =
    whole && areaCode !== null
      ? html`<h2 class="govuk-heading-l">What DfE revised</h2>${renderRevisionTable(await readAreaRevisions(reading, areaCode), nameCouncil(areaCode), places)}`
      : "";
  return html`<section class="report-council" aria-labelledby="council-${areaCode}"><h2 class="govuk-heading-xl" id="council-${areaCode}">${nameCouncil(areaCode)}</h2>${content}${revisions}</section>`;
}

async function renderDifferences(
  reading: Reading,
  coverage: readonly CouncilCoverage[],
  places: Places,
): Promise<Html> {
  const codes = coverage.map((row) => row.area_code);
  const rows = (await readDisagreements(reading)).filter((row) => codes.includes(row.area_code));
  return html`<h2 class="govuk-heading-xl" id="disagreements">Disagreements</h2>${renderDisagreementTable(rows, places)}`;
}

async function renderTruthTest(reading: Reading, coverage: readonly CouncilCoverage[], places: Places): Promise<Html> {
  const codes = coverage.map((row) => row.area_code);
  const rows = (await readReferrals(reading)).filter((row) => codes.includes(row.area_code));
  const letters = groupByLetter(rows).map(([id, group]) => renderLetterReferrals(id, group, places));
  return html`<h2 class="govuk-heading-xl" id="referrals">Referrals</h2>
${letters.length === 0 ? html`<p class="govuk-body">No letter refers elsewhere.</p>` : letters}`;
}
