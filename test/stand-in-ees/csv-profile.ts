/** What EES knows of a data file after importing it: rows, periods, levels, filters, indicators. */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { type Options, parse } from "csv-parse/sync";
import { openContent, type StandInFile } from "./holdings.ts";

export interface CsvProfile {
  /** Records without the header; a newline inside quotes ends none. */
  rows: number;
  timePeriodRange: { start: string; end: string };
  geographicLevels: string[];
  filters: string[];
  indicators: string[];
  /** MD5 of the bytes, hexadecimal: the content of the ETag. */
  md5: string;
}

/** Enough for every real file whole; of a larger one only the beginning is read for all but rows and MD5. */
const SAMPLE_BYTES = 8 * 1024 * 1024;

const PLACE_OR_TIME =
  /^(time_period|time_identifier|geographic_level|(country|region|lad|la|old_la|new_la)_(code|name)|(old|new)_la_code)$/;
const NUMBER_OR_SYMBOL = /^(-?[\d.,]+%?|[czxuk]|low|:|~|\.+|-|)$/i;

const profiles = new WeakMap<StandInFile, Promise<CsvProfile>>();

/** Reads a file once; later calls with the same object get the same answer. */
export function profileCsv(file: StandInFile): Promise<CsvProfile> {
  const known = profiles.get(file);
  if (known !== undefined) return known;
  const profile = readProfile(file);
  profiles.set(file, profile);
  return profile;
}

async function readProfile(file: StandInFile): Promise<CsvProfile> {
  const counter = new RecordCounter();
  const md5 = createHash("md5");
  for await (const chunk of openContent(file)) {
    counter.add(chunk as Buffer);
    md5.update(chunk as Buffer);
  }
  return { ...describeSample(await readSample(file)), rows: counter.rows(), md5: md5.digest("hex") };
}

/** Counts by a method of its own, so that what it says can disagree with what the program under test reads. */
class RecordCounter {
  private records = 0;
  private quoted = false;
  private started = false;

  add(chunk: Buffer): void {
    for (let index = 0; index < chunk.length; index += 1) {
      const byte = chunk[index];
      if (byte === 0x22) this.quoted = !this.quoted;
      const ends = !this.quoted && (byte === 0x0a || byte === 0x0d);
      if (ends && this.started) this.records += 1;
      this.started = !ends;
    }
  }

  rows(): number {
    return Math.max(this.records + (this.started ? 1 : 0) - 1, 0);
  }
}

async function readSample(file: StandInFile): Promise<Buffer> {
  if (file.path === undefined) return Buffer.from(file.bytes ?? "").subarray(0, SAMPLE_BYTES);
  const handle = await open(file.path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function describeSample(sample: Buffer): Omit<CsvProfile, "rows" | "md5"> {
  const [header = [], ...records] = parseLeniently(sample);
  const valuesOf = (name: string) => {
    const column = header.findIndex((cell) => cell.trim().toLowerCase() === name);
    return [...new Set(records.map((record) => (record[column] ?? "").trim()))].filter((value) => value !== "");
  };
  const identifier = valuesOf("time_identifier")[0] ?? "";
  const periods = valuesOf("time_period").sort();
  const measured = header.flatMap((name, column) =>
    PLACE_OR_TIME.test(name.trim().toLowerCase())
      ? []
      : [{ name, cells: records.map((record) => record[column] ?? "") }],
  );
  const isIndicator = ({ cells }: { cells: string[] }) => cells.every((cell) => NUMBER_OR_SYMBOL.test(cell.trim()));
  return {
    timePeriodRange: { start: labelPeriod(periods[0], identifier), end: labelPeriod(periods.at(-1), identifier) },
    geographicLevels: valuesOf("geographic_level").sort(),
    filters: measured.filter((column) => !isIndicator(column)).map(({ name }) => name),
    indicators: measured.filter(isIndicator).map(({ name }) => name),
  };
}

/** Files that a test damaged on purpose are described as far as they go. */
function parseLeniently(sample: Buffer): string[][] {
  const options: Options = { bom: true, relax_column_count: true, relax_quotes: true, skip_records_with_error: true };
  const end = sample.length < SAMPLE_BYTES ? sample.length : sample.lastIndexOf(0x0a) + 1;
  try {
    return parse(sample.subarray(0, end), options) as unknown as string[][];
  } catch {
    return [
      sample
        .toString("latin1")
        .split(/[\r\n]/, 1)[0]
        ?.split(",") ?? [],
    ];
  }
}

/** EES labels: `2013`, `2017-18` (financial and tax years), `2017/18` (academic years). */
function labelPeriod(period: string | undefined, identifier: string): string {
  if (period === undefined) return "";
  if (!/^\d{6}$/.test(period)) return period;
  return `${period.slice(0, 4)}${/^(financial|tax)/i.test(identifier) ? "-" : "/"}${period.slice(4)}`;
}
