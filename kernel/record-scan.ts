/**
 * The byte scan of a CSV, in AssemblyScript: compiled to WebAssembly by `npm run build:kernel`, which writes
 * `src/extract/record-scan-wasm.ts`. It finds where records end, proves of each that `csv-parse` would take it (quotes
 * where they may stand, as many cells as the header), counts records and lines, and looks up whether records with the
 * same key, the bytes from the first to the last of the columns that decide, are wanted. 64 bytes at a time:
 * quotes become bit masks, and a running exclusive-or over them tells what stands inside quotes.
 * Whatever is unusual stops it before the record concerned: the caller goes on with `csv-parse` from there.
 */

// Memory, in bytes. The caller reads and writes the same places: `src/extract/record-scan.ts`.
const SLOTS: usize = 1024;
const SLOT_COUNT: u32 = 8192;
const SLOT_SIZE: usize = 16;
const KEYS: usize = SLOTS + <usize>SLOT_COUNT * SLOT_SIZE;
const KEYS_SIZE: usize = 1 << 19;
const OUTPUT: usize = KEYS + KEYS_SIZE;
const OUTPUT_COUNT: u32 = 1024;
const OUTPUT_SIZE: usize = 16;
const INPUT: usize = OUTPUT + <usize>OUTPUT_COUNT * OUTPUT_SIZE;

/** Probing stays short while half of the slots are free. */
const MOST_KEYS: u32 = SLOT_COUNT / 2;
/** Longer records are left to `csv-parse`, which bounds them. */
const LONGEST_RECORD: usize = 1 << 18;

const NEEDS_BYTES: i32 = 0;
const OUTPUT_FULL: i32 = 1;
const ASKS: i32 = 2;
const IRREGULAR: i32 = 3;
const HEADER: i32 = 4;

const HAS_QUOTES: u32 = 1;
const UNJUDGED: u32 = 2;

const WANTED: u32 = 0;
const UNKNOWN: u32 = 0xffffffff;
const NO_COLUMN: u32 = 0xffffffff;

export const input: usize = INPUT;
export const output: usize = OUTPUT;

/** Start of the next record, or of the blank lines before it. */
export let position: usize = INPUT;
/** Of the header, or of the record that is asked about; the end without its line end. */
export let recordStart: usize = 0;
export let recordEnd: usize = 0;
/** Line on which `position` stands, from 1. */
export let line: u32 = 1;
/** Line after the last record: that of `position`, or of the first of the blank lines before it. */
export let lineAfterRecord: u32 = 1;
/** `\r\n` inside quotes so far. */
export let pairs: u32 = 0;
/** Records so far, without the header. */
export let records: u32 = 0;
/** Records written to `output` by the last call. */
export let written: u32 = 0;
/** Whether the record that is asked about may hold quotes. */
export let asksQuoted: bool = false;

/** Cells of every record; 0 until the header is known. */
let width: u32 = 0;
let keyFirst: u32 = 0;
let keyLast: u32 = 0;

let keyCount: u32 = 0;
let keyBytes: usize = 0;

// The key looked up last.
let foundStart: usize = 0;
let foundEnd: usize = 0;
let foundHash: u32 = 0;

/** How many cells every record must have, and the columns, from the first to the last, whose bytes decide; or NO_COLUMN. */
export function begin(columns: u32, first: u32, last: u32): void {
  width = columns;
  keyFirst = first;
  keyLast = last;
  records = 0;
}

/** Says of the record that was asked about, and of all with its key: 0 they are wanted, or under which number to count. */
export function judge(verdict: u32): void {
  const length = foundEnd - foundStart;
  const slot = slotOf(foundHash, foundStart, <u32>length);
  const key = KEYS + keyBytes;
  memory.copy(key, foundStart, length);
  store<u32>(slot, foundHash);
  store<u32>(slot, <u32>key, 4);
  store<u32>(slot, <u32>length, 8);
  store<u32>(slot, verdict, 12);
  keyBytes += length;
  keyCount += 1;
}

/** How many records were counted under a verdict, 1 to 15. */
export function countOf(verdict: u32): u32 {
  return load<u32>((<usize>verdict) << 2);
}

function mask64(a: v128, b: v128, c: v128, d: v128, byte: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(i8x16.eq(a, byte)) | ((<u32>i8x16.bitmask(i8x16.eq(b, byte))) << 16)) |
    ((<u64>(<u32>i8x16.bitmask(i8x16.eq(c, byte)) | ((<u32>i8x16.bitmask(i8x16.eq(d, byte))) << 16))) << 32)
  );
}

/** Bit i is the exclusive-or of bits 0 to i: set from each opening quote to before its closing one. */
function runningXor(bits: u64): u64 {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  bits ^= bits << 32;
  return bits;
}

