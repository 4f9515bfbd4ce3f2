/** The warehouse in Postgres 14 or later, named by `DATABASE_URL`. */
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { LockedError, messageOf, WarehouseError } from "../errors.ts";
import { COPY_HEADER, COPY_TRAILER } from "./copy-binary.ts";
import { type Connection, type Engine, PARSERS, TYPE } from "./engine.ts";
import { LOCK } from "./lock-keys.ts";

const CONNECT_TIMEOUT = 10_000;
/** Longest wait for a table that somebody else has locked. While a schema change waits, readers wait behind it. */
const LOCK_TIMEOUT = 8_000;

/**
 * Settings with which the server notices within a minute that the other side is gone without a word (a machine that lost its
 * power, a cut cable), and gives its locks back. By default that takes hours.
 */
export const NOTICE_LOSS = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3";

/** Arrays of the types that `PARSERS` names, by their own object identifiers. */
const ARRAYS: Readonly<Record<number, number>> = {
  1001: TYPE.bytea,
  1016: TYPE.int8,
  1115: TYPE.timestamp,
  1182: TYPE.date,
  1185: TYPE.timestamptz,
  1187: TYPE.interval,
  1231: TYPE.numeric,
};
const { arrayParser } = pg.types as unknown as {
  arrayParser: { create(text: string, parse: (text: string) => unknown): { parse(): unknown[] } };
};
const types = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    const element = PARSERS[ARRAYS[oid] ?? -1];
    if (element !== undefined) return (text: string) => arrayParser.create(text, element).parse();
    return PARSERS[oid] ?? pg.types.getTypeParser(oid, format as "text");
  },
} as pg.CustomTypesConfig;

export function openPostgres(url: string): Engine {
  const pool = new pg.Pool({
    connectionString: url,
    types,
    max: 4,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    options: `-c timezone=UTC -c client_min_messages=warning -c lock_timeout=${LOCK_TIMEOUT} ${NOTICE_LOSS}`,
    application_name: "s21",
  });
  // A session that dies while nobody uses it must not end the process; whoever uses it next gets the error.
  pool.on("error", ignoreLoss);
  pool.on("connect", (client) => client.on("error", ignoreLoss));
  const location = describeLocation(url);
  const connect = async () => wrapClient(await connectOrExplain(pool, location));
  return {
    kind: "postgres",
    location,
    connect,
    async lock(shared) {
      const connection = await connect();
      const call = shared ? "pg_try_advisory_lock_shared" : "pg_try_advisory_lock";
      const answer = await connection.run(`select ${call}($1) as locked`, [LOCK.writer]);
      if (answer.rows[0]?.locked === true) {
        // What is read besides goes through a session of its own, which is opened while the schema is looked at.
        void pool.connect().then((client) => client.release(), ignoreLoss);
        return connection;
      }
      connection.release();
      throw new LockedError("locked", `another run is writing to ${location}; nothing was done`);
    },
    end: () => pool.end(),
  };
}

function ignoreLoss() {
  // Deliberate: the next query on this session fails with the same cause, where it can be told.
}

async function connectOrExplain(pool: pg.Pool, location: string): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw new WarehouseError(
      "warehouse-unreachable",
      `cannot reach the warehouse at ${location}: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** host:port/database (user x), without password or options. */
function describeLocation(url: string): string {
  const { hostname, port, pathname, username } = new URL(url);
  const user = username === "" ? "" : ` (user ${decodeURIComponent(username)})`;
  return `postgres ${hostname}:${port || "5432"}${pathname}${user}`;
}

function wrapClient(client: pg.PoolClient): Connection {
  const run: Connection["run"] = async (sql, parameters) => {
    const result = await client.query(sql, parameters === undefined ? undefined : [...parameters]);
    const last = Array.isArray(result) ? (result.at(-1) as pg.QueryResult) : result;
    return { rows: last.rows, fields: last.fields };
  };
  return {
    query: client.query.bind(client) as unknown as Connection["query"],
    run,
    async runOne(sql) {
      // The extended protocol takes one statement; the declared type does not know the option.
      const { rows, fields } = await client.query({ text: sql, queryMode: "extended" } as pg.QueryConfig);
      return { rows, fields };
    },
    async copyFrom(target, chunks) {
      const copy = client.query(copyFrom(`copy ${target} from stdin (format binary)`));
      await pipeline(wholeCopy(chunks), copy);
    },
    release: (error?: Error) => client.release(error),
  };
}

async function* wholeCopy(chunks: AsyncIterable<Buffer<ArrayBuffer>>): AsyncGenerator<Buffer> {
  yield COPY_HEADER;
  yield* chunks;
  yield COPY_TRAILER;
}
