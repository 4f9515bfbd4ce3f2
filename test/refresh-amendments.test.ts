/** Releases that DfE amends or withdraws: new vintages stand beside old ones, and nothing that was said is lost. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EXIT } from "../src/errors.ts";
import { type StandInEes, startStandInEes } from "./stand-in-ees/server.ts";
import { exportObservations, exportRows } from "./support/exports.ts";
import { countDownloads, refreshInto } from "./support/refreshing.ts";
import { readSampleFile, replaceCell, SAMPLE } from "./support/sample-release.ts";
import { query, type TestSetting, useWarehouse, WAREHOUSES } from "./support/warehouses.ts";

// Commands and embedded warehouses take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 120_000 });

const C1 = readSampleFile("C1");
const LAS = ["Coventry"];
const COVENTRY_2021 = { year: "2021", laName: "Coventry" };
/** DfE's figure of referrals in Coventry in 2020/21, as published on 27 October 2022. */
const AS_PUBLISHED = "5754";
const WHERE = "where area_code = 'E08000026' and period_label = '2020/21'";

function amendC1(ees: StandInEes, text: string, lastUpdated: string) {
  return ees.amend("children-in-need", "2022", { files: [{ name: C1.name, bytes: text }], lastUpdated });
}

describe.each(WAREHOUSES)("an amendment, on %s", (kind) => {
  let ees: StandInEes;
  let setting: TestSetting;

  beforeEach(async () => {
    ees = await startStandInEes({ root: SAMPLE });
    setting = await useWarehouse(kind, { S21_EES_API: ees.url });
    await refreshInto(setting, { las: LAS });
    ees.requests.length = 0;
  });
  afterEach(() => ees.close());

  async function readSaid(from: string): Promise<unknown[]> {
    const columns = "value, value_text, status";
    return query(setting.config, `select ${columns} from ${from} ${WHERE} and measure = 'referrals' order by 1`);
  }

  test("of one file makes one new vintage; the files that did not change are not written", async () => {
    const exportOthers = () => exportRows(setting.config, "observation", "data_set <> 'C1'");
    const before = await exportOthers();
    const revised = replaceCell(C1.text, COVENTRY_2021, "Referrals", "5760");
    const versionId = amendC1(ees, revised, "2022-12-01T09:30:00Z");
    const report = await refreshInto(setting, { las: LAS });
    expect(report).toMatchObject({ status: "done", exitCode: EXIT.done, releases: [{ version_id: versionId }] });
    expect(report.releases[0]?.files.map((file) => `${file.code} ${file.status}`)).toEqual([
      "B1 unchanged",
      "C1 loaded",
      "C4 unchanged",
      "D1 unchanged",
    ]);
    expect(await exportOthers()).toEqual(before);
    expect(await readSaid("observation")).toEqual([
      { value: AS_PUBLISHED, value_text: AS_PUBLISHED, status: "reported" },
      { value: "5760", value_text: "5760", status: "reported" },
    ]);
    expect(await readSaid("current_observation")).toEqual([{ value: "5760", value_text: "5760", status: "reported" }]);
    const old = { value: AS_PUBLISHED, value_text: AS_PUBLISHED, status: "reported" };
    expect(await readSaid("observation_as_at('2022-10-26')")).toEqual([]);
    expect(await readSaid("observation_as_at('2022-11-30')")).toEqual([old]);
    expect(await readSaid("observation_as_at('2022-12-01')")).toMatchObject([{ value: "5760" }]);
  });

  test("that suppresses a figure masks it today and as at every day before", async () => {
    amendC1(ees, replaceCell(C1.text, COVENTRY_2021, "Referrals", "c"), "2022-12-01T09:30:00Z");
    await refreshInto(setting, { las: LAS });
    expect(await readSaid("current_observation")).toEqual([{ value: null, value_text: "c", status: "suppressed" }]);
    expect(await readSaid("observation_as_at('2022-11-30')")).toEqual([
      { value: null, value_text: "", status: "suppressed" },
    ]);
  });

  test("with another number of rows than EES lists, even in a file that did not change, leaves the last good load as it was", async () => {
    const before = await exportObservations(setting.config);
    amendC1(
      ees,
      C1.text.replace(/\n2022,.*?,Coventry,/, (row) => row.replace("2022", "2O22")),
      "2022-12-01T09:30:00Z",
    );
    ees.addFault({ fault: "rows-delta", arg: 1 });
    const report = await refreshInto(setting, { las: LAS });
    expect(report).toMatchObject({ status: "failed", exitCode: EXIT.sourceNotTrusted });
    expect(report.problems[0]).toMatchObject({ code: "wrong-row-count", message: expect.stringContaining("b1_") });
    expect(await exportObservations(setting.config)).toBe(before);
    const versions = await query(setting.config, "select status from release_version order by published_at");
    expect(versions).toEqual([{ status: "loaded" }, { status: "refused" }]);
  });

  test("during the download is noticed, and one version is loaded whole", async () => {
    const setting = await useWarehouse(kind, { S21_EES_API: ees.url, S21_ATTEMPTS: "1" });
    ees.addFault({ fault: "supersede-before-download" });
    const report = await refreshInto(setting, { las: LAS });
    expect(report).toMatchObject({ status: "done", exitCode: EXIT.done });
    const versions = await query(setting.config, "select distinct release_version_id as id from observation");
    expect(versions).toEqual([{ id: ees.versionId("children-in-need", "2022") }]);
  });

  test("under the same version id and date is not looked for, but --recheck finds it", async () => {
    const text = replaceCell(C1.text, COVENTRY_2021, "Referrals", "5761");
    ees.amend("children-in-need", "2022", { files: [{ name: C1.name, bytes: text }], sameVersion: true });
    expect(await refreshInto(setting, { las: LAS })).toMatchObject({ status: "unchanged" });
    expect(countDownloads(ees)).toBe(0);
    expect(await refreshInto(setting, { las: LAS, recheck: true })).toMatchObject({ status: "done" });
    expect(await readSaid("observation")).toMatchObject([{ value: AS_PUBLISHED }, { value: "5761" }]);
  });

  test("is none where a release is withdrawn: exit 4, its rows stand, the ledger says so", async () => {
    const before = await exportObservations(setting.config);
    ees.withdraw("children-in-need", "2022");
    ees.publish({ publication: "children-in-need", slug: "2023", files: [] });
    const report = await refreshInto(setting, { las: LAS });
    expect(report).toMatchObject({ status: "failed", exitCode: EXIT.sourceUnreachable });
    expect(report.problems[0]).toMatchObject({ code: "withdrawn", message: expect.stringContaining("2022") });
    expect(await exportObservations(setting.config)).toBe(before);
    expect(await query(setting.config, "select status from release_version")).toEqual([{ status: "withdrawn" }]);
    const fresh = await query(setting.config, "select newest_loaded_release from freshness");
    expect(fresh).toEqual([{ newest_loaded_release: "2022" }]);
  });
});
