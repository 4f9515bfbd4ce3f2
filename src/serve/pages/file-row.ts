/** `/rows/SHA256/LINE`: the row of DfE's file that a citation names, header and values, and the release that it came with. */
import { sql } from "kysely";
import type { DfeCitation } from "../../resolve/citation.ts";
import { type Archived, type ArchivedRow, describeArchiveProblem } from "./archived.ts";
import { renderTable } from "./data-table.ts";
import { type Html, html, link } from "./html.ts";
import type { Page } from "./layout.ts";
import type { Places } from "./places.ts";
import type { Reading } from "./reading.ts";
import { formatNumber, nameMeasure, namePublication, releasePage, STATUS_WORDS, sayDate } from "./words.ts";

/** A cited cell, as the warehouse shows it today: masked where DfE has since suppressed it. */
export interface VintageRow {
  area_code: string;
  area_name: string;
  measure: string;
  period_label: string;
  value: string | null;
  value_text: string;
  unit: string;
  status: string;
  publication: string;
  release: string;
  data_set: string;
  /** When DfE began to say it; null where that is not known. */
  said_from: string | null;
  source_file: string;
  source_line: number;
  source_column: string;
  source_sha256: string;
  source_url: string | null;
  licence: string;
  citation: string;
}

export interface FileRowFacts {
  cited: VintageRow;
  /** What every release says of the cell, oldest first. */
  vintages: VintageRow[];
  /** Columns of the row whose numbers DfE has since suppressed. */
  masked: ReadonlySet<string>;
  row: Archived<ArchivedRow>;
}

/** Null where no row of the warehouse was read from there. */
export async function readCitedCell(
  reading: Reading,
  citation: DfeCitation,
): Promise<Omit<FileRowFacts, "row"> | null> {
  const { sha256, line, column, measure, release } = citation;
  const vintages = await reading.rows(sql<VintageRow>`
    select v.area_code, v.area_name, v.measure, v.period_label, v.value, v.value_text, v.unit, v.status, v.publication,
      v.release, v.data_set, v.said_from, v.source_file, v.source_line, v.source_column, v.source_sha256, v.source_url,
      v.licence, v.citation
    from (
      select * from observation o where o.source = 'dfe' and o.source_sha256 = ${sha256} and o.release = ${release}
        and o.source_line = ${line} and o.source_column = ${column} and o.measure = ${measure} limit 1
    ) o
    cross join lateral dfe_vintage(o.area_code, o.measure, o.period_kind, o.period_start, o.period_end) v
    order by v.release_order, v.said_from nulls first, v.source_sha256`);
  // Of versions that share the file, the first published it.
  const cited = vintages.find(
    (one) => one.source_sha256 === sha256 && one.source_line === line && one.release === release,
  );
  if (cited === undefined) return null;
  const masked = await reading.rows(sql<{ source_column: string }>`
    select distinct o.source_column
    from observation o
    cross join lateral dfe_vintage(o.area_code, o.measure, o.period_kind, o.period_start, o.period_end) v
    where o.source = 'dfe' and o.source_sha256 = ${sha256} and o.release = ${release} and o.source_line = ${line}
      and o.status = 'reported' and v.source_sha256 = o.source_sha256 and v.source_line = o.source_line
      and v.status = 'suppressed'`);
  return { cited, vintages, masked: new Set(masked.map((one) => one.source_column)) };
}

export function renderFileRow(facts: FileRowFacts, places: Places): Page {
  const { cited, vintages } = facts;
  return {
    title: `${nameMeasure(cited.measure)}, ${cited.area_name}, ${cited.period_label}`,
    caption: `Department for Education, ${namePublication(cited.publication)}, release ${cited.release}`,
    section: "/measures",
    content: html`<p class="figure">${cited.value === null ? sayStatus(cited.status) : formatNumber(cited.value, cited.unit)}</p>
<p class="govuk-body">${link(places.council(cited.area_code), `All figures of ${cited.area_name}`)} ·
${link(places.measure(cited.measure, cited.area_code), "This measure in every council")}</p>
${renderOrigin(cited)}
${renderArchivedRow(facts)}
${vintages.length > 1 ? renderVintages(vintages, places) : ""}`,
  };
}

