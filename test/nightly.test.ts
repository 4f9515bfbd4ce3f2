/** Nights against a stand-in EES: nothing new, an amendment, a release that came or went, and one that is too odd to load. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { nightlyRefresh } from "../jobs/nightly-refresh.ts";
import { acceptRelease } from "../src/accept.ts";
import { type DataSet, findPublication } from "../src/catalogue/publications.ts";
import { EXIT } from "../src/errors.ts";
import { type JobResult, runJob } from "../src/job.ts";
import { openForWriting } from "../src/load/warehouse.ts";
import { type StandInEes, startStandInEes } from "./stand-in-ees/server.ts";
import { exportObservations, sortLines } from "./support/exports.ts";
import { countDownloads, refreshInto } from "./support/refreshing.ts";
import { readSampleFile, replaceCell, SAMPLE } from "./support/sample-release.ts";
import { query, queryAll, type TestSetting, useWarehouse, WAREHOUSES } from "./support/warehouses.ts";

const CIN = "children-in-need";
const C1 = readSampleFile("C1");
const COVENTRY_2021 = { year: "2021", laName: "Coventry" };

/** Tables that hold data; the ledgers of runs, and of when versions were looked at, are another matter. */
const DATA = ["observation", "source_file", "issue", "letter", "question_plan"];

function night({ config }: TestSetting, scheduledFor: string | null = null): Promise<JobResult> {
  const request = { words: ["run", "nightly-refresh"], scheduledFor, note: () => undefined, now: () => new Date() };
  return runJob(config, nightlyRefresh, { ...request, signal: undefined });
}

function withoutRowsOf(csv: string, name: string): string {
  return csv.replaceAll(new RegExp(`^[^\\n]*,${name},[^\\n]*\\n`, "gm"), "");
}

