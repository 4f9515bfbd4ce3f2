/** Where the package lies: `migrations/` and `sample/` stand beside `src` and `dist`, and are not compiled. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds `package.json`: one above `src` and `dist`, two above `dist/src`. */
const ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error("package.json is not above the program");
  return findRoot(above);
}

const IS_SOURCE = import.meta.url.endsWith(".ts");

/** Ending of the program's modules as they run: `.ts` through tsx and vitest, `.js` compiled. */
export const MODULE_EXTENSION = IS_SOURCE ? ".ts" : ".js";

/** Where the program's modules lie one by one, for what starts or reads them as files: what runs may be the bundle. */
export const MODULES = packagePath(IS_SOURCE ? "src" : "dist/src");

/** Absolute path of a file or folder of the package. */
export function packagePath(relative: string): string {
  return join(ROOT, relative);
}

/** The package's own version, as in `package.json`. */
export function packageVersion(): string {
  const parsed: { version: string } = JSON.parse(readFileSync(packagePath("package.json"), "utf8"));
  return parsed.version;
}
