/** Where a page's links lead: paths of the site, or places within a report. Null: nowhere, so it is told without a link. */
import { parseCitation } from "../../resolve/citation.ts";
import type { Row } from "../table.ts";

/** A table as it is downloaded: the warehouse's own columns. */
export interface CsvTable {
  columns: readonly string[];
  rows: readonly Row[];
}

export interface Places {
  home(): string | null;
  council(areaCode: string | null): string | null;
  /** @param line to be highlighted. */
  letter(letterId: string, line?: number): string | null;
  measure(code: string, areaCode?: string): string | null;
  referrals(letterId: string): string | null;
  /** The page that shows what a citation names. @param letterId of a letter's citation. */
  citation(citation: string, letterId: string | null): string | null;
  /** @param path under which the site gives the table, with `.csv`. */
  csv(path: string, table: CsvTable): string | null;
}

/** The letters whose council is not identified stand together under this name. */
export const NO_COUNCIL = "not-identified";

/** Paths of the site. */
export const SITE: Places = {
  home: () => "/",
  council: (areaCode) => `/councils/${encodeURIComponent(areaCode ?? NO_COUNCIL)}`,
  letter: (letterId, line) =>
    `/letters/${encodeURIComponent(letterId)}${line === undefined ? "" : `?line=${line}#line-${line}`}`,
  measure: (code, areaCode) =>
    `/measures/${encodeURIComponent(code)}${areaCode === undefined ? "" : `?council=${encodeURIComponent(areaCode)}`}`,
  referrals: (letterId) => `/referrals#referral-${letterId}`,
  citation: (text, letterId) => {
    const citation = parseCitation(text);
    if (citation.kind === "letter") return letterId === null ? null : SITE.letter(letterId, citation.line);
    const { sha256, line, column, measure, release } = citation;
    // By hand: a table over every area has thousands of these.
    return `/rows/${sha256}/${line}?column=${encodeURIComponent(column)}&measure=${measure}&release=${release}`;
  },
  csv: (path) => path,
};
