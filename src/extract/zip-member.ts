/**
 * One member of a zip, unpacked by zlib itself: in pieces of 256 KB rather than the 16 KB that it has by default, which
 * is most of what unpacking a large file costs. Where it lies is the directory's word; `bundle.ts` proves what comes out.
 */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createInflateRaw } from "node:zlib";
import type { File } from "unzipper";

const PIECE = 262_144;
/** Layout: PKWARE, APPNOTE.TXT, 4.3.7. */
const LOCAL_HEADER = { signature: 0x04034b50, length: 30, methodAt: 8, nameLengthAt: 26, extraLengthAt: 28 };
const [STORED, DEFLATED] = [0, 8];

/** The member's bytes, of any number and content: nothing is checked but that they can be unpacked. */
export async function* unpackMember(path: string, member: File): AsyncGenerator<Buffer> {
  const { compressedSize, compressionMethod } = member;
  if (compressionMethod !== STORED && compressionMethod !== DEFLATED) {
    throw new Error(`it is packed by method ${compressionMethod}; expected stored or deflated`);
  }
  const start = await findData(path, member);
  if (compressedSize === 0) {
    // Even nothing takes two bytes to deflate: a directory of zeros would pass for an empty file.
    if (compressionMethod === DEFLATED) throw new Error("it has no bytes at all");
    return;
  }
  const packed = createReadStream(path, { start, end: start + compressedSize - 1, highWaterMark: PIECE });
  if (compressionMethod === STORED) {
    yield* packed as AsyncIterable<Buffer>;
    return;
  }
  const inflate = createInflateRaw({ chunkSize: PIECE });
  pipeline(packed, inflate, () => undefined); // whoever reads the last of them is told of the error
  try {
    yield* inflate as AsyncIterable<Buffer>;
  } finally {
    packed.destroy();
    inflate.destroy();
  }
}

/** Name and extra field stand before the data, and their lengths may differ from the directory's. */
async function findData(path: string, member: File): Promise<number> {
  const offset = member.offsetToLocalFileHeader;
  const handle = await open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LOCAL_HEADER.length), 0, LOCAL_HEADER.length, offset);
    if (bytesRead < LOCAL_HEADER.length || buffer.readUInt32LE(0) !== LOCAL_HEADER.signature) {
      throw new Error("no member begins where the directory says");
    }
    const method = buffer.readUInt16LE(LOCAL_HEADER.methodAt);
    if (method !== member.compressionMethod) {
      throw new Error(`it is packed by method ${method}, and by ${member.compressionMethod} in the directory`);
    }
    const lengths = buffer.readUInt16LE(LOCAL_HEADER.nameLengthAt) + buffer.readUInt16LE(LOCAL_HEADER.extraLengthAt);
    return offset + LOCAL_HEADER.length + lengths;
  } finally {
    await handle.close();
  }
}
