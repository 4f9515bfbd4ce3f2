/**
 * The embedded warehouse behind a port, for psql, DBeaver, Metabase or R. Each client gets a copy of its own, made when the port
 * opened: it has a session as on Postgres, and nothing that it does reaches the warehouse, which is free meanwhile.
 * Protocol: PostgreSQL, chapter "Frontend/Backend Protocol", version 3; PGlite speaks it, the parts before it are here.
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { messageOf, WarehouseError } from "../errors.ts";
import { ANALYST_ROLE, makeAnalystRole } from "./analyst-role.ts";
import { FEWER_BUFFERS, openEmbedded } from "./embedded-engine.ts";

/** Sessions of some 200 MB each; DBeaver opens three. */
const MOST_CLIENTS = 6;
/** A longer message is no query that a person wrote. */
const LONGEST_MESSAGE = 64 * 1_048_576;

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;
const TERMINATE = "X".charCodeAt(0);

export interface EmbeddedPort {
  port: number;
  /** Ends every session, and removes the copies. */
  close(): Promise<void>;
}

/**
 * @param dataDir `S21_DATA_DIR`; its warehouse is locked only while it is copied.
 * @param port 0 for any that is free. On loopback only.
 * @param note told of clients that come and go.
 */
export async function openEmbeddedPort(
  dataDir: string,
  port: number,
  note: (message: string) => void,
): Promise<EmbeddedPort> {
  const home = mkdtempSync(join(tmpdir(), "s21-psql-"));
  const sessions = new Set<Socket>();
  try {
    await copyWarehouse(dataDir, home);
    let number = 0;
    const server = createServer((socket) => {
      if (sessions.size >= MOST_CLIENTS) {
        note(`a client was turned away: ${MOST_CLIENTS} are here already`);
        socket.destroy();
        return;
      }
      sessions.add(socket);
      number += 1;
      const folder = join(home, `client-${number}`);
      serveClient(socket, join(home, "warehouse"), folder)
        .catch((error: unknown) => note(`a client was left: ${messageOf(error)}`))
        .finally(() => {
          sessions.delete(socket);
          socket.destroy();
          rmSync(folder, { recursive: true, force: true });
        });
    });
    const bound = await listen(server, port);
    return { port: bound, close: () => closeAll(server, sessions, home) };
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
}

/** A copy while nobody writes, with the role whose grants the clients have. */
async function copyWarehouse(dataDir: string, home: string) {
  const original = await openEmbedded(dataDir);
  try {
    const session = await original.connect();
    await session.run("checkpoint");
    session.release();
    cpSync(join(dataDir, "warehouse"), join(home, "warehouse"), { recursive: true });
  } finally {
    await original.end();
  }
  const copy = await openEmbedded(home);
  try {
    const session = await copy.connect();
    await makeAnalystRole(session);
    session.release();
  } finally {
    await copy.end();
  }
}

async function serveClient(socket: Socket, template: string, folder: string) {
  const { PGlite } = await import("@electric-sql/pglite");
  let database: PGlite | undefined;
  try {
    for await (const message of readMessages(socket)) {
      if (message.kind === "startup") {
        cpSync(template, folder, { recursive: true });
        database = await PGlite.create({
          dataDir: folder,
          startParams: [...PGlite.defaultStartParams, ...FEWER_BUFFERS],
        });
        const greeting = await database.execProtocolRaw(message.bytes);
        await database.exec(`set timezone = 'UTC'; set default_transaction_read_only = on; set role ${ANALYST_ROLE}`);
        socket.write(greeting);
      } else if (database !== undefined) {
        socket.write(await database.execProtocolRaw(message.bytes));
      }
    }
  } finally {
    await database?.close();
  }
}

interface Message {
  kind: "startup" | "query";
  bytes: Uint8Array;
}

/** Whole messages as they come; refuses encryption, which loopback does not need, and ends at Terminate. */
async function* readMessages(socket: Socket): AsyncGenerator<Message> {
  let held: Buffer = Buffer.alloc(0);
  let started = false;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (;;) {
      // Before the session begins messages have no type byte.
      const head = started ? 1 : 0;
      if (held.length < head + 4) break;
      const length = head + held.readInt32BE(head);
      if (length < head + 4 || length > LONGEST_MESSAGE) throw new Error(`a message of ${length} bytes`);
      if (held.length < length) break;
      const message = held.subarray(0, length);
      held = held.subarray(length);
      if (started && message[0] === TERMINATE) return;
      const request = started ? null : message.readInt32BE(4);
      if (request === CANCEL_REQUEST) return;
      if (request === SSL_REQUEST || request === GSS_REQUEST) {
        socket.write("N");
        continue;
      }
      yield { kind: started ? "query" : "startup", bytes: new Uint8Array(message) };
      started = true;
    }
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(new WarehouseError("port", `port ${port} can't be opened: ${messageOf(error)}`, { cause: error })),
    );
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

async function closeAll(server: Server, sessions: Set<Socket>, home: string) {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const socket of sessions) socket.destroy();
  await closed;
  rmSync(home, { recursive: true, force: true });
}
