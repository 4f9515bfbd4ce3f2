/** Packages that npm has for some platforms only, or that have no types: a test that wants one of the first is skipped by name without. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);

/** Whether it is installed: `npm install --no-save NAME`. */
export function hasPackage(name: string): boolean {
  try {
    return require.resolve(name) !== "";
  } catch {
    return false;
  }
}

/** Loads it; its shape is the caller's to know. */
export function loadPackage<T>(name: string): Promise<T> {
  return import(pathToFileURL(require.resolve(name)).href) as Promise<T>;
}
