/**
 * Faults of the connection. They write to the socket by hand, because a server that works cannot be made to send such
 * things. What waits ends when the client leaves, when the server closes, or after ten minutes.
 */
import { type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { cutOf } from "./changed-reply.ts";
import type { Fault, WIRE_FAULTS } from "./faults.ts";
import { type Reply, readBody } from "./reply.ts";

const LONGEST_WAIT_MS = 10 * 60 * 1000;
const BEFORE_RESET_MS = 50;

type Sending = (socket: Socket, reply: Reply, body: Buffer, arg: unknown) => Promise<void> | void;

const SENDINGS: Record<(typeof WIRE_FAULTS)[number], Sending> = {
  reset: async (socket, reply, body, arg) => {
    await startChunked(socket, reply, body.subarray(0, cutOf(body, arg)));
    // A reset overtakes what still waits to be sent: let the part go out first.
    await pause(socket, BEFORE_RESET_MS);
    socket.resetAndDestroy();
  },
  fin: async (socket, reply, body, arg) => {
    await startChunked(socket, reply, body.subarray(0, cutOf(body, arg)));
    socket.end();
  },
  closeframed: (socket, reply, body, arg) => {
    socket.write(head(reply, {}));
    socket.end(body.subarray(0, cutOf(body, arg)));
  },
  "short-length": (socket, reply, body, arg) => {
    socket.write(head(reply, { "Content-Length": String(body.length) }));
    socket.end(body.subarray(0, cutOf(body, arg)));
  },
  stall: async (socket, reply, body, arg) => {
    await startChunked(socket, reply, body.subarray(0, cutOf(body, arg)));
    await pause(socket, LONGEST_WAIT_MS);
    socket.destroy();
  },
  drip: async (socket, reply, body, arg) => {
    const everyMs = arg === undefined ? 1000 : Math.max(Number(arg), 1);
    const bytes = Math.min(body.length, Math.ceil(LONGEST_WAIT_MS / everyMs));
    await write(socket, head(reply, { "Transfer-Encoding": "chunked" }));
    for (let sent = 0; sent < bytes && !socket.destroyed; sent += 1) {
      await write(socket, chunk(body.subarray(sent, sent + 1)));
      await pause(socket, everyMs);
    }
    if (bytes === body.length) socket.end("0\r\n\r\n");
    else socket.destroy();
  },
  "no-headers": async (socket) => {
    await pause(socket, LONGEST_WAIT_MS);
    socket.destroy();
  },
};

/** Sends a reply as the fault asks; resolves when nothing more will be sent. */
export async function sendBroken(reply: Reply, { fault, arg }: Fault, response: ServerResponse): Promise<void> {
  const send = (SENDINGS as Record<string, Sending | undefined>)[fault];
  if (send === undefined) throw new Error(`"${fault}" does not break a connection`);
  const body = fault === "no-headers" ? Buffer.alloc(0) : await readBody(reply);
  const socket = response.socket;
  if (socket === null || socket.destroyed) return;
  await send(socket, reply, body, arg);
}

function head(reply: Reply, framing: Record<string, string>): string {
  const headers = { ...reply.headers, ...framing, Date: new Date().toUTCString(), Connection: "close" };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status]}`, ...lines, "", ""].join("\r\n");
}

/** Sends the head and one chunk, and not the chunk of length 0 that would end the body. */
async function startChunked(socket: Socket, reply: Reply, part: Buffer): Promise<void> {
  await write(socket, head(reply, { "Transfer-Encoding": "chunked" }));
  if (part.length > 0) await write(socket, chunk(part));
}

function chunk(part: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")]);
}

/** Resolves when the bytes are handed over, or when they never will be because the client has gone. */
function write(socket: Socket, bytes: Buffer | string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.write(bytes, () => resolve());
  });
}

function pause(socket: Socket, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    const finish = () => {
      clearTimeout(timer);
      socket.off("close", finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    socket.once("close", finish);
  });
}
