/**
 * Postgres's COPY in its binary format: a third less work for the server than text, where every date, time and number is parsed
 * and every column searched for escapes. Source: PostgreSQL's manual, COPY, "Binary Format"; of a number, `numeric_recv`.
 */

/** How a column is written. Values are what an observation holds: text, ISO dates and times, decimal text, whole numbers. */
export type CopyType = "text" | "integer" | "numeric" | "date" | "timestamptz";

export type CopyColumn<T> = readonly [name: keyof T & string, type: CopyType];

/** Before the first row: signature, flags, and the length of an extension that is not there. */
export const COPY_HEADER = Buffer.from("PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0", "latin1");
/** After the last row. */
export const COPY_TRAILER = Buffer.from([0xff, 0xff]);

/** Neighbouring columns that mostly change together, if at all, from one row to the next. */
interface Group<T> {
  columns: readonly CopyColumn<T>[];
  /** Of the row before; none where there is no such row. */
  values: unknown[] | null;
  /** Where the row before has its bytes. */
  start: number;
  length: number;
}

export interface CopyRows<T> {
  /** @returns how many bytes there are to take. */
  add(row: T): number;
  /** The rows added since it was last called, whole, without header and trailer. */
  take(): Buffer<ArrayBuffer>;
}

/**
 * Writes rows that are much like the row before: what did not change is copied from there.
 * @param groups the columns in order, in one group those that change together.
 * @param stamp columns at the end that say the same in every row, and what they say.
 * @throws RangeError for a value that is none of its column's type; the row is not added.
 */
export function createCopyRows<T extends object, S extends object>(
  groups: readonly (readonly CopyColumn<T>[])[],
  [stampColumns, stamp]: readonly [readonly CopyColumn<S>[], S],
): CopyRows<T> {
  const written = groups.map((columns): Group<T> => ({ columns, values: null, start: 0, length: 0 }));
  const stamped = encodeStamp(stampColumns, stamp);
  const count = groups.reduce((sum, columns) => sum + columns.length, stampColumns.length);
  let rows = Buffer.allocUnsafeSlow(131_072);
  // The row before stands in front of what is to be taken, or is the last of it.
  let [before, begin, end] = [0, 0, 0];

  const reserve = (at: number, bytes: number) => {
    if (at + bytes > rows.length) rows = grow(rows, at + bytes);
  };
  const writeRow = (row: T): number => {
    reserve(end, 2);
    let at = rows.writeInt16BE(count, end);
    for (const group of written) {
      if (changes(group, row)) {
        const values = group.columns.map(([name]) => row[name] as unknown);
        reserve(at, longest(values));
        group.length = writeFields(rows, at, group.columns, values) - at;
        group.values = values;
      } else {
        reserve(at, group.length);
        rows.copyWithin(at, group.start, group.start + group.length);
      }
      group.start = at;
      at += group.length;
    }
    reserve(at, stamped.length);
    rows.set(stamped, at);
    return at + stamped.length;
  };
  return {
    add(row) {
      try {
        const next = writeRow(row);
        [before, end] = [end, next];
      } catch (error) {
        // Half of it is written where the next row will be: nothing of it may be copied.
        for (const group of written) group.values = null;
        throw error;
      }
      return end - begin;
    },
    take() {
      const taken = Buffer.allocUnsafeSlow(end - begin);
      rows.copy(taken, 0, begin, end);
      rows.copyWithin(0, before, end);
      for (const group of written) group.start -= before;
      [before, begin, end] = [0, end - before, end - before];
      return taken;
    },
  };
}

function grow(held: Buffer, needed: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, held.length * 2));
  larger.set(held);
  return larger;
}

function changes<T extends object>({ columns, values }: Group<T>, row: T): boolean {
  if (values === null) return true;
  for (let index = 0; index < columns.length; index += 1) {
    if (row[(columns[index] as CopyColumn<T>)[0]] !== values[index]) return true;
  }
  return false;
}

function encodeStamp<S extends object>(columns: readonly CopyColumn<S>[], stamp: S): Buffer {
  const values = columns.map(([name]) => stamp[name] as unknown);
  const bytes = Buffer.alloc(longest(values));
  return bytes.subarray(0, writeFields(bytes, 0, columns, values));
}

/** Bytes that these values take at most. A number takes some more than its digits; UTF-8 three for a UTF-16 unit. */
function longest(values: readonly unknown[]): number {
  let most = 0;
  for (const value of values) most += 32 + 3 * (typeof value === "string" ? value.length : 0);
  return most;
}

