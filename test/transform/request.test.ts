import { describe, expect, it } from "vitest";
import { readRequest } from "../../src/transform/request.ts";

const read = (text: string) =>
  readRequest(text).map(({ ref, part, measure, periods }) => [
    `${ref}${part}`,
    measure,
    periods.map(({ label }) => label).join(" "),
  ]);

describe("a request", () => {
  it("is read question by question, with the years that stand over them all", () => {
    const request = `Dear Sir or Madam,

Please could you provide the following for the financial years 2020/21 and 2021/22:

1. How many referrals to children's social care did the authority receive?
2. Child protection plans:
a) How many children became the subject of a child protection plan?
b) How many child protection plans ended?
3. What is your policy on home working?

Yours faithfully`;
    const years = "2020/21 2021/22";
    expect(read(request)).toEqual([
      ["1", "referrals", years],
      ["2a", "cpp_started", years],
      ["2b", "cpp_ended", years],
      ["3", null, years],
    ]);
  });

  it("may be one question without a number", () => {
    expect(read("How many section 47 enquiries were there in each year from 2019/20 to 2021/22?")).toEqual([
      ["1", "s47_enquiries", "2019/20 2020/21 2021/22"],
    ]);
  });

  it("without questions has none", () => {
    expect(read("")).toEqual([]);
    expect(read("Thank you for your help with my last request.")).toEqual([]);
  });

  it("of hostile shape is read in time", () => {
    for (const piece of ["1. ", "((((", "2017/18 ", "How many how many ", "> > ", "a) b) c) "]) {
      const begun = Date.now();
      readRequest(piece.repeat(20_000 / piece.length));
      expect(Date.now() - begun, piece).toBeLessThan(10_000);
    }
  });
});
