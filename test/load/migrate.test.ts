/** The schema: made once, made anew when its files change, and left alone where that can't be. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EXIT } from "../../src/errors.ts";
import type { Connection, Engine } from "../../src/load/engine.ts";
import { migrate, readViewFiles } from "../../src/load/migrate.ts";
import { openEngine, openForWriting } from "../../src/load/warehouse.ts";
import { packagePath } from "../../src/package-root.ts";
import { exportObservations } from "../support/exports.ts";
import { refreshInto } from "../support/refreshing.ts";
import { SAMPLE_BUNDLE } from "../support/sample-release.ts";
import { query, runCommand, type TestSetting, useWarehouse, WAREHOUSES } from "../support/warehouses.ts";

// Commands and embedded warehouses take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 120_000 });

const OBJECTS = `
  select c.relname as name, c.relkind::text as kind, pg_get_viewdef(c.oid) as text
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') order by 1`;

describe.each(WAREHOUSES)("migrate on %s", (kind) => {
  let setting: TestSetting;
  beforeEach(async () => {
    setting = await useWarehouse(kind);
  });

  test("from nothing, and again: nothing is pending then, and nothing changes", async () => {
    setting = await useWarehouse(kind, {}, "empty");
    const first = await runCommand(["migrate", "--json"], setting.env);
    expect(first).toMatchObject({ code: EXIT.done });
    expect(JSON.parse(first.stdout).applied).toContain("0001-warehouse");
    expect(JSON.parse(first.stdout).views).toEqual(expect.arrayContaining(["current_observation", "freshness"]));
    const before = await query(setting.config, OBJECTS);
    for (let run = 0; run < 3; run += 1) {
      const warehouse = await openForWriting(setting.config);
      expect(warehouse.migrated).toEqual({ applied: [], views: [] });
      await warehouse.close();
    }
    expect(await query(setting.config, OBJECTS)).toEqual(before);
  });

  test("describes every table, view, column and function", async () => {
    await (await openForWriting(setting.config)).close();
    const columns = await query(
      setting.config,
      `select c.relname || coalesce('.' || a.attname, '') as name
      from pg_class c
      left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
        and (obj_description(c.oid, 'pg_class') is null or col_description(c.oid, a.attnum) is null)
      order by 1`,
    );
    expect(columns).toEqual([]);
    const functions = await query(
      setting.config,
      `select p.proname as name from pg_proc p
      where p.pronamespace = 'public'::regnamespace and obj_description(p.oid, 'pg_proc') is null`,
    );
    expect(functions).toEqual([]);
    const views = await query(setting.config, "select count(*) as n from pg_views where schemaname = 'public'");
    expect(Number(views[0]?.n)).toBe(readViewFiles().filter((view) => /create view/.test(view.text)).length);
  });

  test("refuses a schema that a newer version made, with 2, and leaves it", async () => {
    await refreshInto(setting, { las: ["Coventry"], from: SAMPLE_BUNDLE });
    const before = await exportObservations(setting.config);
    await changeSchema(
      setting,
      "insert into schema_file (kind, name, sha256) values ('migration', '9999-from-the-future', '')",
    );
    const refused = await runCommand(["migrate"], setting.env);
    expect(refused).toMatchObject({ code: EXIT.usage, stdout: "" });
    expect(refused.stderr).toContain("9999-from-the-future");
    expect(await exportObservations(setting.config)).toBe(before);
  });

  test("fails on an analyst's own view that stands on one of ours, names it, and leaves all as it was", async () => {
    await refreshInto(setting, { las: ["Coventry"], from: SAMPLE_BUNDLE });
    await changeSchema(setting, "create view my_figures as select area_name, value from current_observation");
    // As if the files of the views had changed.
    await changeSchema(setting, "update schema_file set sha256 = '' where kind = 'view'");
    const before = await query(setting.config, OBJECTS);
    const failed = await runCommand(["migrate"], setting.env);
    expect(failed).toMatchObject({ code: EXIT.warehouse, stdout: "" });
    expect(failed.stderr).toMatch(/view my_figures depends on view current_observation/);
    expect(await query(setting.config, OBJECTS)).toEqual(before);
    expect(await query(setting.config, "select count(*) as n from my_figures where value = 5754")).toEqual([{ n: 1 }]);
    await changeSchema(setting, "drop view my_figures");
    expect(await runCommand(["migrate"], setting.env)).toMatchObject({ code: EXIT.done });
  });
});

describe.each(WAREHOUSES)("later files of the schema, on %s", (kind) => {
  let folder: string;
  let setting: TestSetting;
  beforeEach(async () => {
    setting = await useWarehouse(kind);
    folder = mkdtempSync(join(tmpdir(), "s21-migrations-"));
    cpSync(packagePath("migrations"), folder, { recursive: true });
    await withEngine(setting, (session) => migrate(session, folder));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const migrateAgain = () => withEngine(setting, (session) => migrate(session, folder));

  test("may change what the views stand on; views whose file is gone go", async () => {
    writeFileSync(
      join(folder, "views", "passing.sql"),
      viewText("passing", "select area_name from current_observation"),
    );
    expect((await migrateAgain()).applied).toEqual([]);
    rmSync(join(folder, "views", "passing.sql"));
    writeFileSync(join(folder, "9000-widen.sql"), "alter table observation alter column value type numeric(30, 6);");
    const { applied, views } = await migrateAgain();
    expect(applied).toEqual(["9000-widen"]);
    expect(views).toContain("current_observation");
    const gone = await query(setting.config, "select to_regclass('passing') is null as gone");
    expect(gone).toEqual([{ gone: true }]);
  });

  test("that fail leave everything as it was, tables and views", async () => {
    const before = await query(setting.config, OBJECTS);
    writeFileSync(join(folder, "9000-good.sql"), "create table half_done (n integer);");
    writeFileSync(join(folder, "9001-bad.sql"), "alter table observation drop column no_such_column;");
    await expect(migrateAgain()).rejects.toMatchObject({
      code: "migration-failed",
      message: expect.stringMatching(/9001-bad.*no_such_column/),
    });
    expect(await query(setting.config, OBJECTS)).toEqual(before);
    rmSync(join(folder, "9001-bad.sql"));
    writeFileSync(join(folder, "views", "broken.sql"), viewText("broken", "select no_such_column from observation"));
    await expect(migrateAgain()).rejects.toMatchObject({ code: "migration-failed" });
    expect(await query(setting.config, OBJECTS)).toEqual(before);
  });
});

function viewText(name: string, query: string): string {
  return `create view ${name} as ${query};\n`;
}

async function withEngine<T>({ config }: TestSetting, work: (session: Connection) => Promise<T>): Promise<T> {
  const engine: Engine = await openEngine(config);
  const session = await engine.connect();
  try {
    return await work(session);
  } finally {
    session.release();
    await engine.end();
  }
}

function changeSchema(setting: TestSetting, statement: string): Promise<unknown> {
  return withEngine(setting, (session) => session.run(statement));
}
