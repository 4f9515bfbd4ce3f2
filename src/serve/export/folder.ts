/** The folder of an export: made beside its place under a name of its own, and put there whole, or not at all. */
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { LimitError, messageOf, UsageError } from "../../errors.ts";

/**
 * Runs `write` in a temporary folder beside `target`, and renames it to `target` when it has ended well. What stood there before
 * stands until then.
 * @param force replace an earlier export; never anything else.
 * @throws UsageError where something stands there that may not be replaced; LimitError where the disk is full.
 */
export async function replaceFolder(
  target: string,
  force: boolean,
  write: (folder: string) => Promise<void>,
): Promise<void> {
  const place = resolve(target);
  checkPlace(place, force);
  const beside = dirname(place);
  let temporary: string | undefined;
  try {
    mkdirSync(beside, { recursive: true });
    temporary = mkdtempSync(join(beside, `.${basename(place)}-`));
    await write(temporary);
    checkPlace(place, force); // it took a while
    putInPlace(temporary, place);
  } catch (error) {
    throw explain(error, place);
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  }
}

/** A rename can't replace a folder with something in it, so the old one steps aside first, and back if need be. */
function putInPlace(temporary: string, place: string) {
  if (!existsSync(place)) return renameSync(temporary, place);
  const aside = `${temporary}.old`;
  renameSync(place, aside);
  try {
    renameSync(temporary, place);
  } catch (error) {
    renameSync(aside, place);
    throw error;
  }
  rmSync(aside, { recursive: true, force: true });
}

function checkPlace(place: string, force: boolean) {
  const found = lstatSync(place, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isSymbolicLink())
    throw new UsageError("export-symlink", `${place} is a symbolic link, which is not followed`);
  if (!found.isDirectory()) throw new UsageError("export-exists", `${place} is not a folder`);
  if (readdirSync(place).length === 0) return;
  if (!force) throw new UsageError("export-exists", `${place} is there already; --force replaces an earlier export`);
  if (!isExport(place)) throw new UsageError("not-an-export", `${place} is no earlier export, so it is not replaced`);
}

/** An export is known by its own descriptor. */
function isExport(place: string): boolean {
  const path = join(place, "datapackage.json");
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as { name?: unknown }).name === "s21-export";
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

const NO_SPACE = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const NO_PLACE = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR", "ENAMETOOLONG", "ELOOP"]);

function explain(error: unknown, place: string): unknown {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (NO_SPACE.has(code)) {
    return new LimitError("disk-full", `no space left to write ${place}; what stood there stands`, { cause: error });
  }
  if (!NO_PLACE.has(code)) return error;
  return new UsageError("export-folder", `${place} can't be written: ${messageOf(error)}`, { cause: error });
}
