/** Logs for operators: one event a line, on stderr; JSON for machines, coloured lines for a terminal. */
import { type DestinationStream, destination, type Logger, pino } from "pino";
import { prettyFactory } from "pino-pretty";
import type { Config } from "../config.ts";

export type { Logger } from "pino";

/**
 * Opens the log. Whatever is written, passwords and tokens of the configuration come out as `[secret]`.
 * @param to where lines go; by default stderr, at once: a process that ends loses none.
 */
export function openLog(config: Config, to: DestinationStream = openStandardError()): Logger {
  const hide = createHider(config);
  const format = config.log === "json" ? (line: string) => line : createPretty(config);
  const stream: DestinationStream = { write: (line) => to.write(hide(format(line))) };
  return pino({ base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, stream);
}

/** A log that can't be written, its disk full or its reader gone, must not end what it tells of. */
function openStandardError(): DestinationStream {
  const stream = destination({ dest: 2, sync: true });
  stream.on("error", ignoreLoss);
  return stream;
}

function ignoreLoss() {
  // Deliberate: there is nowhere left to tell it.
}

/** At once, not through a stream of its own: a process that ends has written all. */
function createPretty({ color }: Pick<Config, "color">): (line: string) => string {
  const format = prettyFactory({
    colorize: color && process.stderr.isTTY === true,
    ignore: "pid",
    translateTime: "SYS:yyyy-mm-dd HH:MM:ss",
    singleLine: true,
  });
  return (line) => format(line) ?? line;
}

/** Replaces what must not be told: the password of the database, the address and secret of the webhook. */
export function createHider({ databaseUrl, notify }: Pick<Config, "databaseUrl" | "notify">): (text: string) => string {
  const secrets = [notify?.secret, notify?.url];
  if (databaseUrl !== null) {
    const url = new URL(databaseUrl);
    // Without a password the address is no secret; with one it is told in parts.
    const password = url.password || url.searchParams.get("password") || undefined;
    if (password !== undefined) secrets.push(databaseUrl, url.href, password, decodeURIComponent(password));
  }
  const found = secrets.filter((secret): secret is string => secret !== undefined && secret !== "");
  const longestFirst = [...new Set(found)].sort((one, other) => other.length - one.length);
  return (text) => longestFirst.reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text);
}
