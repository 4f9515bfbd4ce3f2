/**
 * What DfE already publishes of a request, and directions to it that a person can follow without guessing: release page,
 * file, filter, column. That is what section 21 of the Act asks of a reply that points elsewhere. Pure.
 */
import { measureByCode } from "../catalogue/measures.ts";
import type { Period, Status } from "../observation.ts";
import { type ColumnChoice, type ColumnFit, chooseColumn } from "./column.ts";

/** A figure of DfE's that may answer, of the council that was asked: the newest of its period. */
export interface PublishedFigure {
  measure: string;
  area_name: string;
  period_kind: string;
  period_label: string;
  period_start: string;
  period_end: string;
  /** Decimal text; null where there is none. */
  value: string | null;
  unit: string;
  status: string;
  publication: string;
  release: string;
  data_set: string;
  published_at: string | null;
  source_file: string;
  source_line: number;
  source_column: string;
  /** The area's code as the file prints it. */
  source_area_code: string;
}

export interface AskedQuestion {
  ref: string;
  part: string;
  text: string;
  measure: string | null;
  periods: readonly Period[];
}

/** Figures that one set of directions leads to: same release, file and column. */
export interface DirectedFigures<F extends PublishedFigure> {
  publication: string;
  release: string;
  published_at: string | null;
  file: string;
  column: string;
  /** Names and codes under which the file has the council's rows. */
  names: string[];
  codes: string[];
  /** `2018` for 2017/18: as the file's `time_period` prints the year. */
  years: string[];
  figures: F[];
}

export interface DirectedQuestion<F extends PublishedFigure> {
  asked: AskedQuestion;
  /** Null where no column of DfE's answers the words. */
  column: ColumnChoice | null;
  directions: DirectedFigures<F>[];
  /** There, but without a number: pointing there would answer nothing. */
  withoutNumber: F[];
  /** Asked for, and not published. `because` is for people. */
  notCovered: { period: string; because: string }[];
}

/** @param fits how well columns fit what councils answered to the question's words. @param figures of one council. */
export function directQuestion<F extends PublishedFigure>(
  asked: AskedQuestion,
  fits: readonly ColumnFit[],
  figures: readonly F[],
): DirectedQuestion<F> {
  const column = chooseColumn(asked.measure, asked.text, fits);
  if (column === null) return { asked, column, directions: [], withoutNumber: [], notCovered: [] };
  const published = figures.filter((figure) => figure.measure === column.measure);
  const wanted = asked.periods.map((period) => ({ period, figure: findFigure(published, period) }));
  const found = asked.periods.length === 0 ? published : wanted.flatMap(({ figure }) => figure ?? []);
  return {
    asked,
    column,
    directions: groupByPlace(found.filter((figure) => figure.value !== null)),
    withoutNumber: found.filter((figure) => figure.value === null),
    notCovered: wanted
      .filter(({ figure }) => figure === undefined)
      .map(({ period }) => ({ period: period.label, because: describeAbsence(period, published) })),
  };
}

/** A stock stands for the year that ends on its day, since requests name the year as often as the day. */
function findFigure<F extends PublishedFigure>(published: readonly F[], period: Period): F | undefined {
  const exact = published.find(
    (one) => one.period_kind === period.kind && one.period_start === period.start && one.period_end === period.end,
  );
  if (exact !== undefined) return exact;
  if (period.kind !== "financial_year") return undefined;
  return published.find((one) => one.period_kind === "as_at" && one.period_end === period.end);
}

function describeAbsence(period: Period, published: readonly PublishedFigure[]): string {
  const ends = published.map((one) => one.period_end).sort();
  const [first] = ends;
  const last = ends.at(-1);
  if (first === undefined || last === undefined) return "no figure of this council is loaded here";
  if (period.kind === "as_at" && !period.end.endsWith("-03-31")) return "DfE counts on 31 March, not on this day";
  if (period.kind === "as_at" && published.some((one) => one.period_kind !== "as_at"))
    return "DfE counts this over the year, not on one day";
  if (period.kind !== "financial_year" && period.kind !== "as_at")
    return "DfE counts by the year to 31 March, not by this period";
  if (period.end < first) return `DfE’s series begins with ${labelOf(published, first)}`;
  if (period.end > last) return `the newest that DfE has published is ${labelOf(published, last)}`;
  return "DfE’s files do not have this year for the council";
}

