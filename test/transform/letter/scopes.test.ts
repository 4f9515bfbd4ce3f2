import { describe, expect, it } from "vitest";
import { coversAll, findScopes, readCrossReference } from "../../../src/transform/letter/scopes.ts";

describe("scopes", () => {
  it("reads ranges", () => {
    expect(findScopes("For Questions 3 to 6c, following")[0]?.scopes).toEqual([
      { kind: "range", from: { number: "3", part: "" }, to: { number: "6", part: "c" } },
    ]);
    expect(findScopes("Q1-3: not held")[0]?.scopes[0]?.kind).toBe("range");
  });

  it.each([
    ["questions 3, 4 and 5(a)", ["3", "4", "5a"]],
    ["questions 2a and b", ["2a", "2b"]],
    ["For 3B and 3C we should", ["3b", "3c"]],
    ["all parts of question 4", ["4"]],
    ["In respect of Q7", ["7"]],
  ])("%s", (text, expected) => {
    const names = findScopes(text).flatMap((found) =>
      found.scopes.flatMap((scope) => (scope.kind === "list" ? scope.names : [])),
    );
    expect(names.map((name) => name.number + name.part)).toEqual(expected);
  });

  it("does not take a quarter for a question", () => {
    expect(findScopes("Q4 2021/22 not held")).toEqual([]);
  });

  it("knows the request as a whole", () => {
    expect(coversAll("your request as a whole would exceed")).toBe(true);
    expect(coversAll("the third point")).toBe(false);
  });

  it.each([
    ["As above", { kind: "above" }],
    ["See Q3", { kind: "question", name: { number: "3", part: "" } }],
    ["See 2(c).", { kind: "question", name: { number: "2", part: "c" } }],
    ["as 2)a", { kind: "question", name: { number: "2", part: "a" } }],
    ["See B3.", { kind: "question", name: { number: "B.3", part: "" } }],
    ["Please see response to question 3", { kind: "question", name: { number: "3", part: "" } }],
    ["See attached", null],
  ])("%s", (text, expected) => {
    expect(readCrossReference(text)).toEqual(expected);
  });
});
