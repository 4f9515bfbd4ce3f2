import { describe, expect, it } from "vitest";
import { readLaw, readRefusal } from "../../../src/transform/letter/refusals.ts";

describe("refusals", () => {
  it.each([
    ["Exempt under Section 21 of the Act.", "referred", "s21"],
    ["We rely on s.12 here.", "cost_limit", "s12"],
    ["Refused under section 12(1), which applies above £450.", "cost_limit", "s12(1)"],
    ["We do not give them: S40(2).", "withheld", "s40(2)"],
    ["Withheld, section 43 (2): prices were tendered.", "withheld", "s43(2)"],
    ["Section 22 applies until then.", "withheld", "s22"],
    ["Section 31(1)(g) is engaged.", "withheld", "s31(1)(g)"],
    ["In the opinion of the qualified person section 36(2)(b) is engaged.", "withheld", "s36(2)(b)"],
    ["Withheld, section 38(1): it could endanger them.", "withheld", "s38(1)"],
    ["See section 14(1): we regard this as vexatious.", "refused", "s14(1)"],
    ["This is a refusal notice under section 17 of the Freedom of Information Act 2000.", "refused", "s17"],
    [
      "A refusal under section 17.1 because, by section 1.1 of the Act, this is not held by the Council.",
      "not_held",
      "s1(1)",
    ],
    ["We no longer hold this information.", "not_held", null],
    ["To answer would exceed the appropriate limit.", "cost_limit", null],
    ["This is published on our website.", "referred", null],
  ])("%s", (text, status, exemption) => {
    expect(readRefusal(text)).toMatchObject({ status, exemption });
  });

  it.each([
    "The number of section 47 enquiries was 34.",
    "Section 20",
    "Section 17 assessments were completed in 45 days.",
    "The section 31 proceedings took 26 weeks.",
    "services under section 17 of the Children Act 1989",
    "an order under section 31 of the Children Act",
    "You can see the plan.",
    "There were 45.",
  ])("is not deceived by %s", (text) => {
    expect(readRefusal(text)).toBeNull();
  });

  it("reads Scottish numbers by the Scottish Act", () => {
    const law = readLaw("Freedom of Information (Scotland) Act 2002");
    expect(readRefusal("Section 17 – information not held.", law)).toMatchObject({
      status: "not_held",
      exemption: "FOISA s17",
    });
    expect(readRefusal("It is exempt under section 25.", law)).toMatchObject({
      status: "referred",
      exemption: "FOISA s25",
    });
    expect(readRefusal("Section 38(1)(b) protects personal data.", law)).toMatchObject({
      status: "withheld",
      exemption: "FOISA s38(1)(b)",
    });
  });

  it("finds where the sentence begins", () => {
    const text = "We looked. In accordance with section 12 we decline.";
    expect(readRefusal(text)?.at).toBe(text.indexOf("In accordance"));
  });
});
