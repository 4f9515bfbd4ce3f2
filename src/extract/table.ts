/**
 * An EES CSV as a stream of records: any byte order mark and line end, quoted commas and newlines, UTF-8 proven.
 * A scan of the bytes finds, proves and counts the records; only those that are wanted are taken apart.
 */
import { LimitError, SourceNotTrustedError } from "../errors.ts";
import { createRecordScan, MOST_APPENDED, MOST_VERDICTS, type RecordScan, type ScannedRecord } from "./record-scan.ts";
import { parseRecords, type TableRecord } from "./table-parser.ts";
import { countLines, type LineCounter, provenUtf8 } from "./utf8.ts";

export type { TableRecord } from "./table-parser.ts";

/** One of `records` and `choose` may be read, and once; who does not read to the end, nor breaks off a loop, closes it. */
export interface Table {
  /** As printed, but for the byte order mark. */
  header: string[];
  /** Every record. */
  records: AsyncIterable<TableRecord>;
  /** Only the records that are wanted; the others are proven and counted. */
  choose(choice: Choice): ChosenRecords;
  close(): Promise<void>;
}

/** Which records are wanted, by the content of some columns. */
export interface Choice {
  columns: readonly number[];
  /**
   * Null where records with this content of `columns` are wanted; otherwise under which name, of at most 15, to count
   * them. Asked at the first record of each content, in the file's order, and perhaps again; what it throws ends the reading.
   */
  refuse(record: TableRecord): string | null;
}

export interface ChosenRecords {
  /** In the file's order. */
  batches: AsyncIterable<TableRecord[]>;
  /** Records read so far, wanted or not. */
  rows(): number;
  /** Of these, those that were refused under a name. */
  refused(name: string): number;
}

/** Real headers have some dozens. */
const MOST_COLUMNS = 10_000;

/**
 * Opens a table. The header has been read when it returns; the records follow as they are asked for.
 * @param name of the file, for messages.
 * @throws SourceNotTrustedError, while reading too, naming file and line; LimitError for a record that is too long,
 * or a header that is too wide.
 */
export async function openTable(chunks: AsyncIterable<Buffer>, name: string): Promise<Table> {
  const source = openSource(chunks, name);
  const first = await readHeader(source);
  if (first === null) throw new SourceNotTrustedError("empty-file", `${name} is empty; expected a header and rows`);
  if (first.cells.length > MOST_COLUMNS) {
    const found = `${name} has ${first.cells.length} columns`;
    throw new LimitError("too-many-columns", `${found}; expected at most ${MOST_COLUMNS}`);
  }
  const choose = (choice: Choice) => chooseRecords(source, first, choice);
  const records = flatten(choose({ columns: [], refuse: () => null }).batches);
  return { header: first.cells, choose, records, close: async () => void (await source.pieces.return(undefined)) };
}

/** A file that is being read: by the scan, or from some place on by the parser. */
interface Source {
  name: string;
  scan: RecordScan;
  pieces: AsyncGenerator<Buffer>;
  /** No piece comes after those that the scan has. */
  isAtEnd: boolean;
  counter: LineCounter;
  /** The header's bytes; null until it is known. */
  header: Buffer | null;
  /** The records from where the scan gave up. */
  parsed: AsyncGenerator<TableRecord> | null;
}

function openSource(chunks: AsyncIterable<Buffer>, name: string): Source {
  const scan = createRecordScan();
  const counter: LineCounter = { nextLine: scan.lineAtEnd, pass: () => undefined };
  const source: Omit<Source, "pieces"> = { name, scan, isAtEnd: false, counter, header: null, parsed: null };
  const pieces = inPieces(provenUtf8(chunks, name, () => source.counter));
  return Object.assign(source, { pieces });
}

/** Without the byte order mark, and none larger than the scan takes. */
async function* inPieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const chunk of chunks) {
    const hasMark = isFirst && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
    isFirst = false;
    for (let at = hasMark ? 3 : 0; at < chunk.length; ) {
      let end = Math.min(at + MOST_APPENDED, chunk.length);
      if (end < chunk.length && chunk[end - 1] === 0x0d) end -= 1;
      yield chunk.subarray(at, end);
      at = end;
    }
  }
}

async function appendNext(source: Source): Promise<void> {
  const next = await source.pieces.next();
  if (next.done === true) source.isAtEnd = true;
  else source.scan.append(next.value);
}

/** Null where there is none. */
async function readHeader(source: Source): Promise<TableRecord | null> {
  const { scan } = source;
  for (;;) {
    const stop = scan.step(source.isAtEnd);
    if (stop === "header") {
      source.header = Buffer.from(scan.current().bytes);
      return readOne(scan.current());
    }
    if (stop === "irregular") {
      const first = await parseFromHere(source).next();
      return first.done === true ? null : first.value;
    }
    if (source.isAtEnd) return null;
    await appendNext(source);
  }
}

