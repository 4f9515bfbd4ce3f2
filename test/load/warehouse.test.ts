/** The warehouse's promises to the rest of the code, on both engines: transactions, reading, and what values come back as. */
import type { Insertable } from "kysely";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EXIT, UsageError, WarehouseError } from "../../src/errors.ts";
import { createCopyRows } from "../../src/load/copy-binary.ts";
import type { IssueTable } from "../../src/load/tables.ts";
import { openAnyWarehouse, openForWriting, openWarehouse, type WritableWarehouse } from "../../src/load/warehouse.ts";
import { type TestSetting, useWarehouse, WAREHOUSES } from "../support/warehouses.ts";

// Commands and embedded warehouses take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 120_000 });

const ISSUE: Insertable<IssueTable> = {
  code: "test",
  message: "",
  publication: "",
  release: "",
  data_set: "",
  letter_id: null,
  question: null,
  part: null,
  source_file: null,
  source_sha256: null,
  source_line: null,
  source_column: null,
  found: null,
  expected: null,
  opened_at: "2022-10-27T08:30:00.000Z",
  run_id: "r",
  resolved_at: null,
  resolution: null,
};

async function* issuesSaying(...messages: string[]) {
  const rows = createCopyRows<{ code: string; message: string }, { opened_at: string; run_id: string }>(
    [[["code", "text"]], [["message", "text"]]],
    [
      [
        ["opened_at", "timestamptz"],
        ["run_id", "text"],
      ],
      { opened_at: "2022-10-27T08:30:00.000Z", run_id: "r" },
    ],
  );
  for (const message of messages) {
    rows.add({ code: "a", message });
    yield rows.take();
  }
}

