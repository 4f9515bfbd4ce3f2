/** Where the package lies: `migrations/` and `sample/` stand beside `src` and `dist`, and are not compiled. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(import.meta.url);

/** Ending of the program's modules as they run: `.ts` through tsx and vitest, `.js` compiled. */
export const MODULE_EXTENSION = HERE.endsWith(".ts") ? ".ts" : ".js";

/** The folder that holds `package.json`: one above `src` and `dist`. */
const ROOT = findAbove("package.json");

/** Where the program's modules lie one by one, for what starts or reads them as files: what runs may be the bundle. */
export const MODULES = join(findAbove(`src/package-root${MODULE_EXTENSION}`), "src");

function findAbove(name: string, folder: string = dirname(HERE)): string {
  if (existsSync(join(folder, name))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error(`${name} is not above the program`);
  return findAbove(name, above);
}

/** Absolute path of a file or folder of the package. */
export function packagePath(relative: string): string {
  return join(ROOT, relative);
}

/** The package's own version, as in `package.json`. */
export function packageVersion(): string {
  const parsed: { version: string } = JSON.parse(readFileSync(packagePath("package.json"), "utf8"));
  return parsed.version;
}
