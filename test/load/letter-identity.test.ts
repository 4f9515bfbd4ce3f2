import { describe, expect, it } from "vitest";
import { fingerprintQuestions, identifyLetter } from "../../src/load/letter-identity.ts";
import { makeLetter, makeQuestion } from "../support/make-letters.ts";

const lines = (...texts: string[]) => texts.map((text, index) => ({ number: index + 1, text, page: null }));

describe("identifyLetter", () => {
  it("is the sha256 of the lines, each ended by a line feed", () => {
    // printf 'Dear Sir\n\n27\n' | sha256sum
    const textSha256 = "bc65ffdd8eb2b593266552e86522ceeee9401fa4169c03e07d0acf471245559b";
    expect(identifyLetter(lines("Dear Sir", "", "27"))).toEqual({ letterId: textSha256.slice(0, 16), textSha256 });
  });

  it("takes no account of trailing blanks, and of every other change", () => {
    const same = identifyLetter(lines("Dear Sir", "", "27"));
    expect(identifyLetter(lines("Dear Sir \t", "\r", "27 ", "", " "))).toEqual(same);
    for (const other of [lines("Dear Sir", "", "28"), lines("Dear Sir", "27"), lines(" Dear Sir", "", "27")]) {
      expect(identifyLetter(other)).not.toEqual(same);
    }
  });

  it("has none for a document without text", () => {
    expect(identifyLetter(lines("", "  "))).toBeNull();
  });
});

describe("fingerprintQuestions", () => {
  it("is the same for the same questions, whatever the numbering, the punctuation and the answers", () => {
    const first = fingerprintQuestions(makeLetter());
    expect(
      fingerprintQuestions(
        makeLetter({ questions: [makeQuestion({ ref: "1", text: "how many referrals", answers: [] })] }),
      ),
    ).toBe(first);
    expect(fingerprintQuestions(makeLetter({ questions: [makeQuestion({ text: "How many plans?" })] }))).not.toBe(
      first,
    );
  });
});
