/** A warehouse made again from the archive alone is the same: every observation, every file, every view. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { acceptRelease } from "../src/accept.ts";
import type { Config } from "../src/config.ts";
import { EXIT } from "../src/errors.ts";
import { correctLetters } from "../src/letter-corrections.ts";
import { addLetters } from "../src/letters.ts";
import { rebuild } from "../src/rebuild.ts";
import { startStandInEes } from "./stand-in-ees/server.ts";
import { exportObservations } from "./support/exports.ts";
import { refreshInto } from "./support/refreshing.ts";
import { readSampleFile, replaceCell, SAMPLE, SAMPLE_BUNDLE } from "./support/sample-release.ts";
import { makeWarehouse, query, type TestSetting, WAREHOUSES } from "./support/warehouses.ts";

// Embedded warehouses take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 120_000 });

const CIN = "children-in-need";
const C1 = readSampleFile("C1");
const LETTER = `Coventry City Council
Freedom of Information request FOI1234
5 May 2022

1. How many referrals did you receive in each year?
2017/18 5,001
2018/19 5,102
2. How many section 47 enquiries were there in 2020/21?
Section 21 applies: https://explore-education-statistics.service.gov.uk/find-statistics/characteristics-of-children-in-need/2022
`;

/** Tables and views as an analyst would export them, without what tells the run or the moment of loading. */
const EXPORTS = [
  "select to_jsonb(t) - 'run_id' - 'loaded_at' as line from source_file t where source = 'dfe'",
  // A letter's fetched_at is when it was read.
  "select to_jsonb(t) - 'run_id' - 'loaded_at' - 'fetched_at' as line from source_file t where source = 'council'",
  "select to_jsonb(t) - 'run_id' - 'read_at' as line from letter t",
  "select to_jsonb(t) - 'loaded_at' - 'run_id' as line from current_observation t",
  "select to_jsonb(t) as line from answer t",
  "select to_jsonb(t) as line from referral t",
  "select to_jsonb(t) as line from gap t",
  "select to_jsonb(t) - 'corrected_at' - 'run_id' as line from correction t",
  `select jsonb_build_object('release', release, 'id', release_version_id, 'published', published_at, 'files', files,
    'title', title, 'updates', update_count, 'latest', is_latest, 'next', next_release, 'manifest', data_content,
    'status', status) as line from release_version where status in ('loaded', 'incomplete')`,
  "select jsonb_build_object('code', code, 'message', message, 'line', source_line, 'open', resolved_at is null) as line from issue",
];

async function exportAll(config: Config): Promise<string[]> {
  const parts = [await exportObservations(config)];
  for (const sql of EXPORTS) {
    const lines = (await query(config, sql)).map((row) => JSON.stringify(row.line));
    parts.push(lines.sort().join("\n"));
  }
  return parts;
}

describe.each(WAREHOUSES)("s21 rebuild on %s", (kind) => {
  let setting: TestSetting;
  let other: TestSetting;
  const folder = mkdtempSync(join(tmpdir(), "s21-rebuild-"));

  beforeAll(async () => {
    const ees = await startStandInEes({ root: SAMPLE });
    setting = await makeWarehouse(kind, { S21_EES_API: ees.url });
    other = await makeWarehouse(kind);
    const config = setting.config;
    const note = () => undefined;
    // A bundle from a folder, EES's own version of it, an amendment, a wider selection, a held release that was accepted,
    // one that was not, letters and a correction.
    await refreshInto(setting, { las: ["Coventry"], from: SAMPLE_BUNDLE });
    await refreshInto(setting, { las: ["Coventry"] });
    const revised = replaceCell(C1.text, { year: "2021", laName: "Coventry" }, "Referrals", "5760");
    ees.amend(CIN, "2022", { files: [{ name: C1.name, bytes: revised }] });
    await refreshInto(setting, { las: ["Coventry", "Leicester"] });
    const without = (csv: string, name: string) => csv.replaceAll(new RegExp(`^[^\\n]*,${name},[^\\n]*\\n`, "gm"), "");
    ees.amend(CIN, "2022", { files: [{ name: C1.name, bytes: without(revised, "Leicester") }] });
    expect((await refreshInto(setting, { las: ["Coventry", "Leicester"] })).exitCode).toBe(EXIT.sourceNotTrusted);
    expect((await acceptRelease(config, CIN, "2022", [], note, undefined)).exitCode).toBe(EXIT.done);
    ees.amend(CIN, "2022", { files: [{ name: C1.name, bytes: without(without(revised, "Leicester"), "Coventry") }] });
    expect((await refreshInto(setting, { las: ["Coventry"] })).exitCode).toBe(EXIT.sourceNotTrusted);
    writeFileSync(join(folder, "letter one.txt"), LETTER);
    await addLetters(config, { paths: [folder] }, [], note);
    writeFileSync(
      join(folder, "corrections.csv"),
      'letter,question,part,period,printed,meant,because,who\nletter one.txt,1,,2017/18,"5,001",5010,a slip,A Person\n',
    );
    await correctLetters(config, join(folder, "corrections.csv"), []);
    await refreshInto(setting, { las: ["Coventry", "Leicester"], from: SAMPLE_BUNDLE });
    await ees.close();
    cpSync(join(config.dataDir, "archive"), join(other.config.dataDir, "archive"), { recursive: true });
  });
  afterAll(async () => {
    await setting.dispose();
    await other.dispose();
    rmSync(folder, { recursive: true });
  });

  test("makes the same warehouse from the archive, offline", async () => {
    const report = await rebuild(other.config, ["rebuild"], () => undefined, undefined);
    expect(report.counts).toMatchObject({ corrections_applied: 1 });
    const [before, after] = [await exportAll(setting.config), await exportAll(other.config)];
    for (const [index, part] of before.entries()) expect(after[index]).toBe(part);
    expect(before[0]?.split("\n").length).toBeGreaterThan(500);
  });

  test("refuses a warehouse that is not empty", async () => {
    await expect(rebuild(setting.config, [], () => undefined, undefined)).rejects.toMatchObject({
      code: "not-empty",
      exitCode: EXIT.usage,
    });
  });
});
