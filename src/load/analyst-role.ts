/** The analysts' role: it reads what analysts may see, and writes nothing. Its grants are made anew with the views. */
import { messageOf, UsageError } from "../errors.ts";
import type { Connection } from "./engine.ts";

export const ANALYST_ROLE = "s21_analyst";
const TIMEOUT = "60s";

/**
 * Tables that the role may read beside every view. Not `observation`, whose rows DfE may have suppressed since; not `issue`, which
 * quotes cells; not `calibration`, which keeps differences to them; not `run`, which tells who ran what, and where.
 */
const OPEN_TABLES = [
  ...["area", "area_history", "measure", "measure_kin", "letter", "referred_cell", "correction"],
  ...["question_plan", "referral_plan", "missing_release", "release_version", "source_file"],
];

/** Every role may write these unless told otherwise: large objects are outside of read-only transactions before Postgres 16. */
const LARGE_OBJECTS = [
  "lo_creat",
  "lo_create",
  "lo_from_bytea",
  "lo_put",
  "lo_truncate",
  "lo_truncate64",
  "lo_unlink",
  "lowrite",
];

/**
 * Makes the role, or puts it right where it is there, and grants what it may read. It logs in once somebody gives it a password.
 * @returns what could not be closed, for people. @throws UsageError where this user may not make roles.
 */
export async function makeAnalystRole(session: Connection): Promise<string[]> {
  await session.run("begin");
  try {
    await session.run(MAKE_ROLE);
    await session.run(CLOSE_DATABASE);
    await grantReading(session);
    await session.run("commit");
  } catch (error) {
    await session.run("rollback").catch(() => undefined); // the session may be what was lost; the first error tells
    throw new UsageError("analyst-role", `${ANALYST_ROLE} could not be made: ${messageOf(error)}`, { cause: error });
  }
  return closeLargeObjects(session);
}

/** Grants again what the role had been granted here, after views were made anew. Does nothing where it was never made. */
export async function restoreAnalystGrants(session: Connection): Promise<void> {
  const { rows } = await session.run(
    `select coalesce(has_table_privilege(r.oid, to_regclass('area'), 'select'), false) as granted
     from pg_roles r where r.rolname = $1`,
    [ANALYST_ROLE],
  );
  if (rows[0]?.granted === true) await grantReading(session);
}

const MAKE_ROLE = `
  do $$
  begin
    if not exists (select 1 from pg_roles where rolname = '${ANALYST_ROLE}') then
      create role ${ANALYST_ROLE} login;
    end if;
  end $$;
  alter role ${ANALYST_ROLE} nosuperuser nocreatedb nocreaterole noreplication;
  alter role ${ANALYST_ROLE} set statement_timeout = '${TIMEOUT}';
  alter role ${ANALYST_ROLE} set idle_in_transaction_session_timeout = '600s';
  alter role ${ANALYST_ROLE} set default_transaction_read_only = on`;

/** By default every role may make temporary tables, and before Postgres 15 others too. */
const CLOSE_DATABASE = `
  do $$
  begin
    execute format('revoke temporary on database %I from public', current_database());
    execute format('revoke create on schema %I from public', current_schema());
    execute format('grant usage on schema %I to ${ANALYST_ROLE}', current_schema());
  end $$`;

async function grantReading(session: Connection) {
  await session.run(`
    do $$
    declare
      relation record;
    begin
      execute format('revoke all on all tables in schema %I from ${ANALYST_ROLE}', current_schema());
      for relation in
        select c.relname from pg_class c
        where c.relnamespace = current_schema()::regnamespace
          and (c.relname in (select name from schema_file where kind in ('view', 'materialized view'))
            or c.relname in (${OPEN_TABLES.map((name) => `'${name}'`).join(", ")}))
      loop
        execute format('grant select on %I to ${ANALYST_ROLE}', relation.relname);
      end loop;
    end $$`);
}

/** Only a superuser can. */
async function closeLargeObjects(session: Connection): Promise<string[]> {
  try {
    await session.run(`
      do $$
      declare
        writer record;
      begin
        for writer in
          select p.oid::regprocedure as name from pg_proc p
          where p.pronamespace = 'pg_catalog'::regnamespace and p.proname in (${LARGE_OBJECTS.map((name) => `'${name}'`).join(", ")})
        loop
          execute format('revoke execute on function %s from public', writer.name);
        end loop;
      end $$`);
    return [];
  } catch (error) {
    if ((error as { code?: unknown }).code !== "42501") throw error;
    return [`large objects are left open to every role: only a superuser can close them (${messageOf(error)})`];
  }
}
