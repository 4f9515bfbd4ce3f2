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
}

const manifest = JSON.parse(readFileSync(packagePath("package.json"), "utf8")) as {
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

  it("is what package.json asks for, and no more", () => {
    for (const name of Object.keys(manifest.dependencies)) {
      expect(
        production.map(([path]) => path),
        name,
      ).toContain(`node_modules/${name}`);
    }
  });
});

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
