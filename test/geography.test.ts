/**
 * Areas through time, regions, and rates that are ours, on both engines. Figures of Northamptonshire: DfE, Children in need 2022, C1,
 * Referrals. Rates: DfE printed them until the release of 2024, which is what ours are held against.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type StandInEes, startStandInEes } from "./stand-in-ees/server.ts";
import { refreshInto } from "./support/refreshing.ts";
import { SAMPLE } from "./support/sample-release.ts";
import {
  HAS_REAL_FILES,
  makeWarehouse,
  query,
  REAL_FILES,
  type TestSetting,
  WAREHOUSES,
} from "./support/warehouses.ts";

vi.setConfig({ testTimeout: 120_000 });

describe.each(WAREHOUSES)("geography on %s", (kind) => {
  let ees: StandInEes;
  let setting: TestSetting;
  beforeAll(async () => {
    ees = await startStandInEes({ root: HAS_REAL_FILES ? REAL_FILES : SAMPLE });
    setting = await makeWarehouse(kind, { S21_EES_API: ees.url });
    const las = ["928", "940", "941", "Coventry", "Camden", "Barnet", "835", "836", "837", "838", "839"];
    await refreshInto(setting, { release: HAS_REAL_FILES ? ["2024", "2025"] : ["2022"], las });
  });
  afterAll(async () => {
    await ees.close();
    await setting.dispose();
  });
  const rows = (sql: string) => query(setting.config, sql);

  test("the catalogue's areas, changes and measures are tables", async () => {
    expect(await rows("select count(*) as n, count(distinct region_code) as regions from area")).toEqual([
      { n: expect.any(Number), regions: 9 },
    ]);
    expect(await rows("select to_name, kind from area_history where from_code = 'E10000021' order by 1")).toEqual([
      { to_name: "North Northamptonshire", kind: "split" },
      { to_name: "West Northamptonshire", kind: "split" },
    ]);
    expect(await rows("select rate_of from measure where measure = 'referrals_rate'")).toEqual([
      { rate_of: "referrals" },
    ]);
  });

  test.skipIf(!HAS_REAL_FILES)("a whole is added up where every part has a number, and nowhere else", async () => {
    const referrals = "from combined_observation('northamptonshire') where measure = 'referrals'";
    const years = await rows(`select period_label, value, parts ${referrals} order by period_start`);
    expect(years).toHaveLength(13);
    expect(years.find((row) => row.period_label === "2021/22")).toEqual({
      period_label: "2021/22",
      value: "14258",
      parts: "North Northamptonshire 7024 + West Northamptonshire 7234",
    });
    const byPart = await rows("select count(*) as n from combined_observation('941') where measure = 'referrals'");
    expect(byPart).toEqual([{ n: 13 }]);
    // DfE prints x for the re-referrals of Dorset and of Bournemouth, Christchurch and Poole in 2019/20.
    const dorset = await rows(
      "select period_label from combined_observation('Dorset') where measure = 're_referrals' order by period_start",
    );
    expect(dorset.map((row) => row.period_label)).not.toContain("2019/20");
    expect(dorset.length).toBeGreaterThan(8);
    expect(await rows("select * from combined_observation('Coventry')")).toEqual([]);
    expect(
      await rows("select measure from combined_observation('Northamptonshire') where measure like '%rate'"),
    ).toEqual([]);
  });

  test.skipIf(!HAS_REAL_FILES)("regions hold London once, and its halves apart", async () => {
    const [sums] = await rows(`
      select sum(value) filter (where not london_half and area_name = 'London') as london,
        sum(value) filter (where london_half) as halves
      from region_observation where measure = 'referrals' and period_label = '2024/25'`);
    // C1 2025, Regional rows: London 105,790; Inner London 38,810 and Outer London 66,980.
    expect(sums).toEqual({ london: "105790", halves: "105790" });
  });

  test.skipIf(!HAS_REAL_FILES)(
    "rates that a release dropped are worked out, marked as ours, and agree with what DfE printed",
    async () => {
      const coventry = await rows(`
      select value, computed_by, count_value, count_release, population, population_on, population_release, population_file,
        printed_value
      from recomputed_rate where area_name = 'Coventry' and measure = 'referrals_rate' and period_label = '2024/25'`);
      // C1 2025: 4,735 referrals; the ONS file in the same bundle: 83,561 children in mid-2024.
      expect(coventry).toEqual([
        {
          value: "566.7",
          computed_by: "s21",
          count_value: "4735",
          count_release: "2025",
          population: "83561",
          population_on: "2024-06-30",
          population_release: "2025",
          population_file: "ons_mid-year_population_estimates_2012_to_2024.csv",
          printed_value: null,
        },
      ]);
      // Up to mid-2021 the estimates had not been revised between the releases of 2024 and 2025.
      const [held] = await rows(`
      select count(*) as n, count(*) filter (where abs(value - printed_value) <= 0.1) as near
      from recomputed_rate
      where area_level = 'local_authority' and printed_release = '2024' and period_end <= '2022-03-31'`);
      expect(Number(held?.n)).toBeGreaterThan(300);
      expect(held?.near).toBe(held?.n);
    },
  );
});
