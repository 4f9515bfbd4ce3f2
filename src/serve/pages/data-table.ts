/** Tables of the pages: a caption, headings that sort by link, a frame that scrolls on narrow screens, and the table as CSV. */
import { type Html, html, spoken } from "./html.ts";
import type { CsvTable, Places } from "./places.ts";
import { compareNames } from "./words.ts";

export interface Column<R> {
  head: Html | string;
  cell(row: R): Html | string;
  /** Figures stand to the right. */
  numeric?: boolean;
  /** Sentences: never narrower than they can be read. */
  words?: boolean;
  /** Name by which the page sorts by this column; none: it does not. */
  sort?: string;
  /** Cells of this column name their row. */
  isHead?: boolean;
}

export interface Sorting {
  by: string;
  order: "ascending" | "descending";
  /** Path, with what the page is asked besides, that `sort` and `order` are added to. */
  path: string;
}

export interface DataTable<R> {
  caption: Html | string;
  /** Unlike any other of the page. */
  id: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  sorting?: Sorting;
  /** Said where there are no rows. */
  empty?: string;
  className?: string;
}

export function renderTable<R>(table: DataTable<R>): Html {
  const { caption, id, columns, rows, empty = "Nothing.", className = "" } = table;
  if (rows.length === 0) return html`<p class="govuk-body" id="${id}">${empty}</p>`;
  return html`<div class="scroll" role="region" aria-labelledby="${id}-caption" tabindex="0">
<table class="govuk-table data ${className}" id="${id}">
<caption class="govuk-table__caption govuk-table__caption--m" id="${id}-caption">${caption}</caption>
<thead class="govuk-table__head"><tr class="govuk-table__row">${columns.map((column) => renderHead(column, table.sorting))}</tr></thead>
<tbody class="govuk-table__body">${rows.map((row) => renderRow(row, columns))}</tbody>
</table></div>`;
}

function renderHead<R>({ head, numeric, sort }: Column<R>, sorting: Sorting | undefined): Html {
  const className = `govuk-table__header${numeric ? " govuk-table__header--numeric" : ""}`;
  if (sort === undefined || sorting === undefined) return html`<th scope="col" class="${className}">${head}</th>`;
  const current = sorting.by === sort;
  const next = current && sorting.order === "ascending" ? "descending" : "ascending";
  const joint = sorting.path.includes("?") ? "&" : "?";
  const arrow = current ? (sorting.order === "ascending" ? " ▲" : " ▼") : "";
  return html`<th scope="col" class="${className}"${current ? html` aria-sort="${sorting.order}"` : ""}><a class="govuk-link govuk-link--no-visited-state" href="${sorting.path}${joint}sort=${encodeURIComponent(sort)}&order=${next}">${head}${spoken(`, sort ${next}`)}</a><span aria-hidden="true">${arrow}</span></th>`;
}

function renderRow<R>(row: R, columns: readonly Column<R>[]): Html {
  return html`<tr class="govuk-table__row">${columns.map(({ cell, numeric, words, isHead }) => {
    const kind = numeric ? " govuk-table__cell--numeric" : words ? " data__words" : "";
    return isHead
      ? html`<th scope="row" class="govuk-table__header">${cell(row)}</th>`
      : html`<td class="govuk-table__cell${kind}">${cell(row)}</td>`;
  })}</tr>`;
}

/** The table behind what is shown, with every column. */
export function renderDownload(places: Places, path: string, table: CsvTable, what: string): Html {
  const href = places.csv(path, table);
  if (href === null || table.rows.length === 0) return html``;
  const name = (path.split("?")[0] ?? path).replace(/^\//, "").replaceAll("/", "-");
  return html`<p class="govuk-body download"><a class="govuk-link" href="${href}" download="${name}">Download ${what} as CSV</a></p>`;
}

/** Orders rows by what a column holds; rows without it come last either way. */
export function sortRows<R>(
  rows: readonly R[],
  keyOf: (row: R) => string | number | null,
  order: Sorting["order"],
): R[] {
  const sign = order === "ascending" ? 1 : -1;
  const compare = (one: string | number, other: string | number) =>
    typeof one === "number" && typeof other === "number" ? one - other : compareNames(String(one), String(other));
  return [...rows].sort((a, b) => {
    const [one, other] = [keyOf(a), keyOf(b)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return sign * compare(one, other);
  });
}

/** What a page sorts by: only what it offers, whatever stands in the address. */
export function sortKey<R>(
  keys: Readonly<Record<string, (row: R) => string | number | null>>,
  by: string,
): ((row: R) => string | number | null) | undefined {
  return Object.hasOwn(keys, by) ? keys[by] : undefined;
}
