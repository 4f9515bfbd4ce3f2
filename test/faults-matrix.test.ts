/** `docs/faults.md` names tests that are there, and leaves out no fault of the matrix that it was made from. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { packagePath } from "../src/package-root.ts";
import { patternOf, readMatrix } from "./faults/matrix.ts";

const rows = readMatrix();
const ORIGIN = fileURLToPath(new URL("../../shared/facts/faults.md", import.meta.url));

describe("the matrix of faults", () => {
  it("has every group and each row once", () => {
    expect([...new Set(rows.map((row) => row.group))]).toEqual([
      "Network",
      "Zip",
      "Data",
      "Letters",
      "Process and database",
      "Schedule and operations",
      "Security",
      "Beyond the matrix",
    ]);
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    expect(rows.length).toBeGreaterThan(130);
  });

  it.skipIf(!existsSync(ORIGIN))(
    "has every row of the matrix that it was made from (skipped without that file)",
    () => {
      const ids = [...readFileSync(ORIGIN, "utf8").matchAll(/^\| ([A-Z]\d\d) \|/gm)].map((match) => match[1]);
      expect(ids.length).toBeGreaterThan(130);
      expect(ids.filter((id) => !rows.some((row) => row.id === id))).toEqual([]);
    },
  );

  it.each(rows.map((row) => [row.id, row] as const))(
    "%s names tests that are there, or says why there is none",
    (_, row) => {
      if (row.untested !== null) return expect(row.untested.length).toBeGreaterThan(40);
      expect(row.tests.length).toBeGreaterThan(0);
      for (const { file, title } of row.tests) {
        expect(existsSync(packagePath(file)), file).toBe(true);
        const source = readFileSync(packagePath(file), "utf8");
        const quoted = ['"', "'", "`"].map((quote) => `${quote}${title}${quote}`);
        expect(
          quoted.some((one) => source.includes(one)),
          `${file}: ${title}`,
        ).toBe(true);
      }
    },
  );
});

describe("a title", () => {
  it("is found again when its values stand in it", () => {
    const pattern = new RegExp(`^${patternOf("with %s fails (%i), and $what.name stays")}$`);
    expect("with a reset fails (3), and nothing stays").toMatch(pattern);
    expect("with a reset fails 3, and nothing stays").not.toMatch(pattern);
  });
});
