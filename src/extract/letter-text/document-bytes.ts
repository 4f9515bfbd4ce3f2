import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { messageOf } from "../../errors.ts";
import { SetAside } from "./set-aside.ts";

/** A whole file in memory. */
export interface FileBytes {
  bytes: Uint8Array;
  sha256: string;
}

/** The path that stands for standard input. */
export const STANDARD_INPUT = "-";

/** What is known of a file that is set aside before it is read. */
export class UnreadFile extends SetAside {
  readonly size: number | null;

  constructor(code: "too-large" | "unreadable", message: string, size: number | null, options?: { cause?: unknown }) {
    super(code, message, options);
    this.size = size;
  }
}

/**
 * Reads a regular file of at most `limit` bytes. Size and kind are those of the opened file, so that nothing can be put in its
 * place in between, and opening a named pipe does not wait for a writer. Throws {@link UnreadFile}.
 */
export async function readFileBytes(path: string, limit: number): Promise<FileBytes> {
  if (path === STANDARD_INPUT) return readStandardInput(limit);
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw new UnreadFile("unreadable", `cannot be opened: ${messageOf(cause)}`, null, { cause });
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile())
      throw new UnreadFile("unreadable", `${stat.isDirectory() ? "a folder" : "no regular file"}`, null);
    if (stat.size > limit) throw tooLarge(stat.size, limit);
    const bytes = await readAll(file, stat.size, limit);
    return { bytes, sha256: sha256Of(bytes) };
  } catch (cause) {
    if (cause instanceof SetAside) throw cause;
    throw new UnreadFile("unreadable", `cannot be read: ${messageOf(cause)}`, null, { cause });
  } finally {
    await file.close();
  }
}

/** A file may grow while it is read: the limit holds for what comes, not only for what was announced. */
async function readAll(file: FileHandle, announced: number, limit: number): Promise<Buffer> {
  let buffer = Buffer.allocUnsafe(announced + 1);
  let size = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, size, buffer.length - size);
    size += bytesRead;
    if (size > limit) throw tooLarge(size, limit);
    if (bytesRead === 0) return buffer.subarray(0, size);
    if (size === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(Math.min(size, limit) + 1)]);
  }
}

async function readStandardInput(limit: number): Promise<FileBytes> {
  const bytes = await readUpTo(process.stdin, limit);
  return { bytes, sha256: sha256Of(bytes) };
}

async function readUpTo(source: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) throw tooLarge(size, limit);
  }
  return Buffer.concat(chunks);
}

function tooLarge(size: number, limit: number): UnreadFile {
  return new UnreadFile("too-large", `${size} bytes or more; at most ${limit} are read`, size);
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
