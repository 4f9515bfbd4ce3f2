/** The port of the embedded warehouse: by `pg`, and by the real psql where it is installed (Debian: postgresql-client). */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { EXIT } from "../../src/errors.ts";
import { refreshInto } from "../support/refreshing.ts";
import { type RunningCommand, startCommand, until } from "../support/running.ts";
import { SAMPLE_BUNDLE } from "../support/sample-release.ts";
import { makeWarehouse, query, runCommand, type TestSetting } from "../support/warehouses.ts";

vi.setConfig({ testTimeout: 120_000 });

const HAS_PSQL = existsSync("/usr/bin/psql");
/** C1 2022, Coventry, reporting year 2021. */
const REFERRALS =
  "select value from current_observation where area_name = 'Coventry' and measure = 'referrals' and period_label = '2020/21'";

describe("s21 psql", () => {
  let setting: TestSetting;
  let running: RunningCommand;
  let address = "";
  const copies = mkdtempSync(join(tmpdir(), "s21-psql-test-"));

  beforeAll(async () => {
    setting = await makeWarehouse("embedded");
    await refreshInto(setting, { from: SAMPLE_BUNDLE, publishedAt: "2022-10-27T08:30:00.000Z", las: ["Coventry"] });
    let output = "";
    running = await startCommand(["psql", "--json"], { ...setting.env, TMPDIR: copies }, (child) =>
      child.stdout?.on("data", (chunk: Buffer) => (output += chunk.toString())),
    );
    await until(() => output.includes("\n"), "psql prints its address");
    address = JSON.parse(output).address;
  });
  afterAll(async () => {
    running.kill("SIGKILL");
    rmSync(copies, { recursive: true, force: true });
    await setting.dispose();
  });
  const connect = async () => {
    const client = new pg.Client(address);
    await client.connect();
    return client;
  };

  test("is on loopback, answers several clients at once, each in its own transaction", async () => {
    expect(new URL(address).hostname).toBe("127.0.0.1");
    const [one, other] = await Promise.all([connect(), connect()]);
    await one.query("begin");
    const answers = await Promise.all([
      one.query(REFERRALS),
      other.query({ text: `${REFERRALS} and release = $1`, values: ["2022"] }),
    ]);
    expect(answers.map(({ rows }) => rows)).toEqual([[{ value: "5754" }], [{ value: "5754" }]]);
    await expect(one.query("select 1 / 0")).rejects.toThrow(/division by zero/);
    await expect(one.query("select 1")).rejects.toThrow(/aborted/);
    expect((await other.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    await Promise.all([one.end(), other.end()]);
  });

  test("is read-only, and what gets round that reaches only the client's own copy", async () => {
    const client = await connect();
    await expect(client.query("delete from measure")).rejects.toThrow(/permission denied|read-only/);
    await expect(client.query("select * from observation")).rejects.toThrow(/permission denied/);
    await client.query("reset role");
    await client.query("set default_transaction_read_only = off");
    await client.query("delete from measure");
    await client.end();
    const other = await connect();
    expect((await other.query("select count(*) > 0 as there from measure")).rows).toEqual([{ there: true }]);
    await other.end();
    // The warehouse itself is free meanwhile, and as it was.
    expect(await query(setting.config, "select count(*) > 0 as there from measure")).toEqual([{ there: true }]);
  });

  test.skipIf(!HAS_PSQL)("serves psql (postgresql-client)", () => {
    const psql = (command: string) =>
      execFileSync("psql", [address, "-AtX", "-c", command], { stdio: "pipe" }).toString();
    expect(psql(REFERRALS)).toBe("5754\n");
    expect(psql("\\d gap")).toContain("recoverable");
  });

  test("turns away what is no client, and goes on", async () => {
    const port = Number(new URL(address).port);
    const { connect: open } = await import("node:net");
    await new Promise<void>((resolve) => {
      const socket = open(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
      socket.once("close", () => resolve()).once("error", () => resolve());
    });
    const client = await connect();
    expect((await client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    await client.end();
  });

  test("keeps its copies where nobody else looks", () => {
    expect(readdirSync(copies)).toHaveLength(1);
  });

  test("ends when it is interrupted, and leaves no copy behind", async () => {
    running.kill("SIGINT");
    expect(await running.ended).toMatchObject({ code: EXIT.done });
    expect(readdirSync(copies)).toEqual([]);
  });

  test("is not for a Postgres, which has a port of its own", async () => {
    const { code, stderr } = await runCommand(["psql"], {
      ...setting.env,
      DATABASE_URL: "postgres://nobody@127.0.0.1:9/x",
    });
    expect(code).toBe(EXIT.usage);
    expect(stderr).toContain("DATABASE_URL");
  });
});
