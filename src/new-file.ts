/** A file that a person asked for: whole or not there at all, and never over another unless told so. */
import { randomUUID } from "node:crypto";
import { link, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LimitError, messageOf, UsageError } from "./errors.ts";

/**
 * Writes beside the place and then takes it. A symbolic link there is not followed: it counts as a file, and is replaced only
 * with `force`.
 * @throws UsageError where something is there already, or nothing can be written; LimitError where the disk is full.
 */
export async function writeNewFile(path: string, content: string, force: boolean): Promise<void> {
  const partial = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  try {
    const file = await open(partial, "wx", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    // A link fails where anything has the name; a rename would replace it.
    if (force) await rename(partial, path);
    else await link(partial, path);
  } catch (error) {
    throw explain(error, path);
  } finally {
    await rm(partial, { force: true });
  }
}

function explain(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC") return new LimitError("disk-full", `no space left to write ${path}`, { cause: error });
  if (code === "EEXIST") return new UsageError("file-exists", `${path} is there already; --force replaces it`);
  return new UsageError("cannot-write", `${path} can't be written: ${messageOf(error)}`, { cause: error });
}
