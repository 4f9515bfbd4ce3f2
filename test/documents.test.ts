/** `docs/dictionary.md` says what the COMMENTs say, and `docs/cookbook.md` what the sample answers, on both engines. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { loadSample } from "./support/load-sample.ts";
import { makeWarehouse, query, queryAll, type TestSetting, WAREHOUSES } from "./support/warehouses.ts";
import { COOKBOOK, DICTIONARY, formatResult, makeDictionary, readRecipes } from "./support/write-documents.ts";

vi.setConfig({ testTimeout: 120_000 });

const RECIPES = readRecipes(readFileSync(COOKBOOK, "utf8"));
const UNITS = ["count", "GBP", "percent", "ratio", "rate_per_10000", "days", "text"];

test("the cookbook answers twenty questions and more", () => {
  expect(RECIPES.length).toBeGreaterThanOrEqual(20);
  expect(new Set(RECIPES.map(({ sql }) => sql)).size).toBe(RECIPES.length);
});

describe.each(WAREHOUSES)("the pages, on %s", (kind) => {
  let setting: TestSetting;
  let answers: Record<string, unknown>[][];
  beforeAll(async () => {
    setting = await makeWarehouse(kind);
    await loadSample(setting.config);
    answers = await queryAll(
      setting.config,
      RECIPES.map(({ sql }) => sql),
    );
  });
  afterAll(() => setting.dispose());
  const rows = (sql: string) => query(setting.config, sql);

  test("the dictionary is what npm run dictionary writes: every column of every table and view", async () => {
    expect(readFileSync(DICTIONARY, "utf8")).toBe(await makeDictionary(rows));
  });

  test("every column that holds a number says its unit", () => {
    const numbers = readFileSync(DICTIONARY, "utf8")
      .split("\n")
      .filter((line) => line.includes("| numeric |"));
    expect(numbers.length).toBeGreaterThan(30);
    for (const line of numbers) expect(line).toMatch(/unit|percent|10,000|children/i);
  });

  test("units that rows can have are those that their columns' comments name", async () => {
    const [row] = await rows(
      "select col_description('observation'::regclass, attnum) as comment from pg_attribute where attrelid = 'observation'::regclass and attname = 'unit'",
    );
    for (const unit of UNITS) expect(row?.comment).toContain(unit);
  });

  test.each(RECIPES.map((recipe, index) => ({ ...recipe, index })))("$title", ({ index, result }) => {
    expect(formatResult(answers[index] ?? [])).toBe(result);
  });
});
