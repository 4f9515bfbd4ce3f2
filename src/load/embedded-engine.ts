/** The embedded warehouse: Postgres compiled to WebAssembly (PGlite), in a folder under `S21_DATA_DIR`. */
import { join } from "node:path";
import type { PGlite, Results } from "@electric-sql/pglite";
import pLimit from "p-limit";
import { makeDataFolder } from "../data-folder.ts";
import { messageOf, S21Error, WarehouseError } from "../errors.ts";
import { COPY_HEADER, COPY_TRAILER } from "./copy-binary.ts";
import { type FolderLock, lockFolder } from "./embedded-lock.ts";
import { type Connection, type Engine, PARSERS } from "./engine.ts";

/** All buffers are written with zeros when the engine starts, which at PGlite's 128 MB takes longer than all else; loading is no slower. */
export const FEWER_BUFFERS = ["-c", "shared_buffers=32MB"];

/** A COPY of this many bytes at a time bounds what is held in memory. */
const COPY_BYTES = 4_000_000;

/**
 * Opens the folder, which only one process may do at a time: two would lose each other's rows in silence.
 * @throws LockedError when another process has it open; WarehouseError when it can't be opened.
 */
export async function openEmbedded(dataDir: string): Promise<Engine> {
  const folder = join(dataDir, "warehouse");
  makeDataFolder(folder);
  const lock = lockFolder(join(dataDir, "warehouse.lock"));
  const database = await openDatabase(folder, lock);
  // One session: whoever has it, has it alone. Promises queue for it in order.
  const session = pLimit(1);
  const connect = () =>
    new Promise<Connection>((given) => {
      void session(() => new Promise<void>((done) => given(wrapDatabase(database, done))));
    });
  return {
    kind: "embedded",
    location: `embedded warehouse ${folder}`,
    connect,
    lock: connect,
    async end() {
      await database.close();
      lock.release();
    },
  };
}

async function openDatabase(folder: string, lock: FolderLock): Promise<PGlite> {
  try {
    const { PGlite } = await import("@electric-sql/pglite");
    const database = await PGlite.create({
      dataDir: folder,
      parsers: PARSERS,
      startParams: [...PGlite.defaultStartParams, ...FEWER_BUFFERS],
    });
    await database.exec("set timezone = 'UTC'; set client_min_messages = warning");
    return database;
  } catch (error) {
    lock.release();
    if (error instanceof S21Error) throw error;
    throw new WarehouseError(
      "warehouse-unreadable",
      `the embedded warehouse in ${folder} cannot be opened: ${messageOf(error)}. It is left as it is; ` +
        "move it away and load again from the archive beside it",
      { cause: error },
    );
  }
}

function wrapDatabase(database: PGlite, done: () => void): Connection {
  const runLast = async (sql: string, parameters: readonly unknown[]): Promise<Results> => {
    if (parameters.length > 0) return database.query(sql, [...parameters]);
    // Only `exec` takes several statements.
    return (await database.exec(sql)).at(-1) ?? { rows: [], fields: [] };
  };
  return {
    async run(sql, parameters = []) {
      const { rows, fields } = await runLast(sql, parameters);
      return { rows: rows as Record<string, unknown>[], fields };
    },
    async runOne(sql) {
      const { rows, fields } = await database.query<Record<string, unknown>>(sql);
      return { rows, fields };
    },
    query: (async (sql: string, parameters: readonly unknown[] = []) => {
      const { rows, affectedRows } = await runLast(sql, parameters);
      const command = sql.trimStart().split(/\s/, 1)[0]?.toUpperCase() ?? "";
      return { command, rowCount: affectedRows ?? rows.length, rows };
    }) as unknown as Connection["query"],
    async copyFrom(target, chunks) {
      for await (const rows of batch(chunks, COPY_BYTES)) {
        const blob = new Blob([COPY_HEADER, ...rows, COPY_TRAILER]);
        await database.query(`copy ${target} from '/dev/blob' (format binary)`, [], { blob });
      }
    },
    release: done,
  };
}

async function* batch(chunks: AsyncIterable<Buffer<ArrayBuffer>>, size: number): AsyncGenerator<Buffer<ArrayBuffer>[]> {
  let held: Buffer<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    length += chunk.length;
    if (length < size) continue;
    yield held;
    held = [];
    length = 0;
  }
  if (length > 0) yield held;
}
