/** What is installed with the package: locked, without scripts, each with its reason. The audit itself is `npm run audit`. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { packagePath } from "../src/package-root.ts";

interface LockedPackage {
  version?: string;
  resolved?: string;
  integrity?: string;
  dev?: boolean;
  devOptional?: boolean;
  hasInstallScript?: boolean;
  link?: boolean;
  engines?: { node?: string };
}

const manifest = JSON.parse(readFileSync(packagePath("package.json"), "utf8")) as {
  engines: { node: string };
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};
const lock = JSON.parse(readFileSync(packagePath("package-lock.json"), "utf8")) as {
  packages: Record<string, LockedPackage>;
};
const production = Object.entries(lock.packages).filter(([path, one]) => path !== "" && one.dev !== true);

describe("the production tree", () => {
  it("is there", () => {
    expect(production.length).toBeGreaterThan(Object.keys(manifest.dependencies).length);
  });

  it("every package of the production tree is locked by its checksum, and comes from a registry", () => {
    for (const [path, { resolved, integrity, link }] of production) {
      expect(link, path).toBeUndefined();
      // No address: whatever registry is configured. Never a folder, a repository or plain http.
      expect(resolved ?? "https://registry/x.tgz", path).toMatch(/^https:\/\/[^/]+\/.+\.tgz$/);
      expect(integrity, path).toMatch(/^sha512-/);
    }
  });

  it("no package of the production tree runs a script when it is installed", () => {
    expect(production.filter(([, one]) => one.hasInstallScript === true).map(([path]) => path)).toEqual([]);
  });

  it("every package of the production tree takes the oldest Node that s21 promises, and the newest that it is tested on", () => {
    const [oldest = Number.NaN, minor = Number.NaN] = [...manifest.engines.node.matchAll(/\d+/g)].map(Number);
    expect([oldest, minor]).toEqual([20, 19]);
    for (const [path, { engines }] of production) {
      expect(takesNode(engines?.node, oldest, minor), `${path}: ${engines?.node}`).toBe(true);
      expect(takesNode(engines?.node, 24, 0), `${path}: ${engines?.node}`).toBe(true);
    }
  });

  it.each([
    [undefined, true],
    ["*", true],
    [">= 6", true],
    [">=20.18.1", true],
    [">=20.20", false],
    [">=22.13.0", false],
    ["^16 || ^18 || >=20", true],
    ["^16 || ^18 || 21.*", false],
    ["^20.17.0 || >=22.9.0", true],
    ["20.x || 22.x", true],
  ])("a package that asks for %s", (range, takes) => expect(takesNode(range, 20, 19)).toBe(takes));

  it("is what package.json asks for, and no more", () => {
    for (const name of Object.keys(manifest.dependencies)) {
      expect(
        production.map(([path]) => path),
        name,
      ).toContain(`node_modules/${name}`);
    }
  });
});

/** Whether a range of npm's takes a version; as far as ranges are written in the tree. */
function takesNode(range: string | undefined, major: number, minor: number): boolean {
  return (range ?? "*").split("||").some((alternative) => {
    const [, sign, low, lowMinor = "0"] = /^\s*(>=|\^)?\s*(\d+|\*)(?:\.(\d+|x|\*))?[\w.*]*\s*$/.exec(alternative) ?? [];
    if (low === undefined) throw new Error(`${range} is a range of another kind`);
    if (low === "*") return true;
    const from = /\d/.test(lowMinor) ? Number(lowMinor) : 0;
    if (major === Number(low)) return sign === undefined && /\d/.test(lowMinor) ? minor === from : minor >= from;
    return sign === ">=" && major > Number(low);
  });
}

describe("the pages of decisions", () => {
  const pages = readdirSync(packagePath("docs/decisions")).map((name) => packagePath(`docs/decisions/${name}`));
  const text = pages.map((page) => readFileSync(page, "utf8")).join("\n");
  it("every dependency has its reason", () => {
    const words = text.toLowerCase();
    const all = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    const without = all.filter((name) => !name.startsWith("@types/") && !words.includes(nameOnPage(name)));
    expect(without).toEqual([]);
  });

  /** `@biomejs/biome` is Biome there. */
  function nameOnPage(name: string): string {
    return name.startsWith("@electric-sql/") ? name : name.replace(/^@[^/]+\//, "");
  }
});
