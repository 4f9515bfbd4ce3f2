/** Where the run's global setup compiles the program to. */
import { packagePath } from "../../src/package-root.ts";

/** Beside `src`, so that the libraries are found as they are from `dist`; `*.tmp` is ignored by git. */
export const COMPILED_FOLDER = packagePath(`compiled-${process.pid}.tmp`);
