/** `s21 psql` */
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { EXIT, UsageError } from "../errors.ts";
import { openEmbeddedPort } from "../load/embedded-port.ts";
import { openWarehouse } from "../load/warehouse.ts";

export async function runPsql(options: { port?: string }, { terminal, signal }: Context): Promise<number> {
  const config = readConfig();
  if (config.databaseUrl !== null) {
    throw new UsageError("not-embedded", "the warehouse is a Postgres already: connect to the address in DATABASE_URL");
  }
  const port = readPort(options.port);
  await (await openWarehouse(config)).close(); // says so where there is nothing in it
  const open = await openEmbeddedPort(config.dataDir, port, (message) => terminal.note(message));
  try {
    const address = `postgres://analyst@127.0.0.1:${open.port}/s21?sslmode=disable`;
    terminal.print(terminal.json ? JSON.stringify({ address, port: open.port }) : `psql "${address}"`);
    terminal.note("a copy of the warehouse as it is now, read-only; Ctrl-C ends it");
    if (!signal.aborted)
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    return EXIT.done;
  } finally {
    await open.close();
  }
}

function readPort(found: string | undefined): number {
  if (found === undefined) return 0;
  const port = Number(found);
  if (/^\d{1,5}$/.test(found) && port > 0 && port < 65_536) return port;
  throw new UsageError("bad-port", `--port ${JSON.stringify(found)}: expected a number from 1 to 65535`);
}
