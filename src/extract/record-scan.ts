/** The byte scan of a CSV, a WebAssembly program with a memory of its own: `kernel/record-scan.ts` says what it proves. */
import { RECORD_SCAN_WASM } from "./record-scan-wasm.ts";
import { countLineEnds } from "./utf8.ts";

/** The program's exports; addresses and counts are unsigned. */
interface Program {
  memory: { buffer: ArrayBuffer };
  input: { value: number };
  output: { value: number };
  position: { value: number };
  recordStart: { value: number };
  recordEnd: { value: number };
  line: { value: number };
  lineAfterRecord: { value: number };
  pairs: { value: number };
  records: { value: number };
  written: { value: number };
  begin(columns: number, first: number, last: number): void;
  judge(verdict: number): void;
  countOf(verdict: number): number;
  scan(end: number, last: boolean): number;
}

/** Why the scan stopped; in the order of the program's numbers. */
const STOPS = ["needs_bytes", "output_full", "asks", "irregular", "header"] as const;
export type Stop = (typeof STOPS)[number];

/** A record that is proven sound, in the scan's memory until bytes are appended. */
export interface ScannedRecord {
  /** Line on which it begins, from 1. */
  line: number;
  /** Without the line end. */
  bytes: Buffer;
  /** It may hold quotes; without any its cells are what stands between its commas. */
  hasQuotes: boolean;
  /** There was no room to remember its key: it has to be judged by itself. */
  isUnjudged: boolean;
}

/** Where the next record begins, as the file has it. */
export interface ScanPlace {
  line: number;
  /** Before the blank lines that precede `line`. */
  lineAfterRecord: number;
  /** `\r\n` inside quotes so far. */
  pairs: number;
}

/** The program may look at so many bytes beyond the end. */
const PADDING = 64;
/** Bytes that always find room beside what is left of the bytes before. */
export const MOST_APPENDED = 1_048_576;
const ENTRY_WORDS = 4;
const [HAS_QUOTES, UNJUDGED] = [1, 2];
const NO_COLUMN = 0xffff_ffff;
/** Verdicts are numbers from 1, 0 means wanted. */
export const MOST_VERDICTS = 15;

export type RecordScan = ReturnType<typeof createRecordScan>;

/** A scan of one file, from after its byte order mark. */
export function createRecordScan() {
  const program = instantiate();
  const { position } = program;
  const start = program.input.value;
  const memory = Buffer.from(program.memory.buffer);
  const words = new Uint32Array(program.memory.buffer);
  let end = start;
  return {
    /** Puts at most `MOST_APPENDED` bytes after those that are left; they never end between `\r` and `\n`. */
    append(bytes: Buffer): void {
      memory.copyWithin(start, position.value, end);
      end -= position.value - start;
      position.value = start;
      if (end + bytes.length + PADDING > memory.length) throw new RangeError("no room for the bytes");
      memory.set(bytes, end);
      end += bytes.length;
    },
    /** Reads on. `last`: no more bytes come. */
    step: (last: boolean): Stop => STOPS[program.scan(end, last)] as Stop,
    /** After `header`: how many cells a record must have, and the columns that decide; none where all are wanted. */
    begin(width: number, columns: readonly number[]): void {
      if (columns.length === 0) program.begin(width, NO_COLUMN, NO_COLUMN);
      else program.begin(width, Math.min(...columns), Math.max(...columns));
    },
    /** The records that the last step found and that are wanted. */
    wanted(): ScannedRecord[] {
      const records: ScannedRecord[] = [];
      let at = program.output.value / Uint32Array.BYTES_PER_ELEMENT;
      for (let left = program.written.value; left > 0; left -= 1, at += ENTRY_WORDS) {
        const flags = words[at + 3] as number;
        records.push({
          line: words[at + 2] as number,
          bytes: memory.subarray(words[at], words[at + 1]),
          hasQuotes: (flags & HAS_QUOTES) !== 0,
          isUnjudged: (flags & UNJUDGED) !== 0,
        });
      }
      return records;
    },
    /** After `asks` the record, after `header` the header. */
    current: (): ScannedRecord => ({
      line: program.line.value,
      bytes: memory.subarray(program.recordStart.value, program.recordEnd.value),
      hasQuotes: true,
      isUnjudged: true,
    }),
    /** After `asks`: 0 where it and its like are wanted, otherwise the number under which to count them. */
    judge: (verdict: number): void => program.judge(verdict),
    /** Records that were counted under a number. */
    countOf: (verdict: number): number => program.countOf(verdict) >>> 0,
    /** Records so far, without the header. */
    records: (): number => program.records.value >>> 0,
    /** The bytes that are not read yet, in a memory of their own. */
    left: (): Buffer => Buffer.from(memory.subarray(position.value, end)),
    place: (): ScanPlace => ({
      line: program.line.value,
      lineAfterRecord: program.lineAfterRecord.value,
      pairs: program.pairs.value,
    }),
    /** Line of the first byte that has not been appended. */
    lineAtEnd: (): number => program.line.value + countLineEnds(memory.subarray(position.value, end)),
  };
}

// The types of Node know no WebAssembly, and those of browsers are not wanted here.
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (program: object) => { exports: unknown };
};

let compiled: object | undefined;

function instantiate(): Program {
  compiled ??= new WebAssembly.Module(Buffer.from(RECORD_SCAN_WASM, "base64"));
  return new WebAssembly.Instance(compiled).exports as Program;
}