function sayStatus(status: string): string {
  return STATUS_WORDS[status as keyof typeof STATUS_WORDS] ?? status;
}

export function renderOrigin(cited: VintageRow): Html {
  const page = releasePage(cited.publication, cited.release);
  const published = cited.said_from === null ? "day not known" : sayDate(cited.said_from);
  const facts: [string, Html | string][] = [
    ["Release page", html`<a class="govuk-link break" href="${page}" rel="noreferrer">${page}</a>`],
    ["Published", published],
    ["File", html`<span class="break">${cited.source_file}</span> (data set ${cited.data_set})`],
    ["Row", `line ${cited.source_line} of the file`],
    ["Column", html`<span class="break">${cited.source_column}</span>`],
    ["sha256 of the file", html`<code class="break">${cited.source_sha256}</code>`],
    ["Licence", cited.licence],
    ["Check it offline", html`<code class="break">s21 verify '${cited.citation}'</code>`],
  ];
  return html`<dl class="govuk-summary-list origin">${facts.map(
    ([name, value]) =>
      html`<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key">${name}</dt><dd class="govuk-summary-list__value">${value}</dd></div>`,
  )}</dl>`;
}

/** Which columns are only labels: they are shown even where a number of the row is masked. */
const LABELS =
  /^(?:time_period|time_identifier|geographic_level|(?:country|region)_(?:code|name)|old_la_code|new_la_code|la_name|category)$/i;

function renderArchivedRow({ row, cited, masked }: FileRowFacts): Html {
  if (row.kind !== "read") return html`<p class="govuk-inset-text">${describeArchiveProblem(row.kind)}</p>`;
  return html`<h2 class="govuk-heading-m" id="row">The row, as the file prints it</h2>
<p class="govuk-body-s">The archived file still has the sha256 under which it was read.${masked.size > 0 ? ` ${MASKED}` : ""}</p>
${renderRowTable(row.content, masked, cited.source_column, `line ${cited.source_line}`, null)}`;
}

export const MASKED = "DfE has since suppressed a number of this row, so its other numbers are not shown.";

/**
 * Header and values.
 * @param cited the column to be highlighted; null: none.
 * @param prefix of each column's place on the page; null: they need none.
 */
export function renderRowTable(
  { header, cells }: ArchivedRow,
  masked: ReadonlySet<string>,
  cited: string | null,
  where: string,
  prefix: string | null,
): Html {
  // Where one number has been suppressed since, a column beside it might give it away.
  const hidden = (name: string) => masked.size > 0 && !LABELS.test(name) && (masked.has(name) || name !== cited);
  return html`<table class="govuk-table row-table"><caption class="govuk-visually-hidden">Header and values of ${where}</caption>
<thead class="govuk-table__head"><tr class="govuk-table__row"><th scope="col" class="govuk-table__header">Column</th><th scope="col" class="govuk-table__header">Value</th></tr></thead>
<tbody class="govuk-table__body">${header.map((name, index) => {
    const value = hidden(name) ? "not shown" : (cells[index] ?? "");
    const place = prefix === null ? "" : html` id="${prefix}-${Buffer.from(name).toString("hex")}"`;
    return html`<tr class="govuk-table__row${name === cited ? " row-table__cited" : ""}"${place}><th scope="row" class="govuk-table__header break">${name}</th><td class="govuk-table__cell break">${name === cited ? html`<mark>${value}</mark> <span class="cited-note">the cited cell</span>` : value}</td></tr>`;
  })}</tbody></table>`;
}

function renderVintages(vintages: readonly VintageRow[], places: Places): Html {
  return renderTable({
    id: "vintages",
    caption: "What each release says of it",
    columns: [
      { head: "Release", isHead: true, cell: (row) => row.release },
      { head: "Published", cell: (row) => (row.said_from === null ? "not known" : sayDate(row.said_from)) },
      {
        head: "Figure",
        numeric: true,
        cell: (row) =>
          link(
            places.citation(row.citation, null),
            row.value === null ? sayStatus(row.status) : formatNumber(row.value, row.unit),
          ),
      },
      { head: "File", cell: (row) => html`<span class="break">${row.source_file}, line ${row.source_line}</span>` },
    ],
    rows: vintages,
  });
}
