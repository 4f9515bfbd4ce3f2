/** A reply before it is sent, and the plain sending of it. */
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { problemBody } from "./bodies.ts";

export interface Reply {
  status: number;
  headers: Record<string, string>;
  /** Made only when it is sent, so that a reply that a fault replaces opens no file. */
  body: () => Buffer | Readable | Promise<Buffer | Readable>;
}

export const NO_BODY = () => Buffer.alloc(0);

export function jsonReply(body: unknown): Reply {
  const text = JSON.stringify(body);
  return { status: 200, headers: { "Content-Type": "application/json; charset=utf-8" }, body: () => Buffer.from(text) };
}

export function problemReply(status: number, errors?: Record<string, string[]>): Reply {
  const text = JSON.stringify(problemBody(status, errors));
  const headers = { "Content-Type": "application/problem+json; charset=utf-8" };
  return { status, headers, body: () => Buffer.from(text) };
}

/** Sends it chunked, as EES does: no Content-Length. Ends early, without an error, when the client goes away. */
export async function sendReply(reply: Reply, response: ServerResponse): Promise<void> {
  const body = await reply.body();
  if (response.destroyed) {
    if (body instanceof Readable) body.destroy();
    return;
  }
  response.writeHead(reply.status, reply.headers);
  if (Buffer.isBuffer(body)) {
    response.end(body);
    return;
  }
  response.flushHeaders();
  await pipeline(body, response).catch((error: NodeJS.ErrnoException) => {
    const clientLeft = ["ERR_STREAM_PREMATURE_CLOSE", "ECONNRESET", "EPIPE"].includes(error.code ?? "");
    if (!clientLeft) throw error;
  });
}

export async function readBody(reply: Reply): Promise<Buffer> {
  const body = await reply.body();
  if (Buffer.isBuffer(body)) return body;
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
