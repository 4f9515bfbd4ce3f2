/** Folders under `S21_DATA_DIR`. */
import { mkdirSync } from "node:fs";
import { LimitError, messageOf, UsageError } from "./errors.ts";

/**
 * Makes the folder, and those above it, for this user's eyes only.
 * @throws UsageError where it can't be made: `S21_DATA_DIR` is to be changed; LimitError where the disk is full.
 */
export function makeDataFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC") throw new LimitError("disk-full", `no space left to make ${path}`, { cause: error });
    throw new UsageError("data-folder", `${path} can't be made (S21_DATA_DIR): ${messageOf(error)}`, { cause: error });
  }
}
