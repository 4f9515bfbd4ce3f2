import { describe, expect, it } from "vitest";
import { wordingOf } from "../../src/resolve/wording.ts";

describe("the words of a question", () => {
  it("are the same whatever a mail program did to quotes, dashes, numbering and case", () => {
    const plain = "5a. How many children were on child protection plans within your authority's services – in total?";
    const typeset = "How many children were on  Child Protection plans within your authority’s services - in total?";
    expect(wordingOf(plain).replace(/^a /, "")).toBe(wordingOf(typeset));
  });

  it("do not hold the years that were asked for", () => {
    expect(wordingOf("How many referrals in 2017/18?")).toBe(wordingOf("How many referrals in 2021/22?"));
  });

  it("differ where one word differs", () => {
    expect(wordingOf("How many children were on plans?")).not.toBe(wordingOf("How many plans were there?"));
  });

  it("are empty where there are none", () => expect(wordingOf("7.")).toBe(""));
});
