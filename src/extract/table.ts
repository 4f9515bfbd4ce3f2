/** An EES CSV as a stream of records: any byte order mark and line end, quoted commas and newlines, UTF-8 proven. */
import { isUtf8 } from "node:buffer";
import { CsvError, parse } from "csv-parse";
import { LimitError, messageOf, SourceNotTrustedError } from "../errors.ts";

/** One record. `cells` are as printed. */
export interface TableRecord {
  /** Line on which the record begins, from 1. */
  line: number;
  cells: string[];
}

export interface Table {
  /** As printed, but for the byte order mark. */
  header: string[];
  records: AsyncIterable<TableRecord>;
}

/** Real cells reach 69 characters; this leaves room, and bounds what an unclosed quote can swallow. */
const LARGEST_RECORD = 1_048_576;
/** Real headers have some dozens. */
const MOST_COLUMNS = 10_000;

/**
 * Opens a table. The header has been read when it returns; the records follow as they are asked for.
 * @param name of the file, for messages.
 * @throws SourceNotTrustedError, while reading too, naming file and line; LimitError for a record that is too long,
 * or a header that is too wide.
 */
export async function openTable(chunks: AsyncIterable<Buffer>, name: string): Promise<Table> {
  const records = readRecords(chunks, name);
  const first = await records.next();
  if (first.done) throw new SourceNotTrustedError("empty-file", `${name} is empty; expected a header and rows`);
  const { cells } = first.value;
  if (cells.length > MOST_COLUMNS) {
    const found = `${name} has ${cells.length} columns`;
    throw new LimitError("too-many-columns", `${found}; expected at most ${MOST_COLUMNS}`);
  }
  return { header: cells, records };
}

async function* readRecords(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<TableRecord> {
  const place = { pairs: 0, next: 1 };
  const parser = parse({
    bom: true,
    // Named, since the discovered one would leave the `\r` of mixed line ends in the last column.
    record_delimiter: ["\r\n", "\n", "\r"],
    skip_empty_lines: true,
    max_record_size: LARGEST_RECORD,
    // The parser's types know of arrays only.
    on_record: (cells, { lines }) => locate(cells, lines, place) as unknown as string[],
  });
  const feeding = feed(chunks, parser, name);
  feeding.catch(() => undefined); // it is awaited below; until then it must not count as unhandled
  try {
    yield* parser as AsyncIterable<TableRecord>;
    await feeding;
  } catch (error) {
    throw explain(error, name, place);
  } finally {
    parser.destroy();
  }
}

/** How far the parser has come. */
interface Place {
  /** `\r\n` inside the records so far: the parser counts each as two lines. */
  pairs: number;
  /** Line on which the next record begins, or the blank lines before it. */
  next: number;
}

/** @param lines the parser's count at the record's end, in which every `\r` and `\n` inside the record is a line. */
function locate(cells: string[], lines: number, place: Place): TableRecord {
  let ends = 0;
  let pairs = 0;
  for (const cell of cells) {
    if (!cell.includes("\n") && !cell.includes("\r")) continue;
    ends += cell.match(/[\r\n]/g)?.length ?? 0;
    pairs += cell.match(/\r\n/g)?.length ?? 0;
  }
  const line = lines - ends - place.pairs;
  place.pairs += pairs;
  place.next = lines - place.pairs + 1;
  return { line, cells };
}

/** Writes the proven bytes to the parser at the pace it reads them. */
async function feed(chunks: AsyncIterable<Buffer>, parser: ReturnType<typeof parse>, name: string) {
  try {
    for await (const chunk of provenUtf8(chunks, name)) {
      if (parser.destroyed) return;
      if (!parser.write(chunk)) await drained(parser);
    }
    parser.end();
  } catch (error) {
    parser.destroy(error instanceof Error ? error : new Error(messageOf(error)));
    throw error;
  }
}

function drained(parser: ReturnType<typeof parse>): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      parser.off("drain", go).off("close", go);
      resolve();
    };
    parser.once("drain", go).once("close", go);
  });
}

async function* provenUtf8(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  let lines = 1;
  let begun = false;
  let cut: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = cut.length > 0 ? Buffer.concat([cut, chunk]) : chunk;
    if (!begun && isUtf16(bytes)) throw notTrusted("not-utf-8", `${name} is UTF-16; expected UTF-8`);
    const whole = bytes.subarray(0, bytes.length - lengthCut(bytes));
    if (!isUtf8(whole)) throw notUtf8(name, lines + linesBeforeFault(whole));
    lines += countLineEnds(whole);
    cut = bytes.subarray(whole.length);
    if (whole.length === 0) continue;
    begun = true;
    yield whole;
  }
  if (!isUtf8(cut)) throw notUtf8(name, lines);
  yield cut;
}

function isUtf16(start: Buffer): boolean {
  return start.length >= 2 && [0xfffe, 0xfeff].includes(start.readUInt16BE(0));
}

/** Bytes at the end that belong with what the next chunk begins with: of a character, or the `\r` of a `\r\n`. */
function lengthCut(bytes: Buffer): number {
  for (let length = 1; length <= 3; length += 1) {
    const byte = bytes.at(-length);
    if (byte === undefined) return 0;
    if (byte === 0x0d && length === 1) return 1;
    const continues = (byte & 0b1100_0000) === 0b1000_0000;
    if (continues) continue;
    const wanted = byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1;
    return wanted > length ? length : 0;
  }
  return 0;
}

/** Line ends before the first line that is not UTF-8; one that is cut off counts as such a line. */
function linesBeforeFault(bytes: Buffer): number {
  let start = 0;
  for (let lines = 0; ; lines += 1) {
    const ends = [bytes.indexOf(0x0a, start), bytes.indexOf(0x0d, start)].filter((at) => at >= 0);
    const end = Math.min(...ends, bytes.length);
    if (end === bytes.length || !isUtf8(bytes.subarray(start, end))) return lines;
    start = end + (bytes[end] === 0x0d && bytes[end + 1] === 0x0a ? 2 : 1);
  }
}

function countLineEnds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  for (let at = bytes.indexOf(0x0d); at >= 0; at = bytes.indexOf(0x0d, at + 1)) if (bytes[at + 1] !== 0x0a) count += 1;
  return count;
}

function notUtf8(name: string, line: number): SourceNotTrustedError {
  return notTrusted("not-utf-8", `${name}, line ${line}: bytes that are not UTF-8`);
}

function explain(error: unknown, name: string, { pairs, next }: Place): unknown {
  if (!(error instanceof CsvError)) return error;
  switch (error.code) {
    case "CSV_MAX_RECORD_SIZE": {
      const problem = `${name}, line ${next}: a record of over ${LARGEST_RECORD} bytes`;
      return new LimitError("record-too-long", problem, { cause: error });
    }
    case "CSV_QUOTE_NOT_CLOSED":
      return notTrusted("not-a-table", `${name}, line ${next}: a quote is opened and never closed`, error);
    default: {
      const line = Number(error.lines) - pairs;
      const words = messageOf(error).replace(/\s+/g, " ");
      return notTrusted("not-a-table", `${name}, line ${line}: ${words}`, error);
    }
  }
}

function notTrusted(code: string, message: string, cause?: unknown): SourceNotTrustedError {
  return new SourceNotTrustedError(code, message, { cause });
}
