/**
 * A zip taken apart into entries and put together again, so that a test can change any field of it.
 * Source: PKWARE, APPNOTE.TXT. It knows what the stand-in's own bundles have: data descriptors, no encryption, no comment.
 */
import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";

/** One entry with the fields as its headers state them, true or not. */
export interface ZipEntry {
  name: string;
  flags: number;
  method: number;
  crc: number;
  /** What the headers say; `packed` may have another length. */
  uncompressedSize: number;
  externalAttributes: number;
  packed: Buffer;
  /** False: the entry is in the stream only. */
  inDirectory: boolean;
}

const LOCAL = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const HAS_DESCRIPTOR = 0x0008;
const DEFLATED = 8;
const REGULAR_FILE = (0o100644 << 16) >>> 0;
/** 1 January 2022, 00:00. */
const DOS_DATE = ((2022 - 1980) << 9) | (1 << 5) | 1;

export function makeEntry(name: string, content: Buffer): ZipEntry {
  return {
    name,
    flags: HAS_DESCRIPTOR,
    method: DEFLATED,
    crc: crc32(content),
    uncompressedSize: content.length,
    externalAttributes: REGULAR_FILE,
    packed: deflateRawSync(content),
    inDirectory: true,
  };
}

export function unpackEntry(entry: ZipEntry): Buffer {
  return entry.method === DEFLATED ? inflateRawSync(entry.packed) : entry.packed;
}

/** Takes a zip apart by its central directory. */
export function readEntries(zip: Buffer): ZipEntry[] {
  const end = zip.length - 22;
  if (zip.readUInt32LE(end) !== END) throw new Error("the zip does not end with an end record without comment");
  const entries: ZipEntry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameLength = zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    entries.push({
      name: zip.toString("utf8", at + 46, at + 46 + nameLength),
      flags: zip.readUInt16LE(at + 8),
      method: zip.readUInt16LE(at + 10),
      crc: zip.readUInt32LE(at + 16),
      uncompressedSize: zip.readUInt32LE(at + 24),
      externalAttributes: zip.readUInt32LE(at + 38),
      packed: zip.subarray(start, start + zip.readUInt32LE(at + 20)),
      inDirectory: true,
    });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

/** Puts a zip together; with more than 65,534 entries it has the records of zip64 too. */
export function writeZip(entries: ZipEntry[]): Buffer {
  const body: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const parts = [header(entry, LOCAL, 0), entry.packed, descriptor(entry)];
    if (entry.inDirectory) directory.push(header(entry, CENTRAL, offset));
    body.push(...parts);
    offset += parts.reduce((sum, part) => sum + part.length, 0);
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...body, central, endRecords(directory.length, central.length, offset)]);
}

/** The local or the central header: the same fields, of which the local one leaves sizes and CRC to the descriptor. */
function header(entry: ZipEntry, signature: typeof LOCAL | typeof CENTRAL, offset: number): Buffer {
  const local = signature === LOCAL;
  const name = Buffer.from(entry.name);
  const late = local && (entry.flags & HAS_DESCRIPTOR) !== 0;
  const shared = Buffer.alloc(26);
  shared.writeUInt16LE(20, 0);
  shared.writeUInt16LE(entry.flags, 2);
  shared.writeUInt16LE(entry.method, 4);
  shared.writeUInt16LE(DOS_DATE, 8);
  shared.writeUInt32LE(late ? 0 : entry.crc, 10);
  shared.writeUInt32LE(late ? 0 : entry.packed.length, 14);
  shared.writeUInt32LE(late ? 0 : entry.uncompressedSize, 18);
  shared.writeUInt16LE(name.length, 22);
  const start = Buffer.alloc(local ? 4 : 6);
  start.writeUInt32LE(signature, 0);
  if (local) return Buffer.concat([start, shared, name]);
  start.writeUInt16LE((3 << 8) | 45, 4);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(entry.externalAttributes, 6);
  rest.writeUInt32LE(offset, 10);
  return Buffer.concat([start, shared, rest, name]);
}

function descriptor(entry: ZipEntry): Buffer {
  if ((entry.flags & HAS_DESCRIPTOR) === 0) return Buffer.alloc(0);
  return words(DESCRIPTOR, entry.crc, entry.packed.length, entry.uncompressedSize);
}

function endRecords(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(Math.min(count, 0xffff), 8);
  end.writeUInt16LE(Math.min(count, 0xffff), 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  if (count < 0xffff) return end;
  const end64 = words(END_64, 44, 0, 0x002d032d, 0, 0, count, 0, count, 0, size, 0, offset, 0);
  const locator = words(LOCATOR_64, 0, offset + size, 0, 1);
  return Buffer.concat([end64, locator, end]);
}

function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) buffer.writeUInt32LE(value, index * 4);
  return buffer;
}
