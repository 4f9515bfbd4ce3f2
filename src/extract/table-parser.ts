/**
 * Records by `csv-parse`, each looked at: what a CSV is here is what this makes of it. Sure and slow (some 10 MB a
 * second): `table.ts` hands it only what a byte scan can't settle.
 */
import { CsvError, parse } from "csv-parse";
import { LimitError, messageOf, SourceNotTrustedError } from "../errors.ts";
import type { ScanPlace } from "./record-scan.ts";

/** One record. `cells` are as printed. */
export interface TableRecord {
  /** Line on which the record begins, from 1. */
  line: number;
  cells: string[];
}

/** Real cells reach 69 characters; this leaves room, and bounds what an unclosed quote can swallow. */
const LARGEST_RECORD = 1_048_576;

/** Where to go on in a file whose first records were read otherwise. */
export interface Resumption {
  place: ScanPlace;
  /** The header without its line end; null where it is still to come. */
  header: Buffer | null;
}

const FROM_THE_START: Resumption = { place: { line: 1, lineAfterRecord: 1, pairs: 0 }, header: null };

/**
 * Reads records, the header among them, or all after it where the file was begun already.
 * @param chunks proven UTF-8, in which no chunk ends between `\r` and `\n`.
 * @throws SourceNotTrustedError naming file and line; LimitError for a record that is too long.
 */
export async function* parseRecords(
  chunks: AsyncIterable<Buffer>,
  name: string,
  from: Resumption = FROM_THE_START,
): AsyncGenerator<TableRecord> {
  const place: Place = { pairs: 0, next: 1 };
  let isHeader = from.header !== null;
  const parser = parse({
    bom: true,
    // Named, since the discovered one would leave the `\r` of mixed line ends in the last column.
    record_delimiter: ["\r\n", "\n", "\r"],
    skip_empty_lines: true,
    max_record_size: LARGEST_RECORD,
    on_record: (cells, { lines }) => {
      if (!isHeader) return locate(cells, lines, place) as unknown as string[]; // the types know of arrays only
      isHeader = false;
      Object.assign(place, { pairs: from.place.pairs, next: from.place.lineAfterRecord });
      return null;
    },
  });
  const feeding = feed(from === FROM_THE_START ? chunks : resumed(chunks, from), parser);
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

/** Empty lines stand for the records that were read before, so that the parser's own count of lines is the file's. */
async function* resumed(chunks: AsyncIterable<Buffer>, { place, header }: Resumption): AsyncGenerator<Buffer> {
  let lines = 1;
  // A mark that was there has been read; without this one the parser would take a second one for it.
  yield Buffer.from("\ufeff");
  if (header !== null) {
    yield Buffer.concat([header, Buffer.from("\n")]);
    lines = 2 + (header.toString("latin1").match(/[\r\n]/g)?.length ?? 0);
  }
  const before = place.line + place.pairs - lines;
  for (let left = before; left > 0; left -= EMPTY_LINES) yield Buffer.alloc(Math.min(left, EMPTY_LINES), "\n");
  yield* chunks;
}

const EMPTY_LINES = 65_536;

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

/** Writes the bytes to the parser at the pace it reads them. */
async function feed(chunks: AsyncIterable<Buffer>, parser: ReturnType<typeof parse>) {
  try {
    for await (const chunk of chunks) {
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
