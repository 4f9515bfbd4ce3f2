/**
 * Every request that s21 makes. GETs only, to the configured host only, with time limits, a size cap and retries.
 * A retry starts from the first byte: `got` does not retry streams, and accepts a short body, so this does and doesn't.
 */
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { got, type Request, RequestError } from "got";
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

/** Longest `Retry-After` that is waited for; a longer one ends the run and is told. */
const LONGEST_WAIT = 10 * 60_000;
const LONGEST_BACKOFF = 60_000;
const RESPONSE_TIMEOUT = 20_000;
/** A damaged body is asked for once more only: EES serves the same cached archive for an hour. */
const TRIES_FOR_DAMAGE = 2;

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
    const request = openRequest(url, fetching);
    try {
      await pipeline(
        request,
        countBytes(fetching, (count) => (bytes = count)),
        createWriteStream(path, { mode: 0o600 }),
      );
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
      for await (const chunk of countBytes({ ...fetching, onBytes: undefined })(openRequest(url, fetching))) {
        chunks.push(chunk);
      }
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

function openRequest(url: string, { limits, signal }: Fetching): Request {
  const host = new URL(url).host;
  const request = got.stream(url, {
    timeout: {
      lookup: limits.connect,
      connect: limits.connect,
      secureConnect: limits.connect,
      socket: limits.idle,
      response: Math.max(RESPONSE_TIMEOUT, limits.idle),
      request: limits.whole,
    },
    retry: { limit: 0 },
    // A compressed body could be a bomb, and EES serves archives and short JSON.
    decompress: false,
    headers: { "accept-encoding": "identity", "user-agent": `s21/${packageVersion()}` },
    maxRedirects: 5,
    throwHttpErrors: true,
    ...(signal === undefined ? {} : { signal }),
    hooks: {
      beforeRedirect: [
        (options) => {
          const target = options.url instanceof URL ? options.url : new URL(String(options.url));
          if (target.host === host && target.protocol === new URL(url).protocol) return;
          throw new SourceUnreachableError(
            "redirect-refused",
            `${redactUrl(url)} redirects to ${target.protocol}//${target.host}, a host that is not allowed; expected ${host}`,
          );
        },
      ],
    },
  });
  // A request that is over still hears the signal, and then fails for nobody; whoever reads it gets the error besides.
  request.on("error", () => undefined);
  // 204 and 304 come without a body, and would pass for an empty file.
  request.once("response", ({ statusCode }: { statusCode: number }) => {
    if (statusCode === 200) return;
    request.destroy(new HttpStatusError(statusCode, `${redactUrl(url)} answered ${statusCode}; expected 200`));
  });
  return request;
}

function countBytes({ limits, onBytes }: Fetching, onCount: (bytes: number) => void = () => undefined) {
  return async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of source) {
      bytes += chunk.length;
      if (bytes > limits.bytes) {
        const megabytes = Math.round(limits.bytes / 1_048_576);
        throw new LimitError(
          "too-large",
          `the answer is larger than ${megabytes} MB (S21_DOWNLOAD_MB); stopped reading`,
        );
      }
      onCount(bytes);
      onBytes?.(bytes);
      yield chunk;
    }
  };
}

/** Why it failed, as an error that knows whether to try again; addresses without secrets. */
function explain(error: unknown, url: string, bytes: number, { signal }: Fetching): unknown {
  if (signal?.aborted) return signal.reason;
  const cause = error instanceof RequestError && error.cause instanceof S21Error ? error.cause : error;
  if (cause instanceof S21Error) return cause;
  if (!(error instanceof Error)) return error;
  const status = error instanceof RequestError ? error.response?.statusCode : undefined;
  if (status !== undefined && status >= 300) return explainStatus(error as RequestError, status, url);
  const code = (error as { code?: string }).code ?? "";
  if (code === "ENOSPC") {
    return new LimitError("disk-full", `no space left while downloading ${redactUrl(url)}`, { cause: error });
  }
  const secrets = redactUrl(url);
  const words = error.message.replaceAll(url, secrets);
  const where = bytes > 0 ? `the download of ${secrets} broke after ${bytes} bytes` : `cannot reach ${secrets}`;
  return new SourceUnreachableError(isCertificateProblem(code) ? "certificate" : "network", `${where}: ${words}`, {
    cause: error,
  });
}

function explainStatus(error: RequestError, status: number, url: string): unknown {
  const failure = new HttpStatusError(status, `${redactUrl(url)} answered ${status}`, { cause: error });
  const asked = error.response?.headers["retry-after"];
  if (asked !== undefined) retryAfter.set(failure, asked);
  return failure;
}

const retryAfter = new WeakMap<Error, string>();

function isCertificateProblem(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code);
}

/** At most `attempts` tries, with full-jitter back-off from 1 s to 60 s, or the wait that the server asks for. */
async function retry<T>(url: string, { limits, signal, onRetry }: Fetching, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (attempt >= triesFor(error, limits.attempts)) throw error;
      const wait = waitBefore(error, attempt, url);
      onRetry?.(`${messageOf(error)}; attempt ${attempt + 1} of ${limits.attempts} in ${Math.ceil(wait / 1_000)} s`);
      await sleep(wait, undefined, signal === undefined ? {} : { signal });
    }
  }
}

function triesFor(error: unknown, attempts: number): number {
  if (error instanceof SourceNotTrustedError) return Math.min(attempts, TRIES_FOR_DAMAGE);
  if (error instanceof HttpStatusError) return error.statusCode === 429 || error.statusCode >= 500 ? attempts : 1;
  if (!(error instanceof SourceUnreachableError)) return 1;
  return ["redirect-refused", "certificate"].includes(error.code) ? 1 : attempts;
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
