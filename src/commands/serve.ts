/** `s21 serve`: the pages, until it is stopped. */
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { EXIT, messageOf, UsageError } from "../errors.ts";
import { openArchive } from "../extract/archive.ts";
import { closeReaders } from "../extract/letter-text.ts";
import { openWarehouse } from "../load/warehouse.ts";
import { isLoopback, startSiteServer } from "../serve/pages/server.ts";

export interface ServeOptions {
  port: string;
  host: string;
}

/** Ends with 0 when a signal stops it: that is how it is meant to end. */
export async function runServe({ port, host }: ServeOptions, { terminal, signal }: Context): Promise<number> {
  const config = readConfig();
  const listening = { host, port: readPort(port) };
  const warehouse = await openWarehouse(config);
  try {
    const onFault = (error: unknown) => {
      if (!signal.aborted) terminal.error(messageOf(error));
    };
    const server = await startSiteServer({ warehouse, archive: openArchive(config.dataDir), onFault }, listening);
    if (terminal.json) terminal.print(JSON.stringify({ url: server.url }));
    else terminal.print(server.url);
    terminal.note(`pages of ${warehouse.location}; Ctrl+C ends it`);
    if (!isLoopback(host))
      terminal.note("everybody who reaches this address can read every letter: there is no password");
    if (warehouse.kind === "embedded")
      terminal.note("other commands can’t open the embedded warehouse while this runs");
    await untilAborted(signal);
    await server.close();
    return EXIT.done;
  } finally {
    closeReaders();
    await warehouse.close();
  }
}

function readPort(port: string): number {
  if (/^\d{1,5}$/.test(port) && Number(port) <= 65_535) return Number(port);
  throw new UsageError("bad-port", `--port is ${JSON.stringify(port)}; expected a number from 0 to 65535`);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
