/** The only reader of the environment. */
import { isIP } from "node:net";
import { resolve } from "node:path";
import { parse, validate } from "node-cron";
import { UsageError } from "./errors.ts";

export interface Config {
  /** Postgres; null: the embedded warehouse under `dataDir`. */
  databaseUrl: string | null;
  /** Absolute. Archive, temporary files, embedded warehouse. */
  dataDir: string;
  /** Content API of Explore Education Statistics, without a trailing slash. Its host is the only one ever fetched from. */
  eesApi: string;
  /** Authorities to keep besides those with letters, as written. */
  las: readonly string[];
  /** When the nightly job runs: a cron expression with one time a day, in `timeZone`. Null: not said. */
  schedule: string | null;
  timeZone: string;
  /** Folder whose letters the scheduler reads; absolute. Null: none. */
  lettersDir: string | null;
  /** Releases that one process loads at a time from the shared queue; null: no queue. */
  workers: number | null;
  /** Where the scheduler answers /health, /ready and /metrics; null: nowhere. */
  listen: { host: string; port: number } | null;
  /** Who is told of failures. The address may hold a token: it is never printed. */
  notify: { url: string; secret: string } | null;
  log: "pretty" | "json";
  color: boolean;
  download: DownloadLimits;
}

/** All in milliseconds, but for `bytes` and `attempts`. */
export interface DownloadLimits {
  connect: number;
  /** Longest wait for the next byte. */
  idle: number;
  /** Longest one download may take, however steadily it drips. */
  whole: number;
  bytes: number;
  attempts: number;
}

const DEFAULTS = {
  dataDir: "./.s21",
  eesApi: "https://content.explore-education-statistics.service.gov.uk/api",
  timeZone: "Europe/London",
  listen: "127.0.0.1:9321",
  connectSeconds: 10,
  idleSeconds: 30,
  wholeSeconds: 1_800,
  downloadMegabytes: 1_024,
  attempts: 5,
};

/** Each has a session of its own, and Postgres takes a hundred by default. */
const MOST_WORKERS = 32;
const SHORTEST_SECRET = 16;

/** Node's timers hold so many whole seconds; a longer wait would end at once. */
const LONGEST_SECONDS = 2_147_483;

/** Every variable that s21 reads, for the documentation test. */
export const VARIABLES = [
  "DATABASE_URL",
  "S21_DATA_DIR",
  "S21_EES_API",
  "S21_LAS",
  "S21_SCHEDULE",
  "S21_TZ",
  "S21_LOG",
  "S21_LETTERS_DIR",
  "S21_WORKERS",
  "S21_LISTEN",
  "S21_NOTIFY_URL",
  "S21_NOTIFY_SECRET",
  "S21_CONNECT_SECONDS",
  "S21_IDLE_SECONDS",
  "S21_DOWNLOAD_SECONDS",
  "S21_DOWNLOAD_MB",
  "S21_ATTEMPTS",
  "NO_COLOR",
] as const;

/**
 * Reads the configuration.
 * @throws UsageError naming every variable that is bad, not only the first.
 */
