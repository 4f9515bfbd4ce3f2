/** Bytes that are proven to be UTF-8, in pieces that part neither a character nor `\r\n`. */
import { isUtf8 } from "node:buffer";
import { SourceNotTrustedError } from "../errors.ts";

/** Who has read the bytes so far, and knows on which line those begin that come next. */
export interface LineCounter {
  /** Line of the first byte that has not been passed on. */
  nextLine(): number;
  /** Told of bytes as they are passed on. */
  pass(bytes: Buffer): void;
}

/** @param first line of the first byte. */
export function countLines(first = 1): LineCounter {
  let line = first;
  return {
    nextLine: () => line,
    pass(bytes) {
      line += countLineEnds(bytes);
    },
  };
}

/** @throws SourceNotTrustedError naming file and line. `counter` is asked anew each time: it may be replaced meanwhile. */
export async function* provenUtf8(
  chunks: AsyncIterable<Buffer>,
  name: string,
  counter: () => LineCounter,
): AsyncGenerator<Buffer> {
  let begun = false;
  let cut: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = cut.length > 0 ? Buffer.concat([cut, chunk]) : chunk;
    if (!begun && isUtf16(bytes)) {
      throw new SourceNotTrustedError("not-utf-8", `${name} is UTF-16; expected UTF-8`);
    }
    const whole = bytes.subarray(0, bytes.length - lengthCut(bytes));
    if (!isUtf8(whole)) throw notUtf8(name, counter().nextLine() + linesBeforeFault(whole));
    cut = bytes.subarray(whole.length);
    if (whole.length === 0) continue;
    begun = true;
    counter().pass(whole);
    yield whole;
  }
  if (!isUtf8(cut)) throw notUtf8(name, counter().nextLine());
  if (cut.length > 0) yield cut;
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

/** `\r\n`, `\n` and `\r` count one each. */
export function countLineEnds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  for (let at = bytes.indexOf(0x0d); at >= 0; at = bytes.indexOf(0x0d, at + 1)) if (bytes[at + 1] !== 0x0a) count += 1;
  return count;
}

function notUtf8(name: string, line: number): SourceNotTrustedError {
  return new SourceNotTrustedError("not-utf-8", `${name}, line ${line}: bytes that are not UTF-8`);
}