describe.each(WAREHOUSES)("writing to %s", (kind) => {
  let setting: TestSetting;
  let warehouse: WritableWarehouse;
  beforeEach(async () => {
    setting = await useWarehouse(kind);
    warehouse = await openForWriting(setting.config);
  });
  afterEach(() => warehouse.close());

  async function countIssues(): Promise<unknown> {
    return (await warehouse.query("select count(*) as n from issue")).rows[0]?.n;
  }

  test("keeps a transaction that succeeds, and nothing of one that throws", async () => {
    await warehouse.transaction(({ db }) => db.insertInto("issue").values(ISSUE).execute());
    const failing = warehouse.transaction(async ({ db }) => {
      await db.insertInto("issue").values(ISSUE).execute();
      throw new UsageError("test", "changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    expect(await countIssues()).toBe(1);
  });

  test("fails a transaction in which a statement failed unnoticed", async () => {
    const failing = warehouse.transaction(async ({ db }) => {
      await db.insertInto("issue").values(ISSUE).execute();
      const refused = db.insertInto("issue").values({ ...ISSUE, opened_at: "no date" });
      await refused.execute().catch(() => undefined);
    });
    await expect(failing).rejects.toBeInstanceOf(WarehouseError);
    expect(await countIssues()).toBe(0);
    await warehouse.transaction(({ db }) => db.insertInto("issue").values(ISSUE).execute());
    expect(await countIssues()).toBe(1);
  });

  test("has one transaction at a time; reading meanwhile neither sees nor ends it", async () => {
    const order: string[] = [];
    const write = (name: string, fails: boolean) =>
      warehouse.transaction(async ({ db }) => {
        order.push(`${name} begins`);
        await db.insertInto("issue").values(ISSUE).execute();
        await new Promise((resolve) => setTimeout(resolve, 50));
        await db.insertInto("issue").values(ISSUE).execute();
        order.push(`${name} ends`);
        if (fails) throw new Error("on purpose");
      });
    const [first, second, seen, third] = await Promise.allSettled([
      write("first", false),
      write("second", true),
      countIssues(),
      write("third", false),
    ]);
    expect([first.status, second.status, third.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(seen).toMatchObject({ status: "fulfilled", value: kind === "embedded" ? 2 : expect.toBeOneOf([0, 2]) });
    expect(order).toEqual(["first", "second", "third"].flatMap((name) => [`${name} begins`, `${name} ends`]));
    expect(await countIssues()).toBe(4);
  });

  test("copies rows, and nothing of a copy whose source fails or whose row is bad", async () => {
    const target = "issue (code, message, opened_at, run_id)";
    const good = "said \\ and \tthis";
    await warehouse.transaction(({ copyFrom }) => copyFrom(target, issuesSaying(good, good)));
    const { rows } = await warehouse.query("select message from issue");
    expect(rows).toEqual([{ message: good }, { message: good }]);
    const breaking = async function* () {
      yield* issuesSaying(good);
      throw new UsageError("test", "the source broke");
    };
    await expect(warehouse.transaction(({ copyFrom }) => copyFrom(target, breaking()))).rejects.toThrow("broke");
    const bad = warehouse.transaction(({ copyFrom }) => copyFrom(target, issuesSaying(good, "no text: \0")));
    await expect(bad).rejects.toMatchObject({ exitCode: EXIT.warehouse, message: expect.stringContaining("0x00") });
    expect(await countIssues()).toBe(2);
  });

  test("is for one run at a time", async () => {
    await expect(openForWriting(setting.config)).rejects.toMatchObject({ exitCode: EXIT.locked });
  });
});

/** Each as an analyst might have meant it. None of them may change anything. */
const WRITES = [
  "delete from observation",
  "commit; delete from observation",
  "select 1; delete from observation",
  "with gone as (delete from observation returning 1) select * from gone",
  "update run set status = 'done'",
  "insert into run default values",
  "truncate observation",
  "create table mine as select * from observation",
  "create temp table mine (n integer)",
  "drop view current_observation",
  "copy (select 1) to program 'touch /tmp/s21-copy-to-program'",
  "copy (select 1) to '/tmp/s21-copy-to-file'",
  "copy observation from '/etc/passwd'",
  "do $$ begin execute 'copy (select 1) to program ''touch /tmp/s21-do'''; end $$",
  "select lo_export(1, '/tmp/s21-lo-export')",
  "select pg_read_file('/etc/passwd')",
  "select set_config('transaction_read_only', 'off', false), nextval('issue_issue_id_seq')",
  "set transaction read write; delete from observation",
  "grant all on observation to public",
];

describe.each(WAREHOUSES)("reading from %s", (kind) => {
  let setting: TestSetting;
  beforeEach(async () => {
    setting = await useWarehouse(kind);
    const warehouse = await openForWriting(setting.config);
    await warehouse.transaction(({ db }) => db.insertInto("issue").values(ISSUE).execute());
    await warehouse.close();
  });

  test("refuses every statement that would write, with Postgres's words, and stays usable", async () => {
    const warehouse = await openWarehouse(setting.config);
    for (const sql of WRITES) {
      const refusal = await warehouse.query(sql).then(
        () => "it was done",
        (error: unknown) => error,
      );
      expect(refusal, sql).toBeInstanceOf(UsageError);
    }
    const { rows } = await warehouse.query("select count(*) as n, to_regclass('mine') as mine from issue");
    await warehouse.close();
    expect(rows).toEqual([{ n: 1, mine: null }]);
  });

  test("gives dates as text, instants in UTC, numbers exactly or as text, the same on both engines", async () => {
    const warehouse = await openWarehouse(setting.config);
    const { rows, fields } = await warehouse.query(`
      select date '2022-03-31' as day, timestamptz '2022-10-27 09:30:00+01' as instant, timestamp '2022-10-27 09:30' as wall,
        5754::int as int, 9007199254740991::bigint as largest, 9007199254740993::bigint as larger,
        17.50::numeric as exact, 'NaN'::numeric as none, 0.5::float8 as half, true as yes, null as nothing,
        array[date '2022-03-31'] as days, array[17.50::numeric, null] as numbers, array['a', 'b c'] as words,
        array[9007199254740993::bigint, 1] as integers, array[timestamptz '2022-10-27 09:30:00+01'] as instants,
        jsonb_build_object('a', 1.50) as json, interval '90 minutes' as span, '\\x00ff'::bytea as bytes,
        time '09:30' as clock`);
    await warehouse.close();
    expect(rows).toEqual([
      {
        day: "2022-03-31",
        instant: "2022-10-27T08:30:00.000Z",
        wall: "2022-10-27T09:30:00",
        int: 5754,
        largest: Number.MAX_SAFE_INTEGER,
        larger: "9007199254740993",
        exact: "17.50",
        none: "NaN",
        half: 0.5,
        yes: true,
        nothing: null,
        days: ["2022-03-31"],
        numbers: ["17.50", null],
        words: ["a", "b c"],
        integers: ["9007199254740993", 1],
        instants: ["2022-10-27T08:30:00.000Z"],
        json: { a: 1.5 },
        span: "01:30:00",
        bytes: "\\x00ff",
        clock: "09:30:00",
      },
    ]);
    expect(fields[0]).toMatchObject({ name: "day", dataTypeID: 1082 });
  });

  test("ends a session that was lost as the warehouse's fault", async () => {
    if (kind === "embedded") return; // it has no session that could be lost
    const warehouse = await openAnyWarehouse({ ...setting.config });
    const lost = warehouse.query("select pg_terminate_backend(pg_backend_pid())");
    await expect(lost).rejects.toMatchObject({ exitCode: expect.toBeOneOf([EXIT.usage, EXIT.warehouse]) });
    await warehouse.close();
  });
});

test.each(WAREHOUSES)("an empty %s says what to do", async (kind) => {
  const { config } = await useWarehouse(kind, {}, "empty");
  await expect(openWarehouse(config)).rejects.toMatchObject({
    exitCode: EXIT.usage,
    message: expect.stringContaining("s21 refresh"),
  });
});
