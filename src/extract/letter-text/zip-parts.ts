/**
 * The parts of a zip held in memory, by its central directory. Written out here because the libraries at hand trust the
 * sizes that the archive declares, leave the checksum unread or never settle on a truncated archive, and every one of
 * those is a letter that somebody can send. See docs/decisions/2026-11-22-docx.md. Format: PKWARE APPNOTE 6.3, 4.3.
 */
import { crc32, inflateRawSync } from "node:zlib";
import { SetAside } from "./set-aside.ts";

interface Entry {
  flags: number;
  method: number;
  crc: number;
  packed: number;
  unpacked: number;
  offset: number;
}

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const MOST_ENTRIES = 10_000;

/** A zip whose parts are unpacked when asked for. */
export interface ZipParts {
  has(name: string): boolean;
  names(): string[];
  /** The bytes of a part, checked against its declared size and checksum. Throws {@link SetAside}. */
  bytes(name: string): Buffer;
}

/** Opens a zip. Throws {@link SetAside} `damaged`, `encrypted`, or `too-large` when it declares more than `limit` bytes. */
export function openZipParts(archive: Uint8Array, limit: number): ZipParts {
  const file = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const entries = readDirectory(file);
  const declared = [...entries.values()].reduce((sum, entry) => sum + entry.unpacked, 0);
  if (declared > limit) throw new SetAside("too-large", `unpacks to ${declared} bytes, more than ${limit}`);
  if ([...entries.values()].some((entry) => entry.flags & 1)) throw new SetAside("encrypted", "needs a password");
  return {
    has: (name) => entries.has(name),
    names: () => [...entries.keys()],
    bytes: (name) => unpack(file, name, entries.get(name)),
  };
}

function readDirectory(file: Buffer): Map<string, Entry> {
  const end = findEnd(file);
  const count = file.readUInt16LE(end + 10);
  if (count > MOST_ENTRIES) throw new SetAside("damaged", `a zip of ${count} parts is no Word document`);
  const entries = new Map<string, Entry>();
  let at = file.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (at + 46 > end || file.readUInt32LE(at) !== ENTRY)
      throw new SetAside("damaged", "its zip directory is cut short");
    const nameEnd = at + 46 + file.readUInt16LE(at + 28);
    const name = file.toString("utf8", at + 46, nameEnd);
    if (entries.has(name)) throw new SetAside("damaged", `its zip directory names ${name} twice`);
    entries.set(name, entryAt(file, at));
    at = nameEnd + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return entries;
}

function entryAt(file: Buffer, at: number): Entry {
  return {
    flags: file.readUInt16LE(at + 8),
    method: file.readUInt16LE(at + 10),
    crc: file.readUInt32LE(at + 16),
    packed: file.readUInt32LE(at + 20),
    unpacked: file.readUInt32LE(at + 24),
    offset: file.readUInt32LE(at + 42),
  };
}

/** The end record lies within the last 22 bytes and a comment of at most 65,535. */
function findEnd(file: Buffer): number {
  for (let at = file.length - 22; at >= Math.max(0, file.length - 22 - 65_535); at--) {
    if (file.readUInt32LE(at) === END) return at;
  }
  throw new SetAside("damaged", "its zip directory is missing: truncated?");
}

function unpack(file: Buffer, name: string, entry: Entry | undefined): Buffer {
  if (entry === undefined) throw new SetAside("damaged", `its part ${name} is missing`);
  if (entry.offset + 30 > file.length) throw new SetAside("damaged", `its part ${name} lies outside the file`);
  const start = entry.offset + 30 + file.readUInt16LE(entry.offset + 26) + file.readUInt16LE(entry.offset + 28);
  const packed = file.subarray(start, start + entry.packed);
  const bytes = entry.method === 0 ? packed : inflate(packed, name, entry);
  if (bytes.length !== entry.unpacked || crc32(bytes) !== entry.crc)
    throw new SetAside("damaged", `its part ${name} does not match its declared size and checksum`);
  return bytes;
}

function inflate(packed: Buffer, name: string, entry: Entry): Buffer {
  if (entry.method !== 8) throw new SetAside("unsupported", `its part ${name} is packed by method ${entry.method}`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.unpacked) });
  } catch (cause) {
    throw new SetAside("damaged", `its part ${name} does not unpack to its declared size`, { cause });
  }
}
