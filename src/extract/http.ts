/**
 * Every request that s21 makes. GETs only, to the configured host only, with time limits, a size cap and retries.
 * A retry starts from the first byte: `got` does not retry streams, and accepts a short body, so this does and doesn't.
 */
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Request, Response } from "got";
import { type DownloadLimits, redactUrl } from "../config.ts";
import {
  HttpStatusError,
  LimitError,
  messageOf,
  S21Error,
  SourceNotTrustedError,
  SourceUnreachableError,
} from "../errors.ts";
import { packageVersion } from "../package-root.ts";
import { lookupAllowed } from "./public-addresses.ts";

/** Longest `Retry-After` that is waited for; a longer one ends the run and is told. */
const LONGEST_WAIT = 10 * 60_000;
const LONGEST_BACKOFF = 60_000;
const RESPONSE_TIMEOUT = 20_000;
/** A damaged body is asked for once more only: EES serves the same cached archive for an hour. */
const TRIES_FOR_DAMAGE = 2;
const MEGABYTE = 1_048_576;
/** EES's documents have some kilobytes; one is held in memory whole. */
const LARGEST_JSON = 16 * MEGABYTE;
const MOST_REDIRECTS = 5;

export interface Fetching {
  limits: DownloadLimits;
  signal?: AbortSignal | undefined;
  /** Told what is being retried and why. */
  onRetry?: ((message: string) => void) | undefined;
  onBytes?: ((bytes: number) => void) | undefined;
}

export interface FetchedFile {
  path: string;
  bytes: number;
  /** The address asked for. */
  url: string;
}

/**
 * Downloads to `path`, which is removed again when it fails.
 * @param check throws SourceNotTrustedError when the file is damaged, which is retried once.
 * @throws SourceUnreachableError, SourceNotTrustedError, LimitError
 */
export async function fetchToFile(
  url: string,
  path: string,
  fetching: Fetching,
  check: (path: string) => Promise<void> = async () => undefined,
): Promise<FetchedFile> {
  return retry(url, fetching, async () => {
    let bytes = 0;
    const request = await openRequest(url, fetching);
    try {
      const onCount = (count: number) => {
        bytes = count;
        fetching.onBytes?.(count);
      };
      const counted = countBytes(url, fetching.limits.bytes, " (S21_DOWNLOAD_MB)", onCount);
      await pipeline(request, counted, createWriteStream(path, { mode: 0o600 }));
      await check(path);
      return { path, bytes, url };
    } catch (error) {
      await rm(path, { force: true });
      throw explain(error, url, bytes, fetching);
    }
  });
}

/** Gets a small JSON document. Its shape is the caller's to check. @throws as `fetchToFile` */
export async function fetchJson(url: string, fetching: Fetching): Promise<unknown> {
  return retry(url, fetching, async () => {
    const chunks: Buffer[] = [];
    try {
      const most = Math.min(fetching.limits.bytes, LARGEST_JSON);
      const request = await openRequest(url, fetching);
      for await (const chunk of countBytes(url, most, "")(request)) chunks.push(chunk);
    } catch (error) {
      throw explain(error, url, Buffer.concat(chunks).length, fetching);
    }
    return parseJson(Buffer.concat(chunks).toString("utf8"), url);
  });
}

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SourceUnreachableError("not-json", `${redactUrl(url)} answered ${startOf(text)}; expected JSON`, {
      cause: error,
    });
  }
}

/** What a body begins with, for a message: a web page by its title. */
export function startOf(text: string): string {
  if (text.trim() === "") return "nothing";
  const title = /<title[^>]{0,200}>([^<]{1,200})/i.exec(text)?.[1]?.trim();
  if (title !== undefined) return `a web page, "${title}"`;
  return JSON.stringify(text.slice(0, 60));
}

/** Loaded with the first request: it takes a while, and many commands make none. */
let client: typeof import("got") | undefined;

async function openRequest(url: string, { limits, signal }: Fetching): Promise<Request> {
  const host = new URL(url).host;
  client ??= await import("got");
  const request = client.got.stream(url, {
    timeout: {
      lookup: limits.connect,
      connect: limits.connect,
      secureConnect: limits.connect,
      socket: limits.idle,
      response: Math.max(RESPONSE_TIMEOUT, limits.idle),
      request: limits.whole,
    },
    retry: { limit: 0 },
    // Its declared type is of a library that got can also use.
    dnsLookup: lookupAllowed as never,
    // Said, so that no variable of Node's switches it off.
    https: { rejectUnauthorized: true },
    // A compressed body could be a bomb, and EES serves archives and short JSON.
    decompress: false,
    headers: { "accept-encoding": "identity", "user-agent": `s21/${packageVersion()}` },
    maxRedirects: MOST_REDIRECTS,
    // With it the body of an error would be read to its end, however long, before the error is told.
    throwHttpErrors: false,
    ...(signal === undefined ? {} : { signal }),
    hooks: {
      beforeRedirect: [
        (options) => {
          const target = options.url instanceof URL ? options.url : new URL(String(options.url));
          if (target.host === host && target.protocol === new URL(url).protocol) return;
          const place = `${target.protocol}//${target.host}`;
          throw refusedRedirect(url, `to ${place}, a host that is not allowed; expected ${host}`);
        },
      ],
    },
  });
  // A request that is over still hears the signal, and then fails for nobody; whoever reads it gets the error besides.
  request.on("error", () => undefined);
  // 204 and 304 come without a body, and would pass for an empty file.
  request.once("response", ({ statusCode, headers }: Response) => {
    if (statusCode === 200) return;
    const failure = new HttpStatusError(statusCode, `${redactUrl(url)} answered ${statusCode}; expected 200`);
    const asked = headers["retry-after"];
    if (asked !== undefined) retryAfter.set(failure, asked);
    request.destroy(failure);
  });
  return request;
}

