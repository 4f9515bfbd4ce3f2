/** Releases in any order, one by one or together, on either engine: the same rows. And what of a release that lacks files. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { EXIT } from "../src/errors.ts";
import { type StandInEes, startStandInEes } from "./stand-in-ees/server.ts";
import { exportObservations } from "./support/exports.ts";
import { refreshInto } from "./support/refreshing.ts";
import { withoutBytes } from "./support/sample-release.ts";
import { HAS_REAL_FILES, query, REAL_FILES, useWarehouse, WAREHOUSES } from "./support/warehouses.ts";

// Commands and embedded warehouses take their time where the machine has much else to do.
vi.setConfig({ testTimeout: 120_000 });

/** Authorities whose codes or names change between these releases stand beside one where nothing does. */
const LAS = ["Coventry", "Buckinghamshire", "838", "835", "Gateshead", "Northumberland", "Bristol", "Somerset", "909"];
const ORDERS = [
  { releases: ["2022", "2023", "2024", "2025"], together: false },
  { releases: ["2025", "2024", "2023", "2022"], together: false },
  { releases: ["2023", "2025", "2022", "2024"], together: true },
  { releases: ["2024", "2022", "2025", "2023"], together: true },
];
const PUBLICATION = "characteristics-of-children-in-need";

describe.skipIf(!HAS_REAL_FILES)("the releases 2022 to 2025", () => {
  let ees: StandInEes;
  beforeAll(async () => {
    ees = await startStandInEes({ root: REAL_FILES });
  });
  afterAll(() => ees.close());

  test("give the same rows in any order and on either engine", async () => {
    const exports: string[] = [];
    for (const kind of WAREHOUSES) {
      // Embedded, one by one and together: each order takes ten times as long there.
      for (const { releases, together } of kind === "embedded" ? ORDERS.slice(1, 3) : ORDERS) {
        const setting = await useWarehouse(kind, { S21_EES_API: ees.url });
        const runs = together ? [releases] : releases.map((release) => [release]);
        for (const release of runs) await refreshInto(setting, { release, las: LAS });
        exports.push(await exportObservations(setting.config));
      }
    }
    const [first, ...others] = exports as [string, ...string[]];
    expect(new Set(first.split("\n").map((line) => JSON.parse(line).release))).toEqual(new Set(ORDERS[0]?.releases));
    expect(first.split("\n").length).toBeGreaterThan(10_000);
    for (const other of others) expect(other === first).toBe(true);
  });

  test("that lack data sets are loaded without, and those are named; exit 3", async () => {
    const setting = await useWarehouse("postgres", { S21_EES_API: ees.url });
    const report = await refreshInto(setting, { release: ["2023", "2025"], las: ["Coventry"] });
    expect(report).toMatchObject({ status: "partial", exitCode: EXIT.partial });
    expect(report.releases.map((one) => one.files.map((file) => `${file.code} ${file.status}`))).toEqual([
      ["B1 loaded", "C1 loaded", "C4 absent", "D1 absent"],
      ["B1 loaded", "C1 loaded", "C4 loaded", "D1 absent", "ONS loaded"],
    ]);
    const absent = report.problems.filter(({ code }) => code === "data-set-absent").map(({ message }) => message);
    expect(absent).toEqual([
      expect.stringMatching(/^C4 .* release 2023$/),
      expect.stringMatching(/^D1 .* release 2023$/),
      expect.stringMatching(/^D1 .* release 2025$/),
    ]);
    const versions = await query(setting.config, "select release, status, problem from release_version order by 1");
    expect(versions).toEqual([
      { release: "2023", status: "incomplete", problem: "not in this release: C4, D1" },
      { release: "2025", status: "incomplete", problem: "not in this release: D1" },
    ]);
  });

  test.each(WAREHOUSES)(
    "that list what they lack are refused whole; the last good load stands; on %s",
    async (kind) => {
      const files = withoutBytes(
        "c4_children_in_need_section_47s_and_icpcs_2013_to_2023.csv",
        "d1_child_protection_plans_2013_to_2023.csv",
      );
      const lacking = await startStandInEes({
        root: REAL_FILES,
        alsoListed: [{ publication: PUBLICATION, release: "2023", files }],
      });
      const setting = await useWarehouse(kind, { S21_EES_API: lacking.url, S21_ATTEMPTS: "1" });
      await refreshInto(setting, { release: ["2022"], las: ["Coventry"] });
      const before = await exportObservations(setting.config);
      const report = await refreshInto(setting, { release: ["2022", "2023"], las: ["Coventry"] });
      await lacking.close();
      expect(report).toMatchObject({ status: "failed", exitCode: EXIT.sourceNotTrusted });
      expect(report.releases.map(({ release, status }) => `${release} ${status}`)).toEqual([
        "2022 unchanged",
        "2023 failed",
      ]);
      expect(report.problems).toEqual([
        { code: "data-set-missing", message: expect.stringContaining("C4 (C4 Section 47 enquiries") },
      ]);
      expect(await exportObservations(setting.config)).toBe(before);
      const rows = await query(setting.config, "select release, status, problem from release_version order by release");
      expect(rows).toEqual([
        { release: "2022", status: "loaded", problem: null },
        { release: "2023", status: "refused", problem: expect.stringContaining("C4") },
      ]);
      const fresh = await query(setting.config, "select newest_release, newest_loaded_release from freshness");
      expect(fresh).toEqual([{ newest_release: "2023", newest_loaded_release: "2022" }]);
    },
  );
});
