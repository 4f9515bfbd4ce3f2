/** Brings the schema up to this version: numbered files once, views whenever their files have changed. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, S21Error, UsageError, WarehouseError } from "../errors.ts";
import { packagePath } from "../package-root.ts";
import { restoreAnalystGrants } from "./analyst-role.ts";
import type { Connection } from "./engine.ts";

export interface MigrationReport {
  /** Names of the numbered files that were run. */
  applied: string[];
  /** Names of the views and functions that were made anew; empty when their files had not changed. */
  views: string[];
}

/**
 * Runs what is pending and makes the views anew, all in one transaction: the schema is the old one or the new one.
 * @param folder numbered files, and `views/` in it.
 * @throws UsageError when the schema is newer than this version of s21; WarehouseError when a file fails.
 */
export async function migrate(
  session: Connection,
  folder: string = packagePath("migrations"),
): Promise<MigrationReport> {
  const files = [...readNumberedFiles(folder), ...readViewFolder(folder)];
  const made = await readSchemaFiles(session);
  refuseNewerSchema(made, files);
  if (describe(made) === describe(files)) return { applied: [], views: [] };
  await session.run("begin");
  try {
    const report = await applyFiles(session, made, [...files.filter(isNumbered), ...inOrder(files.filter(isView))]);
    await session.run("commit");
    return report;
  } catch (error) {
    await session.run("rollback").catch(() => undefined); // the session may be what was lost; the first error tells
    if (error instanceof S21Error) throw error;
    throw failure("the schema", error);
  }
}

async function applyFiles(session: Connection, made: MadeFile[], files: SchemaFile[]): Promise<MigrationReport> {
  const pending = files.filter((file) => isNumbered(file) && !made.some((one) => one.name === file.name));
  const views = files.filter(isView);
  if (made.length === 0) await session.run(SCHEMA_FILE_TABLE);
  // Before the numbered files: those may change what the views stand on.
  await dropViews(session, made.filter(isView));
  for (const file of [...pending, ...views]) {
    await session.run(file.text).catch((error: unknown) => {
      throw failure(file.name, error);
    });
  }
  await session.run("delete from schema_file where kind <> 'migration'");
  for (const { kind, name, sha256 } of [...pending, ...views]) {
    await session.run("insert into schema_file (kind, name, sha256) values ($1, $2, $3)", [kind, name, sha256]);
  }
  await restoreAnalystGrants(session);
  return { applied: pending.map((file) => file.name), views: views.map((file) => file.name) };
}

/** With Postgres's own words; its detail names what stands in the way. */
function failure(name: string, error: unknown): WarehouseError {
  const { detail } = error as { detail?: string | undefined };
  const words = detail === undefined ? messageOf(error) : `${messageOf(error)} (${detail})`;
  return new WarehouseError("migration-failed", `${name} could not be made, and all stays as it was: ${words}`, {
    cause: error,
  });
}

/** A numbered file, or one that makes a view or function. */
interface SchemaFile {
  kind: "migration" | "view" | "materialized view" | "function";
  name: string;
  sha256: string;
  text: string;
}

/** As the warehouse remembers it. */
type MadeFile = Omit<SchemaFile, "text">;

const SCHEMA_FILE_TABLE = `
  create table schema_file (
    position bigint generated always as identity primary key,
    kind text not null check (kind in ('migration', 'view', 'function')),
    name text not null unique,
    sha256 text not null,
    made_at timestamptz not null default now()
  );
  comment on table schema_file is 'Ledger: the files that this schema was made of.';
  comment on column schema_file.position is 'In this order.';
  comment on column schema_file.kind is 'migration (a numbered file, run once), view or function (made anew when files change).';
  comment on column schema_file.name is 'Name of the file without its ending, and of what it makes.';
  comment on column schema_file.sha256 is 'sha256 of the file.';
  comment on column schema_file.made_at is 'When it was last run.'`;

/** In the order in which they were made; empty where there is no schema. */
async function readSchemaFiles(session: Connection): Promise<MadeFile[]> {
  const { rows } = await session.run("select to_regclass('schema_file') is not null as there");
  if (rows[0]?.there !== true) return [];
  const made = await session.run("select kind, name, sha256 from schema_file order by position");
  return made.rows as unknown as MadeFile[];
}

/** Numbered files by name only: they are frozen, whatever became of a blank in them. The order follows from the files. */
function describe(files: MadeFile[]): string {
  const ordered = [...files].sort((one, other) => (one.name < other.name ? -1 : 1));
  return ordered.map((file) => `${file.kind} ${file.name} ${isNumbered(file) ? "" : file.sha256}`).join("\n");
}

function isNumbered(file: MadeFile): boolean {
  return file.kind === "migration";
}

function isView(file: MadeFile): boolean {
  return !isNumbered(file);
}

function readNumberedFiles(folder: string): SchemaFile[] {
  const names = readdirSync(folder).filter((name) => /^\d{4}-.*\.sql$/.test(name));
  return names.sort().map((name) => readSchemaFile(folder, name, () => "migration"));
}

function readSchemaFile(folder: string, fileName: string, kindOf: (text: string) => SchemaFile["kind"]): SchemaFile {
  const text = readFileSync(join(folder, fileName), "utf8");
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { kind: kindOf(text), name: fileName.replace(/\.sql$/, ""), sha256, text };
}

function refuseNewerSchema(made: MadeFile[], files: SchemaFile[]) {
  const unknown = made.filter((one) => isNumbered(one) && !files.some((file) => file.name === one.name));
  if (unknown.length === 0) return;
  const names = unknown.map((file) => file.name).join(", ");
  throw new UsageError(
    "schema-newer",
    `the warehouse was made by a newer version of s21 (it has ${names}); install that version`,
  );
}

function readViewFolder(migrations: string): SchemaFile[] {
  const folder = join(migrations, "views");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".sql"))
    .sort()
    .map((name) => readSchemaFile(folder, name, (text) => kindOfView(name.replace(/\.sql$/, ""), text)));
}

/** In an order in which each stands after those that it names. */
export function readViewFiles(migrations: string = packagePath("migrations")): SchemaFile[] {
  return inOrder(readViewFolder(migrations));
}

function inOrder(views: readonly SchemaFile[]): SchemaFile[] {
  const waiting = [...views];
  const ordered: SchemaFile[] = [];
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

function kindOfView(name: string, text: string): Exclude<SchemaFile["kind"], "migration"> {
  const kind = new RegExp(`create (view|materialized view|function) ${name}\\b`).exec(text)?.[1];
  if (kind === "view" || kind === "materialized view" || kind === "function") return kind;
  throw new Error(`migrations/views/${name}.sql does not create ${name}`);
}

/** Without CASCADE: a view of an analyst's own that hangs on one of ours stops this, and is named. */
async function dropViews(session: Connection, views: MadeFile[]) {
  for (const { kind, name } of [...views].reverse()) await session.run(`drop ${kind} if exists ${name}`);
}
