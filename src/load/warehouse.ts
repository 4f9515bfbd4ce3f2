/** The warehouse: Postgres where `DATABASE_URL` names one, the embedded engine otherwise. Same SQL on both. */
import { setTimeout as sleep } from "node:timers/promises";
import { Kysely, PostgresDialect, sql } from "kysely";
import type { Config } from "../config.ts";
import { messageOf, S21Error, UsageError, WarehouseError } from "../errors.ts";
import { makeAnalystRole } from "./analyst-role.ts";
import { saveCatalogueTables } from "./catalogue-tables.ts";
import type { Connection, Engine, QueryAnswer } from "./engine.ts";
import { LOCK } from "./lock-keys.ts";
import { type MigrationReport, migrate } from "./migrate.ts";
import type { Tables } from "./tables.ts";

/** One open transaction, or the session that a run writes its ledger through. */
export interface WriteSession {
  readonly kind: Engine["kind"];
  /** Builds queries; everything it runs is inside this session. */
  db: Kysely<Tables>;
  /** Copies rows in Postgres's binary format into `target`, a table with its columns; header and trailer are added. */
  copyFrom(target: string, chunks: AsyncIterable<Buffer<ArrayBuffer>>): Promise<void>;
}

export interface Warehouse {
  readonly kind: Engine["kind"];
  /** For people; never holds a password. */
  readonly location: string;
  /** For reading. Inside a transaction use the transaction's own `db`: on one session this one would wait for ever. */
  readonly db: Kysely<Tables>;
  /** Runs one read-only statement as it was written. @throws UsageError with Postgres's own words. */
  query(sql: string): Promise<QueryAnswer>;
  close(): Promise<void>;
}

/** A warehouse that this run alone may write to, migrated. */
export interface WritableWarehouse extends Warehouse {
  /** What opening it did to the schema. */
  readonly migrated: MigrationReport;
  /** All or nothing: committed when `work` succeeds, rolled back when it throws. One at a time, in order. */
  transaction<T>(work: (session: WriteSession) => Promise<T>): Promise<T>;
  /** Makes the analysts' role. @returns what could not be closed to it. */
  makeAnalystRole(): Promise<string[]>;
}

/**
 * Opens the warehouse for reading.
 * @throws UsageError when it has no schema yet: nothing was ever loaded.
 */
export async function openWarehouse(config: Config): Promise<Warehouse> {
  const warehouse = await openAnyWarehouse(config);
  const { rows } = await warehouse.query("select to_regclass('observation') is not null as there");
  if (rows[0]?.there === true) return warehouse;
  await warehouse.close();
  throw new UsageError(
    "no-schema",
    `${warehouse.location} is empty: load something with s21 refresh, or run s21 migrate`,
  );
}

/** Opens the warehouse for reading, whatever is or is not in it. */
export async function openAnyWarehouse(config: Config): Promise<Warehouse> {
  return warehouseOf(await openEngine(config));
}

/**
 * Opens the warehouse for the one run that may write, and runs the migrations that are pending.
 * @param options.shared several workers at once, each loading releases of its own; only on Postgres.
 * @throws LockedError when another run has it; WarehouseError when it can't be reached.
 */
export async function openForWriting(config: Config, { shared = false } = {}): Promise<WritableWarehouse> {
  const engine = await openEngine(config);
  let writer: Connection | undefined;
  try {
    writer = await engine.lock(shared);
    const migrated = shared ? await migrateInTurn(writer) : await migrateAll(writer);
    return writableOf(engine, writer, migrated);
  } catch (error) {
    writer?.release(); // an engine waits for its sessions before it ends
    await engine.end();
    throw error;
  }
}

/** The schema, and the catalogue's tables in it. */
async function migrateAll(writer: Connection): Promise<MigrationReport> {
  const migrated = await migrate(writer);
  await saveCatalogueTables(writer);
  return migrated;
}

/** Workers that start together must not make the views anew at the same time. */
async function migrateInTurn(writer: Connection): Promise<MigrationReport> {
  await writer.run("select pg_advisory_lock($1)", [LOCK.migration]);
  try {
    return await migrateAll(writer);
  } finally {
    await writer.run("select pg_advisory_unlock($1)", [LOCK.migration]);
  }
}

function writableOf(engine: Engine, writer: Connection, migrated: MigrationReport): WritableWarehouse {
  const db = kyselyOn(writer);
  const inTurn = serialise((work: () => Promise<unknown>) => work());
  const transaction = (work: (session: WriteSession) => Promise<unknown>) =>
    inTurn(() => transact(engine.kind, writer, db, work));
  const close = async () => {
    // A session that is ended goes on for a moment at the server, and would keep the next run out.
    await writer.run("select pg_advisory_unlock_all()").catch(() => undefined);
    writer.release();
    await engine.end();
  };
  const writing = {
    migrated,
    transaction: transaction as WritableWarehouse["transaction"],
    makeAnalystRole: () => inTurn(() => makeAnalystRole(writer)) as Promise<string[]>,
    close,
  };
  if (engine.kind === "postgres") return { ...warehouseOf(engine), ...writing };
  // The embedded engine has one session, which the writer keeps: reads go through it too, between transactions.
  const query = (sql: string) => inTurn(() => queryReadOnly(writer, sql)) as Promise<QueryAnswer>;
  const { kind, location } = engine;
  return { kind, location, db, query, ...writing };
}

