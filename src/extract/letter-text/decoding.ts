import { isUtf8 } from "node:buffer";
import type { LetterProblem } from "../../letter.ts";
import { SetAside } from "./set-aside.ts";

/** Text, and what was doubtful about its bytes. */
export interface Decoded {
  text: string;
  problems: LetterProblem[];
}

const MARKS = [
  { encoding: "utf-8", mark: [0xef, 0xbb, 0xbf] },
  { encoding: "utf-16le", mark: [0xff, 0xfe] },
  { encoding: "utf-16be", mark: [0xfe, 0xff] },
] as const;

/**
 * Decodes text: by its byte order mark, else by the encoding that it declares, else UTF-8, else Windows-1252, which is
 * told. Throws {@link SetAside} `not-text` for NUL characters and for bytes that are mostly control characters.
 */
export function decodeText(bytes: Uint8Array, declared: string | null = null): Decoded {
  const marked = MARKS.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
  if (marked) return { text: checkText(decodeAs(marked.encoding, bytes)), problems: [] };
  if (bytes.includes(0)) throw new SetAside("not-text", "holds NUL bytes: not a text");
  const encoding = declared === null ? null : encodingNamed(declared);
  if (encoding !== null && encoding !== "utf-8") return { text: checkText(decodeAs(encoding, bytes)), problems: [] };
  if (isUtf8(bytes)) return { text: checkText(decodeAs("utf-8", bytes)), problems: [] };
  const problem = { code: "encoding", message: "not valid UTF-8; read as Windows-1252", line: firstBadLine(bytes) };
  return { text: checkText(decodeAs("windows-1252", bytes)), problems: [problem] };
}

/** The characters of bytes 0x80 to 0x9f in Windows-1252 (WHATWG Encoding, index windows-1252); five are unassigned. */
const WINDOWS_1252 = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

/**
 * Puts right Windows-1252 that was read as Latin-1. Node's own decoder does that from 20.18.3 on, and with it every library, so
 * that the dash of `2017–18` is lost (nodejs/node#56542). Text that was decoded well has none of these and comes back as it is.
 */
export function repairWindows1252(text: string): string {
  return text.replace(/[\x80-\x9f]/g, (sign) => WINDOWS_1252.charAt(sign.charCodeAt(0) - 0x80));
}

function decodeAs(encoding: string, bytes: Uint8Array): string {
  if (encoding === "windows-1252") return repairWindows1252(Buffer.from(bytes).toString("latin1"));
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SetAside("not-text", `its bytes are not valid ${encoding}`, { cause });
  }
}

/** The name by which the decoder knows an encoding; null for a name that it does not know. */
function encodingNamed(label: string): string | null {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}

/** A handful of control characters is dirt; one in twenty is another kind of file. */
function checkText(text: string): string {
  const head = text.slice(0, 100_000);
  const controls = [...head.matchAll(/[^\P{Cc}\t\r\n\f\v]/gu)].length;
  if (text.includes("\0")) throw new SetAside("not-text", "holds NUL characters: not a text");
  if (controls * 20 > head.length) throw new SetAside("not-text", "is mostly control characters: not a text");
  return text;
}

/** The first line, from 1, whose bytes are not UTF-8. */
function firstBadLine(bytes: Uint8Array): number | null {
  let start = 0;
  for (let line = 1; start < bytes.length; line++) {
    const end = bytes.indexOf(10, start);
    const stop = end === -1 ? bytes.length : end + 1;
    if (!isUtf8(bytes.subarray(start, stop))) return line;
    start = stop;
  }
  return null;
}
