/**
 * The real letters of Leicester and Coventry (2022) against DfE's real files. Expected figures were read off the files of the
 * 2022 release; the numbers of revised rows off the files of 2023 to 2025.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type StandInEes, type StandInRelease, startStandInEes } from "./stand-in-ees/server.ts";
import { addRealLetters, backfillInto, readAnswers } from "./support/answering.ts";
import { refreshInto } from "./support/refreshing.ts";
import {
  HAS_REAL_FILES,
  HAS_REAL_LETTERS,
  makeWarehouse,
  query,
  REAL_FILES,
  REAL_LETTERS,
  type TestSetting,
  useWarehouse,
  WAREHOUSES,
} from "./support/warehouses.ts";

const LEICESTER = join(REAL_LETTERS, "000_67801c2a0489a157.txt");
const COVENTRY = join(REAL_LETTERS, "001_802426568046f72a.txt");
const SLUG = "characteristics-of-children-in-need";
const YEARS = ["2017/18", "2018/19", "2019/20", "2020/21", "2021/22"];
const FIGURES: Record<string, number[]> = {
  "3": [5923, 5660, 5382, 5754, 4987],
  "4": [2034, 2267, 1983, 2247, 2099],
  "5a": [1100, 951, 868, 1003, 1050],
  "5b": [590, 493, 515, 609, 594],
  "5c": [636, 598, 468, 542, 539],
  "6a": [6823, 6266, 6173, 6419, 6376],
  "6b": [3987, 3472, 3330, 3646, 3368],
  "6c": [3606, 3293, 3023, 3073, 3108],
};

/** A release of the real files; of `2021` there is none here, so it is 2022's without the last year. */
function realRelease(slug: string, codes: RegExp = /^(b1|c1|c4|d1)_/): StandInRelease {
  const folder = join(REAL_FILES, SLUG, slug === "2021" ? "2022" : slug, "data");
  const names = readdirSync(folder).filter((name) => codes.test(name));
  const files = names.map((name) => {
    if (slug !== "2021") return { name, path: join(folder, name) };
    const lines = readFileSync(join(folder, name), "utf8").split(/(?<=\n)/);
    return {
      name: name.replace("2013_to_2022", "2013_to_2021"),
      bytes: lines.filter((line) => !line.startsWith("2022,")).join(""),
    };
  });
  return { publication: "children-in-need", slug, files };
}

const canRun = HAS_REAL_FILES && HAS_REAL_LETTERS;

describe.skipIf(!canRun).each(WAREHOUSES)("the two letters and release 2022 on %s", (kind) => {
  let ees: StandInEes;
  let setting: TestSetting;
  beforeAll(async () => {
    ees = await startStandInEes({ releases: [realRelease("2022")] });
    setting = await makeWarehouse(kind, { S21_EES_API: ees.url });
    await addRealLetters(setting, [LEICESTER, COVENTRY]);
    await backfillInto(setting);
  });
  afterAll(async () => {
    await ees.close();
    await setting.dispose();
  });
  const rows = (sql: string) => query(setting.config, sql);

  test("fills Coventry's 40 cells", async () => {
    const expected = Object.entries(FIGURES).flatMap(([question, values]) =>
      values.map((value, index) => `${question} ${YEARS[index]}: ${value} dfe earliest`),
    );
    const said = await readAnswers(setting, "Coventry");
    expect(said.filter((one) => one.includes(" dfe "))).toEqual(expected);
  });

  test("finds 32 covered and 8 published later", async () => {
    expect(
      await rows("select verdict, available_from, count(*) as cells from referral group by 1, 2 order by 1"),
    ).toEqual([
      { verdict: "covered", available_from: null, cells: 32 },
      { verdict: "published_later", available_from: "2022-10-27", cells: 8 },
    ]);
  });

  test("chooses plans for 5 and children for 6, by 29 exact figures of 32", async () => {
    expect(
      await rows(`select string_agg(distinct dfe_measure, ' ') as measures, bool_and(measure_basis = 'same_wording') as by_evidence
        from answer where area_name = 'Coventry' and question in ('5', '6')`),
    ).toEqual([
      {
        measures: "cin_children_any_point cin_children_ended cin_children_started cpp_any_point cpp_ended cpp_started",
        by_evidence: true,
      },
    ]);
    expect(await rows("select sum(exact) as exact, sum(cells) as cells from calibrated_column where is_used")).toEqual([
      { exact: 29, cells: 32 },
    ]);
  });

  test("overwrites nothing of Leicester, and finds its 8 disagreements of 2021/22", async () => {
    expect(
      await rows("select count(*) as cells from answer where area_name = 'Leicester' and answered_by = 'dfe'"),
    ).toEqual([{ cells: 0 }]);
    const found = await rows(
      "select question || part as cell, period_label, council_value, dfe_value from disagreement",
    );
    expect(found[0]).toEqual({ cell: "6a", period_label: "2021/22", council_value: "3991", dfe_value: "3223" });
    expect(found.filter((one) => one.period_label === "2021/22")).toHaveLength(8);
    expect(
      await rows(`select count(*) as cells, max(abs(difference)) as largest from answer where area_name = 'Leicester'
        and period_label in ('2017/18', '2018/19', '2019/20', '2020/21') and dfe_value is not null`),
    ).toEqual([{ cells: 32, largest: "2" }]);
  });
});

