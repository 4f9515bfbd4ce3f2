import { configDefaults, mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** What hangs on the line of Node: network, zip, processes and their permissions, the command, both engines, clocks and signals. */
const ON_NODE = [
  "test/cli.test.ts",
  "test/config.test.ts",
  "test/commands/*.test.ts",
  "test/extract/{archive,bundle,http,release,table-scan}.test.ts",
  "test/extract/letter-text/*.test.ts",
  "test/load/{copy-text,embedded-lock,migrate,warehouse}.test.ts",
  "test/refresh-together.test.ts",
  "test/schedule/*.test.ts",
  "test/serve/pages/site.test.ts",
  "test/export.test.ts",
];

const config = mergeConfig(base, {});
/** The tests of `npm run test:node24`. */
export default { ...config, test: { ...config.test, include: ON_NODE, exclude: configDefaults.exclude } };