const retryAfter = new WeakMap<Error, string>();

function countBytes(url: string, most: number, setBy: string, onCount?: (bytes: number) => void) {
  return async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > most) {
        const limit = `${Math.round(most / MEGABYTE)} MB${setBy}`;
        throw new LimitError("too-large", `${redactUrl(url)} sends more than ${limit}; stopped reading`);
      }
      onCount?.(bytes);
      yield chunk;
    }
  };
}

/**
 * Why it failed, as an error that knows whether to try again. It has no cause: an error of `got` holds the request, and
 * with it the address, the headers and the body so far.
 */
function explain(error: unknown, url: string, bytes: number, { signal }: Fetching): unknown {
  if (signal?.aborted) return signal.reason;
  const isRequestError = client !== undefined && error instanceof client.RequestError;
  const cause = isRequestError && error.cause instanceof S21Error ? error.cause : error;
  if (cause instanceof S21Error) return cause;
  if (!(error instanceof Error)) return error;
  const code = (error as { code?: string }).code ?? "";
  const address = redactUrl(url);
  if (code === "ENOSPC") {
    return new LimitError("disk-full", `no space left while downloading ${address}`, { cause: error });
  }
  if (code === "ERR_TOO_MANY_REDIRECTS") return refusedRedirect(url, `more than ${MOST_REDIRECTS} times`);
  if (NO_ADDRESS.includes(code)) return refusedRedirect(url, "to what is no address of a server");
  if (!isRequestError && !NETWORK.test(code)) return error;
  const words = error.message.replace(/\bhttps?:\/\/[^\s"']+/gi, redactUrl);
  const where = bytes > 0 ? `the download of ${address} broke after ${bytes} bytes` : `cannot reach ${address}`;
  return new SourceUnreachableError(CERTIFICATE.test(code) ? "certificate" : "network", `${where}: ${words}`);
}

/** Codes of a connection that broke, where Node tells it and not `got`. */
const NETWORK = /^(ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|HPE_\w+|ERR_STREAM_PREMATURE_CLOSE)$/;
/** The address asked for has been read already, so these are told of one that a redirect names. */
const NO_ADDRESS = ["ERR_INVALID_URL", "ERR_UNSUPPORTED_PROTOCOL"];
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/;

function refusedRedirect(url: string, where: string): SourceUnreachableError {
  return new SourceUnreachableError("redirect-refused", `${redactUrl(url)} redirects ${where}`);
}

/** At most `attempts` tries, with full-jitter back-off from 1 s to 60 s, or the wait that the server asks for. */
async function retry<T>(url: string, { limits, signal, onRetry }: Fetching, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      const tries = triesFor(error, limits.attempts);
      if (attempt >= tries) throw error;
      const wait = waitBefore(error, attempt, url);
      onRetry?.(`${messageOf(error)}; attempt ${attempt + 1} of ${tries} in ${Math.ceil(wait / 1_000)} s`);
      await pause(wait, signal);
    }
  }
}

/** Ends early, with the signal's reason, when the run is stopped. */
async function pause(milliseconds: number, signal: AbortSignal | undefined) {
  try {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}

function triesFor(error: unknown, attempts: number): number {
  if (error instanceof SourceNotTrustedError) return Math.min(attempts, TRIES_FOR_DAMAGE);
  if (error instanceof HttpStatusError) return error.statusCode === 429 || error.statusCode >= 500 ? attempts : 1;
  if (!(error instanceof SourceUnreachableError)) return 1;
  return ["redirect-refused", "certificate", "private-address"].includes(error.code) ? 1 : attempts;
}

function waitBefore(error: unknown, attempt: number, url: string): number {
  const backoff = Math.random() * Math.min(LONGEST_BACKOFF, 1_000 * 2 ** (attempt - 1));
  const asked = error instanceof Error ? retryAfter.get(error) : undefined;
  if (asked === undefined) return backoff;
  const wait = /^\d+$/.test(asked) ? Number(asked) * 1_000 : Date.parse(asked) - Date.now();
  if (Number.isNaN(wait)) return backoff;
  if (wait <= LONGEST_WAIT) return Math.max(wait, backoff);
  throw new SourceUnreachableError(
    "asked-to-wait",
    `${redactUrl(url)} asked to wait ${Math.round(wait / 60_000)} minutes; run again then`,
  );
}
