/**
 * The content-addressed archive: every file ever read, under its sha256, for ever. Beside each file a `.json` says
 * where it came from. What DfE corrects, it removes; if it is not here, it is gone.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, mkdirSync } from "node:fs";
import { open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { makeDataFolder } from "../data-folder.ts";
import { LimitError } from "../errors.ts";

/** Where a kept file came from. */
export interface Provenance {
  source: "dfe" | "council";
  fileName: string;
  url: string | null;
  fetchedAt: string;
  licence: string;
  publication?: string;
  release?: string;
  releaseVersionId?: string;
  dataSet?: string;
  publishedAt?: string | null;
}

export interface KeptFile {
  sha256: string;
  bytes: number;
  path: string;
  /** Whether the archive had no file with these bytes before. */
  isNew: boolean;
}

export interface Archive {
  /** Reads `chunks` to the end and keeps them; the same bytes are kept once. */
  keep(chunks: AsyncIterable<Buffer>, provenance: Provenance): Promise<KeptFile>;
  /** The kept file's path; null where no file has this sha256. */
  find(sha256: string): string | null;
  /** A fresh path for a download, in the same file system, removed by `sweep` if nobody else does. */
  temporaryPath(suffix: string): string;
  /** Removes what killed runs left half written. Call it only while holding the lock. */
  sweep(): Promise<void>;
}

/** Opens, and makes, the archive under the data directory. */
export function openArchive(dataDir: string): Archive {
  const root = join(dataDir, "archive");
  const temporary = join(dataDir, "tmp");
  makeDataFolder(root);
  makeDataFolder(temporary);
  const pathOf = (sha256: string) => join(root, sha256.slice(0, 2), sha256);
  const temporaryPath = (suffix: string) => join(temporary, `${randomUUID()}${suffix}`);
  const inTurn = takeTurns();
  return {
    temporaryPath,
    find: (sha256) => (/^[0-9a-f]{64}$/.test(sha256) && existsSync(pathOf(sha256)) ? pathOf(sha256) : null),
    async keep(chunks, provenance) {
      const partial = temporaryPath(".part");
      try {
        const { sha256, bytes } = await writeHashed(chunks, partial);
        const path = pathOf(sha256);
        // Releases that are fetched together may hold the same file: one is the first, and no place is lost.
        return await inTurn(async () => {
          const isNew = !existsSync(path);
          if (isNew) await moveInto(partial, path);
          else await rm(partial);
          await describe(path, provenance, temporaryPath(".json"));
          return { sha256, bytes, path, isNew };
        });
      } catch (error) {
        await rm(partial, { force: true });
        throw asLimit(error, dataDir);
      }
    },
    async sweep() {
      for (const name of await readdir(temporary)) await rm(join(temporary, name), { recursive: true, force: true });
    },
  };
}

/** Runs one piece of work after the other, in the order asked for, whether the one before succeeded or not. */
function takeTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };
}

async function writeHashed(chunks: AsyncIterable<Buffer>, path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const counted = async function* () {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  };
  await pipeline(counted, createWriteStream(path, { mode: 0o600 }));
  return { sha256: hash.digest("hex"), bytes };
}

/** On disk before it has its name: a file in the archive is whole, whatever happens to the machine. */
async function moveInto(partial: string, path: string) {
  const handle = await open(partial, "r");
  await handle.sync();
  await handle.close();
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  await rename(partial, path);
}

/** One line per place that the same bytes were found at. */
async function describe(path: string, provenance: Provenance, partial: string) {
  const file = `${path}.json`;
  const line = JSON.stringify(provenance);
  const known = existsSync(file) ? (await readFile(file, "utf8")).split("\n").filter((one) => one !== "") : [];
  const { fetchedAt: _, ...place } = provenance;
  if (known.some((one) => samePlace(one, place))) return;
  await writeFile(partial, `${[...known, line].join("\n")}\n`, { mode: 0o600 });
  await rename(partial, file);
}

function samePlace(line: string, place: Omit<Provenance, "fetchedAt">): boolean {
  const { fetchedAt: _, ...known } = JSON.parse(line) as Provenance;
  return JSON.stringify(known) === JSON.stringify(place);
}

function asLimit(error: unknown, dataDir: string): unknown {
  if ((error as NodeJS.ErrnoException).code !== "ENOSPC") return error;
  return new LimitError("disk-full", `no space left in ${dataDir}`, { cause: error });
}

/** sha256 of a file on disk, in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** Size of a file in bytes. */
export async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size;
}
