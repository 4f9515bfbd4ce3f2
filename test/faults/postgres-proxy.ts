/** Stands between the program and Postgres: cuts, freezes, and loses the answer to COMMIT. */

import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";

export interface ProxyFault {
  /** `cut`: both ends are reset. `freeze`: nothing more is passed on, in either direction, and nothing is closed. */
  act: "cut" | "freeze";
  /** Text that the program sends: a statement, or a part of it. */
  at: string;
  /** Only after this has been sent. */
  since?: string;
  /** `before`: Postgres never sees it. `after`: Postgres has done it, and its answer is lost. */
  when: "before" | "after";
}

export interface PostgresProxy {
  /** The address of the database, by way of the proxy. */
  url: string;
  /** How often the fault has happened. */
  met(): number;
  /** Passes everything on from now on. */
  mend(): void;
  close(): Promise<void>;
}

/** @param url of the database; plain, as on loopback. */
export async function startPostgresProxy(url: string, fault: ProxyFault): Promise<PostgresProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let met = 0;
  let active = true;
  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname);
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
    }
    let isDue = fault.since === undefined;
    let state: "passing" | "answering" | "broken" = "passing";
    const strike = () => {
      met += 1;
      state = "broken";
      if (fault.act === "freeze") return;
      client.resetAndDestroy();
      database.destroy();
    };
    client.on("data", (bytes) => {
      if (state === "broken") return;
      if (fault.since !== undefined && bytes.includes(fault.since)) isDue = true;
      if (active && isDue && state === "passing" && bytes.includes(fault.at)) {
        if (fault.when === "before") return strike();
        state = "answering";
      }
      database.write(bytes);
    });
    database.on("data", (bytes) => {
      if (state === "answering") return strike();
      if (state !== "broken") client.write(bytes);
    });
    client.on("close", () => database.destroy());
    database.on("close", () => {
      if (state !== "broken") client.destroy();
    });
  });
  await listen(server);
  const through = new URL(url);
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    met: () => met,
    mend: () => {
      active = false;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
}
