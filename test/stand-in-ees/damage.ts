/** Bundles that are not as they should be, each damaged in one way. */
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { constants, deflateRawSync } from "node:zlib";
import { type BundleContents, streamBundle } from "./bundle.ts";
import type { BUNDLE_FAULTS, Fault } from "./faults.ts";
import { makeEntry, readEntries, unpackEntry, writeZip, type ZipEntry } from "./zip-entries.ts";

type Damage = (entries: ZipEntry[], arg: unknown) => Buffer;
type BundleFault = (typeof BUNDLE_FAULTS)[number];

const MEBIBYTE = 1024 ** 2;
const SYMLINK = (0o120777 << 16) >>> 0;
const ENCRYPTED = 0x0001;

const DAMAGES: Record<Exclude<BundleFault, "zip64">, Damage> = {
  "empty-zip": () => writeZip([]),
  "wrong-crc": (entries, arg) => writeZip(change(entries, arg, (entry) => [{ ...entry, crc: (entry.crc ^ 1) >>> 0 }])),
  "digit-flip": (entries, arg) => writeZip(change(entries, arg, (entry) => [{ ...flipDigit(entry), crc: entry.crc }])),
  trailing: (entries, arg) => Buffer.concat([writeZip(entries), randomBytes(Number(arg ?? 100))]),
  "dup-entry": (entries, arg) => writeZip(change(entries, arg, (entry) => [entry, flipDigit(entry)])),
  "ghost-entry": (entries, arg) =>
    writeZip(change(entries, arg, (entry) => [{ ...flipDigit(entry), inDirectory: false }, entry])),
  "zip-slip": (entries, arg) => writeZip([...entries, makeEntry(String(arg ?? "../../../../outside.csv"), OUTSIDE)]),
  "symlink-entry": addSymlink,
  symlink: addSymlink,
  "zip-bomb": (entries, arg) => {
    const packed = deflateZeros(Number(arg ?? 2048 * MEBIBYTE));
    return writeZip(change(entries, undefined, (entry) => [{ ...entry, packed, uncompressedSize: 1000 }]));
  },
  "encrypted-entry": (entries, arg) =>
    writeZip(change(entries, arg, (entry) => [{ ...entry, flags: entry.flags | ENCRYPTED, packed: encrypt(entry) }])),
  "many-entries": (entries, arg) => {
    const small = makeEntry("", OUTSIDE);
    const more = Array.from({ length: Number(arg ?? 65_536) }, (_, index) => ({ ...small, name: `data/${index}.csv` }));
    return writeZip([...entries, ...more]);
  },
};

const OUTSIDE = Buffer.from("time_period\r\n2022\r\n");

/** The bundle with the damage that the fault asks for. */
export async function damageBundle(contents: BundleContents, { fault, arg }: Fault): Promise<Buffer | Readable> {
  if (fault === "zip64") return streamBundle(contents, { forceZip64: true });
  const damage = (DAMAGES as Record<string, Damage | undefined>)[fault];
  if (damage === undefined) throw new Error(`"${fault}" does not damage a bundle`);
  const chunks: Buffer[] = [];
  for await (const chunk of await streamBundle(contents)) chunks.push(chunk as Buffer);
  return Readable.from(slice(damage(readEntries(Buffer.concat(chunks)), arg)));
}

function* slice(zip: Buffer) {
  for (let at = 0; at < zip.length; at += 64 * 1024) yield zip.subarray(at, at + 64 * 1024);
}

/** Replaces one entry: the first whose name matches; without a pattern C1, or else the first file. */
function change(entries: ZipEntry[], arg: unknown, into: (entry: ZipEntry) => ZipEntry[]): ZipEntry[] {
  const pattern = typeof arg === "string" ? new RegExp(arg, "i") : /^data\/c1_/i;
  const found = entries.findIndex((entry) => pattern.test(entry.name));
  const target = found === -1 && arg === undefined ? 0 : found;
  if (entries[target] === undefined) throw new Error(`no entry of the bundle matches ${pattern}`);
  return entries.flatMap((entry, index) => (index === target ? into(entry) : [entry]));
}

/** Changes the last digit of the first row that ends in one: still a good CSV, of the same length. */
function flipDigit(entry: ZipEntry): ZipEntry {
  const content = Buffer.from(unpackEntry(entry));
  const at = /\d(?=\r?\n)/.exec(content.toString("latin1"))?.index;
  if (at === undefined) throw new Error(`${entry.name} has no row that ends in a digit`);
  content[at] = 0x30 + ((Number(content.toString("latin1", at, at + 1)) + 1) % 10);
  return { ...makeEntry(entry.name, content), externalAttributes: entry.externalAttributes };
}

function addSymlink(entries: ZipEntry[], arg: unknown): Buffer {
  const name = typeof arg === "string" ? arg : "data/c1_link.csv";
  return writeZip([...entries, { ...makeEntry(name, Buffer.from("/etc/passwd")), externalAttributes: SYMLINK }]);
}

/** Twelve bytes of a key header and then noise; it cannot be read with any password. */
function encrypt(entry: ZipEntry): Buffer {
  return Buffer.concat([randomBytes(12), randomBytes(entry.packed.length)]);
}

/** Zeros deflated: a piece that ends with a full flush can be repeated, and an empty last block closes the stream. */
function deflateZeros(bytes: number): Buffer {
  const piece = deflateRawSync(Buffer.alloc(16 * MEBIBYTE), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const pieces = Array.from({ length: Math.ceil(bytes / (16 * MEBIBYTE)) }, () => piece);
  return Buffer.concat([...pieces, Buffer.from([0x03, 0x00])]);
}
