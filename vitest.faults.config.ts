import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { patternOf, readMatrix } from "./test/faults/matrix.ts";
import { COMPILED_READERS } from "./vitest.config.ts";

const named = readMatrix().flatMap((row) => row.tests);

/** Minutes each: begun last they would be waited for by themselves. */
const LONGEST = /\/(kills-embedded|kills-postgres|large-embedded|lost-connections|bundles)\.faults\.ts$/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONGEST.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/** Every test that `docs/faults.md` names, also those that take too long for `npm test`. */
export default defineConfig({
  resolve: { alias: [COMPILED_READERS] },
  test: {
    include: [...new Set(named.map((test) => test.file))],
    testNamePattern: new RegExp([...new Set(named.map((test) => patternOf(test.title)))].join("|")),
    testTimeout: 300_000,
    hookTimeout: 300_000,
    globalSetup: ["test/support/global-setup.ts"],
    maxWorkers: 3,
    // As in `vitest.config.ts`.
    execArgv: ["--liftoff-only"],
    sequence: { sequencer: LongestFirst },
    reporters: ["default", "./test/faults/survival-reporter.ts"],
  },
});
