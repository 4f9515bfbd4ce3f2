import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { dataSetOfFile, findPublication, PUBLICATIONS, type Publication } from "../../src/catalogue/publications.ts";

const CHILDREN_IN_NEED = findPublication("children-in-need") as Publication;
const FOLDER = resolve(import.meta.dirname, "../../../shared/ees/characteristics-of-children-in-need");

describe("publications", () => {
  it.each(["children-in-need", "characteristics-of-children-in-need", " Children-In-Need "])("%j is known", (slug) => {
    expect(findPublication(slug)).toBe(CHILDREN_IN_NEED);
  });

  it.each(["", "children", "children-in-need-2022", "characteristics-of-children-in-n", "__proto__"])(
    "%j is not",
    (slug) => {
      expect(findPublication(slug)).toBeUndefined();
    },
  );

  it("has the id that survives renames", () => {
    // EES's own id of the publication, as its metadata prints it.
    expect(CHILDREN_IN_NEED.id).toBe("89869bba-0c00-40f7-b7d6-e28cb904ad37");
    expect(CHILDREN_IN_NEED.licence).toBe("OGL-UK-3.0");
  });

  it("have slugs of their own, and data sets whose prefixes no other begins with", () => {
    const slugs = PUBLICATIONS.flatMap((publication) => [publication.slug, ...publication.formerSlugs]);
    expect(new Set(slugs).size).toBe(slugs.length);
    for (const { dataSets } of PUBLICATIONS) {
      for (const { filePrefix } of dataSets) {
        expect(filePrefix).toBe(filePrefix.toLowerCase());
        expect(dataSets.filter((other) => other.filePrefix.startsWith(filePrefix))).toHaveLength(1);
      }
    }
  });
});

describe("the data set of a file", () => {
  it.each([
    ["b1_children_in_need_2013_to_2022.csv", "B1"],
    ["C1_Children_in_need_referrals_2013_to_2026.CSV", "C1"],
    ["c4_anything.csv", "C4"],
    ["d1_.csv", "D1"],
  ])("%s is %s", (name, code) => {
    expect(dataSetOfFile(CHILDREN_IN_NEED, name)?.code).toBe(code);
  });

  it.each([
    "c10_something.csv",
    "c1.csv",
    "xc1_referrals.csv",
    "c1_referrals.csv.zip",
    "c1_referrals.meta",
    "headline_figures.csv",
    "ons_other_estimates_2012_to_2024.csv",
    "",
  ])("%j is of none", (name) => {
    expect(dataSetOfFile(CHILDREN_IN_NEED, name)).toBeUndefined();
  });
});

describe.skipIf(!existsSync(FOLDER))("the published bundles", () => {
  // By the table in the shared folder's own description of what is there.
  it.each([
    ["2022", ["B1", "C1", "C4", "D1"]],
    ["2023", ["B1", "C1"]],
    ["2024", ["B1", "C1"]],
    ["2025", ["B1", "C1", "C4", "ONS"]],
  ])("of %s hold one file each for %j", (release, codes) => {
    const names = readdirSync(join(FOLDER, release, "data"));
    const found = names.map((name) => dataSetOfFile(CHILDREN_IN_NEED, name)?.code).filter((code) => code !== undefined);
    expect(found.sort()).toEqual(codes);
  });
});
