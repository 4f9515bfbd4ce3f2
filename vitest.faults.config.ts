import { defineConfig } from "vitest/config";
import { patternOf, readMatrix } from "./test/faults/matrix.ts";
import { COMPILED_READERS } from "./vitest.config.ts";

const named = readMatrix().flatMap((row) => row.tests);

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
    reporters: ["default", "./test/faults/survival-reporter.ts"],
  },
});
