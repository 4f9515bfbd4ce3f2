import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { messageOf } from "../../errors.ts";
import { STANDARD_INPUT } from "./document-bytes.ts";
import { formatNamed } from "./named-format.ts";

/** A path to read, or one that cannot be read and why. */
export type DocumentPath = { path: string; unreadable: null } | { path: string; unreadable: string };

/**
 * The documents under these files and folders, folders in depth and by name. Hidden files (`.x`, Word's `~$x`) are skipped.
 * A link in a folder is followed to a file of that folder only. A folder named like a document is told, not entered.
 */
export async function* listDocumentPaths(paths: string[]): AsyncGenerator<DocumentPath> {
  for (const path of paths) {
    const isFolder = path !== STANDARD_INPUT && (await isDirectory(path)) && formatNamed(path) === null;
    if (isFolder) yield* listFolder(path, await realpath(path));
    else yield { path, unreadable: null };
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Opening it will say what is wrong with it.
    return false;
  }
}

async function* listFolder(folder: string, root: string): AsyncGenerator<DocumentPath> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    yield { path: folder, unreadable: `the folder cannot be listed: ${messageOf(error)}` };
    return;
  }
  const shown = entries.filter((entry) => !entry.name.startsWith(".") && !entry.name.startsWith("~$"));
  for (const entry of shown.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) yield* followLink(path, root);
    else if (entry.isDirectory() && formatNamed(entry.name) === null) yield* listFolder(path, root);
    else yield { path, unreadable: null };
  }
}

async function* followLink(path: string, root: string): AsyncGenerator<DocumentPath> {
  try {
    const target = await realpath(path);
    if (!target.startsWith(root + sep)) yield { path, unreadable: "a link that leaves its folder is not followed" };
    else if (!(await isDirectory(target))) yield { path, unreadable: null };
  } catch (error) {
    yield { path, unreadable: `a link that leads nowhere: ${messageOf(error)}` };
  }
}
