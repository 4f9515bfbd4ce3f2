/** Brings the schema up to this version: numbered files once, views whenever their files have changed. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Kysely, type Migration, Migrator, sql } from "kysely";
import { UsageError, WarehouseError } from "../errors.ts";
import { packagePath } from "../package-root.ts";
import type { Connection } from "./engine.ts";
import type { Tables } from "./tables.ts";

export interface MigrationReport {
  /** Names of the numbered files that were run. */
  applied: string[];
  /** Names of the views and functions that were made anew; empty when their files had not changed. */
  views: string[];
}

/**
 * Runs what is pending, each file and all the views in a transaction.
 * @throws UsageError when the schema is newer than this version of s21; WarehouseError when a file fails.
 */
export async function migrate(session: Connection, db: Kysely<Tables>): Promise<MigrationReport> {
  const applied = await runNumberedFiles(db);
  const views = readViewFiles();
  const fingerprint = createHash("sha256").update(JSON.stringify(views)).digest("hex");
  if (applied.length === 0 && (await readFingerprint(session)) === fingerprint) return { applied, views: [] };
  await recreateViews(session, views, fingerprint);
  return { applied, views: views.map((view) => view.name) };
}

async function runNumberedFiles(db: Kysely<Tables>): Promise<string[]> {
  const files = readNumberedFiles();
  await refuseNewerSchema(db, Object.keys(files));
  const migrator = new Migrator({ db, provider: { getMigrations: async () => files } });
  const { error, results } = await migrator.migrateToLatest();
  if (error === undefined) return (results ?? []).map((result) => result.migrationName);
  const failed = results?.find((result) => result.status === "Error")?.migrationName ?? "the migrations";
  throw new WarehouseError("migration-failed", `${failed} failed: ${error instanceof Error ? error.message : error}`, {
    cause: error,
  });
}

function readNumberedFiles(): Record<string, Migration> {
  const folder = packagePath("migrations");
  const names = readdirSync(folder).filter((name) => /^\d{4}-.*\.sql$/.test(name));
  return Object.fromEntries(
    names.map((name) => [
      name.replace(/\.sql$/, ""),
      { up: async (db: Kysely<unknown>) => void (await sql.raw(readFileSync(join(folder, name), "utf8")).execute(db)) },
    ]),
  );
}

async function refuseNewerSchema(db: Kysely<Tables>, known: string[]) {
  const { rows: found } = await sql<{
    there: boolean;
  }>`select to_regclass('kysely_migration') is not null as there`.execute(db);
  if (found[0]?.there !== true) return;
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  const unknown = rows.map((row) => row.name).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new UsageError(
    "schema-newer",
    `the warehouse was made by a newer version of s21 (it has ${unknown.join(", ")}); install that version`,
  );
}

interface ViewFile {
  name: string;
  text: string;
}

/** In an order in which each stands after those that it names. */
export function readViewFiles(): ViewFile[] {
  const folder = packagePath("migrations/views");
  const waiting = readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => ({ name: name.replace(/\.sql$/, ""), text: readFileSync(join(folder, name), "utf8") }));
  const ordered: ViewFile[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(
      (view) => !waiting.some((other) => other !== view && mentions(view.text, other.name)),
    );
    if (next < 0) throw new Error(`views name each other in a circle: ${waiting.map((view) => view.name).join(", ")}`);
    ordered.push(...waiting.splice(next, 1));
  }
  return ordered;
}

function mentions(text: string, name: string): boolean {
  const statements = text.replace(/^\s*--.*$/gm, "");
  return new RegExp(`\\b${name}\\b`).test(statements);
}

/** The fingerprint is the comment on the schema's own record, so that it is rolled back with the views. */
async function readFingerprint(session: Connection): Promise<string | null> {
  const { rows } = await session.run("select obj_description('kysely_migration'::regclass, 'pg_class') as fingerprint");
  const found = rows[0]?.fingerprint;
  return typeof found === "string" ? found : null;
}

function kindOf(view: ViewFile): string {
  const kind = new RegExp(`create (view|function) ${view.name}\\b`).exec(view.text)?.[1];
  if (kind === undefined) throw new Error(`migrations/views/${view.name}.sql does not create ${view.name}`);
  return kind;
}

/** Dropped without CASCADE: a view of an analyst's own that hangs on one of ours stops this, and is named. */
async function recreateViews(session: Connection, views: ViewFile[], fingerprint: string) {
  await session.run("begin");
  try {
    for (const view of [...views].reverse()) await session.run(`drop ${kindOf(view)} if exists ${view.name}`);
    for (const view of views) await session.run(view.text);
    await session.run(`comment on table kysely_migration is '${fingerprint}'`);
    await session.run("commit");
  } catch (error) {
    await session.run("rollback");
    throw new WarehouseError(
      "views-failed",
      `the views could not be made anew: ${error instanceof Error ? error.message : error}`,
      { cause: error },
    );
  }
}
