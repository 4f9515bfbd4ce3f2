/** The only reader of the environment. */
import { isIP } from "node:net";
import { resolve } from "node:path";
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
  schedule: string | null;
  timeZone: string;
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
  connectSeconds: 10,
  idleSeconds: 30,
  wholeSeconds: 1_800,
  downloadMegabytes: 1_024,
  attempts: 5,
};

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
  if (!isTimeZone(timeZone)) report("S21_TZ", timeZone, "an IANA time zone such as Europe/London");
  const log = text("S21_LOG") ?? "pretty";
  if (log !== "pretty" && log !== "json") report("S21_LOG", log, "pretty or json");

  const config: Config = {
    databaseUrl,
    dataDir: resolve(text("S21_DATA_DIR") ?? DEFAULTS.dataDir),
    eesApi,
    las: splitList(text("S21_LAS")),
    schedule: text("S21_SCHEDULE") ?? null,
    timeZone,
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
