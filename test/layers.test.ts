/** The rules of the layers, read off the source itself: who imports what, who reads the environment, who writes SQL. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const SRC = join(ROOT, "src");

interface Source {
  /** From `src`: `transform/dfe-cell.ts`, `../jobs/tidy.ts`. */
  path: string;
  /** Code, without comments. */
  code: string;
  /** Modules that it loads when it runs: paths from `src`, or names of packages. */
  imports: string[];
}

/** Comments go; strings stay, since SQL and module names stand in them. */
function withoutComments(text: string): string {
  const token = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|(?<![:\\/])\/\/[^\n]*/g;
  return text.replace(token, (_, string: string | undefined) => string ?? " ");
}

/** Types are gone when the program runs, so what is imported as a type only is no dependency. */
function importsOf(code: string, path: string): string[] {
  const statements = code.matchAll(/\b(?:import|export)\s+(type\s)?((?:[^"';]*?\sfrom\s+)?)"([^"]+)"/g);
  const names: string[] = [];
  for (const [, type, clause = "", name = ""] of statements) {
    const bound = /\{([^}]*)\}/.exec(clause)?.[1];
    const onlyTypes =
      /^\s*\{[^}]*\}\s*from\s*$/.test(clause) && (bound ?? "").split(",").every((one) => /^\s*(type\s|$)/.test(one));
    if (type === undefined && !onlyTypes) names.push(name);
  }
  for (const [, name = ""] of code.matchAll(/\bimport\(\s*"([^"]+)"\s*\)/g)) names.push(name);
  return names.map((name) => (name.startsWith(".") ? relative(SRC, join(SRC, dirname(path), name)) : name));
}

function readSources(folder: string): Source[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => {
      const path = relative(SRC, join(entry.parentPath, entry.name));
      const code = withoutComments(readFileSync(join(entry.parentPath, entry.name), "utf8"));
      return { path, code, imports: importsOf(code, path) };
    });
}

const sources = [...readSources(SRC), ...readSources(join(ROOT, "jobs"))];
const byPath = new Map(sources.map((source) => [source.path, source]));

/** All that a module loads, by way of others too, with the way to each. */
function reachedFrom(source: Source): Map<string, string> {
  const ways = new Map<string, string>();
  const follow = (from: Source, way: string) => {
    for (const name of from.imports) {
      if (ways.has(name)) continue;
      ways.set(name, `${way} -> ${name}`);
      const next = byPath.get(name);
      if (next !== undefined) follow(next, `${way} -> ${name}`);
    }
  };
  follow(source, source.path);
  return ways;
}

const inFolder = (path: string, ...folders: string[]) => folders.some((folder) => path.startsWith(`${folder}/`));
const PURE = sources.filter(({ path }) => inFolder(path, "transform", "resolve", "catalogue"));

/** Modules that the pure ones may stand on: shapes, errors, and packages that compute and nothing else. */
const SHAPES = ["observation.ts", "letter.ts", "errors.ts"];
const COMPUTING = ["fastest-levenshtein"];

describe("transform, resolve and catalogue", () => {
  it("are there", () => {
    for (const folder of ["transform", "catalogue"]) {
      expect(PURE.filter(({ path }) => inFolder(path, folder)).length, folder).toBeGreaterThan(4);
    }
  });

  it.each(PURE.map((source) => [source.path, source] as const))("%s loads nothing that could do I/O", (_, source) => {
    const ways = [...reachedFrom(source)].filter(
      ([name]) =>
        !inFolder(name, "transform", "resolve", "catalogue") && !SHAPES.includes(name) && !COMPUTING.includes(name),
    );
    expect(ways.map(([, way]) => way)).toEqual([]);
  });

  it.each(PURE.map((source) => [source.path, source] as const))("%s touches nothing outside itself", (_, { code }) => {
    // Network, disk, clock, chance and console are all reached through these names.
    const outside =
      /\b(?:process|console|globalThis|require|Deno|Bun)\s*[.[(]|\bfetch\(|\bset(?:Timeout|Interval|Immediate)\(|\bDate\.now\(|\bnew Date\(\s*\)|\bMath\.random\(|\bperformance\.|\bcrypto\./;
    expect(outside.exec(code)?.[0] ?? null).toBeNull();
  });

  it("the catalogue stands on itself and on shapes alone", () => {
    for (const { path, imports } of PURE.filter((source) => inFolder(source.path, "catalogue"))) {
      for (const name of imports) expect(inFolder(name, "transform", "resolve"), `${path} loads ${name}`).toBe(false);
    }
  });
});

describe("the environment", () => {
  it("is read by config.ts alone", () => {
    const readers = sources.filter(({ code }) =>
      /\bprocess\s*(?:\?\.|\.)\s*env\b|\bprocess\s*\[|\benv\b[^;]*from\s+"(?:node:)?process"/.test(code),
    );
    expect(readers.map(({ path }) => path)).toEqual(["config.ts"]);
  });

  it("is not read in jobs", () => {
    const jobs = readdirSync(ROOT).includes("jobs") ? readSources(join(ROOT, "jobs")) : [];
    for (const { path, code } of jobs) expect(/\bprocess\s*\.\s*env\b/.test(code), path).toBe(false);
  });
});

/** Statements, and the calls of the query builder that make them. `update` and `delete` as SQL begins them, not as words. */
const WRITING =
  /\binsert\s+into\s|\bupdate\s+[\w."]+\s+set\s|\bdelete\s+from\s|\bmerge\s+into\s|\btruncate\s|\bcopy\s+[\w."${}]+(?:\s*\([^)]*\))?\s+from\s|\b(?:create|alter|drop)\s+(?:or\s+replace\s+)?(?:unlogged\s+|temp(?:orary)?\s+)?(?:table|view|schema|index|role|function|type|sequence|database)\b|\bgrant\s+\w+[\w\s,]*\son\s|\.(?:insertInto|updateTable|deleteFrom|replaceInto|mergeInto)\(|\.schema\s*\.\s*(?:create|drop|alter)/i;

describe("SQL that changes data", () => {
  it("is written by load alone", () => {
    const writers = sources.filter(({ code, path }) => WRITING.test(code) && !inFolder(path, "load"));
    expect(writers.map(({ path, code }) => `${path}: ${WRITING.exec(code)?.[0]}`)).toEqual([]);
  });

  it("is known when it is seen", () => {
    for (const sql of [
      "insert into observation (a)",
      "UPDATE run SET status",
      "delete from letter",
      'copy "observation" from stdin',
    ]) {
      expect(sql).toMatch(WRITING);
    }
    expect(sources.filter(({ code, path }) => WRITING.test(code) && inFolder(path, "load")).length).toBeGreaterThan(2);
    for (const text of [
      "the update of a release is set aside",
      "delete the file from disk",
      "select * from run",
      "create a table",
    ]) {
      expect(text).not.toMatch(WRITING);
    }
  });

  it("is out of reach for extract: it never sees the warehouse", () => {
    for (const source of sources.filter(({ path }) => inFolder(path, "extract"))) {
      const ways = [...reachedFrom(source)].filter(([name]) => inFolder(name, "load", "serve", "commands"));
      expect(ways.map(([, way]) => way)).toEqual([]);
    }
  });
});

describe("this reading of the source", () => {
  it("sees imports of every kind, and no comments", () => {
    const code = withoutComments(`
      import { a, type B } from "./a.ts"; // import x from "./comment.ts"
      import type { C } from "./c.ts";
      import { type D, type E } from "./d.ts";
      import f, {
        type G,
        h,
      } from "node:fs";
      import "./side-effect.ts";
      export { i } from "./i.ts";
      export type { J } from "./j.ts";
      export * from "./k.ts";
      /* import z from "./block.ts" */
      const url = "https://example.org/x"; const l = await import("./l.ts");
    `);
    expect(importsOf(code, "transform/x.ts")).toEqual([
      ...[
        "transform/a.ts",
        "node:fs",
        "transform/side-effect.ts",
        "transform/i.ts",
        "transform/k.ts",
        "transform/l.ts",
      ],
    ]);
    expect(code).toContain("https://example.org/x");
  });

  it("finds the files that it follows", () => {
    const missing = sources.flatMap(({ path, imports }) =>
      imports.filter((name) => name.endsWith(".ts") && !byPath.has(name)).map((name) => `${path} loads ${name}`),
    );
    expect(missing).toEqual([]);
  });
});
