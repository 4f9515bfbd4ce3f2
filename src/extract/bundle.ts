/**
 * A release's "all files" zip. Opened by its central directory, which alone is authoritative: EES streams the archive,
 * so sizes and checksums stand after the data, a truncated archive has no directory, and a response of 200 proves
 * nothing. `unzipper` reads the directory; it checks neither size nor CRC, and can wait for ever on odd bytes: all three are seen to here.
 */
import { createReadStream } from "node:fs";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { crc32 } from "node:zlib";
import { type CentralDirectory, type File, Open } from "unzipper";
import { LimitError, messageOf, SourceNotTrustedError } from "../errors.ts";
import { startOf } from "./http.ts";
import { unpackMember } from "./zip-member.ts";

export interface BundleFile {
  /** File name without its folder; never used as a path. */
  name: string;
  /** Uncompressed size in bytes, as the archive's directory says. */
  bytes: number;
  /** The file's bytes. The stream fails when size or CRC differ from the directory. */
  open(): AsyncIterable<Buffer>;
}

export interface Bundle {
  /** The files under `data/`. */
  files: BundleFile[];
  /** Where it was read from, for messages. */
  location: string;
}

/** One member may unpack to this much. */
const LARGEST_MEMBER = 16 * 1024 ** 3;
/** Deflate can't do better than 1032 to 1; text never comes near. */
const LARGEST_RATIO = 1_100;
const MOST_MEMBERS = 10_000;
/** Longest wait for the next bytes of a local file: a parser that waits longer has lost its way. */
const STALL = 10_000;

/** @throws SourceNotTrustedError when it is no whole, sane zip. */
export async function openZipBundle(path: string, location: string = path): Promise<Bundle> {
  const end = await readEnds(path, location);
  if (end.members > MOST_MEMBERS) {
    throw notTrusted("too-many-files", `${location} has ${end.members} members; expected at most ${MOST_MEMBERS}`);
  }
  let directory: CentralDirectory;
  try {
    directory = await within(STALL, readDirectory(path), "its directory can't be read");
  } catch (error) {
    throw notTrusted("damaged-zip", `${location} is not a whole zip: ${messageOf(error)}`, error);
  }
  const listed = directory.files.reduce((sum, file) => sum + lengthInDirectory(file), 0);
  if (listed !== end.bytes) {
    const found = `${directory.files.length} members take ${listed} bytes of it, where it says ${end.bytes}`;
    throw notTrusted("damaged-zip", `${location} is not a whole zip: its directory does not add up: ${found}`);
  }
  const files = directory.files.filter((file) => file.type === "File");
  for (const file of files) refuseOddMember(file, location);
  refuseDuplicates(files, location);
  const data = files.filter((file) => file.path.startsWith("data/") && !file.path.slice(5).includes("/"));
  return { location, files: data.map((file) => bundleFileOf(path, file, location)) };
}

/** As `Open.file`, to whose streams nobody listens: where one fails late, because the file is gone by then, the program would end. */
function readDirectory(path: string): Promise<CentralDirectory> {
  return new Promise((resolve, reject) => {
    const stream = (start: number, length: number) =>
      createReadStream(path, length > 0 ? { start, end: start + length } : { start }).on("error", reject);
    Open.custom({ size: async () => (await stat(path)).size, stream }).then(resolve, reject);
  });
}

/** A folder laid out as a bundle: `data/*.csv`, or the files themselves. */
export async function openFolderBundle(folder: string): Promise<Bundle> {
  const inside = join(folder, "data");
  const data = (await stat(inside).catch(() => null))?.isDirectory() ? inside : folder;
  const entries = await readdir(data, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  const files = await Promise.all(
    names.sort().map(async (name) => {
      const path = join(data, name);
      return { name, bytes: (await stat(path)).size, open: () => createReadStream(path) as AsyncIterable<Buffer> };
    }),
  );
  return { files, location: folder };
}

/** What the last record of a zip says of its directory. */
interface DirectoryEnd {
  members: number;
  /** Length of the directory. */
  bytes: number;
}

/** Looked at before `unzipper` makes room for as many members as the record claims. */
async function readEnds(path: string, location: string): Promise<DirectoryEnd> {
  const handle = await open(path, "r");
  try {
    // EES sends error pages as octet-stream too: only the first bytes tell.
    const start = await readAt(handle, 0, 512);
    if (start.toString("latin1", 0, 2) !== "PK") {
      throw notTrusted("not-a-zip", `${location} holds ${startOf(start.toString("utf8"))}; expected a zip`);
    }
    const end = await readDirectoryEnd(handle, (await handle.stat()).size);
    if (end === null) throw notTrusted("damaged-zip", `${location} is not a whole zip: it ends without a directory`);
    return end;
  } finally {
    await handle.close();
  }
}

/** As far from the end as `unzipper` looks for the record, so that both mean the same one. */
const TAIL = 80;
const [END, LOCATOR_64, END_64] = [0x06054b50, 0x07064b50, 0x06064b50];

/** Null where there is none. Layout: PKWARE, APPNOTE.TXT, 4.3.14 to 4.3.16. */
async function readDirectoryEnd(handle: FileHandle, size: number): Promise<DirectoryEnd | null> {
  const tail = await readAt(handle, Math.max(0, size - TAIL), TAIL);
  const signature = Buffer.alloc(4);
  signature.writeUInt32LE(END);
  const at = tail.indexOf(signature);
  if (at < 0 || tail.length < at + 22) return null;
  const members = tail.readUInt16LE(at + 10);
  const offset = tail.readUInt32LE(at + 16);
  const is64 = tail.readUInt16LE(at + 4) === 0xffff || members === 0xffff || offset === 0xffffffff;
  if (!is64) return { members, bytes: tail.readUInt32LE(at + 12) };
  const locator = await readAt(handle, size - tail.length + at - 20, 20);
  if (locator.length < 20 || locator.readUInt32LE(0) !== LOCATOR_64) return null;
  const record = await readAt(handle, Number(locator.readBigUInt64LE(8)), 56);
  if (record.length < 56 || record.readUInt32LE(0) !== END_64) return null;
  return { members: Number(record.readBigUInt64LE(32)), bytes: Number(record.readBigUInt64LE(40)) };
}

/** Fewer bytes, or none, where the file has no more. */
async function readAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  if (at < 0 || !Number.isSafeInteger(at)) return Buffer.alloc(0);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}

