/** One look at the whole warehouse: every table and view as of the same moment, row by row, whatever is loaded meanwhile. */
import type { Config } from "../config.ts";
import { UsageError } from "../errors.ts";
import type { Connection } from "./engine.ts";
import { openEngine } from "./warehouse.ts";

/** Rows that are held at a time. */
const BATCH = 2_000;

/** A column as the database describes it. */
export interface DescribedColumn {
  name: string;
  /** Postgres's own name of the type: `text`, `numeric`, `date`, `timestamp with time zone`, `text[]`. */
  type: string;
  /** Its COMMENT; null where it has none. */
  comment: string | null;
}

export interface DescribedRelation {
  name: string;
  comment: string | null;
  columns: DescribedColumn[];
}

export interface Snapshot {
  /** Runs one query and yields its rows in batches; numerics, dates and timestamps as text. One at a time. */
  read(sql: string): AsyncGenerator<Record<string, unknown>[]>;
  /** Tables and views by name, with their comments. @throws a fault of ours where one is not there. */
  describe(names: readonly string[]): Promise<DescribedRelation[]>;
}

/** @throws UsageError where the warehouse has no schema yet. */
export async function withSnapshot<T>(config: Config, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  const engine = await openEngine(config);
  try {
    const session = await engine.connect();
    try {
      await session.run("begin transaction isolation level repeatable read read only");
      const { rows } = await session.run("select to_regclass('area') is not null as there");
      if (rows[0]?.there !== true)
        throw new UsageError("no-schema", `${engine.location} is empty or of an earlier version: run s21 migrate`);
      return await work({ read: (sql) => readRows(session, sql), describe: (names) => describe(session, names) });
    } finally {
      await session.run("rollback").catch(() => undefined); // the session may be what was lost; the first error tells
      session.release();
    }
  } finally {
    await engine.end();
  }
}

async function* readRows(session: Connection, sql: string): AsyncGenerator<Record<string, unknown>[]> {
  await session.run(`declare snapshot_rows no scroll cursor for ${sql}`);
  try {
    for (;;) {
      const { rows } = await session.run(`fetch ${BATCH} from snapshot_rows`);
      if (rows.length === 0) return;
      yield rows;
    }
  } finally {
    await session.run("close snapshot_rows").catch(() => undefined); // the transaction may have failed; its error tells
  }
}

async function describe(session: Connection, names: readonly string[]): Promise<DescribedRelation[]> {
  const { rows } = await session.run(
    `select c.relname as relation, obj_description(c.oid, 'pg_class') as relation_comment, a.attname as name,
       format_type(a.atttypid, null) as type, col_description(c.oid, a.attnum) as comment
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.oid = any (select to_regclass(quote_ident(n)) from unnest($1::text[]) n) order by c.relname, a.attnum`,
    [names],
  );
  return names.map((name) => {
    const own = rows.filter((row) => row.relation === name);
    const [first] = own;
    if (first === undefined) throw new Error(`the warehouse has no ${name}`);
    const columns = own.map((row) => ({ name: row.name, type: row.type, comment: row.comment }) as DescribedColumn);
    return { name, comment: first.relation_comment as string | null, columns };
  });
}
