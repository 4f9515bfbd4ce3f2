/** A Postgres that goes away at every kind of statement: cut, frozen, or with its answer lost. */

import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXIT, WarehouseError } from "../../src/errors.ts";
import { openWarehouse } from "../../src/load/warehouse.ts";
import { refreshInto } from "../support/refreshing.ts";
import { startCommand, until } from "../support/running.ts";
import { startAmendedEes } from "../support/sample-release.ts";
import { copyWarehouse, query, runCommand, useWarehouse } from "../support/warehouses.ts";
import { expectSameLines, exportSeen, type GoodLoad, makeGoodLoad, REFRESH, readReferrals } from "./good-load.ts";
import { type ProxyFault, startPostgresProxy } from "./postgres-proxy.ts";

let load: GoodLoad;
let amended = "";
beforeAll(async () => {
  load = await makeGoodLoad("postgres");
  amended = await inCopy(async ({ setting }) => {
    expect(await refreshInto(setting, { las: ["Coventry"] })).toMatchObject({ status: "done" });
    return exportSeen(setting.config);
  });
});
afterAll(() => load.template.dispose());

async function inCopy<T>(
  work: (copy: { setting: Awaited<ReturnType<typeof copyWarehouse>> }) => Promise<T>,
): Promise<T> {
  const ees = await startAmendedEes();
  const setting = await copyWarehouse(load.template.config, { S21_EES_API: ees.url });
  try {
    return await work({ setting });
  } finally {
    await setting.dispose();
    await ees.close();
  }
}

const AT = [
  "begin",
  'insert into "run"',
  "delete from",
  "copy observation",
  "select 1",
  "commit",
  "pg_advisory_unlock_all",
];
const CASES = AT.flatMap((at) =>
  (["before", "after"] as const).map((when): [string, ProxyFault] => [
    `P04 cut ${when} ${at}`,
    { act: "cut", at, when },
  ]),
);

describe("a connection that is cut", () => {
  test.for(CASES)("%s", async ([, fault]) => {
    await inCopy(async ({ setting }) => {
      const proxy = await startPostgresProxy(setting.env.DATABASE_URL as string, fault);
      try {
        const result = await runCommand(REFRESH, { ...setting.env, DATABASE_URL: proxy.url });
        // What is no longer needed may be lost: the lock goes with the session.
        if (fault.at === "pg_advisory_unlock_all") expect(result.code, result.stderr).toBe(EXIT.done);
        else if (proxy.met() > 0) {
          expect(result.code, result.stderr).toBe(EXIT.warehouse);
          expect(result.stderr).toMatch(/the warehouse/);
          expect(result.stderr).not.toMatch(/\n\s+at /);
        }
        const seen = await exportSeen(setting.config);
        if (seen !== amended) expectSameLines(seen, load.seen, "what analysts see: the old rows, or the new");
        proxy.mend();
        const next = await runCommand(REFRESH, { ...setting.env, DATABASE_URL: proxy.url });
        expect(next.code, next.stderr).toBe(EXIT.done);
        expectSameLines(await exportSeen(setting.config), amended, "what analysts see after the next run");
      } finally {
        await proxy.close();
      }
    });
  });
});

test("P04 the answer to COMMIT is lost: the run does not say that it is done, and the next finds the rows", async () => {
  await inCopy(async ({ setting }) => {
    const fault: ProxyFault = { act: "cut", at: "commit", when: "after", since: "copy observation" };
    const proxy = await startPostgresProxy(setting.env.DATABASE_URL as string, fault);
    const first = await runCommand(REFRESH, { ...setting.env, DATABASE_URL: proxy.url });
    await proxy.close();
    expect(proxy.met()).toBe(1);
    expect(first.code, first.stderr).toBe(EXIT.warehouse);
    // Postgres did what it was asked.
    expectSameLines(await exportSeen(setting.config), amended, "what analysts see");
    expect(await query(setting.config, "select status from run order by started_at desc limit 1")).toEqual([
      { status: "running" },
    ]);
    expect(await refreshInto(setting, { las: ["Coventry"] })).toMatchObject({ status: "unchanged" });
    const runs = await query(setting.config, "select status from run order by started_at desc limit 2");
    expect(runs.map((run) => run.status)).toEqual(["unchanged", "interrupted"]);
    expectSameLines(await exportSeen(setting.config), amended, "what analysts see after the next run");
  });
});

test("P04 a connection that freezes: SIGTERM still ends the run within ten seconds, and the next gets the lock", async () => {
  await inCopy(async ({ setting }) => {
    const proxy = await startPostgresProxy(setting.env.DATABASE_URL as string, {
      act: "freeze",
      at: "copy observation",
      when: "before",
    });
    const run = await startCommand(REFRESH, { ...setting.env, DATABASE_URL: proxy.url });
    await until(() => proxy.met() > 0, "frozen");
    const told = Date.now();
    run.kill("SIGTERM");
    expect(await run.ended).toMatchObject({ code: EXIT.terminated });
    expect(Date.now() - told).toBeLessThan(10_000);
    await proxy.close();
    expectSameLines(await exportSeen(setting.config), load.seen, "what analysts see");
    await until(async () => {
      const next = await refreshInto(setting, { las: ["Coventry"] }).catch((error: { code: string }) => error);
      return (next as { status?: string }).status === "done";
    }, "the next run has the lock");
    expect(await readReferrals(setting)).toBe("5760");
  });
});

test("P09 somebody's lock that is given back in time: the transaction is tried again", async () => {
  await inCopy(async ({ setting }) => {
    const analyst = new pg.Client(setting.env.DATABASE_URL);
    await analyst.connect();
    // In a transaction of its own: within one, this view does not change.
    const observer = new pg.Client(setting.env.DATABASE_URL);
    await observer.connect();
    await analyst.query("begin; lock table observation in share mode");
    const run = await startCommand(REFRESH, setting.env);
    const waiting =
      "select count(*)::int as n from pg_stat_activity where application_name = 's21' and wait_event_type = 'Lock'";
    const isWaiting = async () => (await observer.query(waiting)).rows[0]?.n > 0;
    await until(isWaiting, "waiting");
    await until(async () => !(await isWaiting()), "given up once");
    await analyst.query("rollback");
    await analyst.end();
    await observer.end();
    const result = await run.ended;
    expect(result.code, result.stderr).toBe(EXIT.done);
    expectSameLines(await exportSeen(setting.config), amended, "what analysts see");
  });
});

test("P20 sessions that are ended again and again: each query has an answer or an error, and no connection stays", async () => {
  const setting = await useWarehouse("postgres");
  const warehouse = await openWarehouse(setting.config);
  const client = new pg.Client(setting.env.DATABASE_URL);
  await client.connect();
  const mine = "from pg_stat_activity where application_name = 's21' and datname = current_database()";
  for (let round = 0; round < 20; round += 1) {
    await client.query(`select pg_terminate_backend(pid) ${mine}`);
    const answer = await warehouse.query("select 1 as one").catch((error: unknown) => error);
    if (!(answer instanceof WarehouseError)) expect(answer).toMatchObject({ rows: [{ one: 1 }] });
  }
  await until(async () => {
    const answer = await warehouse.query("select 1 as one").catch(() => null);
    return answer?.rows[0]?.one === 1;
  }, "a query goes through");
  expect((await client.query(`select count(*)::int as n ${mine}`)).rows).toEqual([{ n: 1 }]);
  await warehouse.close();
  await client.end();
});
