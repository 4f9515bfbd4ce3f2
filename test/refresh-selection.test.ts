/** Which authorities a run keeps: those named, those of earlier runs too, and the region and England with them. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EXIT } from "../src/errors.ts";
import { type StandInEes, startStandInEes } from "./stand-in-ees/server.ts";
import { exportObservations } from "./support/exports.ts";
import { countDownloads, refreshInto } from "./support/refreshing.ts";
import { SAMPLE } from "./support/sample-release.ts";
import { query, runCommand, type TestSetting, useWarehouse, WAREHOUSES } from "./support/warehouses.ts";

// Commands and embedded warehouses take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 120_000 });

const COVENTRY = ["Coventry", "England", "West Midlands"];
const BOTH = ["Coventry", "East Midlands", "England", "Leicester", "West Midlands"];

describe.each(WAREHOUSES)("the authorities that are kept, on %s", (kind) => {
  let ees: StandInEes;
  let setting: TestSetting;

  beforeEach(async () => {
    ees = await startStandInEes({ root: SAMPLE });
    setting = await useWarehouse(kind, { S21_EES_API: ees.url });
  });
  afterEach(() => ees.close());

  async function listAreas(): Promise<unknown[]> {
    const rows = await query(setting.config, "select distinct area_name as name from observation");
    return rows.map((row) => row.name).sort();
  }

  test("widen without a download, come with region and England, and are never fewer", async () => {
    await refreshInto(setting, { las: ["Coventry"] });
    expect(await listAreas()).toEqual(COVENTRY);
    expect(countDownloads(ees)).toBe(1);
    const manifest = "select data_content, files, status from release_version";
    const before = await query(setting.config, manifest);
    expect(await refreshInto(setting, { las: ["Leicester"] })).toMatchObject({ status: "done", exitCode: EXIT.done });
    expect(await listAreas()).toEqual(BOTH);
    const widened = await exportObservations(setting.config);
    expect(await refreshInto(setting, { allLas: true })).toMatchObject({ status: "done" });
    expect(await refreshInto(setting, { las: ["Coventry"] })).toMatchObject({ status: "unchanged" });
    expect(await exportObservations(setting.config)).toBe(widened); // the sample has no third authority
    expect(countDownloads(ees)).toBe(1);
    expect(await query(setting.config, manifest)).toEqual(before);
    const atOnce = await useWarehouse(kind, { S21_EES_API: ees.url });
    await refreshInto(atOnce, { las: ["Leicester", "Coventry"] });
    expect(await exportObservations(atOnce.config)).toBe(widened);
  });

  test("are by default those of S21_LAS, or else those of earlier runs", async () => {
    const named = { ...setting.env, S21_LAS: "Coventry City Council; Leicester City Council" };
    expect(await runCommand(["refresh", "--release", "2022"], named)).toMatchObject({ code: EXIT.done });
    expect(await listAreas()).toEqual(BOTH);
    expect(await refreshInto(setting, {})).toMatchObject({ status: "unchanged" });
  });

  test("must come from somewhere", async () => {
    const refused = await runCommand(["refresh", "--release", "2022"], setting.env);
    expect(refused).toMatchObject({ code: EXIT.usage, stdout: "" });
    expect(refused.stderr).toContain("--la NAME");
    expect(countDownloads(ees)).toBe(0);
  });

  test("are data, not SQL", async () => {
    await refreshInto(setting, { las: ["Coventry"] });
    const before = await exportObservations(setting.config);
    const injected = [
      ["--la", "x'; drop table observation; --"],
      ["--release", "2022'; drop table observation; --"],
      ["--publication", "children-in-need'; drop table observation; --"],
    ];
    for (const words of injected) {
      const refused = await runCommand(["refresh", "--la", "Coventry", ...words], setting.env);
      expect(refused).toMatchObject({ code: EXIT.usage, stdout: "" });
      expect(refused.stderr).toContain("drop table observation");
    }
    expect(await exportObservations(setting.config)).toBe(before);
  });
});

test("authorities that are named badly are all told at once, with what could be meant", async () => {
  const words = ["refresh", "--la", "Somerse", "--la", "Dorset", "--la", "Atlantis", "--la", "Coventry"];
  const refused = await runCommand(words, {});
  expect(refused).toMatchObject({ code: EXIT.usage, stdout: "" });
  expect(refused.stderr).toContain('no local authority "Somerse"; did you mean Somerset');
  expect(refused.stderr).toMatch(/Dorset: took Dorset \(838\).*"Dorset \(835\)"/);
  expect(refused.stderr).toContain('no local authority "Atlantis"');
  expect(refused.stderr).toContain("took Coventry (331), E08000026");
});