export function readConfig(env: Record<string, string | undefined> = process.env): Readonly<Config> {
  const problems: string[] = [];
  const report = (name: string, found: string, expected: string) => {
    problems.push(`${name} is ${JSON.stringify(found)}; expected ${expected}`);
  };
  const text = (name: string) => {
    const found = env[name]?.trim();
    return found === "" ? undefined : found;
  };
  const number = (name: string, byDefault: number) => {
    const found = text(name);
    if (found === undefined) return byDefault;
    if (/^\d{1,9}(\.\d{1,3})?$/.test(found) && Number(found) > 0) return Number(found);
    report(name, found, "a number above 0");
    return byDefault;
  };
  const milliseconds = (name: string, byDefault: number) => {
    const seconds = number(name, byDefault);
    if (seconds > LONGEST_SECONDS) report(name, String(seconds), `at most ${LONGEST_SECONDS} seconds`);
    return seconds * 1_000;
  };

  const databaseUrl = text("DATABASE_URL") ?? null;
  if (databaseUrl !== null && !isPostgresUrl(databaseUrl)) {
    problems.push("DATABASE_URL is not a postgres:// address (its text is not shown: it may hold a password)");
  }
  const eesApi = (text("S21_EES_API") ?? DEFAULTS.eesApi).replace(/\/+$/, "");
  const eesProblem = problemOfApi(eesApi);
  if (eesProblem !== null) report("S21_EES_API", redactUrl(eesApi), eesProblem);
  const timeZone = text("S21_TZ") ?? DEFAULTS.timeZone;
  // The default is one, and to look it up takes 14 ms.
  if (timeZone !== DEFAULTS.timeZone && !isTimeZone(timeZone)) {
    report("S21_TZ", timeZone, "an IANA time zone such as Europe/London");
  }
  const log = text("S21_LOG") ?? "pretty";
  if (log !== "pretty" && log !== "json") report("S21_LOG", log, "pretty or json");

  const schedule = text("S21_SCHEDULE") ?? null;
  const scheduleProblem = schedule === null ? null : problemOfSchedule(schedule);
  if (schedule !== null && scheduleProblem !== null) report("S21_SCHEDULE", schedule, scheduleProblem);
  const workers = text("S21_WORKERS") === undefined ? null : Math.ceil(number("S21_WORKERS", 1));
  if (workers !== null && workers > MOST_WORKERS) report("S21_WORKERS", String(workers), `at most ${MOST_WORKERS}`);
  if (workers !== null && databaseUrl === null) {
    problems.push("S21_WORKERS is set and DATABASE_URL is not; the queue that workers share is in Postgres");
  }
  const listen = readListen(text("S21_LISTEN") ?? DEFAULTS.listen);
  if (listen === undefined) report("S21_LISTEN", text("S21_LISTEN") ?? "", "host:port, such as 0.0.0.0:9321, or off");
  const notify = readNotify(text("S21_NOTIFY_URL"), text("S21_NOTIFY_SECRET"));
  if (typeof notify === "string") problems.push(notify);
  const lettersDir = text("S21_LETTERS_DIR");

  const config: Config = {
    databaseUrl,
    dataDir: resolve(text("S21_DATA_DIR") ?? DEFAULTS.dataDir),
    eesApi,
    las: splitList(text("S21_LAS")),
    schedule,
    timeZone,
    lettersDir: lettersDir === undefined ? null : resolve(lettersDir),
    workers,
    listen: listen ?? null,
    notify: typeof notify === "string" ? null : notify,
    log: log === "json" ? "json" : "pretty",
    color: text("NO_COLOR") === undefined,
    download: {
      connect: milliseconds("S21_CONNECT_SECONDS", DEFAULTS.connectSeconds),
      idle: milliseconds("S21_IDLE_SECONDS", DEFAULTS.idleSeconds),
      whole: milliseconds("S21_DOWNLOAD_SECONDS", DEFAULTS.wholeSeconds),
      bytes: number("S21_DOWNLOAD_MB", DEFAULTS.downloadMegabytes) * 1_048_576,
      attempts: Math.ceil(number("S21_ATTEMPTS", DEFAULTS.attempts)),
    },
  };
  if (problems.length > 0) throw new UsageError("bad-configuration", problems.join("\n"));
  return Object.freeze(config);
}

/** Separated by semicolons or newlines, since published names hold commas (`Bristol, City of`). */
function splitList(found: string | undefined): string[] {
  if (found === undefined) return [];
  return found
    .split(/[;\n]/)
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

/** Null where it is fine. One time a day: a night is run once, whatever happens. */
function problemOfSchedule(found: string): string | null {
  const wanted = "a cron expression with one time a day, such as 30 2 * * *";
  // Nicknames such as @daily are cron's too, but hide when it is.
  if (!/^\S+( +\S+){4}$/.test(found) || !validate(found)) return wanted;
  const { minute, hour } = parse(found);
  return minute.length === 1 && hour.length === 1 ? null : wanted;
}

/** `off` is null; undefined is neither. */
function readListen(found: string): Config["listen"] | undefined {
  if (found === "off") return null;
  const [, host, port] = /^\[?([\w.:-]+?)\]?:(\d{1,5})$/.exec(found) ?? [];
  if (host === undefined || Number(port) > 65_535) return undefined;
  return { host, port: Number(port) };
}

/** What is wrong, in words that show neither. */
function readNotify(url: string | undefined, secret: string | undefined): Config["notify"] | string {
  if (url === undefined) return null;
  if (!URL.canParse(url) || !["http:", "https:"].includes(new URL(url).protocol)) {
    return "S21_NOTIFY_URL is not an http:// or https:// address (its text is not shown: it may hold a token)";
  }
  if (secret === undefined || secret.length < SHORTEST_SECRET) {
    return `S21_NOTIFY_SECRET must have at least ${SHORTEST_SECRET} characters when S21_NOTIFY_URL is set: messages are signed with it`;
  }
  return { url, secret };
}

function isPostgresUrl(found: string): boolean {
  return URL.canParse(found) && ["postgres:", "postgresql:"].includes(new URL(found).protocol);
}

/** https to a named public host, or http to loopback for a stand-in server; never an address of a private network. */
function problemOfApi(found: string): string | null {
  if (!URL.canParse(found)) return "an https address";
  const url = new URL(found);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const loopback = isLoopbackHost(host);
  if (url.username !== "" || url.password !== "") return "an address without user name or password";
  // Paths are added to it; in a query they would be lost, and a query may hold a secret.
  if (url.search !== "" || url.hash !== "") return "an address without query or fragment";
  if (loopback) return ["http:", "https:"].includes(url.protocol) ? null : "an https address";
  if (url.protocol !== "https:") return "an https address (plain http only on loopback)";
  return isIP(host) === 0 ? null : "a host name, not an IP address";
}

/** This machine by its own name or address, as a stand-in server is named; no other name may lead there. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function isTimeZone(found: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: found }) !== null;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** An address fit to be printed: no user name, password, query or fragment. */
export function redactUrl(found: string): string {
  if (!URL.canParse(found)) return "(not an address)";
  const url = new URL(found);
  return `${url.protocol}//${url.host}${url.pathname}`;
}
