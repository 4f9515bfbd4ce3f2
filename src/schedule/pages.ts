/** /health, /ready and /metrics of a scheduler, for orchestrators and Prometheus. Nothing here changes anything. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { messageOf, UsageError } from "../errors.ts";

export interface Page {
  status: number;
  contentType: string;
  body: string;
}

/** By path. */
export type Pages = Record<string, () => Promise<Page> | Page>;

export interface PageServer {
  /** `127.0.0.1:9321` */
  address: string;
  close(): Promise<void>;
}

export function jsonPage(status: number, value: unknown): Page {
  return { status, contentType: "application/json", body: `${JSON.stringify(value)}\n` };
}

/** @throws UsageError when the port can't be had. */
export async function servePages({ host, port }: { host: string; port: number }, pages: Pages): Promise<PageServer> {
  const server = createServer((request, response) => {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    void answer(request.method ?? "", path, pages).then(({ status, contentType, body }) => {
      response.writeHead(status, { "content-type": contentType, "cache-control": "no-store" });
      response.end(request.method === "HEAD" ? undefined : body);
    });
  });
  server.requestTimeout = 10_000;
  await listen(server, host, port);
  const bound = server.address() as AddressInfo;
  return {
    address: `${bound.family === "IPv6" ? `[${bound.address}]` : bound.address}:${bound.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(method: string, path: string, pages: Pages): Promise<Page> {
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  if (page === undefined) return jsonPage(404, { error: "there are /health, /ready and /metrics" });
  if (method !== "GET" && method !== "HEAD") return jsonPage(405, { error: "GET only" });
  try {
    return await page();
  } catch {
    // What went wrong is in the log; a page is for strangers.
    return jsonPage(500, { error: "this page could not be made; see the log" });
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) =>
      reject(new UsageError("port-taken", `S21_LISTEN: cannot listen on ${host}:${port}: ${messageOf(error)}`)),
    );
    server.listen(port, host, resolve);
  });
}
