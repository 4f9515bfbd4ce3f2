/** Starts one Postgres for the whole run, and makes one empty embedded folder to copy: every test file has its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import type { TestProject } from "vitest/node";
import { startPostgres } from "./postgres-server.ts";

declare module "vitest" {
  export interface ProvidedContext {
    postgresUrl: string;
    /** An embedded warehouse's folder as it is before anything was done to it: making one takes seconds, a copy none. */
    embeddedFolder: string;
  }
}

export default async function setup(project: TestProject) {
  const server = await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), "s21-embedded-"));
  await (await PGlite.create({ dataDir: join(folder, "warehouse") })).close();
  project.provide("postgresUrl", server.url);
  project.provide("embeddedFolder", folder);
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
