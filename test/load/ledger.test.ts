/** Every run is in the ledger, however it ends. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { InterruptedError, SourceUnreachableError } from "../../src/errors.ts";
import { type RunOutcome, recordRun, statusOfExit } from "../../src/load/ledger.ts";
import { openForWriting, type WritableWarehouse } from "../../src/load/warehouse.ts";
import { makeWarehouse, type TestSetting, WAREHOUSES } from "../support/warehouses.ts";

const DONE: RunOutcome = { status: "done", exitCode: 0, counts: { files_loaded: 4 }, problem: null };

describe.each(WAREHOUSES)("the ledger of runs on %s", (kind) => {
  let setting: TestSetting;
  let warehouse: WritableWarehouse;
  beforeAll(async () => {
    setting = await makeWarehouse(kind);
    warehouse = await openForWriting(setting.config);
  });
  beforeEach(async () => {
    await warehouse.transaction(({ db }) => db.deleteFrom("run").execute());
  });
  afterAll(async () => {
    await warehouse.close();
    await setting.dispose();
  });

  async function readRuns(): Promise<unknown[]> {
    const columns = "status, exit_code, problem, counts, ended_at >= started_at as ended";
    return (await warehouse.query(`select ${columns} from run order by started_at`)).rows;
  }

  test("has a run that ends well, with what it counted, and hands back what it gave", async () => {
    const result = await recordRun(warehouse, "refresh", ["--la", "Coventry"], async (stamp) => {
      const { rows } = await warehouse.query("select run_id, status, command, arguments, ended_at from run");
      const open = { status: "running", command: "refresh", arguments: '["--la","Coventry"]', ended_at: null };
      expect(rows).toEqual([{ run_id: stamp.run_id, ...open }]);
      return { outcome: DONE, answer: 42 };
    });
    expect(result.answer).toBe(42);
    const run = { status: "done", exit_code: 0, problem: null, counts: { files_loaded: 4 }, ended: true };
    expect(await readRuns()).toEqual([run]);
  });

  test.each([
    [new SourceUnreachableError("network", "cannot reach EES"), "failed", 4],
    [new InterruptedError("SIGTERM"), "interrupted", 143],
    [new TypeError("a fault of ours"), "failed", 1],
  ])("has a run that throws (%s), and the error goes on", async (error, status, exitCode) => {
    const failing = recordRun(warehouse, "refresh", [], () => Promise.reject(error));
    await expect(failing).rejects.toBe(error);
    expect(await readRuns()).toEqual([
      { status, exit_code: exitCode, problem: error.message, counts: {}, ended: true },
    ]);
  });

  test("closes the runs that a kill left open", async () => {
    // Never closed, as if killed.
    void recordRun(warehouse, "refresh", [], () => new Promise<never>(() => undefined));
    await expect.poll(readRuns).toHaveLength(1);
    await recordRun(warehouse, "refresh", [], async () => ({ outcome: DONE }));
    expect(await readRuns()).toMatchObject([
      { status: "interrupted", exit_code: null, problem: expect.stringContaining("without closing"), ended: true },
      { status: "done" },
    ]);
  });
});

test("a run's status follows from its exit code, and from whether anything was written", () => {
  expect([statusOfExit(0, true), statusOfExit(0, false)]).toEqual(["done", "unchanged"]);
  expect([statusOfExit(3, true), statusOfExit(3, false)]).toEqual(["partial", "partial"]);
  expect([statusOfExit(4, false), statusOfExit(5, true)]).toEqual(["failed", "failed"]);
});
