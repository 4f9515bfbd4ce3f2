import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { type Citation, formatCitation, parseCitation } from "../../src/resolve/citation.ts";
import { startTimer } from "../support/own-time.ts";

const SHA = "76b1cff5b0d1fca4876ab398cf805499ccd6765d34ccf8774ef9a3595e2d827a";

describe("a citation", () => {
  it.each<[string, Citation]>([
    [
      `dfe:${SHA}:728:CPP_anypoint:cpp_any_point@2022`,
      { kind: "dfe", sha256: SHA, line: 728, column: "CPP_anypoint", measure: "cpp_any_point", release: "2022" },
    ],
    [
      `dfe:${SHA}:2:Duration: 21+ days:icpc_after_21_days@2021-revised`,
      {
        kind: "dfe",
        sha256: SHA,
        line: 2,
        column: "Duration: 21+ days",
        measure: "icpc_after_21_days",
        release: "2021-revised",
      },
    ],
    [
      `letter:${SHA}:131:5b@2017/18`,
      { kind: "letter", sha256: SHA, line: 131, question: "5b", period: "2017/18", breakdown: "" },
    ],
    [
      `letter:${SHA}:9:A.2@//Team: North / South`,
      { kind: "letter", sha256: SHA, line: 9, question: "A.2", period: "", breakdown: "Team: North / South" },
    ],
  ])("%s is read and written", (text, citation) => {
    expect(parseCitation(text)).toEqual(citation);
    expect(formatCitation(citation)).toBe(text);
  });

  it.each([
    "",
    "dfe",
    `dfe:${SHA.slice(1)}:1:Referrals:referrals@2022`,
    `dfe:${SHA}:0:Referrals:referrals@2022`,
    `dfe:${SHA}:1:Referrals:referrals`,
    `dfe:${SHA}:1:Referrals:referrals@2022; drop table observation`,
    `letter:${SHA}:1`,
    `dfe:${SHA.toUpperCase()}:1:Referrals:referrals@2022`,
  ])("%j is none", (text) => {
    expect(() => parseCitation(text)).toThrow(UsageError);
  });

  it("is refused within moments whatever its length", () => {
    const timer = startTimer();
    expect(() => parseCitation(`dfe:${SHA}:1:${":".repeat(200_000)}`)).toThrow(UsageError);
    expect(timer()).toBeLessThan(10);
  });
});
