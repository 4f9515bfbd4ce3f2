/**
 * The content-addressed archive: every file ever read, under its sha256, for ever. Beside each file a `.json` says
 * where it came from. What DfE corrects, it removes; if it is not here, it is gone.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, mkdirSync } from "node:fs";
import { open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { makeDataFolder } from "../data-folder.ts";
import { LimitError } from "../errors.ts";

/** Where a kept file came from. */
export interface Provenance {
  /** `person`: a file of corrections. */
  source: "dfe" | "council" | "person";
  fileName: string;
  url: string | null;
  fetchedAt: string;
  licence: string;
  publication?: string;
  release?: string;
  releaseVersionId?: string;
  dataSet?: string;
  publishedAt?: string | null;
  /** Authorities (DfE codes) whose rows were loaded from here; null: all. Missing: it was never loaded. */
  loadedAreas?: string[] | null;
}

/** A kept file and one of the places that it was found at. */
export interface ArchivedFile {
  sha256: string;
  path: string;
  provenance: Provenance;
}

export interface KeptFile {
  sha256: string;
  bytes: number;
  path: string;
  /** Whether the archive had no file with these bytes before. */
  isNew: boolean;
  /** When it was first found at this place. */
  fetchedAt: string;
}

export interface Archive {
  /** Reads `chunks` to the end and keeps them; the same bytes are kept once. */
  keep(chunks: AsyncIterable<Buffer>, provenance: Provenance): Promise<KeptFile>;
  /** The kept file's path; null where no file has this sha256. */
  find(sha256: string): string | null;
  /** Notes that rows of a DfE file were loaded: what `s21 rebuild` loads again. */
  noteLoaded(sha256: string, place: LoadedPlace, areas: string[] | null): Promise<void>;
  /** Every kept file, once for each place that it was found at, in the order in which they were found. */
  list(): Promise<ArchivedFile[]>;
  /** A fresh path for a download, in the same file system, removed by `sweep` if nobody else does. */
  temporaryPath(suffix: string): string;
  /**
   * Removes what killed runs left half written, and answers how many files that were. Call it only while holding the lock,
   * or with an age (milliseconds) that no download reaches.
   */
  sweep(olderThan?: number): Promise<number>;
}

export type LoadedPlace = Required<Pick<Provenance, "publication" | "release" | "releaseVersionId" | "dataSet">>;

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
          mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
          // First whose it is, then the file: one that is there is never without a word of where it came from.
          const fetchedAt = await describe(path, provenance);
          if (isNew) await moveInto(partial, path);
          else await rm(partial);
          return { sha256, bytes, path, isNew, fetchedAt };
        });
      } catch (error) {
        await rm(partial, { force: true });
        throw asLimit(error, dataDir);
      }
    },
    noteLoaded: (sha256, place, areas) =>
      inTurn(async () => {
        const file = `${pathOf(sha256)}.json`;
        const line = (await readProvenance(file)).find((one) => isPlace(one, place));
        if (line === undefined) throw new Error(`the archive does not know ${sha256} as ${JSON.stringify(place)}`);
        const noted = { ...line, loadedAreas: areas };
        if (JSON.stringify(noted) !== JSON.stringify(line)) await appendProvenance(file, noted);
      }),
    list: () => listFiles(root),
    async sweep(olderThan = 0) {
      let swept = 0;
      for (const name of await readdir(temporary)) {
        const path = join(temporary, name);
        const changed = (await stat(path).catch(() => null))?.mtimeMs;
        // Another process may have removed it meanwhile. A file of this millisecond seems to be of the future: clocks differ in grain.
        if (changed === undefined || (olderThan > 0 && Date.now() - changed < olderThan)) continue;
        await rm(path, { recursive: true, force: true });
        swept += 1;
      }
      return swept;
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
  await rename(partial, path);
}

/**
 * One line per place that the same bytes were found at, and one more whenever something is noted of it: of several lines of a
 * place the last counts. Lines are only ever added, each in one write: workers that share the archive lose none of each other's.
 */
async function describe(path: string, provenance: Provenance): Promise<string> {
  const file = `${path}.json`;
  const known = await readProvenance(file);
  const place = known.find((one) => placeOf(one) === placeOf(provenance));
  if (place === undefined) await appendProvenance(file, provenance);
  return place?.fetchedAt ?? provenance.fetchedAt;
}

/** What tells one place from another: not when it was fetched, nor what was done with it. */
function placeOf({ fetchedAt: _, loadedAreas: __, ...place }: Provenance): string {
  return JSON.stringify(Object.entries(place).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function isPlace(line: Provenance, place: LoadedPlace): boolean {
  return Object.entries(place).every(([name, value]) => line[name as keyof LoadedPlace] === value);
}

/** What is known of each place. A line that a killed process left unfinished is passed over: what it said is said again. */
async function readProvenance(file: string): Promise<Provenance[]> {
  const places = new Map<string, Provenance>();
  if (!existsSync(file)) return [];
  for (const line of (await readFile(file, "utf8")).split("\n")) {
    if (!line.startsWith("{") || !line.endsWith("}")) continue;
    const provenance = JSON.parse(line) as Provenance;
    const place = placeOf(provenance);
    const first = places.get(place);
    places.set(place, { ...provenance, fetchedAt: first?.fetchedAt ?? provenance.fetchedAt });
  }
  return [...places.values()];
}

async function appendProvenance(file: string, provenance: Provenance) {
  const text = existsSync(file) ? await readFile(file, "utf8") : "";
  const unfinished = text === "" || text.endsWith("\n") ? "" : "\n";
  const handle = await open(file, "a", 0o600);
  try {
    await handle.appendFile(`${unfinished}${JSON.stringify(provenance)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function listFiles(root: string): Promise<ArchivedFile[]> {
  const files: ArchivedFile[] = [];
  for (const folder of await readdir(root)) {
    for (const name of await readdir(join(root, folder))) {
      if (!/^[0-9a-f]{64}$/.test(name)) continue;
      const path = join(root, folder, name);
      for (const provenance of await readProvenance(`${path}.json`)) files.push({ sha256: name, path, provenance });
    }
  }
  return files.sort((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1));
}

function orderOf({ sha256, provenance }: ArchivedFile): string {
  return `${provenance.fetchedAt} ${provenance.dataSet ?? ""} ${sha256}`;
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
