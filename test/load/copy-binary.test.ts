import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { COPY_HEADER, COPY_TRAILER, type CopyColumn, createCopyRows } from "../../src/load/copy-binary.ts";
import type { Connection, Engine } from "../../src/load/engine.ts";
import { openEngine } from "../../src/load/warehouse.ts";
import { makeWarehouse, type TestSetting, WAREHOUSES } from "../support/warehouses.ts";

// Embedded warehouses take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface Row {
  at: number;
  words: string | null;
  amount: string | null;
  day: string | null;
  moment: string | null;
}

const GROUPS: CopyColumn<Row>[][] = [
  [["at", "integer"]],
  [
    ["words", "text"],
    ["amount", "numeric"],
  ],
  [
    ["day", "date"],
    ["moment", "timestamptz"],
  ],
];
const NOTHING = { words: null, amount: null, day: null, moment: null };

const rowsOf = () => createCopyRows<Row, { said: string }>(GROUPS, [[["said", "text"]], { said: "once" }]);

describe("a row of COPY's binary format", () => {
  test("is the count of its columns, and of each its length and its bytes", () => {
    const rows = createCopyRows<{ one: string | null }, { two: string }>(
      [[["one", "text"]]],
      [[["two", "text"]], { two: "é" }],
    );
    rows.add({ one: null });
    // PostgreSQL's manual, COPY, "Tuples": 16-bit count; 32-bit length, -1 for null.
    expect(rows.take().toString("hex")).toBe(`0002${"ffffffff"}${"00000002"}c3a9`);
    expect(rows.take()).toHaveLength(0);
  });

  test("is refused where a value is none of its column's type, and the row before stands", () => {
    const rows = rowsOf();
    rows.add({ at: 1, ...NOTHING, words: "a" });
    for (const wrong of [
      { at: 1.5 },
      { at: 2 ** 31 },
      { amount: "1e5" },
      { amount: "" },
      { amount: "1,304" },
      { amount: "NaN" },
      { day: "2022-02-30" },
      { day: "31/03/2022" },
      { moment: "2022-10-27" },
      { moment: "soon" },
    ]) {
      expect(() => rows.add({ at: 2, ...NOTHING, ...wrong }), JSON.stringify(wrong)).toThrow(/expected/);
    }
    const alone = rowsOf();
    alone.add({ at: 1, ...NOTHING, words: "a" });
    expect(rows.take()).toEqual(alone.take());
  });

  test("does not depend on the row before it", () => {
    const row = fc.record({
      at: fc.nat(3),
      words: fc.constantFrom("a", "b", "", null),
      amount: fc.constantFrom("1", "2.50", null),
      day: fc.constantFrom("2022-03-31", null),
      moment: fc.constant(null),
    });
    fc.assert(
      fc.property(fc.array(row), (many) => {
        const together = rowsOf();
        for (const one of many) together.add(one);
        const apart = many.map((one) => {
          const rows = rowsOf();
          rows.add(one);
          return rows.take();
        });
        expect(together.take()).toEqual(Buffer.concat(apart));
      }),
    );
  });
});

describe.each(WAREHOUSES)("read by %s", (kind) => {
  let setting: TestSetting;
  let engine: Engine;
  let connection: Connection;
  beforeAll(async () => {
    setting = await makeWarehouse(kind);
    engine = await openEngine(setting.config);
    connection = await engine.lock(false);
  });
  afterAll(async () => {
    connection.release();
    await engine.end();
    await setting.dispose();
  });

  test("every value comes back as it was", async () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: 30 });
    const decimal = fc
      .tuple(fc.constantFrom("", "-"), digits, fc.oneof(fc.constant(null), digits))
      .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === null ? "" : `.${fraction}`}`);
    const moment = fc
      .date({ min: new Date("0001-01-02"), max: new Date("9999-12-30"), noInvalidDate: true })
      .map((date) => date.toISOString());
    const words = fc.oneof(
      fc.string({ unit: fc.constantFrom("\\", "\t", "\n", "\r", "N", ".", "x", "é", "😀", '"'), maxLength: 8 }),
      fc.string({ unit: "grapheme", maxLength: 20 }).filter((one) => !one.includes("\u0000")),
    );
    const orNull = <V>(some: fc.Arbitrary<V>) => fc.option(some, { nil: null, freq: 8 });
    const row = fc.record({
      words: orNull(words),
      amount: orNull(decimal),
      day: orNull(moment.map((text) => text.slice(0, 10))),
      moment: orNull(moment),
    });
    const edges = ["0", "-0", "0.00", "0001", "9999", "10000", "-10000.0001", "0.0001", "0.00010", "123456789.5"];
    const known = edges.map((amount) => ({ ...NOTHING, amount }));
    const sent = [...known, ...fc.sample(row, { numRuns: 2_000, seed: 20_220_331 })];
    const rows = rowsOf();
    for (const [at, one] of sent.entries()) rows.add({ at, ...one });
    const chunks = async function* () {
      yield rows.take();
    };
    await connection.run(
      "create temporary table copied (at integer, words text, amount numeric, day date, moment timestamptz, said text)",
    );
    await connection.copyFrom("copied (at, words, amount, day, moment, said)", chunks());
    // Beside each number what Postgres itself makes of the same text.
    const read = await connection.run(
      `select words, copied.amount::text, (given.amount::numeric)::text as amount_text, day, moment, said
      from copied join jsonb_to_recordset($1::jsonb) as given (at integer, amount text) using (at) order by at`,
      [JSON.stringify(sent.map(({ amount }, at) => ({ at, amount })))],
    );
    expect(read.rows).toHaveLength(sent.length);
    for (const [at, { words, amount, day, moment }] of sent.entries()) {
      const found = read.rows[at];
      expect(found, JSON.stringify(sent[at])).toMatchObject({ words, day, moment, said: "once" });
      expect(found?.amount, `${amount}`).toBe(found?.amount_text);
    }
  });

  test("a time keeps six decimals of a second, and its zone is heeded", async () => {
    const rows = createCopyRows<{ moment: string }, { said: string }>(
      [[["moment", "timestamptz"]]],
      [[["said", "text"]], { said: "once" }],
    );
    const given = ["2021-10-28T08:30:02.1234567Z", "2021-10-28T09:30:02+01:00", "1999-12-31T23:59:59.999999Z"];
    for (const moment of given) rows.add({ moment });
    const chunks = async function* () {
      yield rows.take();
    };
    await connection.run("create temporary table moments (moment timestamptz, said text)");
    await connection.copyFrom("moments", chunks());
    const read = await connection.run(
      `select count(*)::int as times, bool_and(copied.moment = given::timestamptz) as same
      from (select moment, row_number() over () as place from moments) copied
      join unnest($1::text[]) with ordinality as one (given, place) using (place)`,
      [given],
    );
    expect(read.rows).toEqual([{ times: 3, same: true }]);
  });
});

test("header and trailer are the manual's", () => {
  expect(COPY_HEADER.toString("hex")).toBe("5047434f50590aff0d0a000000000000000000");
  expect(COPY_TRAILER.toString("hex")).toBe("ffff");
});
