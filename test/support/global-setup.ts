/**
 * Once for the whole run: one Postgres, a warehouse of each kind to copy (every test has its own), and the commands compiled,
 * since tests start hundreds of them.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { bundleProgram } from "../../bundle.ts";
import { readConfig } from "../../src/config.ts";
import { openForWriting } from "../../src/load/warehouse.ts";
import { packagePath } from "../../src/package-root.ts";
import { COMPILED_FOLDER } from "./compiled-folder.ts";
import { startPostgres } from "./postgres-server.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";
import type { WarehouseTemplates } from "./warehouses.ts";

declare module "vitest" {
  export interface ProvidedContext {
    postgresUrl: string;
    /** Making a warehouse takes seconds, copying one none. */
    templates: WarehouseTemplates;
    /** Where `cli.js` is. */
    compiledFolder: string;
  }
}

export default async function setup(project: TestProject) {
  await compile();
  const server = await startPostgres();
  const folder = makeTemporaryFolder();
  const tearDown = async () => {
    rmSync(COMPILED_FOLDER, { recursive: true, force: true });
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    project.provide("postgresUrl", server.url);
    project.provide("templates", await makeTemplates(server.url, folder));
    project.provide("compiledFolder", COMPILED_FOLDER);
    return tearDown;
  } catch (error) {
    await tearDown();
    throw error;
  }
}

/** Of each kind one with nothing in it, and one that `s21 migrate` was run on. */
async function makeTemplates(postgresUrl: string, folder: string): Promise<WarehouseTemplates> {
  const [empty, migrated] = [join(folder, "empty"), join(folder, "migrated")];
  mkdirSync(empty);
  await (await PGlite.create({ dataDir: join(empty, "warehouse") })).close();
  cpSync(empty, migrated, { recursive: true });
  const database = "s21_template";
  const client = new pg.Client(postgresUrl);
  await client.connect();
  await client.query(`create database ${database}`);
  await client.end();
  const url = new URL(postgresUrl);
  url.pathname = `/${database}`;
  for (const env of [{}, { DATABASE_URL: url.href }]) {
    const warehouse = await openForWriting(readConfig({ S21_DATA_DIR: migrated, ...env }));
    await warehouse.close();
  }
  return { embedded: { empty, migrated }, postgres: { empty: null, migrated: database } };
}

/** Types are `npm run typecheck`'s to judge: what compiles is tested. */
async function compile() {
  const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const words = [
    compiler,
    "-p",
    packagePath("tsconfig.build.json"),
    "--outDir",
    COMPILED_FOLDER,
    "--sourceMap",
    "false",
  ];
  try {
    execFileSync(process.execPath, words, { stdio: "pipe" });
  } catch (error) {
    if (!existsSync(join(COMPILED_FOLDER, "cli.js"))) throw error;
  }
  cpSync(join(COMPILED_FOLDER, "cli.js"), join(COMPILED_FOLDER, "modules.js"));
  await bundleProgram(COMPILED_FOLDER);
}