function parseFromHere(source: Source): AsyncGenerator<TableRecord> {
  const { scan, name, header } = source;
  source.counter = countLines(scan.lineAtEnd());
  source.parsed = parseRecords(bytesFromHere(scan.left(), source.pieces), name, { place: scan.place(), header });
  return source.parsed;
}

/** Copied: the parser takes its time, and whoever gave the bytes may use their place again. */
async function* bytesFromHere(left: Buffer, pieces: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (left.length > 0) yield left;
  for await (const piece of pieces) yield Buffer.from(piece);
}

function chooseRecords(source: Source, header: TableRecord, choice: Choice): ChosenRecords {
  const verdicts = createVerdicts(choice, source.scan);
  const width = header.cells.length;
  const batches = async function* () {
    try {
      if (source.parsed === null) {
        source.scan.begin(width, choice.columns);
        yield* scanBatches(source, verdicts);
      }
      if (source.parsed !== null) yield* parseBatches(source.parsed, verdicts);
    } finally {
      await source.pieces.return(undefined);
    }
  };
  return { batches: batches(), rows: verdicts.rows, refused: verdicts.countOf };
}

/** Until the end, or until there is a parser to go on with. */
async function* scanBatches(source: Source, verdicts: Verdicts): AsyncGenerator<TableRecord[]> {
  const { scan } = source;
  for (;;) {
    const stop = scan.step(source.isAtEnd);
    const batch = readWanted(scan.wanted(), verdicts);
    if (batch.length > 0) yield batch;
    if (stop === "asks") scan.judge(verdicts.judge(readOne(scan.current())));
    if (stop === "irregular") {
      parseFromHere(source);
      return;
    }
    if (stop === "needs_bytes" && source.isAtEnd) return;
    if (stop === "needs_bytes") await appendNext(source);
  }
}

async function* parseBatches(records: AsyncIterable<TableRecord>, verdicts: Verdicts): AsyncGenerator<TableRecord[]> {
  for await (const record of records) {
    verdicts.count();
    if (verdicts.wants(record)) yield [record];
  }
}

type Verdicts = ReturnType<typeof createVerdicts>;

/** Gives the names under which records are refused numbers, and adds up who counted what. */
function createVerdicts({ refuse }: Choice, scan: RecordScan) {
  const names: string[] = [];
  const counts = new Map<string, number>();
  let parsed = 0;
  const judge = (record: TableRecord): number => {
    const name = refuse(record);
    if (name === null) return 0;
    if (!names.includes(name)) names.push(name);
    if (names.length > MOST_VERDICTS) throw new RangeError(`more than ${MOST_VERDICTS} names to refuse records under`);
    return names.indexOf(name) + 1;
  };
  return {
    judge,
    /** Counts a record that the scan did not. */
    count() {
      parsed += 1;
    },
    wants(record: TableRecord): boolean {
      const name = names[judge(record) - 1];
      if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
      return name === undefined;
    },
    rows: () => scan.records() + parsed,
    countOf(name: string): number {
      const verdict = names.indexOf(name) + 1;
      return verdict === 0 ? 0 : scan.countOf(verdict) + (counts.get(name) ?? 0);
    },
  };
}

function readWanted(scanned: ScannedRecord[], verdicts: Verdicts): TableRecord[] {
  const records: TableRecord[] = [];
  for (const one of scanned) {
    const record = readOne(one);
    if (!one.isUnjudged || verdicts.wants(record)) records.push(record);
  }
  return records;
}

function readOne({ line, bytes, hasQuotes }: ScannedRecord): TableRecord {
  const text = bytes.toString("utf8");
  return { line, cells: hasQuotes ? cutQuoted(text) : text.split(",") };
}

/** The cells of a record that the scan has proven sound: every quote opens a cell, closes one, or is doubled inside one. */
function cutQuoted(text: string): string[] {
  const cells: string[] = [];
  for (let at = 0; ; at += 1) {
    let end = text.indexOf(",", at);
    if (text[at] === '"') {
      let close = text.indexOf('"', at + 1);
      while (text[close + 1] === '"') close = text.indexOf('"', close + 2);
      cells.push(text.slice(at + 1, close).replaceAll('""', '"'));
      end = close + 1;
    } else {
      if (end < 0) end = text.length;
      cells.push(text.slice(at, end));
    }
    if (end === text.length) return cells;
    at = end;
  }
}

async function* flatten(batches: AsyncIterable<TableRecord[]>): AsyncGenerator<TableRecord> {
  for await (const batch of batches) yield* batch;
}