/**
 * Reads records from `position` on. The 64 bytes after `end` may hold anything.
 * @param last whether the file ends at `end`. Otherwise `end` never stands between `\r` and `\n`.
 */
export function scan(end: usize, last: bool): i32 {
  const quote = i8x16.splat(0x22);
  const comma = i8x16.splat(0x2c);
  const feed = i8x16.splat(0x0a);
  const ret = i8x16.splat(0x0d);
  let start = position;
  let cells: u32 = 1;
  /** All ones inside quotes. */
  let inside: u64 = 0;
  let quoted = false;
  /** Bit 0: a quote may open at the next byte; the byte before is a comma, a line end or a quote. */
  let mayOpen: u64 = 1;
  /** Bit 0: the byte before is `\r`. */
  let afterReturn: u64 = 0;
  // Line ends, and pairs of them, inside the quotes of the record that is being read.
  let innerLines: u32 = 0;
  let innerPairCount: u32 = 0;
  written = 0;
  for (let at = start; at < end; at += 64) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    let quotes = mask64(a, b, c, d, quote);
    let commas = mask64(a, b, c, d, comma);
    let feeds = mask64(a, b, c, d, feed);
    let returns = mask64(a, b, c, d, ret);
    const left = end - at;
    const isLast = left <= 64;
    if (left < 64) {
      const valid = ((<u64>1) << left) - 1;
      quotes &= valid;
      commas &= valid;
      feeds &= valid;
      returns &= valid;
    }
    let ends = feeds;
    let second: u64 = 0;
    if ((returns | afterReturn) !== 0) {
      second = feeds & ((returns << 1) | afterReturn);
      ends = returns | (feeds ^ second);
      afterReturn = returns >> 63;
    }
    let irregular: u64 = 0;
    let innerEnds: u64 = 0;
    let innerPairs: u64 = 0;
    if ((quotes | inside) !== 0) {
      quoted = true;
      const inner = runningXor(quotes) ^ inside;
      const beside = commas | feeds | returns | quotes;
      let mayFollow = beside >> 1;
      if (isLast) mayFollow |= (<u64>1) << (left - 1);
      else mayFollow |= (<u64>isBeside(load<u8>(at, 64))) << 63;
      irregular = (quotes & inner & ~((beside << 1) | mayOpen)) | (quotes & ~inner & ~mayFollow);
      inside = <u64>(<i64>inner >> 63);
      mayOpen = beside >> 63;
      commas &= ~inner;
      innerEnds = ends & inner;
      innerPairs = second & inner;
      ends &= ~inner;
    } else {
      mayOpen = (commas | feeds | returns) >> 63;
    }
    if (irregular !== 0) {
      // Records that end before the fault are whole.
      const before = (irregular & (0 - irregular)) - 1;
      ends &= before;
    }
    while (ends !== 0) {
      const bit = ends & (0 - ends);
      const before = bit - 1;
      cells += <u32>popcnt(commas & before);
      const finish = at + <usize>ctz(bit);
      const lines = <u32>popcnt(innerEnds & before);
      const pairCount = <u32>popcnt(innerPairs & before);
      if (start === finish) {
        line += 1;
      } else {
        innerLines += lines;
        innerPairCount += pairCount;
        const stop = finishRecord(start, finish, cells, quoted);
        if (stop >= 0 && stop !== HEADER) return stop;
        line += innerLines + 1;
        lineAfterRecord = line;
        pairs += innerPairCount;
        if (stop === HEADER) {
          position = finish + 1 + <usize>isPair(finish, end);
          return HEADER;
        }
      }
      innerLines = 0;
      innerPairCount = 0;
      start = finish + 1 + <usize>isPair(finish, end);
      position = start;
      cells = 1;
      // What was quoted may have ended with the record; bytes of the next that were looked at decide for it.
      quoted = (quotes & ~(before | bit)) !== 0;
      commas &= ~before;
      innerEnds &= ~before;
      innerPairs &= ~before;
      ends ^= bit;
      if (written === OUTPUT_COUNT) return OUTPUT_FULL;
    }
    if (irregular !== 0) return IRREGULAR;
    cells += <u32>popcnt(commas);
    innerLines += <u32>popcnt(innerEnds);
    innerPairCount += <u32>popcnt(innerPairs);
  }
  if (end - start > LONGEST_RECORD) return IRREGULAR;
  if (!last || start === end) return NEEDS_BYTES;
  if (inside !== 0) return IRREGULAR;
  const stop = finishRecord(start, end, cells, quoted);
  if (stop >= 0 && stop !== HEADER) return stop;
  line += innerLines + 1;
  lineAfterRecord = line;
  pairs += innerPairCount;
  position = end;
  return stop === HEADER ? HEADER : NEEDS_BYTES;
}

