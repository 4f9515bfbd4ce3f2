/** Listens for the site: on loopback unless told otherwise. */

import type { AddressInfo, Server } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { messageOf, UsageError } from "../../errors.ts";
import { createSite, type SiteOptions } from "./site.ts";

export interface SiteServer {
  /** `http://127.0.0.1:8021/` */
  url: string;
  close(): Promise<void>;
}

export interface Listening {
  host: string;
  /** 0: any that is free. */
  port: number;
}

/** Longest wait for a whole request, and for its headers, in milliseconds. */
const REQUEST_TIMEOUT = 30_000;

/** @throws UsageError where it can't listen there. */
export async function startSiteServer(
  options: Omit<SiteOptions, "hosts">,
  { host, port }: Listening,
): Promise<SiteServer> {
  const loopback = isLoopback(host);
  const { app, warm } = createSite({ ...options, hosts: loopback ? LOOPBACK_NAMES : null });
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { requestTimeout: REQUEST_TIMEOUT, headersTimeout: REQUEST_TIMEOUT },
  }) as Server & { closeAllConnections(): void };
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) =>
      reject(new UsageError("cannot-listen", `can't listen on ${host} port ${port}: ${messageOf(error)}`)),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
  const warming = keepWarm(warm, options.onFault);
  return {
    url: `http://${name}:${address.port}/`,
    async close() {
      await warming.stop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** How often it is looked whether the warehouse has changed, in milliseconds. */
const WARM_EVERY = 10_000;

function keepWarm(warm: () => Promise<void>, onFault: (error: unknown) => void): { stop(): Promise<void> } {
  let going: Promise<void> | null = null;
  const once = () => {
    going ??= warm()
      .catch(onFault)
      .finally(() => {
        going = null;
      });
  };
  once();
  const timer = setInterval(once, WARM_EVERY).unref();
  return {
    async stop() {
      clearInterval(timer);
      await going;
    },
  };
}

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
