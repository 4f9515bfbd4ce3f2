/** The warehouse in Postgres 14 or later, named by `DATABASE_URL`. */
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { LockedError, messageOf, WarehouseError } from "../errors.ts";
import { type Connection, type Engine, isoOfTimestamp, TYPE } from "./engine.ts";
import { LOCK } from "./lock-keys.ts";

const CONNECT_TIMEOUT = 10_000;
/** How long a writer waits for a lock that an analyst's open transaction has, before it tries again. */
const LOCK_TIMEOUT = "30s";

const parsers = new Map<number, (text: string) => unknown>([
  [TYPE.date, (text) => text],
  [TYPE.timestamp, (text) => text],
  [TYPE.timestamptz, isoOfTimestamp],
  [TYPE.numeric, (text) => text],
  [TYPE.int8, Number],
]);
const types = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    return parsers.get(oid) ?? pg.types.getTypeParser(oid, format as "text");
  },
} as pg.CustomTypesConfig;

export function openPostgres(url: string): Engine {
  const pool = new pg.Pool({
    connectionString: url,
    types,
    max: 4,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    keepAlive: true,
    options: "-c timezone=UTC -c client_min_messages=warning",
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
        await connection.run(`set lock_timeout = '${LOCK_TIMEOUT}'`);
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
      await pipeline(chunks, client.query(copyFrom(`copy ${target} from stdin`)));
    },
    release: (error?: Error) => client.release(error),
  };
}
