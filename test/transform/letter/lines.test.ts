import { describe, expect, it } from "vitest";
import { cleanLines } from "../../../src/transform/letter/lines.ts";

const clean = (text: string) =>
  cleanLines(text.split("\n").map((line, index) => ({ number: index + 1, text: line, page: null })));
const textsOf = (text: string) => clean(text).map((line) => line.text);

describe("cleaning lines", () => {
  it("takes off bold, escapes, bullets and entities, and keeps line numbers", () => {
    const lines = clean("**1\\. How many?**\n\n- ii. 2018/19**\n\n&pound;4,883&nbsp;");
    expect(lines.map((line) => [line.number, line.text, line.bold])).toEqual([
      [1, "1. How many?", true],
      [3, "ii. 2018/19", true],
      [5, "£4,883", false],
    ]);
  });

  it("keeps the star of a legend and of a hidden figure", () => {
    expect(textsOf("\\* Numbers under five are not shown\n* indicates fewer than 5")).toEqual([
      "* Numbers under five are not shown",
      "* indicates fewer than 5",
    ]);
  });

  it("cuts rows by pipes and tabs; one cell alone is a line", () => {
    const [row, tabbed, alone] = clean("| Year | Number |\n|---|---|\n2017/18\t46\n\t46");
    expect(row?.cells).toEqual(["Year", "Number"]);
    expect(tabbed?.cells).toEqual(["2017/18", "46"]);
    expect(alone).toMatchObject({ cells: null, text: "46" });
  });

  it.each([
    [
      "See https://x.gov.uk/find/characteristics-\nof-children/2021\nnext",
      ["See https://x.gov.uk/find/characteristics-of-children/2021", "next"],
    ],
    ["<https://x.gov.uk/a/\nb>\n\nOn", ["<https://x.gov.uk/a/b>", "On"]],
    ["See https://x.gov.uk/a\nThe next sentence.", ["See https://x.gov.uk/a", "The next sentence."]],
  ])("joins a broken link: %s", (text, expected) => {
    expect(textsOf(text)).toEqual(expected);
  });

  it("removes what nobody sees", () => {
    expect(textsOf("1\u200b2\u202e3\u00ad4")).toEqual(["1234"]);
  });

  it("knows quoted lines", () => {
    expect(clean("> > 1. How many?")[0]).toMatchObject({ quoted: true, text: "1. How many?" });
  });
});
