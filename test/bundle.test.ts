/** What runs is the bundle: few files, with the libraries in them. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { expect, inject, test } from "vitest";

/** As written in `bundle.ts`, each with its reason. */
const OUTSIDE = ["@electric-sql/pglite", "graphile-worker", "pino", "pino-pretty"];

test("looks nothing up but Node's own modules, and what is left outside with a reason", () => {
  const folder = inject("compiledFolder");
  const parts = readdirSync(join(folder, "parts")).filter((name) => name.endsWith(".js"));
  const texts = [join(folder, "cli.js"), ...parts.map((name) => join(folder, "parts", name))].map((path) =>
    readFileSync(path, "utf8"),
  );
  const specifiers = texts.flatMap((text) => [
    ...[...text.matchAll(/^(?:import|export)\b[^;"]*?from "([^"]+)"/gm)].map(([, name = ""]) => name),
    ...[...text.matchAll(/\bimport\("([^"]+)"\)/g)].map(([, name = ""]) => name),
  ]);
  const bare = specifiers.filter((name) => !name.startsWith(".") && !name.startsWith("node:"));
  const libraries = bare.filter((name) => !builtinModules.includes(name));
  expect(specifiers.length).toBeGreaterThan(100);
  expect([...new Set(libraries)].sort()).toEqual(OUTSIDE);
});

test("starts a command without the code of others", () => {
  const program = join(inject("compiledFolder"), "cli.js");
  const loaded = execFileSync(process.execPath, ["--import", LISTING, program, "--version"], { encoding: "utf8" });
  expect(loaded).toMatch(/^\d+\.\d+\.\d+$/m);
  const files = [...loaded.matchAll(/^loaded .*\/([^/]+)$/gm)].map(([, name]) => name);
  expect(files).toContain("cli.js");
  expect(files.length).toBeLessThan(12);
});

/** Says of every file that is loaded which it is. */
const HOOK = `export async function load(url, context, next) {
  if (url.startsWith("file:")) process.stdout.write("loaded " + url + "\\n");
  return next(url, context);
}`;
const REGISTER = `import { register } from "node:module"; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(HOOK)}`)});`;
const LISTING = `data:text/javascript,${encodeURIComponent(REGISTER)}`;