function lengthInDirectory({ fileNameLength, extraFieldLength, fileCommentLength }: File): number {
  return 46 + fileNameLength + extraFieldLength + fileCommentLength;
}

/** Entry names are never used as paths; one that tries to be a path elsewhere is a sign that the whole is not DfE's. */
function refuseOddMember(file: File, location: string) {
  const unsafe = /(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:|\\|\0/.test(file.path);
  // The upper half of the external attributes is the Unix mode; 0o120000 is a symbolic link.
  const link = ((file.externalFileAttributes >>> 16) & 0o170000) === 0o120000;
  const encrypted = (file.flags & 1) === 1;
  const reason = unsafe ? "has an unsafe name" : link ? "is a symbolic link" : encrypted ? "is encrypted" : null;
  if (reason !== null) throw notTrusted("odd-member", `${location}: ${JSON.stringify(file.path)} ${reason}`);
  const limit = Math.min(LARGEST_MEMBER, Math.max(1_048_576, file.compressedSize * LARGEST_RATIO));
  if (file.uncompressedSize > limit) {
    throw new LimitError(
      "zip-bomb",
      `${location}: ${file.path} claims ${file.uncompressedSize} bytes from ${file.compressedSize}`,
    );
  }
}

function refuseDuplicates(files: File[], location: string) {
  const seen = new Set<string>();
  for (const { path } of files) {
    const name = path.toLowerCase();
    if (seen.has(name)) throw notTrusted("duplicate-member", `${location} holds ${path} twice`);
    seen.add(name);
  }
}

function bundleFileOf(path: string, file: File, location: string): BundleFile {
  return {
    name: basename(file.path),
    bytes: file.uncompressedSize,
    open: () => readProven(path, file, location),
  };
}

async function* readProven(path: string, file: File, location: string): AsyncGenerator<Buffer> {
  let crc = 0;
  let bytes = 0;
  try {
    for await (const chunk of withoutStall(unpackMember(path, file))) {
      bytes += chunk.length;
      if (bytes > file.uncompressedSize) break;
      crc = crc32(chunk, crc);
      yield chunk;
    }
  } catch (error) {
    throw notTrusted("damaged-member", `${location}: ${file.path} can't be unpacked: ${messageOf(error)}`, error);
  }
  if (bytes !== file.uncompressedSize) {
    const found = bytes > file.uncompressedSize ? "more" : `only ${bytes}`;
    throw notTrusted(
      "wrong-size",
      `${location}: ${file.path} unpacks to ${found}; expected ${file.uncompressedSize} bytes`,
    );
  }
  if (crc !== file.crc32) {
    throw notTrusted("wrong-crc", `${location}: ${file.path} has CRC ${hex(crc)}; expected ${hex(file.crc32)}`);
  }
}

/** Passes chunks on, and fails when none comes for a while. */
async function* withoutStall(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await within(STALL, iterator.next(), "no bytes came");
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not waited for: bytes that do not come are no reason to wait for the end either.
    iterator.return?.().catch(() => undefined);
  }
}

async function within<T>(milliseconds: number, work: Promise<T>, problem: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${problem} within ${milliseconds / 1_000} s`)), milliseconds);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function hex(number: number): string {
  return (number >>> 0).toString(16).padStart(8, "0");
}

function notTrusted(code: string, message: string, cause?: unknown): SourceNotTrustedError {
  return new SourceNotTrustedError(code, message, { cause });
}
