/** Warehouses for tests: an embedded one in a folder of its own, and a database of its own on the run's Postgres. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { inject, onTestFinished } from "vitest";
import { type Config, readConfig } from "../../src/config.ts";
import { openWarehouse } from "../../src/load/warehouse.ts";

/** `describe.each(WAREHOUSES)("… on %s", (kind) => …)` */
export const WAREHOUSES = ["embedded", "postgres"] as const;
export type WarehouseKind = (typeof WAREHOUSES)[number];

export interface TestSetting {
  config: Readonly<Config>;
  /** For commands that are run as processes. */
  env: Record<string, string>;
  /** Removes the folder and the database. */
  dispose(): Promise<void>;
}

/** What a warehouse begins as: with the schema, as `s21 migrate` leaves it, or without anything. */
export type WarehouseBeginning = "migrated" | "empty";

export interface WarehouseTemplates {
  /** Data folders. */
  embedded: Record<WarehouseBeginning, string>;
  /** Names of databases; null for the server's own template. */
  postgres: Record<WarehouseBeginning, string | null>;
}

/** Makes a warehouse without data. Dispose of it in `afterAll`, or let `useWarehouse` do that. */
export async function makeWarehouse(
  kind: WarehouseKind,
  env: Record<string, string> = {},
  beginning: WarehouseBeginning = "migrated",
): Promise<TestSetting> {
  const folder = mkdtempSync(join(tmpdir(), "s21-test-"));
  const variables: Record<string, string> = { S21_DATA_DIR: folder, S21_EES_API: "http://127.0.0.1:9/api", ...env };
  const templates = inject("templates");
  if (kind === "embedded") cpSync(templates.embedded[beginning], folder, { recursive: true });
  const database = kind === "postgres" ? await createDatabase(templates.postgres[beginning]) : null;
  if (database !== null) variables.DATABASE_URL = database.url;
  return settingOf(variables, folder, database);
}

/** A copy of a warehouse, archive and all: a folder, and on Postgres a database too. Nobody may be connected to it. */
export async function copyWarehouse(template: Config, env: Record<string, string> = {}): Promise<TestSetting> {
  const folder = mkdtempSync(join(tmpdir(), "s21-copy-"));
  cpSync(template.dataDir, folder, { recursive: true });
  const database = template.databaseUrl === null ? null : await createDatabase(databaseOf(template.databaseUrl));
  const variables: Record<string, string> = { S21_DATA_DIR: folder, S21_EES_API: template.eesApi, ...env };
  if (database !== null) variables.DATABASE_URL = database.url;
  return settingOf(variables, folder, database);
}

function settingOf(env: Record<string, string>, folder: string, database: TestDatabase | null): TestSetting {
  return {
    config: readConfig(env),
    env,
    async dispose() {
      await database?.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** As `makeWarehouse`, disposed of when the test that called it is over. */
export async function useWarehouse(...given: Parameters<typeof makeWarehouse>): Promise<TestSetting> {
  const setting = await makeWarehouse(...given);
  onTestFinished(() => setting.dispose());
  return setting;
}

interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

function databaseOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

/** @param template the database that it begins as; null for the server's own. */
async function createDatabase(template: string | null): Promise<TestDatabase> {
  const server = inject("postgresUrl");
  const name = `s21_${randomUUID().replaceAll("-", "")}`;
  const run = async (statement: string) => {
    const client = new pg.Client(server);
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await run(`create database ${name}${template === null ? "" : ` template ${template}`}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`drop database if exists ${name} with (force)`) };
}

/** Runs one read-only query and gives its rows; numerics and dates as text. */
export async function query(config: Config, sql: string): Promise<Record<string, unknown>[]> {
  return (await queryAll(config, [sql]))[0] as Record<string, unknown>[];
}

/** Several, opening the warehouse once. */
export async function queryAll(config: Config, statements: readonly string[]): Promise<Record<string, unknown>[][]> {
  const warehouse = await openWarehouse(config);
  try {
    const answers: Record<string, unknown>[][] = [];
    for (const sql of statements) answers.push((await warehouse.query(sql)).rows);
    return answers;
  } finally {
    await warehouse.close();
  }
}

export interface CommandResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** The program as it is shipped, a bundle; or its modules one by one, for what reaches into a library that they import. */
export type ProgramFile = "cli.js" | "modules.js";

/** Runs `s21`, compiled, as a person would: in a process of its own, from a directory that is not the package's. */
export function runCommand(
  words: string[],
  env: Record<string, string>,
  started: (child: ReturnType<typeof spawn>) => void = () => undefined,
  program: ProgramFile = "cli.js",
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--liftoff-only", join(inject("compiledFolder"), program), ...words], {
      cwd: tmpdir(),
      env: { PATH: process.env.PATH ?? "", NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, ...output }));
    started(child);
  });
}

/** The shared real files; tests that use them say so when they are skipped. */
export const REAL_FILES = fileURLToPath(new URL("../../../shared/ees", import.meta.url));
export const HAS_REAL_FILES = existsSync(REAL_FILES);
export const REAL_LETTERS = fileURLToPath(new URL("../../../shared/seeds", import.meta.url));
export const HAS_REAL_LETTERS = existsSync(REAL_LETTERS);