describe.each(WAREHOUSES)("a night on %s", (kind) => {
  let ees: StandInEes;
  let setting: TestSetting;

  beforeEach(async () => {
    ees = await startStandInEes({ root: SAMPLE });
    setting = await useWarehouse(kind, { S21_EES_API: ees.url, S21_LAS: "Coventry;Leicester" });
    expect(await night(setting)).toMatchObject({ status: "done", exit_code: EXIT.done, is_news: true });
    ees.requests.length = 0;
  });
  afterEach(() => ees.close());

  const exportData = async () => {
    const rows = (table: string) => `select xmin::text || to_jsonb(t)::text as line from ${table} t`;
    return (await queryAll(setting.config, DATA.map(rows))).map(sortLines);
  };
  const readRuns = () =>
    query(setting.config, "select job, status, exit_code, counts, details from run order by started_at desc");

  it("on which nothing is new asks at most three small questions, and writes nothing but the ledger", async () => {
    const before = await exportData();
    const result = await night(setting);
    expect(result).toMatchObject({ status: "unchanged", exit_code: EXIT.done, is_news: false });
    expect(ees.requests.length).toBeLessThanOrEqual(3);
    expect(countDownloads(ees)).toBe(0);
    expect(await exportData()).toEqual(before);
    expect(Date.parse(result.ended_at) - Date.parse(result.started_at)).toBeLessThan(10_000);
    expect((await readRuns()).map((run) => `${run.job} ${run.status}`)).toEqual([
      "nightly-refresh unchanged",
      "nightly-refresh done",
    ]);
  });

  it("loads an amended release as a new vintage, and says what changed by kind", async () => {
    const revised = replaceCell(C1.text, COVENTRY_2021, "Referrals", "5760");
    const suppressed = replaceCell(revised, { year: "2020", laName: "Coventry" }, "Referrals", "c");
    const text = suppressed.replace(/^[^\n]*\n/, (header) =>
      header.replace("Re_referrals_percent", "rereferral_percent"),
    );
    const gone = text.replace(/^2018,[^\n]*,Leicester,[^\n]*\n/m, "");
    ees.amend(CIN, "2022", { files: [{ name: C1.name, bytes: gone }] });
    const notes: string[] = [];
    const request = { words: [], scheduledFor: null, now: () => new Date(), signal: undefined };
    const result = await runJob(setting.config, nightlyRefresh, {
      ...request,
      note: (words) => void notes.push(words),
    });
    expect(result).toMatchObject({ status: "done", exit_code: EXIT.done });
    expect(notes.join("\n")).toMatch(/2022 was amended: C1: .*1 row gone.*1 symbol changed.*1 value revised/);
    expect(notes.join("\n")).toMatch(/1 column renamed/);
    const [run] = await readRuns();
    const { releases } = (run as { details: unknown }).details as {
      releases: { changes: { kind: string; count: number }[] }[];
    };
    expect(Object.fromEntries((releases[0]?.changes ?? []).map(({ kind, count }) => [kind, count]))).toEqual({
      measure_renamed: 1,
      row_gone: 1,
      symbol_changed: 1,
      value_revised: 1,
    });
    const where = "area_code = 'E08000026' and period_label = '2020/21' and measure = 'referrals'";
    const vintages = await query(setting.config, `select value from observation where ${where} order by published_at`);
    expect(vintages).toEqual([{ value: "5754" }, { value: "5760" }]);
  });

  describe("whose release has lost", () => {
    const states = "select release_version_id <> 'x' as known, status from release_version order by published_at";
    const LOSSES = [
      ["an authority", withoutRowsOf(C1.text, "Leicester"), /no row of Leicester \(\d+ rows\)/],
      ["a quarter of its rows", withoutQuarter(C1.text), /has \d+ rows; release 2022 as it was loaded before has \d+/],
    ] as const;
    it.each(kind === "embedded" ? LOSSES.slice(0, 1) : LOSSES)(
      "%s holds it for a person, who may accept it",
      async (_, text, words) => {
        const before = await exportObservations(setting.config);
        ees.amend(CIN, "2022", { files: [{ name: C1.name, bytes: text }] });
        const held = await night(setting);
        expect(held).toMatchObject({ status: "failed", exit_code: EXIT.sourceNotTrusted });
        expect(held.problems[0]).toMatchObject({ code: "held-for-review", message: expect.stringMatching(words) });
        expect(await exportObservations(setting.config)).toBe(before);
        expect((await query(setting.config, states)).map((row) => row.status)).toEqual(["loaded", "refused"]);

        // The next night says so again, and downloads nothing.
        const downloads = countDownloads(ees);
        expect(await night(setting)).toMatchObject({ exit_code: EXIT.sourceNotTrusted });
        expect(countDownloads(ees)).toBe(downloads);
        expect(await exportObservations(setting.config)).toBe(before);

        // Accepted, it is loaded from the archive, offline.
        const requests = ees.requests.length;
        const report = await acceptRelease(setting.config, CIN, "2022", ["accept"], () => undefined, undefined);
        expect(report).toMatchObject({ exitCode: EXIT.done, releases: [{ release: "2022", status: "loaded" }] });
        expect(ees.requests.length).toBe(requests);
        expect((await query(setting.config, states)).map((row) => row.status)).toEqual(["loaded", "loaded"]);
        const accepted = "select accepted_by is not null as said from release_version where accepted_at is not null";
        expect(await query(setting.config, accepted)).toEqual([{ said: true }]);
        expect(await exportObservations(setting.config)).not.toBe(before);
        expect(await night(setting)).toMatchObject({ status: "unchanged", exit_code: EXIT.done });
      },
    );
  });

  if (kind === "embedded") return;
  // What follows hangs on no engine: once is enough.

  it("after the ledgers were lost makes them again, without a row twice", async () => {
    const before = await exportObservations(setting.config);
    const warehouse = await openForWriting(setting.config);
    await warehouse.transaction(async ({ db }) => {
      for (const table of ["source_file", "release_version", "run"] as const) await db.deleteFrom(table).execute();
    });
    await warehouse.close();
    expect(await night(setting)).toMatchObject({ status: "done", exit_code: EXIT.done });
    expect(await exportObservations(setting.config)).toBe(before);
    expect(await night(setting)).toMatchObject({ status: "unchanged" });
  });

  it("marks a withdrawn release, once, and keeps its rows", async () => {
    ees.publish({ publication: CIN, slug: "2023", files: [{ name: C1.name, bytes: C1.text }] });
    await night(setting);
    const before = await exportObservations(setting.config);
    ees.withdraw(CIN, "2022");
    const result = await night(setting);
    expect(result).toMatchObject({ exit_code: EXIT.partial, problems: [{ code: "withdrawn" }] });
    expect(result.problems[0]?.message).toContain("2022");
    expect(await exportObservations(setting.config)).toBe(before);
    const versions = await query(setting.config, "select release, status from release_version order by release");
    expect(versions).toEqual([
      { release: "2022", status: "withdrawn" },
      { release: "2023", status: "incomplete" },
    ]);
    expect(await night(setting)).toMatchObject({ exit_code: EXIT.done, problems: [] });
  });

  it("is run once for its day, whoever asks", async () => {
    expect(await night(setting, "2027-03-28")).toMatchObject({ status: "unchanged", scheduled_for: "2027-03-28" });
    expect(await night(setting, "2027-03-28")).toMatchObject({ status: "already", exit_code: EXIT.done });
    expect(await readRuns()).toHaveLength(2);
  });

  it("fetches a data set that the catalogue has learnt of since, once, though nothing is new", async () => {
    const other = await useWarehouse(kind, { S21_EES_API: ees.url, S21_LAS: "Coventry" });
    const { dataSets } = findPublication(CIN) as { dataSets: DataSet[] };
    const [learnt] = dataSets.splice(3, 1);
    try {
      await night(other);
    } finally {
      dataSets.push(learnt as DataSet);
    }
    const count = "select data_set, count(*)::int as rows from observation where data_set = 'D1' group by 1";
    expect(await query(other.config, count)).toEqual([]);
    ees.requests.length = 0;
    expect(await night(other)).toMatchObject({ status: "done", exit_code: EXIT.done });
    expect(await query(other.config, count)).toEqual([{ data_set: "D1", rows: 420 }]);
    expect(countDownloads(ees)).toBe(1);
    ees.requests.length = 0;
    expect(await night(other)).toMatchObject({ status: "unchanged" });
    expect(ees.requests.length).toBeLessThanOrEqual(3);
  });

  it("asks again for an older release that could not be had when it was amended", async () => {
    for (const slug of ["2023", "2024", "2025"]) {
      const files = [{ name: C1.name, bytes: C1.text }];
      ees.publish({ publication: CIN, slug, published: `${slug}-10-30T09:30:00Z`, files });
      await night(setting);
    }
    const revised = replaceCell(C1.text, COVENTRY_2021, "Referrals", "5760");
    const id = ees.amend(CIN, "2022", { files: [{ name: C1.name, bytes: revised }] });
    ees.addFault({ fault: "503", path: id });
    const quick = { ...setting, config: { ...setting.config, download: { ...setting.config.download, attempts: 1 } } };
    expect(await night(quick)).toMatchObject({ status: "failed", exit_code: EXIT.sourceUnreachable });
    ees.clearFaults();
    expect(await night(setting)).toMatchObject({ status: "done", exit_code: EXIT.done });
    const values = "select value from observation where measure = 'referrals' and release = '2022' and value = 5760";
    expect(await query(setting.config, values)).toHaveLength(1);
  });

  it("sweeps what a killed run left half written", async () => {
    const left = join(setting.config.dataDir, "tmp", "left.part");
    writeFileSync(left, "half a");
    await night(setting);
    expect(existsSync(left)).toBe(false);
  });

  it("looks at older releases in turn, and still asks three questions", async () => {
    for (const slug of ["2023", "2024", "2025"]) {
      const files = [{ name: C1.name, bytes: C1.text }];
      ees.publish({ publication: CIN, slug, published: `${slug}-10-30T09:30:00Z`, files });
      await night(setting);
    }
    const asked = new Set<string>();
    for (let count = 0; count < 3; count += 1) {
      ees.requests.length = 0;
      await night(setting);
      expect(ees.requests.length).toBeLessThanOrEqual(3);
      for (const { path } of ees.requests) asked.add(/releases\/(\d+)\//.exec(path)?.[1] ?? "");
    }
    expect([...asked].filter((slug) => slug !== "").sort()).toEqual(["2022", "2023", "2024", "2025"]);
  });

  it("loads nothing when EES cannot be reached, and says so in the ledger", async () => {
    const before = await exportData();
    await ees.close();
    const quick = { ...setting, config: { ...setting.config, download: { ...setting.config.download, attempts: 1 } } };
    expect(await night(quick)).toMatchObject({ status: "failed", exit_code: EXIT.sourceUnreachable });
    expect(await exportData()).toEqual(before);
    expect((await readRuns())[0]).toMatchObject({ status: "failed", exit_code: EXIT.sourceUnreachable });
  });

  test("a held version that EES has put right meanwhile waits for nobody any more", async () => {
    ees.amend(CIN, "2022", { files: [{ name: C1.name, bytes: withoutRowsOf(C1.text, "Leicester") }] });
    expect(await night(setting)).toMatchObject({ exit_code: EXIT.sourceNotTrusted });
    const waiting = "select release from release_version where held_version is not null";
    expect(await query(setting.config, waiting)).toEqual([{ release: "2022" }]);
    ees.amend(CIN, "2022", {
      files: [{ name: C1.name, bytes: replaceCell(C1.text, COVENTRY_2021, "Referrals", "5760") }],
    });
    expect(await night(setting)).toMatchObject({ status: "done", exit_code: EXIT.done });
    expect(await query(setting.config, waiting)).toEqual([]);
  });

  test("bytes that changed for the worse under one version id are held, and the version that is loaded stands", async () => {
    const current = async () => {
      const rows = await query(setting.config, "select to_jsonb(c)::text as line from current_observation c");
      return rows.map((row) => String(row.line)).sort();
    };
    const before = await current();
    ees.amend(CIN, "2022", {
      files: [{ name: C1.name, bytes: withoutRowsOf(C1.text, "Leicester") }],
      sameVersion: true,
    });
    const refreshed = await refreshInto(setting, { las: ["Coventry"], recheck: true });
    expect(refreshed).toMatchObject({ exitCode: EXIT.sourceNotTrusted, problems: [{ code: "held-for-review" }] });
    ees.publish({ publication: CIN, slug: "2021", files: [{ name: C1.name, bytes: C1.text }] });
    await refreshInto(setting, { release: ["2021"], las: ["Coventry"] });
    expect((await current()).filter((row) => !row.includes('"release": "2021"'))).toEqual(before);
    const versions = "select status, held_version is not null as waits from release_version where release = '2022'";
    expect(await query(setting.config, versions)).toEqual([{ status: "loaded", waits: true }]);
    const report = await acceptRelease(setting.config, CIN, "2022", ["accept"], () => undefined, undefined);
    expect(report).toMatchObject({ exitCode: EXIT.done, releases: [{ status: "loaded" }] });
    expect(await query(setting.config, versions)).toEqual([{ status: "loaded", waits: false }]);
    expect(await current()).not.toEqual(before);
    const left =
      "select 1 from current_observation where area_name = 'Leicester' and data_set = 'C1' and release = '2022'";
    expect(await query(setting.config, left)).toEqual([]);
  });

  test("a release of which nothing is held cannot be accepted", async () => {
    await expect(
      acceptRelease(setting.config, CIN, "2022", ["accept"], () => undefined, undefined),
    ).rejects.toMatchObject({ code: "nothing-held", exitCode: EXIT.usage });
  });
});

/** Rows of regions, so that only the number of rows is odd. */
function withoutQuarter(csv: string): string {
  const lines = csv.split(/(?<=\n)/);
  const regional = lines.flatMap((line, at) => (/,Regional,/.test(line) ? [at] : []));
  const drop = new Set(regional.slice(0, Math.ceil(lines.length / 4)));
  return lines.filter((_, at) => !drop.has(at)).join("");
}
