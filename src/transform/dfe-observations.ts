/** From the records of one EES file to observations: every indicator of every row that was asked for. */
import type { DataSet, Publication } from "../catalogue/publications.ts";
import { SourceNotTrustedError } from "../errors.ts";
import type { Observation } from "../observation.ts";
import { type Area, type AreaSelection, createPlaceReader, type PlaceReading, type PrintedPlace } from "./dfe-area.ts";
import { readDfeCell } from "./dfe-cell.ts";
import { type ColumnPlan, type MeasureColumn, planColumns } from "./dfe-header.ts";
import { type EesPeriod, lastDayOf, readEesPeriod } from "./ees-period.ts";
import type { Finding } from "./finding.ts";

/** Where a table comes from, as every row of it will say. */
export interface DfeFile {
  publication: Publication;
  release: string;
  releaseVersionId: string;
  /** ISO, UTC; null when unknown. */
  publishedAt: string | null;
  dataSet: DataSet;
  fileName: string;
  sha256: string;
  url: string | null;
}

interface DfeRecord {
  line: number;
  cells: string[];
}

/** A file's records, of which those that are not wanted are only counted; `extract/table.ts` has one. */
interface Table {
  header: string[];
  choose(choice: { columns: readonly number[]; refuse(record: DfeRecord): string | null }): {
    batches: AsyncIterable<DfeRecord[]>;
    rows(): number;
    refused(name: string): number;
  };
}

/** What became of the file's records: `rows = kept + outside + otherLevels + setAside`. */
export interface DfeReading {
  rows: number;
  kept: number;
  outside: number;
  otherLevels: number;
  setAside: number;
  observations: number;
  extraColumns: string[];
  findings: Finding[];
}

/** So many unreadable cells are no slip in a row but a file of another kind. */
const MOST_FINDINGS = 1_000;

/** Whoever takes them may be slow: so many wait meanwhile. */
const MOST_AT_ONCE = 500;

/** An empty account, which `observationsFrom` fills while it is read. */
export function startReading(): DfeReading {
  return { rows: 0, kept: 0, outside: 0, otherLevels: 0, setAside: 0, observations: 0, extraColumns: [], findings: [] };
}

/**
 * Yields the observations in the file's order, those of some records at a time.
 * @param reading filled while the records are read; complete when the generator is done.
 * @throws SourceNotTrustedError for a wrong structure. One unreadable cell or row is a finding, and left out.
 */
export async function* observationsFrom(
  table: Table,
  file: DfeFile,
  selection: AreaSelection,
  reading: DfeReading,
): AsyncGenerator<Observation[]> {
  const plan = planColumns(table.header, file.publication.slug, file.dataSet, file.release);
  reading.extraColumns = plan.extra;
  const readPlace = createPlaceReader(selection);
  const constants = new Map<string, string>();
  const chosen = table.choose({
    columns: decidingColumns(plan),
    refuse({ line, cells }) {
      checkConstants(cells, plan, constants, file, line);
      const { kind } = readPlace(printedPlace(cells, plan));
      return kind === "outside" || kind === "other_level" ? kind : null;
    },
  });
  for await (const batch of chosen.batches) {
    let observations: Observation[] = [];
    for (const { line, cells } of batch) {
      const area = areaOf(readPlace(printedPlace(cells, plan)), file, line, reading);
      const period = area === null ? null : periodOf(cells, plan, file, line, reading);
      if (area === null || period === null) continue;
      addObservations(observations, cells, plan, { file, line, area, period, reading });
      reading.kept += 1;
      if (observations.length < MOST_AT_ONCE) continue;
      reading.observations += observations.length;
      yield observations;
      observations = [];
    }
    reading.observations += observations.length;
    reading.rows = chosen.rows();
    yield observations;
  }
  reading.rows = chosen.rows();
  reading.outside = chosen.refused("outside");
  reading.otherLevels = chosen.refused("other_level");
  if (reading.rows === 0) throw new SourceNotTrustedError("no-rows", `${file.fileName} has a header and no rows`);
}

/** Whose content says whether a row is wanted: the place, and what must not change. */
function decidingColumns({ identifying: at, constant }: ColumnPlan): number[] {
  const place = [at.geographic_level, at.country_code, at.region_code, at.region_name, at.old_la_code, at.new_la_code];
  return [...place, at.la_name, ...constant.map(({ index }) => index)];
}

/** A second value would mean that rows are counted once per value, and that a sum is wrong. */
function checkConstants(
  cells: string[],
  plan: ColumnPlan,
  constants: Map<string, string>,
  file: DfeFile,
  line: number,
) {
  for (const { name, index } of plan.constant) {
    const value = (cells[index] as string).trim();
    const before = constants.get(name);
    if (before === undefined) constants.set(name, value);
    else if (before !== value) {
      throw new SourceNotTrustedError(
        "second-category",
        `${file.fileName}, line ${line}: ${name} is ${JSON.stringify(value)}; expected ${JSON.stringify(before)} as in every row before`,
      );
    }
  }
}

