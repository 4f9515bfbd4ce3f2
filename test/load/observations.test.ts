/** A source file's rows: copied together, removed alone, and never two about the same thing. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { copyObservations, removeObservations, type SourceFileKey, settleRows } from "../../src/load/observations.ts";
import { openForWriting, type WritableWarehouse } from "../../src/load/warehouse.ts";
import type { Observation } from "../../src/observation.ts";
import { makeWarehouse, type TestSetting, WAREHOUSES } from "../support/warehouses.ts";

const STAMP = { run_id: "run", loaded_at: "2022-11-01T02:00:00.000Z" };
const KEY: SourceFileKey = { sha256: "a".repeat(64), publication: "children-in-need", release: "2022", data_set: "C1" };
/** DfE's figure of referrals in Coventry in 2020/21. */
const REFERRALS: Observation = {
  source: "dfe",
  area_code: "E08000026",
  area_name: "Coventry",
  area_level: "local_authority",
  measure: "referrals",
  breakdown: "",
  period_kind: "financial_year",
  period_label: "2020/21",
  period_start: "2020-04-01",
  period_end: "2021-03-31",
  value: "5754",
  value_text: "5754",
  unit: "count",
  status: "reported",
  exemption: null,
  publication: KEY.publication,
  release: KEY.release,
  release_version_id: "version",
  data_set: KEY.data_set,
  published_at: "2022-10-27T08:30:00.000Z",
  letter_id: null,
  question: null,
  part: null,
  question_text: null,
  source_file: "c1.csv",
  source_line: 7,
  source_column: "Referrals",
  source_area_code: "E08000026",
  source_sha256: KEY.sha256,
  source_url: null,
  licence: "OGL-UK-3.0",
};

describe.each(WAREHOUSES)("observations on %s", (kind) => {
  let setting: TestSetting;
  let warehouse: WritableWarehouse;
  beforeAll(async () => {
    setting = await makeWarehouse(kind);
    warehouse = await openForWriting(setting.config);
  });
  beforeEach(async () => {
    await warehouse.transaction(({ db }) => db.deleteFrom("observation").execute());
  });
  afterAll(async () => {
    await warehouse.close();
    await setting.dispose();
  });

  async function* batchesOf(...batches: Observation[][]) {
    for (const batch of batches) yield batch;
  }

  function copy(...observations: Observation[]): Promise<number> {
    return warehouse.transaction((session) => copyObservations(session, batchesOf(observations), STAMP));
  }

  function settle(copied: number) {
    return warehouse.transaction((session) => settleRows(session, KEY, copied, "c1.csv"));
  }

  async function readLines(): Promise<unknown[]> {
    const { rows } = await warehouse.query("select source_line as line from observation order by release, source_line");
    return rows.map((row) => row.line);
  }

  test("are copied as they are, and none from nothing", async () => {
    const odd = { ...REFERRALS, value: null, status: "suppressed", value_text: "c\t\\N\n\\.", source_line: 8 } as const;
    const written = await warehouse.transaction((session) =>
      copyObservations(session, batchesOf([], [REFERRALS], [odd]), STAMP),
    );
    expect(written).toBe(2);
    const { rows } = await warehouse.query("select * from observation order by source_line");
    expect(rows).toEqual([
      { ...REFERRALS, ...STAMP },
      { ...odd, ...STAMP },
    ]);
    expect(await warehouse.transaction((session) => copyObservations(session, batchesOf(), STAMP))).toBe(0);
  });

  test("of one file go alone: another release may have the same file", async () => {
    await copy(REFERRALS, { ...REFERRALS, release: "2023", source_line: 8 });
    expect((await settle(1)).observations).toBe(1);
    await warehouse.transaction((session) => removeObservations(session, KEY));
    expect(await readLines()).toEqual([8]);
  });

  test("said twice count once; said differently, none is kept and a person is told", async () => {
    const section47 = { ...REFERRALS, measure: "s47_enquiries", source_column: "Section47" };
    const copied = await copy(
      REFERRALS,
      { ...REFERRALS, source_line: 9 },
      { ...section47, source_line: 10, value: "2247", value_text: "2247" },
      { ...section47, source_line: 11, value: "2248", value_text: "2248" },
      { ...section47, source_line: 12, period_kind: "calendar_year" },
      { ...section47, source_line: 13, area_code: "E06000016", area_name: "Leicester" },
      { ...section47, source_line: 14, source_sha256: "b".repeat(64) },
    );
    const { observations, findings } = await settle(copied - 1); // the last is another file's
    expect(observations).toBe(3);
    expect(await readLines()).toEqual([7, 12, 13, 14]);
    expect(findings).toMatchObject([{ code: "duplicate-key", line: 10, column: "Section47", found: "2247, 2248" }]);
    expect(findings[0]?.message).toContain("c1.csv, lines 10, 11, Section47: Coventry 2020/21");
  });

  test("that were copied and are not held, or not all, are told", async () => {
    const copied = await copy(REFERRALS);
    await expect(settle(copied + 1)).rejects.toMatchObject({ code: "rows-lost", exitCode: 6 });
    await expect(settle(copied - 1)).rejects.toMatchObject({ code: "rows-lost" });
  });

  test.each([
    ["a number without a value", { value: null }],
    ["a value beside a symbol", { status: "suppressed" }],
    ["no period", { period_start: null }],
    ["a status that is none", { status: "guessed" }],
    ["a period that ends before it begins", { period_end: "2020-03-31" }],
  ])("that say %s are refused by the table itself", async (_, changes) => {
    await expect(copy({ ...REFERRALS, ...changes } as Observation)).rejects.toMatchObject({ exitCode: 6 });
    expect(await readLines()).toEqual([]);
  });
});
