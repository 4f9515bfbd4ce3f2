import { describe, expect, it } from "vitest";
import { readMarkers } from "../../../src/transform/letter/markers.ts";

const shape = (text: string) => {
  const { markers, rest } = readMarkers(text);
  return [markers.map((marker) => `${marker.level} ${marker.value}`).join(", "), rest];
};

describe("markers", () => {
  it.each([
    ["1. How", "number 1", "How"],
    ["1) How", "number 1", "How"],
    ["(1) How", "number 1", "How"],
    ["Q1. How", "number 1", "How"],
    ["Q1 How", "number 1", "How"],
    ["Question 1: How", "number 1", "How"],
    ["Question 7: Is there", "number 7", "Is there"],
    ["1 - How", "number 1", "How"],
    ["5a) How", "number 5, letter 1", "How"],
    ["5a. How", "number 5, letter 1", "How"],
    ["5.a. How", "number 5, letter 1", "How"],
    ["5 (a) How", "number 5, letter 1", "How"],
    ["2. (a) How", "number 2, letter 1", "How"],
    ["B) Number", "letter 2", "Number"],
    ["(b) Number", "letter 2", "Number"],
    ["iv) 2017/18", "roman 4", "2017/18"],
    ["iv. 2017/18", "roman 4", "2017/18"],
    ["III. The number", "roman 3", "The number"],
    ["3.1 Average", "number 3, roman 1", "Average"],
    ['"1. How', "number 1", "How"],
    ["“Q1. How", "number 1", "How"],
    ["‘(a) Number", "letter 1", "Number"],
  ])("%s", (text, markers, rest) => {
    expect(shape(text)).toEqual([markers, rest]);
  });

  it.each([
    "15.5",
    "Q1 2022/23",
    "Question 3 to 6",
    "Questions 1 and 2",
    "(i.e. one case)",
    "e.g. this",
    "2,947",
    "Question 7 is refused",
    "28",
  ])("%s has none", (text) => {
    expect(readMarkers(text).markers).toEqual([]);
  });
});
