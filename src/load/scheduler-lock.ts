/** Which of several schedulers works: one for each warehouse, by a session lock on Postgres, by a lock file otherwise. */
import { join } from "node:path";
import pg from "pg";
import type { Config } from "../config.ts";
import { makeDataFolder } from "../data-folder.ts";
import { LockedError, messageOf, WarehouseError } from "../errors.ts";
import { lockFolder } from "./embedded-lock.ts";
import { LOCK } from "./lock-keys.ts";
import { NOTICE_LOSS } from "./postgres-engine.ts";

export interface SchedulerLock {
  /** Whether it is still ours: a session that was lost has lost its lock. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

const CONNECT_TIMEOUT = 10_000;
/** A session that answers nothing for so long counts as lost. */
const ANSWER_TIMEOUT = 15_000;

/** Null while another scheduler has it. @throws WarehouseError when the warehouse can't be reached. */
export async function takeSchedulerLock(config: Config): Promise<SchedulerLock | null> {
  return config.databaseUrl === null ? takeFileLock(config.dataDir) : takeSessionLock(config.databaseUrl);
}

function takeFileLock(dataDir: string): SchedulerLock | null {
  makeDataFolder(dataDir);
  try {
    const lock = lockFolder(join(dataDir, "scheduler.lock"));
    return { isHeld: async () => true, release: async () => lock.release() };
  } catch (error) {
    if (error instanceof LockedError) return null;
    throw error;
  }
}

async function takeSessionLock(connectionString: string): Promise<SchedulerLock | null> {
  const client = new pg.Client({
    connectionString,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    query_timeout: ANSWER_TIMEOUT,
    keepAlive: true,
    options: NOTICE_LOSS,
    application_name: "s21 scheduler",
  });
  client.on("error", ignoreLoss);
  try {
    await client.connect();
    const { rows } = await client.query("select pg_try_advisory_lock($1) as locked", [LOCK.scheduler]);
    if (rows[0]?.locked === true) return sessionLock(client);
    await client.end();
    return null;
  } catch (error) {
    await client.end().catch(ignoreLoss);
    throw new WarehouseError("warehouse-unreachable", `cannot reach the warehouse: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function ignoreLoss() {
  // Deliberate: the next question on this session fails, and whoever asks it hears of the loss.
}

function sessionLock(client: pg.Client): SchedulerLock {
  return {
    async isHeld() {
      try {
        await client.query("select 1");
        return true;
      } catch {
        // Whatever the reason: a lock that can't be asked about is not to be relied on.
        return false;
      }
    },
    release: () => client.end().catch(ignoreLoss),
  };
}