/** The engine itself, without migrations or lock. @throws WarehouseError, LockedError */
export async function openEngine(config: Config): Promise<Engine> {
  if (config.databaseUrl !== null) {
    const { openPostgres } = await import("./postgres-engine.ts");
    return openPostgres(config.databaseUrl);
  }
  const { openEmbedded } = await import("./embedded-engine.ts");
  return openEmbedded(config.dataDir);
}

function warehouseOf(engine: Engine): Warehouse {
  return {
    kind: engine.kind,
    location: engine.location,
    db: new Kysely<Tables>({ dialect: dialectOf(() => engine.connect()) }),
    async query(sql) {
      const session = await engine.connect();
      try {
        return await queryReadOnly(session, sql);
      } finally {
        session.release();
      }
    },
    close: () => engine.end(),
  };
}

/**
 * The read-only transaction is the server's own, and the protocol takes one statement, so it can't be ended first. But
 * in it a superuser may still write files and start programs (COPY TO), so a superuser becomes one who may only read.
 */
const BEGIN_READING = `
  begin transaction read only;
  do $$
  begin
    if (select rolsuper from pg_roles where rolname = current_user) then
      -- The search path may name the user.
      perform set_config('search_path', array_to_string(array(
        select quote_ident(schema) from unnest(current_schemas(false)) as schema), ', '), true);
      set local role pg_read_all_data;
    end if;
  end $$`;

async function queryReadOnly(session: Connection, sql: string): Promise<QueryAnswer> {
  try {
    await session.run(BEGIN_READING);
    return await session.runOne(sql);
  } catch (error) {
    const known = asWarehouseError(error);
    if (known instanceof WarehouseError && !/^(08|53|57|58|XX)/.test(sqlStateOf(error))) {
      throw new UsageError("query-refused", messageOf(error), { cause: error });
    }
    throw known;
  } finally {
    await session.run("rollback").catch(() => undefined); // the session may be what was lost; the first error tells
  }
}

/** Postgres's five-character code; `08000` (connection) for errors that carry none. */
function sqlStateOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && code.length === 5 ? code : "08000";
}

function dialectOf(connect: () => Promise<Connection>): PostgresDialect {
  return new PostgresDialect({ pool: { connect, end: async () => undefined } });
}

/** Queries on one session. It is never given back by a query: whoever opened it does that. */
function kyselyOn(session: Connection): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: dialectOf(async () => ({ ...session, release: () => undefined })) });
}

/** Does `work` while no other session of this database does work under the same lock. */
export async function inTurn<T>(warehouse: WritableWarehouse, lock: number, work: () => Promise<T>): Promise<T> {
  const call = (name: string) =>
    warehouse.transaction(({ db }) => sql`select ${sql.raw(name)}(${sql.lit(lock)})`.execute(db));
  await retryConflicts(() => call("pg_advisory_lock"));
  try {
    return await work();
  } finally {
    await call("pg_advisory_unlock");
  }
}

/** How often a transaction is tried that met another one: serialisation, deadlock, a lock not given in all that time. */
const TRIES: Readonly<Record<string, number>> = { "40001": 3, "40P01": 3, "55P03": 2 };

/** Runs `work` again when it failed only because another transaction was in its way. */
export async function retryConflicts<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const cause = error instanceof WarehouseError ? error.cause : error;
      if (attempt >= (TRIES[sqlStateOf(cause)] ?? 1)) throw error;
      await sleep(Math.random() * 200 * attempt);
    }
  }
}

async function transact<T>(
  kind: Engine["kind"],
  writer: Connection,
  db: Kysely<Tables>,
  work: (session: WriteSession) => Promise<T>,
): Promise<T> {
  try {
    await writer.run("begin");
    const result = await work({ kind, db, copyFrom: (target, chunks) => writer.copyFrom(target, chunks) });
    // In a transaction that failed unnoticed COMMIT answers without an error and keeps nothing; a query does fail.
    await writer.run("select 1");
    await writer.run("commit");
    return result;
  } catch (error) {
    await writer.run("rollback").catch(() => undefined); // the session may be what was lost; the first error tells
    throw asWarehouseError(error);
  }
}

/** An error with a Postgres code, or of a lost connection, is the warehouse's; others pass through. */
function asWarehouseError(error: unknown): unknown {
  if (error instanceof S21Error || !(error instanceof Error)) return error;
  const code = (error as { code?: unknown }).code;
  const lost = /connection (terminated|error)|not queryable|client was closed/i.test(error.message);
  if (!lost && !(typeof code === "string" && /^([0-9A-Z]{5}|ECONN\w+|EPIPE)$/.test(code))) return error;
  return new WarehouseError("warehouse-failed", `the warehouse did not keep the change: ${error.message}`, {
    cause: error,
  });
}

/** Calls wait for the one before, whether that succeeded or not. */
function serialise<A, R>(call: (argument: A) => Promise<R>): (argument: A) => Promise<R> {
  let before: Promise<unknown> = Promise.resolve();
  return (argument) => {
    const result = before.then(() => call(argument));
    before = result.catch(() => undefined);
    return result;
  };
}