describe.skipIf(!canRun)("with only release 2021", () => {
  test("eight cells wait, and the refresh that finds 2022 fills them", async () => {
    const ees = await startStandInEes({ releases: [realRelease("2021")] });
    const setting = await useWarehouse("postgres", { S21_EES_API: ees.url });
    const count = (where: string) =>
      query(setting.config, `select count(*) as cells from answer where area_name = 'Coventry' and ${where}`);
    await addRealLetters(setting, [LEICESTER, COVENTRY]);
    await backfillInto(setting);
    expect(await count("dfe_vintage = 'cited' and value is not null")).toEqual([{ cells: 32 }]);
    expect(
      await query(
        setting.config,
        "select recoverable, count(*) as cells from gap where council_status = 'referred' group by 1",
      ),
    ).toEqual([{ recoverable: "wait", cells: 8 }]);
    ees.publish(realRelease("2022"));
    await refreshInto(setting, { release: "latest" });
    expect(await count("dfe_vintage = 'earliest' and value is not null")).toEqual([{ cells: 8 }]);
    expect(
      await query(setting.config, "select basis, verdict, count(*) as cells from referral group by 1, 2 order by 2"),
    ).toEqual([
      { basis: "files", verdict: "covered", cells: 32 },
      { basis: "files", verdict: "published_later", cells: 8 },
    ]);
    await ees.close();
  });
});

describe.skipIf(!canRun)("all four releases", () => {
  const ORDERS = [
    ["2022", "2023", "2024", "2025"],
    ["2025", "2024", "2023", "2022"],
    ["2024", "2022", "2025", "2023"],
  ];
  const VIEWS = ["answer", "referral", "disagreement", "gap", "revision", "calibrated_column"];

  test("give the same answers in every order, letters before, between and after", { timeout: 240_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "s21-orders-"));
    const said: string[] = [];
    for (const [index, order] of ORDERS.entries()) {
      const setting = await useWarehouse(index === 1 ? "embedded" : "postgres");
      for (const [at, slug] of order.entries()) {
        if (at === index) await addRealLetters(setting, [LEICESTER]);
        if (at === 2) await addRealLetters(setting, [COVENTRY]);
        await refreshInto(setting, {
          from: join(REAL_FILES, SLUG, slug),
          release: [slug],
          las: at < index ? ["Leicester"] : [],
          publishedAt: `${slug}-10-27T08:30:00.000Z`,
        });
      }
      const views = [];
      for (const view of VIEWS) {
        const found = await query(setting.config, `select to_jsonb(v)::text as line from ${view} v`);
        views.push(
          found
            .map((row) => `${view} ${row.line}`)
            .sort()
            .join("\n"),
        );
      }
      said.push(views.join("\n"));
    }
    rmSync(folder, { recursive: true });
    expect(said[0]?.split("\n").length).toBeGreaterThan(200);
    expect(said[1] === said[0]).toBe(true);
    expect(said[2] === said[0]).toBe(true);
  });

  test("are told apart by what each revised, every authority loaded", { timeout: 240_000 }, async () => {
    const setting = await useWarehouse("postgres");
    for (const slug of ["2023", "2024", "2025"]) {
      const from = join(REAL_FILES, SLUG, slug);
      await refreshInto(setting, { from, release: [slug], allLas: true, publishedAt: `${slug}-10-27T08:30:00.000Z` });
    }
    const KINDS: [string, number][] = [
      // The populations behind the rates were revised in 2024, so they moved in nearly every row; counts did not.
      ["kind = 'value_revised' and to_release = '2024' and measure = 'cin_episodes_any_point_rate'", 1741],
      ["kind = 'symbol_changed' and to_release = '2024' and measure = 'cin_episodes_any_point_rate'", 21],
      ["kind = 'value_revised' and to_release = '2024' and measure = 'cin_awaiting_assessment_rate'", 1155],
      ["kind = 'value_revised' and to_release = '2024' and measure = 'referrals_rate'", 1727],
      ["kind = 'value_revised' and to_release = '2024' and measure = 'referrals'", 0],
      // Buckinghamshire's eight years to 2020 went back to its former code in 2024, in both files.
      ["kind = 'code_relabelled' and to_release = '2024' and data_set = 'C1'", 8],
      ["kind = 'code_relabelled' and to_release = '2024' and data_set = 'B1'", 8],
      ["kind = 'measure_renamed' and to_release = '2025' and data_set = 'C1'", 10],
      ["kind = 'measure_gone' and to_release = '2025' and data_set = 'C1'", 2],
      ["kind = 'measure_renamed' and to_release = '2025' and data_set = 'B1'", 1],
      ["kind = 'measure_gone' and to_release = '2025' and data_set = 'B1'", 8],
      // England, 11 regions, 153 authorities.
      ["kind = 'row_added' and to_release = '2025' and data_set = 'B1'", 165],
      ["kind = 'row_gone'", 0],
    ];
    // In one query: the view looks at every row of three releases.
    const counts = KINDS.map(([where]) => `count(*) filter (where ${where})`).join(", ");
    const [found] = await query(setting.config, `select array[${counts}]::int[] as counts from revision`);
    expect(found?.counts).toEqual(KINDS.map(([, count]) => count));
    expect(
      await query(
        setting.config,
        `select distinct before_text, after_text, kind from revision where area_name = 'Herefordshire, County of'
          and period_label = '2023/24' and before_text = '808' and data_set = 'B1'`,
      ),
    ).toEqual([{ before_text: "808", after_text: "u", kind: "symbol_changed" }]);
  });
});
