/** Reads the warehouse for one page: everything in one read-only transaction, so that a page agrees with itself. */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Tables } from "../../load/tables.ts";
import type { Warehouse } from "../../load/warehouse.ts";

export interface Reading {
  /** Changes whenever the warehouse does. */
  readonly version: string;
  rows<T>(query: RawBuilder<T>): Promise<T[]>;
  /** What was read before is given again while the warehouse has not changed. @param key unlike any other. */
  remembered<T>(key: string, read: () => Promise<T>): Promise<T>;
}

/** What readings of one warehouse have in common: whatever was read since it last changed. */
export interface ReadingMemory {
  version: string;
  values: Map<string, Promise<unknown>>;
}

/** Pages ask for a few dozen things; addresses that somebody makes up must not fill the memory. */
const MOST_REMEMBERED = 300;

export function startMemory(): ReadingMemory {
  return { version: "", values: new Map() };
}

export function readWarehouse<T>(
  warehouse: Pick<Warehouse, "db">,
  memory: ReadingMemory,
  read: (reading: Reading) => Promise<T>,
): Promise<T> {
  return warehouse.db
    .transaction()
    .setAccessMode("read only")
    .setIsolationLevel("repeatable read")
    .execute(async (db) => {
      const version = await readVersion(db);
      if (version !== memory.version) Object.assign(memory, { version, values: new Map() });
      return read(readingOf(db, memory));
    });
}

/** Every run that may change the warehouse writes the ledger when it begins and when it ends. */
async function readVersion(db: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    select concat_ws(' ', count(*), max(started_at), max(ended_at),
      (select concat_ws(' ', count(*), max(name)) from schema_file)) as version
    from run`.execute(db);
  return rows[0]?.version ?? "";
}

function readingOf(db: Kysely<Tables>, { version, values }: ReadingMemory): Reading {
  return {
    version,
    rows: async (query) => (await query.execute(db)).rows,
    remembered: <T>(key: string, read: () => Promise<T>) => {
      const known = values.get(key);
      if (known !== undefined) return known as Promise<T>;
      const value = read();
      if (values.size >= MOST_REMEMBERED) values.delete([...values.keys()][0] as string);
      values.set(key, value);
      value.catch(() => values.delete(key));
      return value;
    },
  };
}