function isBeside(byte: u8): bool {
  return byte === 0x2c || byte === 0x0a || byte === 0x0d || byte === 0x22;
}

function isPair(at: usize, end: usize): bool {
  return load<u8>(at) === 0x0d && at + 1 < end && load<u8>(at + 1) === 0x0a;
}

/** Negative: go on; otherwise what `scan` has to answer, with the record untouched. */
function finishRecord(start: usize, end: usize, cells: u32, quoted: bool): i32 {
  if (end - start > LONGEST_RECORD) return IRREGULAR;
  if (width === 0) {
    recordStart = start;
    recordEnd = end;
    return HEADER;
  }
  if (cells !== width) return IRREGULAR;
  let flags: u32 = quoted ? HAS_QUOTES : 0;
  const verdict = keyFirst === NO_COLUMN ? WANTED : findVerdict(start, end, quoted);
  if (verdict === UNKNOWN) {
    const length = foundEnd - foundStart;
    if (keyCount < MOST_KEYS && keyBytes + length <= KEYS_SIZE) {
      recordStart = start;
      recordEnd = end;
      asksQuoted = quoted;
      return ASKS;
    }
    flags |= UNJUDGED;
  } else if (verdict !== WANTED) {
    const counter = (<usize>verdict) << 2;
    store<u32>(counter, load<u32>(counter) + 1);
    records += 1;
    return -1;
  }
  const entry = OUTPUT + <usize>written * OUTPUT_SIZE;
  store<u32>(entry, <u32>start);
  store<u32>(entry, <u32>end, 4);
  store<u32>(entry, line, 8);
  store<u32>(entry, flags, 12);
  written += 1;
  records += 1;
  return -1;
}

function findVerdict(start: usize, end: usize, quoted: bool): u32 {
  if (quoted) findQuotedKey(start, end);
  else findPlainKey(start, end);
  foundHash = hashOf(foundStart, foundEnd);
  const slot = slotOf(foundHash, foundStart, <u32>(foundEnd - foundStart));
  return load<u32>(slot, 4) === 0 ? UNKNOWN : load<u32>(slot, 12);
}

/** Where the key begins and ends in a record without quotes. */
function findPlainKey(start: usize, end: usize): void {
  const comma = i8x16.splat(0x2c);
  let column: u32 = 0;
  foundStart = start;
  foundEnd = end;
  for (let at = start; at < end; at += 16) {
    let commas = <u32>i8x16.bitmask(i8x16.eq(v128.load(at), comma));
    while (commas !== 0) {
      const place = at + <usize>ctz(commas);
      if (place >= end) return;
      if (column === keyLast) {
        foundEnd = place;
        return;
      }
      column += 1;
      if (column === keyFirst) foundStart = place + 1;
      commas &= commas - 1;
    }
  }
}

/** The same where commas may stand inside quotes. */
function findQuotedKey(start: usize, end: usize): void {
  let column: u32 = 0;
  let inside = false;
  foundStart = start;
  foundEnd = end;
  for (let at = start; at < end; at += 1) {
    const byte = load<u8>(at);
    if (byte === 0x22) inside = !inside;
    if (byte !== 0x2c || inside) continue;
    if (column === keyLast) {
      foundEnd = at;
      return;
    }
    column += 1;
    if (column === keyFirst) foundStart = at + 1;
  }
}

function hashOf(start: usize, end: usize): u32 {
  let hash: u64 = <u64>(end - start);
  let at = start;
  for (; at + 8 <= end; at += 8) hash = mix(hash ^ load<u64>(at));
  const left = end - at;
  if (left > 0) hash = mix(hash ^ (load<u64>(at) & (((<u64>1) << ((<u64>left) << 3)) - 1)));
  return <u32>hash;
}

function mix(hash: u64): u64 {
  // biome-ignore lint/correctness/noPrecisionLoss: a 64-bit integer here, not a JavaScript number
  hash *= 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 32);
}

/** The key's slot, or the free one where it belongs. */
function slotOf(hash: u32, start: usize, length: u32): usize {
  let index = hash & (SLOT_COUNT - 1);
  while (true) {
    const slot = SLOTS + <usize>index * SLOT_SIZE;
    const key = <usize>load<u32>(slot, 4);
    if (key === 0) return slot;
    if (load<u32>(slot) === hash && load<u32>(slot, 8) === length && isSame(key, start, length)) return slot;
    index = (index + 1) & (SLOT_COUNT - 1);
  }
}

function isSame(one: usize, other: usize, length: usize): bool {
  let at: usize = 0;
  for (; at + 16 <= length; at += 16) {
    if (!i8x16.all_true(i8x16.eq(v128.load(one + at), v128.load(other + at)))) return false;
  }
  for (; at < length; at += 1) {
    if (load<u8>(one + at) !== load<u8>(other + at)) return false;
  }
  return true;
}
