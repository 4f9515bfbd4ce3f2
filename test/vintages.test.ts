/**
 * What is current, and what was at a date: by the file that the newest version of a release has, whatever the dates of files say.
 * Unchanged figures: DfE, Children in need 2022, C1, Coventry and Leicester.
 */
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { updatePlannerStatistics } from "../src/load/planner-statistics.ts";
import { openForWriting } from "../src/load/warehouse.ts";
import { type StandInEes, startStandInEes } from "./stand-in-ees/server.ts";
import { makeRelease } from "./support/answering.ts";
import { refreshInto } from "./support/refreshing.ts";
import { readSampleFile, replaceCell } from "./support/sample-release.ts";
import { makeWarehouse, query, type TestSetting, WAREHOUSES } from "./support/warehouses.ts";

// Commands and embedded warehouses take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 120_000 });

const C1 = readSampleFile("C1");
const ROW = { year: "2021", laName: "Coventry" };
const AS_PUBLISHED = "5754";

function withoutYear(csv: string, laName: string, year: string): string {
  const lines = csv.split(/(?<=\n)/);
  return lines.filter((line) => !(line.startsWith(`${year},`) && line.includes(`,${laName},`))).join("");
}

describe.each(WAREHOUSES)("the newest word of DfE on %s", (kind) => {
  let ees: StandInEes;
  let setting: TestSetting;

  beforeAll(async () => {
    ees = await startStandInEes({ releases: [makeRelease("2021"), makeRelease("2022")] });
    setting = await makeWarehouse(kind, { S21_EES_API: ees.url });
    await refreshInto(setting, { release: ["2021", "2022"], las: ["Coventry", "Leicester"] });
  });
  afterAll(async () => {
    await ees.close();
    await setting.dispose();
  });

  const amend = async (release: string, text: string, lastUpdated: string) => {
    ees.amend("children-in-need", release, { files: [{ name: nameOf(release), bytes: text }], lastUpdated });
    await refreshInto(setting, { release: [release], las: ["Coventry"] });
  };
  const nameOf = (release: string) => C1.name.replace("2022", release);
  const referrals = async (from: string, where = "area_name = 'Coventry' and period_label = '2020/21'") => {
    const rows = await query(
      setting.config,
      `select release, coalesce(value::text, status) as said from ${from} where measure = 'referrals' and ${where}`,
    );
    return rows.map((row) => `${row.release} ${row.said}`);
  };

  /** What the view says changed of Coventry's referrals in 2020/21: `from to: before after`. */
  const revisions = async (where = "measure = 'referrals' and period_label = '2020/21'") => {
    const rows = await query(
      setting.config,
      `select from_release || ' to ' || to_release || ': ' || coalesce(before_text, '-') || ' ' || coalesce(after_text, '-') as said,
         to_published_at::date::text as day
       from revision where area_name = 'Coventry' and data_set = 'C1' and ${where} order by to_release, to_published_at, from_release`,
    );
    return rows.map((row) => `${row.day} ${row.said}`);
  };

  test("is the amendment while it stands, and the first file again once it is taken back", async () => {
    await amend("2022", replaceCell(C1.text, ROW, "Referrals", "5760"), "2022-12-01T09:30:00Z");
    expect(await referrals("current_observation")).toEqual(["2022 5760"]);
    await amend("2022", C1.text, "2023-01-10T09:30:00Z");
    expect(await referrals("current_observation")).toEqual([`2022 ${AS_PUBLISHED}`]);
    expect(await referrals("observation_as_at('2022-11-30')")).toEqual([`2022 ${AS_PUBLISHED}`]);
    expect(await referrals("observation_as_at('2022-12-01')")).toEqual(["2022 5760"]);
    expect(await referrals("observation_as_at('2023-01-09')")).toEqual(["2022 5760"]);
    expect(await referrals("observation_as_at('2023-01-10')")).toEqual([`2022 ${AS_PUBLISHED}`]);
    const said = "dfe_vintage('E08000026', 'referrals', 'financial_year', '2020-04-01', '2021-03-31')";
    expect((await referrals(said, "release = '2022'")).sort()).toEqual([
      `2022 ${AS_PUBLISHED}`,
      `2022 ${AS_PUBLISHED}`,
      "2022 5760",
    ]);
  });

  test("is told by revisions both ways, as an amendment and as it is taken back", async () => {
    expect(await revisions()).toEqual([
      `2022-12-01 2022 to 2022: ${AS_PUBLISHED} 5760`,
      `2023-01-10 2022 to 2022: 5760 ${AS_PUBLISHED}`,
    ]);
  });

  test("is not an older release's, though that was amended later", async () => {
    const { text } = readSampleFile("C1");
    const upTo2021 = text.split(/(?<=\n)/).filter((line) => !line.startsWith("2022,"));
    await amend("2021", replaceCell(upTo2021.join(""), ROW, "Referrals", "5000"), "2023-02-01T09:30:00Z");
    expect(await referrals("current_observation")).toEqual([`2022 ${AS_PUBLISHED}`]);
    expect(await referrals("observation_as_at('2023-02-02')")).toEqual([`2022 ${AS_PUBLISHED}`]);
    expect(await referrals("observation_as_at('2022-10-26')")).toEqual([`2021 ${AS_PUBLISHED}`]);
    // Told beside its own release: the newer one follows on it, not it on the newer one.
    expect((await revisions()).map((said) => said.slice("2023-02-01 ".length))).toEqual([
      `2021 to 2021: ${AS_PUBLISHED} 5000`,
      `2021 to 2022: 5000 ${AS_PUBLISHED}`,
      `2022 to 2022: ${AS_PUBLISHED} 5760`,
      `2022 to 2022: 5760 ${AS_PUBLISHED}`,
    ]);
  });

  test("has no row that the newest version left out, and the older release's stands in for it", async () => {
    const first = "area_name = 'Coventry' and period_label = '2021/22'";
    const older = "area_name = 'Coventry' and period_label = '2012/13'";
    const [before] = await referrals("current_observation", older);
    const dropped = withoutYear(withoutYear(C1.text, "Coventry", "2022"), "Coventry", "2013");
    await amend("2022", dropped, "2023-03-01T09:30:00Z");
    expect(await referrals("current_observation", first)).toEqual([]);
    expect(await referrals("observation_as_at('2023-03-01')", first)).toEqual([]);
    expect(await referrals("observation_as_at('2023-02-28')", first)).toHaveLength(1);
    expect(await referrals("current_observation", older)).toEqual([before?.replace("2022", "2021")]);
    expect((await revisions("kind = 'row_gone'")).map((said) => said.replace(/line \d+/, "line"))).toEqual([
      "2023-03-01 2022 to 2022: line -",
      "2023-03-01 2022 to 2022: line -",
    ]);
  });

  test("keeps the areas that were asked for before", async () => {
    const leicester = "area_name = 'Leicester' and period_label = '2021/22'";
    expect(await referrals("current_observation", leicester)).toEqual(
      await referrals("observation_as_at('2022-11-01')", leicester),
    );
  });

  test("is what EES serves now, where bytes changed under one version id and date", async () => {
    const text = replaceCell(C1.text, ROW, "Referrals", "5761");
    ees.amend("children-in-need", "2022", { files: [{ name: C1.name, bytes: text }], sameVersion: true });
    await refreshInto(setting, { las: ["Coventry"], recheck: true });
    expect(await referrals("current_observation")).toEqual(["2022 5761"]);
    expect((await revisions()).at(-1)).toMatch(new RegExp(`2022 to 2022: ${AS_PUBLISHED} 5761$`));
    // What was served before stood until the change was seen, which is today.
    expect(await referrals("observation_as_at('2023-03-02')")).toEqual([`2022 ${AS_PUBLISHED}`]);
    expect(await referrals("observation_as_at(current_date + 1)")).toEqual(["2022 5761"]);
  });

  test("may be that a figure is suppressed, and is masked until that is taken back", async () => {
    await amend("2022", replaceCell(C1.text, ROW, "Referrals", "c"), "2023-04-01T09:30:00Z");
    expect(await referrals("current_observation")).toEqual(["2022 suppressed"]);
    expect(await referrals("observation_as_at('2022-11-30')")).toEqual(["2022 suppressed"]);
    // The rate is printed still, and would give the count away.
    const rate = `select distinct coalesce(value::text, status) as said from dfe_observation
      where measure = 'referrals_rate' and area_name = 'Coventry' and period_label = '2020/21'`;
    expect(await query(setting.config, rate)).toEqual([{ said: "suppressed" }]);
    expect(await query(setting.config, rate.replace("dfe_", "current_"))).toEqual([{ said: "suppressed" }]);
    expect(new Set(await referrals("dfe_observation"))).toEqual(new Set(["2021 suppressed", "2022 suppressed"]));
    await amend("2022", C1.text, "2023-05-01T09:30:00Z");
    expect(await referrals("observation_as_at('2022-11-30')")).toEqual([`2022 ${AS_PUBLISHED}`]);
  });

  test("is an older release's, where the newest version no longer has the data set", async () => {
    const enquiries = "select distinct release from current_observation where measure = 's47_enquiries'";
    expect(await query(setting.config, enquiries)).toEqual([{ release: "2022" }]);
    const remove = [readSampleFile("C4").name];
    ees.amend("children-in-need", "2022", { remove, lastUpdated: "2023-06-01T09:30:00Z" });
    await refreshInto(setting, { las: ["Coventry"] });
    expect(await query(setting.config, enquiries)).toEqual([{ release: "2021" }]);
  });

  test("is told to the planner, which nobody else does on the embedded engine", async () => {
    const warehouse = await openForWriting(setting.config);
    onTestFinished(() => warehouse.close());
    await updatePlannerStatistics(warehouse, 0);
    const known = "select distinct tablename from pg_stats where tablename in ('observation', 'vintage') order by 1";
    expect((await warehouse.query(known)).rows).toEqual([{ tablename: "observation" }, { tablename: "vintage" }]);
  });

  test("is one per cell", async () => {
    const twice = `select count(*) as n from (select 1 from current_observation group by area_code, measure, period_start,
      period_end, period_kind, breakdown, source having count(*) > 1) twice`;
    expect(await query(setting.config, twice)).toEqual([{ n: 0 }]);
  });
});
