/** Expected: ONS, Code History Database, and the Structural Changes Orders of 2018 to 2022. */
import { describe, expect, it } from "vitest";
import { listAreaChanges, wholeOf } from "../../src/catalogue/area-changes.ts";
import { AUTHORITIES, authorityByDfeCode } from "../../src/catalogue/authorities.ts";

const wholeOfCode = (dfeCode: string) => {
  const authority = authorityByDfeCode(dfeCode);
  return authority === undefined ? undefined : wholeOf(authority);
};

describe("changes of areas", () => {
  const lines = listAreaChanges().map((one) => `${one.on} ${one.fromCode} ${one.kind} ${one.toCode}`);

  it("are every recoding and every succession of the catalogue, by day", () => {
    const recodings = AUTHORITIES.reduce((sum, authority) => sum + authority.onsCodes.length - 1, 0);
    const successions = AUTHORITIES.reduce((sum, authority) => sum + authority.successors.length, 0);
    expect(lines).toHaveLength(recodings + successions);
    expect([...lines].sort()).toEqual(lines);
    for (const { source } of listAreaChanges()) expect(source).toMatch(/Order 20\d\d$|ONS/);
  });

  it("tell a split from a merger, a boundary and a new code", () => {
    expect(lines).toEqual(
      expect.arrayContaining([
        "2021-04-01 E10000021 split E06000061",
        "2019-04-01 E06000029 merged E06000058",
        "2019-04-01 E10000009 split E06000058",
        "2020-04-01 E10000002 recoded E06000060",
        "2013-04-01 E08000020 boundary E08000037",
      ]),
    );
  });

  it("make wholes of what changed hands, named for what ended", () => {
    expect(["928", "940", "941"].map(wholeOfCode)).toEqual(Array(3).fill("Northamptonshire"));
    expect(["835", "836", "837", "838", "839"].map(wholeOfCode)).toEqual(
      Array(5).fill("Bournemouth, Dorset and Poole"),
    );
    expect(["331", "825", "390"].map(wholeOfCode)).toEqual([null, null, null]);
  });
});