function labelOf(published: readonly PublishedFigure[], end: string): string {
  return published.find((one) => one.period_end === end)?.period_label ?? end;
}

function groupByPlace<F extends PublishedFigure>(figures: readonly F[]): DirectedFigures<F>[] {
  const places = new Map<string, F[]>();
  for (const figure of [...figures].sort((one, other) => (one.period_end < other.period_end ? -1 : 1))) {
    const key = JSON.stringify([figure.publication, figure.release, figure.source_file, figure.source_column]);
    places.set(key, [...(places.get(key) ?? []), figure]);
  }
  return [...places.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { publication, release, published_at, source_file: file, source_column: column } = first;
    return {
      publication,
      release,
      published_at,
      file,
      column,
      names: [...new Set(group.map((one) => one.area_name))],
      codes: [...new Set(group.map((one) => one.source_area_code))],
      years: [...new Set(group.map((one) => one.period_end.slice(0, 4)))],
      figures: group,
    };
  });
}

/** How a page or a text says values, days and addresses. */
export interface DirectionWords {
  formatNumber(value: string, unit: string): string;
  sayDate(iso: string): string;
  releasePage(publication: string, release: string): string;
  sayStatus(status: Status | string): string;
}

/** The directions for one question as plain text, for a reply; null where DfE answers nothing of it. */
export function describeDirections<F extends PublishedFigure>(
  question: DirectedQuestion<F>,
  words: DirectionWords,
): string | null {
  const { asked, column, directions, withoutNumber, notCovered } = question;
  if (column === null || directions.length === 0) return null;
  const measure = measureByCode(column.measure);
  const paragraphs = [
    `Question ${asked.ref}${asked.part}. ${asked.text.replace(/\s+/g, " ").trim()}`,
    `The Department for Education publishes this as “${measure.definition}” (it counts ${measure.population}).`,
    ...directions.map((place) => describePlace(place, words)),
    ...(withoutNumber.length === 0
      ? []
      : [
          `Without a number there, so not answered by these directions: ${withoutNumber
            .map((one) => `${one.period_label} (${words.sayStatus(one.status).toLowerCase()})`)
            .join(", ")}.`,
        ]),
    ...(notCovered.length === 0
      ? []
      : [`Not covered by these directions: ${notCovered.map((one) => `${one.period} (${one.because})`).join("; ")}.`]),
  ];
  return paragraphs.join("\n\n");
}

function describePlace<F extends PublishedFigure>(place: DirectedFigures<F>, words: DirectionWords): string {
  const published = place.published_at === null ? "" : `, published on ${words.sayDate(place.published_at)}`;
  const rows = place.names.map((name) => `“${name}”`).join(" or ");
  const figures = place.figures.map((one) => `${one.period_label}: ${words.formatNumber(one.value ?? "", one.unit)}`);
  return [
    `1. Open ${words.releasePage(place.publication, place.release)} (release ${place.release}${published}).`,
    "2. Choose “Download all data (ZIP)”.",
    `3. In the archive’s folder “data” open ${place.file}.`,
    `4. Keep the rows in which la_name is ${rows} (new_la_code ${place.codes.join(" or ")}) and time_period is ${listYears(place.years)}. A year is named by the calendar year in which it ends.`,
    `5. Read the column ${place.column}.`,
    `You will find: ${figures.join("; ")}.`,
  ].join("\n");
}

/** `2018, 2019 or 2021`; runs of years as `2018 to 2022`. */
function listYears(years: readonly string[]): string {
  const numbers = years.map(Number).sort((one, other) => one - other);
  const [first] = numbers;
  const last = numbers.at(-1);
  if (first === undefined || last === undefined) return "";
  if (numbers.length > 2 && last - first === numbers.length - 1) return `${first} to ${last}`;
  return numbers.length === 1 ? String(first) : `${numbers.slice(0, -1).join(", ")} or ${last}`;
}
