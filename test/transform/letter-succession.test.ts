import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type LetterPlace,
  linkLetters,
  readCorrectionClaim,
  referenceKey,
} from "../../src/transform/letter-succession.ts";
import { startTimer } from "../support/own-time.ts";

const lines = (...texts: string[]) => texts.map((text, index) => ({ number: index + 1, text, page: null }));

function place(letterId: string, more: Partial<LetterPlace> = {}): LetterPlace {
  return {
    letterId,
    sha256: `file of ${letterId}`,
    referenceKey: "FOI1234",
    responseDate: "2022-06-15",
    questionsKey: "same questions",
    corrects: false,
    correctsReferenceKey: null,
    cells: 40,
    ...more,
  };
}

const linksOf = (letters: LetterPlace[]) =>
  Object.fromEntries(linkLetters(letters).links.map((link) => [link.letterId, link.supersededBy]));

describe("linkLetters", () => {
  it("lets a later reply to the same request supersede the earlier one, each its next", () => {
    const letters = [
      place("c", { responseDate: "2022-09-01" }),
      place("a"),
      place("b", { responseDate: "2022-07-01" }),
    ];
    expect(linksOf(letters)).toEqual({ a: "b", b: "c", c: null });
    expect(linkLetters(letters).links.find((link) => link.letterId === "c")?.supersedes).toBe("b");
  });

  it("leaves letters to different requests alone, and those without a reference", () => {
    expect(linksOf([place("a"), place("b", { referenceKey: "FOI9999", responseDate: "2022-09-01" })])).toEqual({
      a: null,
      b: null,
    });
    const unnamed = { referenceKey: null };
    expect(linksOf([place("a", unnamed), place("b", { ...unnamed, responseDate: "2022-09-01" })])).toEqual({
      a: null,
      b: null,
    });
  });

  it("believes a later letter that says it corrects, by the reference that it names or by the same questions", () => {
    const claims = { corrects: true, responseDate: "2022-09-01" };
    const named = place("b", { ...claims, referenceKey: "FOI9999", correctsReferenceKey: "FOI1234" });
    expect(linksOf([place("a"), named])).toEqual({ a: "b", b: null });
    const unnamed = place("b", { ...claims, referenceKey: null });
    expect(linksOf([place("a"), unnamed])).toEqual({ a: "b", b: null });
    expect(linksOf([place("a"), { ...unnamed, questionsKey: "other questions" }])).toEqual({ a: null, b: null });
    expect(linksOf([place("a"), { ...unnamed, referenceKey: "FOI9999" }])).toEqual({ a: null, b: null });
  });

  it("never lets an earlier letter supersede a later one, whatever it says", () => {
    expect(linksOf([place("a"), place("b", { corrects: true, responseDate: "2022-01-01" })])).toEqual({
      a: null,
      b: "a",
    });
  });

  it("decides nothing without two dates, and tells", () => {
    for (const responseDate of [null, "2022-06-15"]) {
      const { links, doubts } = linkLetters([place("a"), place("b", { responseDate })]);
      expect(links.every((link) => link.supersededBy === null)).toBe(true);
      expect(doubts.map((doubt) => [doubt.letterId, doubt.code]).sort()).toEqual([
        ["a", "which-is-later"],
        ["b", "which-is-later"],
      ]);
    }
  });

  it("does not set the parts of one e-mail against each other", () => {
    expect(linkLetters([place("a", { sha256: "mail" }), place("b", { sha256: "mail" })]).doubts).toEqual([]);
  });

  it("tells when the later letter answers less", () => {
    const { doubts } = linkLetters([place("a"), place("b", { responseDate: "2022-09-01", cells: 1 })]);
    expect(doubts).toMatchObject([{ letterId: "b", code: "fewer-answers", found: "1 answers; letter a had 40" }]);
  });

  it("comes to the same whatever the order of the letters", () => {
    const date = fc.constantFrom(null, "2022-01-01", "2022-06-15", "2022-09-01");
    const letter = fc.record({
      responseDate: date,
      corrects: fc.boolean(),
      referenceKey: fc.constantFrom(null, "FOI1", "FOI2"),
    });
    fc.assert(
      fc.property(fc.array(letter, { maxLength: 6 }), (made) => {
        const letters = made.map((more, index) => place(`letter ${index}`, more));
        expect(linksOf([...letters].reverse())).toEqual(linksOf(letters));
      }),
    );
  });
});

describe("readCorrectionClaim", () => {
  it.each([
    "Please find below a corrected response to your request.",
    "This letter replaces our earlier reply of 3 May 2022.",
    "This reply supersedes the response that we sent you in May.",
    "We have found an error in our previous response.",
    "Please disregard our letter of 3 May.",
  ])("believes: %s", (text) => {
    expect(readCorrectionClaim(lines("Dear Ms Example", "", text)).corrects).toBe(true);
  });

  it("reads a sentence that goes on in the next line, and the reference in it", () => {
    const claim = readCorrectionClaim(
      lines("Please accept this amended", "response to your request, reference FOI-1234/22."),
    );
    expect(claim).toEqual({ corrects: true, referenceKey: "FOI123422" });
  });

  it.each([
    "You asked us to respond by 3 May.",
    "If you are unhappy with our response you may ask for a review.",
    "The figure for 2019 was revised by DfE.",
    "Please correct me if the children in our response are counted twice.",
  ])("does not believe: %s", (text) => {
    expect(readCorrectionClaim(lines(text)).corrects).toBe(false);
  });

  it("looks above the answers only, where a review may bring a revised response", () => {
    const body = Array.from({ length: 60 }, (_, index) => `Line ${index}`);
    expect(readCorrectionClaim(lines(...body, "The review may bring a revised response.")).corrects).toBe(false);
  });

  it("ends soon on hostile lines", () => {
    const hostile = ["corrects our ".repeat(50_000), "revised ".repeat(50_000), `${"a".repeat(200_000)} letter`];
    const timer = startTimer();
    readCorrectionClaim(lines(...hostile));
    expect(timer()).toBeLessThan(10);
  });
});

describe("referenceKey", () => {
  it.each([
    ["FOI 1234", "FOI1234"],
    ["foi-1234", "FOI1234"],
    ["FOI413132846", "FOI413132846"],
    ["FOI", null],
    ["12", null],
    [null, null],
  ])("%s is %s", (reference, key) => {
    expect(referenceKey(reference)).toBe(key);
  });
});
