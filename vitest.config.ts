import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    globalSetup: ["test/support/global-setup.ts"],
    maxWorkers: 3,
    // The embedded warehouse starts twice as fast when its WebAssembly is not compiled a second time, for speed.
    execArgv: ["--liftoff-only"],
  },
});
