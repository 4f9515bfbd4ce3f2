/** Tells at the end of `npm run test:faults` how many faults of each group were made to happen and survived. */
import { relative } from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { packagePath } from "../../src/package-root.ts";
import { type MatrixRow, patternOf, readMatrix } from "./matrix.ts";

declare module "vitest" {
  interface TaskMeta {
    /** How many faults one test made to happen, where it is more than one. */
    faults?: number;
    /** Why a test left out what this machine has no means for. */
    lacks?: string;
  }
}

interface RanTest {
  file: string;
  /** Titles of its groups, then its own. */
  titles: string[];
  test: TestCase;
}

type Fate = "survived" | "failed" | "not run";

export default class SurvivalReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const ran = modules.flatMap(listTests);
    const rows = readMatrix();
    const lines = [...new Set(rows.map((row) => row.group))].map((group) =>
      describeGroup(
        group,
        rows.filter((row) => row.group === group),
        ran,
      ),
    );
    const missing = ran.flatMap(({ test }) => test.meta().lacks ?? []);
    for (const lack of new Set(missing)) lines.push(`not run here: ${lack}`);
    process.stdout.write(`\nFaults survived, by group of docs/faults.md\n${lines.join("\n")}\n`);
  }
}

function listTests(module: TestModule): RanTest[] {
  const file = relative(packagePath(""), module.moduleId);
  return [...module.children.allTests()].map((test) => {
    const titles = [test.name];
    for (let parent = test.parent; parent.type === "suite"; parent = parent.parent) titles.unshift(parent.name);
    return { file, titles, test };
  });
}

function testsOf(row: MatrixRow, ran: RanTest[]): TestCase[] {
  return ran
    .filter(({ file, titles }) =>
      row.tests.some(
        (named) => named.file === file && titles.some((title) => new RegExp(`^${patternOf(named.title)}$`).test(title)),
      ),
    )
    .map(({ test }) => test);
}

function fateOf(tests: TestCase[]): Fate {
  const states = tests.map((test) => test.result().state);
  if (states.includes("failed")) return "failed";
  return states.includes("passed") ? "survived" : "not run";
}

function describeGroup(group: string, rows: MatrixRow[], ran: RanTest[]): string {
  const tests = new Set(rows.flatMap((row) => testsOf(row, ran)));
  const survived = [...tests].filter((test) => test.result().state === "passed");
  const faults = survived.reduce((sum, test) => sum + (test.meta().faults ?? 1), 0);
  const fates = rows.map((row) => ({
    id: row.id,
    fate: row.untested === null ? fateOf(testsOf(row, ran)) : "untested",
  }));
  const count = (fate: string) => fates.filter((one) => one.fate === fate).length;
  const others = ["failed", "not run", "untested"].flatMap((fate) => {
    const ids = fates.filter((one) => one.fate === fate).map((one) => one.id);
    return ids.length === 0 ? [] : [`${fate}: ${ids.join(" ")}`];
  });
  const said = `${faults} faults in ${survived.length} tests; ${count("survived")} of ${rows.length} rows`;
  return `  ${group.padEnd(24)} ${said}${others.length === 0 ? "" : ` (${others.join("; ")})`}`;
}