function printedPlace(cells: string[], { identifying: at }: ColumnPlan): PrintedPlace {
  const cell = (index: number) => (cells[index] as string).trim();
  return {
    level: cell(at.geographic_level),
    countryCode: cell(at.country_code),
    regionCode: cell(at.region_code),
    regionName: cell(at.region_name),
    dfeCode: cell(at.old_la_code),
    onsCode: cell(at.new_la_code),
    name: cell(at.la_name),
  };
}

/** Null, and counted, where the row can't be loaded. */
function areaOf(place: PlaceReading, file: DfeFile, line: number, reading: DfeReading): Area | null {
  switch (place.kind) {
    case "kept":
      return place.area;
    case "new":
      addFinding(reading, file, {
        code: "unknown-authority",
        line,
        column: "new_la_code",
        found: `${place.area.code} ${place.area.name}`,
        expected: "an authority of the catalogue; the row is loaded as printed",
      });
      return place.area;
    case "outside":
    case "other_level":
      throw new Error(`${file.fileName}, line ${line}: a row that was refused was handed on`);
    case "unreadable":
      reading.setAside += 1;
      addFinding(reading, file, {
        code: "area-unclear",
        line,
        column: "new_la_code",
        found: place.found,
        expected: place.expected,
      });
      return null;
  }
}

function periodOf(
  cells: string[],
  plan: ColumnPlan,
  file: DfeFile,
  line: number,
  reading: DfeReading,
): EesPeriod | null {
  const digits = cells[plan.identifying.time_period] as string;
  const identifier = cells[plan.identifying.time_identifier] as string;
  const period = readEesPeriod(digits, identifier, file.dataSet.reportingYear);
  const found = `${digits} ${identifier}`;
  if ("expected" in period) {
    reading.setAside += 1;
    addFinding(reading, file, {
      code: "period-unclear",
      line,
      column: "time_period",
      found,
      expected: period.expected,
    });
    return null;
  }
  if (file.publishedAt !== null && period.start > file.publishedAt.slice(0, 10)) {
    reading.setAside += 1;
    const expected = `a period that began before the release was published (${file.publishedAt.slice(0, 10)})`;
    addFinding(reading, file, { code: "future-period", line, column: "time_period", found, expected });
    return null;
  }
  return period;
}

interface Row {
  file: DfeFile;
  line: number;
  area: Area;
  period: EesPeriod;
  reading: DfeReading;
}

function addObservations(observations: Observation[], cells: string[], plan: ColumnPlan, row: Row) {
  const lastDay = lastDayOf(row.period);
  for (const column of plan.measures) {
    const text = cells[column.index] as string;
    const cell = text.includes("\u0000") ? { expected: "text without a NUL" } : readDfeCell(text, column.measure.unit);
    if ("expected" in cell) {
      const place = {
        line: row.line,
        column: column.header,
        found: text.replaceAll("\u0000", "\\0"),
        expected: cell.expected,
      };
      addFinding(row.reading, row.file, { code: "cell-unreadable", ...place });
      continue;
    }
    const period = column.measure.timing === "last_day" ? lastDay : row.period;
    observations.push(observationOf(row, column, period, cell));
  }
}

function observationOf(
  { file, line, area }: Row,
  { measure, header }: MeasureColumn,
  period: EesPeriod,
  cell: { status: Observation["status"]; value: string | null; valueText: string },
): Observation {
  return {
    source: "dfe",
    area_code: area.code,
    area_name: area.name,
    area_level: area.level,
    measure: measure.code,
    breakdown: "",
    period_kind: period.kind,
    period_label: period.label,
    period_start: period.start,
    period_end: period.end,
    value: cell.value,
    value_text: cell.valueText,
    unit: measure.unit,
    status: cell.status,
    exemption: null,
    publication: file.publication.slug,
    release: file.release,
    release_version_id: file.releaseVersionId,
    data_set: file.dataSet.code,
    published_at: file.publishedAt,
    letter_id: null,
    question: null,
    part: null,
    question_text: null,
    source_file: file.fileName,
    source_line: line,
    source_column: header,
    source_area_code: area.printedCode,
    source_sha256: file.sha256,
    source_url: file.url,
    licence: file.publication.licence,
  };
}

function addFinding(reading: DfeReading, file: DfeFile, finding: Omit<Finding, "message">) {
  const { line, column, found, expected } = finding;
  const message = `${file.fileName}, line ${line}, ${column}: found ${JSON.stringify(found)}, expected ${expected}`;
  reading.findings.push({ ...finding, message });
  if (reading.findings.length > MOST_FINDINGS) {
    throw new SourceNotTrustedError(
      "too-many-findings",
      `${file.fileName}: over ${MOST_FINDINGS} cells can't be read; the last: ${message}`,
    );
  }
}
