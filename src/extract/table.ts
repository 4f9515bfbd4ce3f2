/** An EES CSV as a stream of records: any byte order mark and line end, quoted commas and newlines, UTF-8 proven. */
import { type CsvError, parse } from "csv-parse";
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

/**
 * Opens a table. The header has been read when it returns; the records follow as they are asked for.
 * @param name of the file, for messages.
 * @throws SourceNotTrustedError, while reading too, naming file and line; LimitError for a record that is too long.
 */
export async function openTable(chunks: AsyncIterable<Buffer>, name: string): Promise<Table> {
  const records = readRecords(chunks, name);
  const first = await records.next();
  if (first.done) throw new SourceNotTrustedError("empty-file", `${name} is empty; expected a header and rows`);
  return { header: first.value.cells, records };
}

async function* readRecords(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<TableRecord> {
  const parser = parse({
    bom: true,
    info: true,
    // Named, since the discovered one would leave the `\r` of mixed line ends in the last column.
    record_delimiter: ["\r\n", "\n", "\r"],
    skip_empty_lines: true,
    max_record_size: LARGEST_RECORD,
  });
  const feeding = feed(chunks, parser, name);
  feeding.catch(() => undefined); // it is awaited below; until then it must not count as unhandled
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { line: info.lines - countNewlines(record), cells: record };
    }
    await feeding;
  } catch (error) {
    throw explain(error, name);
  } finally {
    parser.destroy();
  }
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
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let lines = 1;
  let first = true;
  for await (const chunk of chunks) {
    if (
      first &&
      (chunk.subarray(0, 2).equals(Buffer.from([0xff, 0xfe])) || chunk.subarray(0, 2).equals(Buffer.from([0xfe, 0xff])))
    ) {
      throw new SourceNotTrustedError("not-utf-8", `${name} is UTF-16; expected UTF-8`);
    }
    first = false;
    try {
      decoder.decode(chunk, { stream: true });
    } catch (error) {
      throw notUtf8(name, lines + linesBeforeFault(chunk), error);
    }
    lines += countByte(chunk, 0x0a);
    yield chunk;
  }
  try {
    decoder.decode();
  } catch (error) {
    throw notUtf8(name, lines, error);
  }
}

function notUtf8(name: string, line: number, cause: unknown): SourceNotTrustedError {
  return new SourceNotTrustedError("not-utf-8", `${name}, line ${line}: bytes that are not UTF-8`, { cause });
}

/** Newlines before the first line of the chunk that does not decode; a character cut at the chunk's start counts as line 0. */
function linesBeforeFault(chunk: Buffer): number {
  let lines = 0;
  for (let start = 0; start < chunk.length; ) {
    const newline = chunk.indexOf(0x0a, start);
    const end = newline < 0 ? chunk.length : newline + 1;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(chunk.subarray(start, end));
    } catch (error) {
      // The first line may begin inside a character that the chunk before holds the rest of.
      if (start > 0 || newline < 0) return lines;
      void error;
    }
    if (newline < 0) return 0;
    lines += 1;
    start = end;
  }
  return 0;
}

function countByte(chunk: Buffer, byte: number): number {
  let count = 0;
  for (let at = chunk.indexOf(byte); at >= 0; at = chunk.indexOf(byte, at + 1)) count += 1;
  return count;
}

function countNewlines(cells: string[]): number {
  let count = 0;
  for (const cell of cells) {
    for (let at = cell.indexOf("\n"); at >= 0; at = cell.indexOf("\n", at + 1)) count += 1;
  }
  return count;
}

function explain(error: unknown, name: string): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== "string" || !code.startsWith("CSV_")) return error;
  const line = (error as CsvError).lines;
  const words = messageOf(error).replace(/\s+/g, " ");
  if (code === "CSV_MAX_RECORD_SIZE") {
    return new LimitError("record-too-long", `${name}, line ${line}: a record of over ${LARGEST_RECORD} bytes`, {
      cause: error,
    });
  }
  return new SourceNotTrustedError("not-a-table", `${name}, line ${line}: ${words}`, { cause: error });
}
