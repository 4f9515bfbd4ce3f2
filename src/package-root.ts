/** Where the package lies: `migrations/` and `sample/` stand beside `src` and `dist`, and are not compiled. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Absolute path of a file or folder of the package. */
export function packagePath(relative: string): string {
  return fileURLToPath(new URL(`../${relative}`, import.meta.url));
}

/** The package's own version, as in `package.json`. */
export function packageVersion(): string {
  const parsed: { version: string } = JSON.parse(readFileSync(packagePath("package.json"), "utf8"));
  return parsed.version;
}
