/** Faults that put another complete reply in place of the right one. */
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import type { Fault, REPLY_FAULTS } from "./faults.ts";
import { NO_BODY, problemReply, type Reply, readBody } from "./reply.ts";

const GIBIBYTE = 1024 ** 3;
const MEBIBYTE = 1024 ** 2;

const SORRY = `<!DOCTYPE html>
<html lang="en"><head><title>Sorry, there is a problem with the service - GOV.UK</title></head>
<body><h1>Sorry, there is a problem with the service</h1><p>Try again later.</p></body></html>
`;

type Change = (reply: Reply, arg: unknown, address: string) => Reply;

const status = (code: number): Reply => ({ status: code, headers: {}, body: NO_BODY });

const CHANGES: Record<(typeof REPLY_FAULTS)[number], Change> = {
  304: () => status(304),
  403: () => problemReply(403),
  404: () => problemReply(404),
  429: (_reply, arg) => busy(429, arg ?? 2),
  500: () => status(500),
  502: () => ({ ...htmlPage("text/html"), status: 502 }),
  503: (_reply, arg) => busy(503, arg),
  redirect: (_reply, arg) => redirectTo(String(arg ?? "http://169.254.169.254/latest/meta-data/")),
  "redirect-loop": (_reply, _arg, address) => redirectTo(address),
  "html-200": () => htmlPage("text/html; charset=utf-8"),
  "html-as-octet": () => htmlPage("application/octet-stream"),
  "bad-json": (_reply, arg) => wrongJson(arg),
  "empty-200": (reply) => ({ ...reply, status: 200, body: NO_BODY }),
  "truncated-200": (reply, arg) => ({ ...reply, body: () => cutBody(reply, arg) }),
  endless: (reply, arg) => ({ ...reply, body: () => runOn(reply, Number(arg ?? 4 * GIBIBYTE)) }),
  "gzip-bomb": (reply, arg) => ({
    ...reply,
    headers: { ...reply.headers, "Content-Encoding": "gzip" },
    body: () => inflateWithoutEnd(reply, Number(arg ?? 2 * GIBIBYTE)),
  }),
};

/** The reply that the fault asks for. */
export function changeReply(reply: Reply, { fault, arg }: Fault, address: string): Reply {
  const change = (CHANGES as Record<string, Change | undefined>)[fault];
  if (change === undefined) throw new Error(`"${fault}" does not change a reply`);
  return change(reply, arg, address);
}

/** How much of a body a fraction is; half where none is given. */
export function cutOf(body: Buffer, arg: unknown): number {
  const fraction = arg === undefined ? 0.5 : Number(arg);
  return Math.floor(body.length * Math.min(Math.max(fraction, 0), 1));
}

function busy(code: number, retryAfter: unknown): Reply {
  return { ...status(code), headers: retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) } };
}

function redirectTo(location: string): Reply {
  return { ...status(302), headers: { Location: location } };
}

function htmlPage(type: string): Reply {
  return { status: 200, headers: { "Content-Type": type }, body: () => Buffer.from(SORRY) };
}

function wrongJson(arg: unknown): Reply {
  const text =
    arg === undefined ? '{"results": [{"id": "89869bba-' : typeof arg === "string" ? arg : JSON.stringify(arg);
  return { status: 200, headers: { "Content-Type": "application/json; charset=utf-8" }, body: () => Buffer.from(text) };
}

async function cutBody(reply: Reply, arg: unknown): Promise<Buffer> {
  const body = await readBody(reply);
  return body.subarray(0, cutOf(body, arg));
}

/** Begins as the right body does, so that a look at the first bytes finds nothing wrong. */
async function runOn(reply: Reply, bytes: number): Promise<Readable> {
  const beginning = (await readBody(reply)).subarray(0, 1024);
  const filling = Buffer.alloc(64 * 1024, "0");
  function* fill() {
    yield beginning;
    for (let sent = beginning.length; sent < bytes; sent += filling.length) yield filling;
  }
  return Readable.from(fill());
}

/** Members of a gzip file may follow each other: one of 16 MiB of zeros is repeated. */
async function inflateWithoutEnd(reply: Reply, bytes: number): Promise<Readable> {
  const beginning = (await readBody(reply)).subarray(0, 1024);
  const member = gzipSync(Buffer.alloc(16 * MEBIBYTE));
  function* fill() {
    yield gzipSync(beginning);
    for (let inflated = 0; inflated < bytes; inflated += 16 * MEBIBYTE) yield member;
  }
  return Readable.from(fill());
}