function writeFields(bytes: Buffer, start: number, columns: readonly CopyColumn<never>[], values: unknown[]): number {
  let at = start;
  for (let index = 0; index < columns.length; index += 1) {
    const [name, type] = columns[index] as CopyColumn<never>;
    at = writeField(bytes, at, type, values[index], name);
  }
  return at;
}

/** @returns where the field ends: its length in bytes, -1 for null, and its bytes. */
function writeField(bytes: Buffer, at: number, type: CopyType, value: unknown, name: string): number {
  if (value === null) return bytes.writeInt32BE(-1, at);
  const start = at + 4;
  const end = writeValue(bytes, start, type, value);
  if (Number.isNaN(end)) throw new RangeError(`${name} is ${JSON.stringify(value)}; expected ${EXPECTED[type]}`);
  bytes.writeInt32BE(end - start, at);
  return end;
}

const EXPECTED: Readonly<Record<CopyType, string>> = {
  text: "text",
  integer: "a whole number of 32 bits",
  numeric: "a decimal number as text, such as -1234.50",
  date: "a date such as 2022-03-31",
  timestamptz: "a time with its zone such as 2022-10-27T08:30:00.000Z",
};

/** @returns where it ends; NaN where the value is none of the type. */
function writeValue(bytes: Buffer, at: number, type: CopyType, value: unknown): number {
  if (type === "integer") return isInteger(value) ? bytes.writeInt32BE(value, at) : Number.NaN;
  if (typeof value !== "string") return Number.NaN;
  if (type === "text") return writeText(bytes, at, value);
  if (type === "numeric") return writeNumeric(bytes, at, value);
  return type === "date" ? writeDate(bytes, at, value) : writeTime(bytes, at, value);
}

/** Short texts are mostly ASCII, and a call into Node's own writing takes longer than to write them here. */
function writeText(bytes: Buffer, at: number, text: string): number {
  if (text.length > 64) return at + bytes.write(text, at, "utf8");
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return at + bytes.write(text, at, "utf8");
    bytes[at + index] = code;
  }
  return at + text.length;
}

function isInteger(value: unknown): value is number {
  return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31;
}

const DAY = 86_400_000;
/** Postgres counts days and microseconds from here. */
const EPOCH = Date.UTC(2000, 0, 1);

function writeDate(bytes: Buffer, at: number, text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // JavaScript takes 31 June for 1 July in some forms; what it prints again is the day.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) return Number.NaN;
  return bytes.writeInt32BE((time - EPOCH) / DAY, at);
}

/** EES prints up to seven decimals of a second; Postgres keeps six, rounded. */
function writeTime(bytes: Buffer, at: number, text: string): number {
  const found = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/.exec(text);
  const seconds = found === null ? Number.NaN : Date.parse(`${found[1]}${found[3]}`);
  if (Number.isNaN(seconds)) return Number.NaN;
  const microseconds = Math.round(Number(`0.${found?.[2] ?? 0}`) * 1e6);
  return bytes.writeBigInt64BE(BigInt(seconds - EPOCH) * 1000n + BigInt(microseconds), at);
}

const ZERO = 48;
const SIGNS = { plus: 0x0000, minus: 0x4000 };

/** Digits in groups of four, from the decimal point to both sides, without groups of nothing at either end. */
function writeNumeric(bytes: Buffer, at: number, text: string): number {
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (parts === null) return Number.NaN;
  const [, minus, whole = "", fraction = ""] = parts;
  const digits =
    whole.padStart(Math.ceil(whole.length / 4) * 4, "0") + fraction.padEnd(Math.ceil(fraction.length / 4) * 4, "0");
  let first = 0;
  let last = digits.length / 4;
  while (first < last && groupAt(digits, first) === 0) first += 1;
  while (last > first && groupAt(digits, last - 1) === 0) last -= 1;
  const isZero = first === last;
  let end = bytes.writeInt16BE(last - first, at);
  end = bytes.writeInt16BE(isZero ? 0 : Math.ceil(whole.length / 4) - 1 - first, end);
  end = bytes.writeUInt16BE(minus === "-" && !isZero ? SIGNS.minus : SIGNS.plus, end);
  end = bytes.writeInt16BE(fraction.length, end);
  for (let group = first; group < last; group += 1) end = bytes.writeInt16BE(groupAt(digits, group), end);
  return end;
}

function groupAt(digits: string, group: number): number {
  const at = group * 4;
  const one = (place: number) => digits.charCodeAt(at + place) - ZERO;
  return one(0) * 1_000 + one(1) * 100 + one(2) * 10 + one(3);
}
