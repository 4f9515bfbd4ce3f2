/** What the two engines, Postgres and the embedded one, have in common: connections that query and copy. */
import type { PostgresPoolClient } from "kysely";

export interface QueryField {
  name: string;
  /** Object identifier of the Postgres type. */
  dataTypeID: number;
}

export interface QueryAnswer {
  rows: Record<string, unknown>[];
  fields: QueryField[];
}

/** One session. Dates and numerics come back as the text that Postgres printed; timestamps as ISO text in UTC. */
export interface Connection extends PostgresPoolClient {
  /** Runs one statement, or, without parameters, several; answers the last one's rows. */
  run(sql: string, parameters?: readonly unknown[]): Promise<QueryAnswer>;
  /** Runs exactly one statement: several are refused by the protocol itself, whatever stands in `sql`. */
  runOne(sql: string): Promise<QueryAnswer>;
  /** Runs `COPY … FROM`, feeding it chunks of whole rows in Postgres's binary format, without its header and trailer. */
  copyFrom(target: string, chunks: AsyncIterable<Buffer<ArrayBuffer>>): Promise<void>;
  /** Gives the session back; with an error, ends it. */
  release(error?: Error): void;
}

export interface Engine {
  readonly kind: "postgres" | "embedded";
  /** For people; never holds a password. */
  readonly location: string;
  connect(): Promise<Connection>;
  /**
   * Takes the lock that only one writing run may hold, until the engine ends or the process dies.
   * The connection returned is the lock's own: when it is lost, so is the lock, and with it all that was not committed.
   * @param shared with others that share it: workers, each of which loads releases of its own.
   * @throws LockedError
   */
  lock(shared: boolean): Promise<Connection>;
  end(): Promise<void>;
}

/** Object identifiers of Postgres types. */
export const TYPE = {
  bytea: 17,
  int8: 20,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  interval: 1186,
  numeric: 1700,
} as const;

const asText = (text: string) => text;

/** How both engines read what Postgres prints, where their libraries would differ, or lose digits or days. */
export const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [TYPE.bytea]: asText,
  [TYPE.int8]: readInteger,
  [TYPE.date]: asText,
  [TYPE.timestamp]: (text) => text.replace(" ", "T"),
  [TYPE.timestamptz]: isoOfTimestamp,
  [TYPE.interval]: asText,
  [TYPE.numeric]: asText,
};

/** A number where JavaScript's hold it exactly; its digits otherwise. */
function readInteger(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** `2022-10-27 08:30:00+00` to `2022-10-27T08:30:00.000Z`. Sessions are in UTC. */
function isoOfTimestamp(text: string): string {
  const date = new Date(`${text.replace(" ", "T").replace(/\+00$/, "")}Z`);
  return Number.isNaN(date.getTime()) ? text : date.toISOString();
}
