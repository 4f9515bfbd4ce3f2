/**
 * The analysts' role: twenty and more attempts to write, or to see what DfE has suppressed since, of which none succeeds. Each in a
 * transaction that may write: that the role's own begin read-only is not what holds them.
 */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openForWriting } from "../src/load/warehouse.ts";
import { type StandInEes, startStandInEes } from "./stand-in-ees/server.ts";
import { makeRelease } from "./support/answering.ts";
import { refreshInto } from "./support/refreshing.ts";
import { replaceCell } from "./support/sample-release.ts";
import { makeWarehouse, query, type TestSetting } from "./support/warehouses.ts";

vi.setConfig({ testTimeout: 120_000 });

const ROW = { year: "2021", laName: "Coventry" };

const HOSTILE = [
  "insert into area (area_code, area_name, area_level) values ('X', 'X', 'region')",
  "insert into observation select * from observation_as_at(current_date)",
  "update letter set council_name = 'x'",
  "update answer set value = 1",
  "delete from measure",
  "delete from current_observation",
  "truncate source_file",
  "create table mine (a int)",
  "create temp table mine (a int)",
  "create view mine as select 1 as a",
  "create schema mine",
  "create function mine() returns int language sql as 'select 1'",
  "create function mine() returns int language sql security definer as 'select 1'",
  "create role mine",
  "copy (select 1) to program 'true'",
  "copy (select 1) to '/tmp/s21-analyst'",
  "copy measure from stdin",
  "select lo_import('/etc/passwd')",
  "select lo_creat(-1)",
  "select lo_from_bytea(0, 'x')",
  "set role postgres",
  "set session authorization postgres",
  "alter role s21_analyst superuser",
  "alter view answer rename to mine",
  "alter default privileges in schema public grant all on tables to public; insert into area (area_code) values ('X')",
  "grant select on observation to s21_analyst; select count(*) from observation",
  "drop view gap",
  "refresh materialized view vintage",
  "comment on table measure is 'x'",
  "select pg_read_file('/etc/passwd')",
  "select pg_ls_dir('/')",
  "alter system set fsync = off",
  "select * from area for update",
  "lock table area in exclusive mode",
  "create extension dblink",
  "do $$ begin insert into area_history values ('a', 'b', 'split', current_date, 'a', 'b', 'c'); end $$",
  "with gone as (delete from letter returning *) select count(*) from gone",
];

/** Where a number that was suppressed since still stands, or may be quoted. */
const CLOSED = ["observation", "issue", "calibration", "run", "schema_file"];

describe("s21_analyst on Postgres", () => {
  let ees: StandInEes;
  let setting: TestSetting;
  let analyst: pg.Client;

  beforeAll(async () => {
    const suppressed = (code: string, text: string) =>
      code === "C1" ? replaceCell(text, ROW, "Referrals", "c") : text;
    ees = await startStandInEes({ releases: [makeRelease("2021"), makeRelease("2022", suppressed)] });
    setting = await makeWarehouse("postgres", { S21_EES_API: ees.url });
    await refreshInto(setting, { release: ["2021", "2022"], las: ["Coventry"] });
    const warehouse = await openForWriting(setting.config);
    expect(await warehouse.makeAnalystRole()).toEqual([]);
    await warehouse.close();
    const url = new URL(String(setting.config.databaseUrl));
    url.username = "s21_analyst";
    analyst = new pg.Client(url.href);
    await analyst.connect();
  });
  afterAll(async () => {
    await analyst.end();
    await ees.close();
    await setting.dispose();
  });

  test("reads every view, and has a minute for it", async () => {
    expect((await analyst.query("show statement_timeout")).rows).toEqual([{ statement_timeout: "1min" }]);
    const views = await query(setting.config, "select name from schema_file where kind like '%view'");
    expect(views.length).toBeGreaterThan(15);
    for (const { name } of views) await analyst.query(`select count(*) from ${name}`);
    for (const call of ["observation_as_at(current_date)", "combined_observation('Cumbria')"])
      await analyst.query(`select count(*) from ${call}`);
    const { rows } = await analyst.query(
      "select count(*)::int as n from current_observation where area_name = 'Coventry' and measure = 'referrals'",
    );
    expect(rows[0].n).toBeGreaterThan(8);
  });

  test.each(HOSTILE)("may not: %s", async (statement) => {
    const before = await query(setting.config, COUNTS);
    await analyst.query("begin read write");
    await expect(analyst.query(statement)).rejects.toThrow(/denied|must be|permission|only roles|not allowed|cannot/i);
    await analyst.query("rollback");
    expect(await query(setting.config, COUNTS)).toEqual(before);
  });

  test.each(CLOSED)("may not read %s", async (table) => {
    await expect(analyst.query(`select * from ${table}`)).rejects.toThrow(/permission denied/);
  });

  test("finds a figure that was suppressed since nowhere, and the owner finds it in the table", async () => {
    const held = await query(
      setting.config,
      "select value from observation where measure = 'referrals' and area_name = 'Coventry' and period_label = '2020/21' and release = '2021'",
    );
    expect(held).toEqual([{ value: "5754" }]); // C1 2022, as DfE published it
    const { rows: relations } = await analyst.query(`
      select c.relname as name from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm') and has_table_privilege(c.oid, 'select')`);
    expect(relations.length).toBeGreaterThan(20);
    for (const { name } of relations) {
      const { rows } = await analyst.query(
        `select count(*)::int as n from ${name} t where to_jsonb(t)::text ~ '\\m5754\\M'`,
      );
      expect(rows, name).toEqual([{ n: 0 }]);
    }
  });

  test("keeps its grants when the views are made anew, and is given no new table", async () => {
    const owner = new pg.Client(String(setting.config.databaseUrl));
    await owner.connect();
    await owner.query("create table new_table (a int); update schema_file set sha256 = 'changed' where name = 'gap'");
    const warehouse = await openForWriting(setting.config);
    expect(warehouse.migrated.views).toContain("gap");
    await warehouse.close();
    await owner.end();
    await analyst.query("select count(*) from gap");
    await expect(analyst.query("select * from new_table")).rejects.toThrow(/permission denied/);
  });
});

const COUNTS = `select (select count(*) from area) as area, (select count(*) from letter) as letter,
  (select count(*) from observation) as observation, (select count(*) from measure) as measure,
  (select count(*) from pg_roles) as roles, (select count(*) from pg_class) as relations,
  (select count(*) from pg_largeobject_metadata) as large_objects`;
