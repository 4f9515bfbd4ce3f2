/** A release is loaded whole or not at all, and read again only where reading it again would give something else. */
import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EXIT } from "../../src/errors.ts";
import { openForWriting } from "../../src/load/warehouse.ts";
import { type StandInEes, startStandInEes } from "../stand-in-ees/server.ts";
import { exportObservations } from "../support/exports.ts";
import { countDownloads, refreshInto } from "../support/refreshing.ts";
import { readSampleFile, replaceCell, SAMPLE, SAMPLE_BUNDLE } from "../support/sample-release.ts";
import { query, type TestSetting, useWarehouse, WAREHOUSES } from "../support/warehouses.ts";

// Commands and embedded warehouses take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 120_000 });

const LAS = ["Coventry"];
const COVENTRY_2021 = { year: "2021", laName: "Coventry" };
const { name: C1_NAME, text: C1_TEXT } = readSampleFile("C1");
const { name: D1_NAME, text: D1_TEXT } = readSampleFile("D1");

describe.each(WAREHOUSES)("loading a release on %s", (kind) => {
  let ees: StandInEes;
  let setting: TestSetting;
  beforeEach(async () => {
    ees = await startStandInEes({ root: SAMPLE });
    setting = await useWarehouse(kind, { S21_EES_API: ees.url });
  });
  afterEach(() => ees.close());

  const amend = (name: string, bytes: string, sameVersion = false) =>
    ees.amend("children-in-need", "2022", { files: [{ name, bytes }], sameVersion });

  test("keeps nothing of it when the last of its files is not what it should be", async () => {
    amend(D1_NAME, D1_TEXT.replace("CPP_start_rate", "rate_of_plans"), true);
    const report = await refreshInto(setting, { las: LAS });
    expect(report).toMatchObject({ status: "failed", exitCode: EXIT.sourceNotTrusted });
    expect(report.problems[0]?.message).toMatch(/rate_of_plans/);
    expect(await exportObservations(setting.config)).toBe("");
    expect(await query(setting.config, "select count(*) as n from source_file")).toEqual([{ n: 0 }]);
  });

  test("tells a person what could not be read, once, and loads the rest", async () => {
    const before = "select code, source_line, source_column, found, resolved_at from issue";
    amend(C1_NAME, replaceCell(C1_TEXT, COVENTRY_2021, "Referrals", "5'754"), true);
    const odd = await refreshInto(setting, { las: LAS });
    expect(odd).toMatchObject({ status: "partial", exitCode: EXIT.partial });
    const row = C1_TEXT.split("\n").findIndex((line) => line.startsWith("2021,") && line.includes(",Coventry,")) + 1;
    const issue = { source_line: row, source_column: "Referrals", found: "5'754", resolved_at: null };
    expect(await query(setting.config, before)).toMatchObject([issue]);
    expect((await refreshInto(setting, { las: ["Leicester"] })).problems).toHaveLength(1);
    expect(await query(setting.config, before), "read again, and still one issue").toMatchObject([issue]);
    const cells = `select value from observation where source_line = ${row} and source_column = 'Referrals' and data_set = 'C1'`;
    expect(await query(setting.config, cells)).toEqual([]);
  });

  test("reads it again, without a download, where the catalogue would now read it otherwise", async () => {
    await refreshInto(setting, { las: LAS });
    const before = await exportObservations(setting.config);
    const downloads = countDownloads(ees);
    await change("update source_file set reader = 'an older one' where data_set = 'C4'");
    await change("delete from observation where data_set = 'C4' and source_line > 10");
    const report = await refreshInto(setting, { las: LAS });
    expect(report.releases[0]?.files.map((file) => file.status)).toEqual([
      "unchanged",
      "unchanged",
      "loaded",
      "unchanged",
    ]);
    expect(countDownloads(ees)).toBe(downloads);
    expect(await exportObservations(setting.config)).toBe(before);
  });

  test("downloads it again where the archive has lost a file that must be read again", async () => {
    await refreshInto(setting, { las: LAS });
    const archive = join(setting.config.dataDir, "archive");
    for (const name of readdirSync(archive)) rmSync(join(archive, name), { recursive: true });
    expect(await refreshInto(setting, { las: LAS })).toMatchObject({ status: "unchanged" });
    expect(await refreshInto(setting, { las: ["Leicester"] })).toMatchObject({ status: "done" });
    expect(countDownloads(ees)).toBe(2);
    expect(readdirSync(archive).length).toBeGreaterThanOrEqual(4);
  });

  test("learns from EES the version and date of files that were first read from a folder, without doubling them", async () => {
    await refreshInto(setting, { las: LAS, from: SAMPLE_BUNDLE });
    const fromFolder = await query(
      setting.config,
      "select distinct release_version_id as id, published_at from observation",
    );
    expect(fromFolder).toEqual([{ id: "local", published_at: null }]);
    await refreshInto(setting, { las: LAS });
    const rows = await query(
      setting.config,
      "select release_version_id as id, published_at, count(*) as n from observation group by 1, 2",
    );
    const id = ees.versionId("children-in-need", "2022");
    expect(rows).toEqual([{ id, published_at: "2022-10-27T08:30:00.000Z", n: 1710 }]);
    await refreshInto(setting, { las: LAS, from: SAMPLE_BUNDLE });
    expect(await query(setting.config, "select distinct release_version_id as id from observation")).toEqual([{ id }]);
  });

  test("loads several local bundles in one run, each as the release that it is", async () => {
    const other = join(setting.config.dataDir, "children-in-need_2021");
    cpSync(SAMPLE_BUNDLE, other, { recursive: true });
    const from = [SAMPLE_BUNDLE, other];
    const refused = { exitCode: EXIT.usage, message: expect.stringContaining("several") };
    await expect(refreshInto(setting, { las: LAS, from })).rejects.toMatchObject(refused);
    const report = await refreshInto(setting, { las: LAS, from, release: "latest" });
    expect(report.releases.map(({ release, status }) => [release, status])).toEqual([
      ["2022", "loaded"],
      ["2021", "loaded"],
    ]);
    const counts = "select release, count(*) as n from observation group by 1 order by 1";
    expect(await query(setting.config, counts)).toEqual([
      { release: "2021", n: 1710 },
      { release: "2022", n: 1710 },
    ]);
  });

  async function change(statement: string): Promise<void> {
    const warehouse = await openForWriting(setting.config);
    try {
      await warehouse.transaction(({ db }) => sql.raw(statement).execute(db));
    } finally {
      await warehouse.close();
    }
  }
});
