/**
 * Once for the whole run: one Postgres, one empty embedded folder to copy (every test has its own), and the commands
 * compiled, since tests start hundreds of them.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import type { TestProject } from "vitest/node";
import { bundleProgram } from "../../bundle.ts";
import { packagePath } from "../../src/package-root.ts";
import { startPostgres } from "./postgres-server.ts";

declare module "vitest" {
  export interface ProvidedContext {
    postgresUrl: string;
    /** An embedded warehouse's folder as it is before anything was done to it: making one takes seconds, a copy none. */
    embeddedFolder: string;
    /** Where `cli.js` is. */
    compiledFolder: string;
  }
}

/** Beside `src`, so that the libraries are found as they are from `dist`; `*.tmp` is ignored by git. */
const compiled = packagePath(`compiled-${process.pid}.tmp`);

export default async function setup(project: TestProject) {
  await compile();
  const server = await startPostgres();
  const folder = mkdtempSync(join(tmpdir(), "s21-embedded-"));
  await (await PGlite.create({ dataDir: join(folder, "warehouse") })).close();
  project.provide("postgresUrl", server.url);
  project.provide("embeddedFolder", folder);
  project.provide("compiledFolder", compiled);
  return async () => {
    rmSync(compiled, { recursive: true, force: true });
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

/** Types are `npm run typecheck`'s to judge: what compiles is tested. */
async function compile() {
  const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const words = [compiler, "-p", packagePath("tsconfig.build.json"), "--outDir", compiled, "--sourceMap", "false"];
  try {
    execFileSync(process.execPath, words, { stdio: "pipe" });
  } catch (error) {
    if (!existsSync(join(compiled, "cli.js"))) throw error;
  }
  await bundleProgram(compiled);
}
