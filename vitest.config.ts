import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { COMPILED_FOLDER } from "./test/support/compiled-folder.ts";
import { makeTemporaryFolder } from "./test/support/temporary-folder.ts";

makeTemporaryFolder();

/** Documents are read by the compiled readers: from the sources each would first start tsx, four times as long, and could not be closed in. */
export const COMPILED_READERS = {
  find: /^.*\/reader-pool\.ts$/,
  replacement: join(COMPILED_FOLDER, "src/extract/letter-text/reader-pool.js"),
};

export default defineConfig({
  resolve: { alias: [COMPILED_READERS] },
  test: {
    include: ["test/**/*.test.ts"],
    // For a machine with much else to do. Where the time itself is promised, the test measures it: `test/support/own-time.ts`.
    testTimeout: 120_000,
    hookTimeout: 300_000,
    globalSetup: ["test/support/global-setup.ts"],
    maxWorkers: 3,
    // The embedded warehouse starts twice as fast when its WebAssembly is not compiled a second time, for speed.
    execArgv: ["--liftoff-only"],
  },
});
