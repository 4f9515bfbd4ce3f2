/** Which column of an EES file holds what, by the catalogue's spellings; strict about what is missing. */
import { type Measure, measuresOf } from "../catalogue/measures.ts";
import type { DataSet } from "../catalogue/publications.ts";
import { SourceNotTrustedError } from "../errors.ts";

/** Columns that say when and where; every file of a data set by local authority has them. */
const IDENTIFYING = [
  "time_period",
  "time_identifier",
  "geographic_level",
  "country_code",
  "country_name",
  "region_code",
  "region_name",
  "old_la_code",
  "new_la_code",
  "la_name",
] as const;
export type IdentifyingColumn = (typeof IDENTIFYING)[number];

/** Location columns of other levels, which EES knows and s21 does not read. */
const OTHER_PLACES =
  /^(lad|pcon|ward|local_enterprise_partnership|lsip|mayoral_combined_authority|english_devolved_area|opportunity_area|planning_area|pfa|trust|sponsor|provider|institution|school|rsc_region_lead)_(code|name|id|ukprn|urn)$|^rsc_region_lead_name$/;

export interface MeasureColumn {
  measure: Measure;
  index: number;
  /** As the file prints it, trimmed. */
  header: string;
}

export interface ColumnPlan {
  /** Number of columns that every record must have. */
  width: number;
  identifying: Record<IdentifyingColumn, number>;
  /** Columns that must hold one value in the whole file. */
  constant: { name: string; index: number }[];
  measures: MeasureColumn[];
  /** Columns that the catalogue does not know: passed over, and reported. */
  extra: string[];
}

/**
 * @param release slug of the release, whose leading year says which spellings are expected.
 * @throws SourceNotTrustedError naming the expected columns that are gone, and the columns that are new.
 */
export function planColumns(header: string[], publication: string, dataSet: DataSet, release: string): ColumnPlan {
  const columns = new Map<string, number>();
  for (const [index, name] of header.entries()) {
    const folded = fold(name);
    if (columns.has(folded))
      throw refused("duplicate-column", dataSet, `the column ${JSON.stringify(name.trim())} stands twice`);
    columns.set(folded, index);
  }
  const measures = measuresOf(publication, dataSet.code);
  const found = measures.flatMap((measure) => columnOf(measure, columns, header, dataSet));
  const extra = header.filter((name) => !isKnown(fold(name), measures, dataSet)).map((name) => name.trim());
  const gone = [
    ...[...IDENTIFYING, ...dataSet.constantFilters].filter((name) => !columns.has(name)),
    ...measures
      .filter((measure) => isExpected(measure, release) && !found.some((column) => column.measure === measure))
      .map((measure) => spellingsIn(measure, release)),
  ];
  if (gone.length > 0) {
    const news = extra.length > 0 ? `these are new: ${extra.join(", ")}` : "no column is new";
    throw refused(
      "column-gone",
      dataSet,
      `expected columns are gone: ${gone.join(", ")}; ${news}. Map them in the catalogue`,
    );
  }
  const at = (name: string) => columns.get(name) as number;
  return {
    width: header.length,
    identifying: Object.fromEntries(IDENTIFYING.map((name) => [name, at(name)])) as ColumnPlan["identifying"],
    constant: dataSet.constantFilters.map((name) => ({ name, index: at(name) })),
    measures: found,
    extra,
  };
}

function fold(name: string): string {
  return name.trim().toLowerCase();
}

/** None or one. Two would be a choice between two numbers, and nobody has made it. */
function columnOf(measure: Measure, columns: Map<string, number>, header: string[], dataSet: DataSet): MeasureColumn[] {
  const indexes = (measure.dfe?.headers ?? []).map((spelling) => columns.get(fold(spelling.header)));
  const present = [...new Set(indexes)].filter((index) => index !== undefined);
  const found = present.map((index) => ({ measure, index, header: (header[index] as string).trim() }));
  if (found.length <= 1) return found;
  const names = found.map((column) => column.header).join(" and ");
  throw refused(
    "ambiguous-column",
    dataSet,
    `${names} are names of one measure, ${measure.code}; expected one of them`,
  );
}

function isKnown(name: string, measures: Measure[], dataSet: DataSet): boolean {
  return (
    (IDENTIFYING as readonly string[]).includes(name) ||
    dataSet.constantFilters.includes(name) ||
    OTHER_PLACES.test(name) ||
    measures.some((measure) => measure.dfe?.headers.some((spelling) => fold(spelling.header) === name))
  );
}

function isExpected(measure: Measure, release: string): boolean {
  return spellingsIn(measure, release) !== "";
}

/** How the release is expected to print the measure; empty where it is not expected to. */
function spellingsIn(measure: Measure, release: string): string {
  const year = Number.parseInt(release, 10);
  const spellings = measure.dfe?.headers ?? [];
  return spellings
    .filter(({ from = 0, until = 9999 }) => Number.isNaN(year) || (from <= year && year <= until))
    .map(({ header }) => header)
    .join(" or ");
}

function refused(code: string, dataSet: DataSet, problem: string): SourceNotTrustedError {
  return new SourceNotTrustedError(code, `${dataSet.code}: ${problem}`);
}
