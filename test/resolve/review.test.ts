import { describe, expect, it } from "vitest";
import { describeReviews } from "../../src/resolve/review.ts";

const WORDS = "For questions 1 and 2 the information is published. Open file C1.";
const row = (change: Record<string, unknown>) => ({
  letter_id: "one",
  council_name: "Coventry",
  request_reference: "FOI413132846",
  response_date: "2022-05-05",
  question: "3",
  part: "",
  period_label: "2021/22",
  verdict: "published_later",
  available_from: "2022-10-27",
  available_in: "2022",
  publication: "children-in-need",
  cited_release: "2021",
  url: "https://explore-education-statistics.service.gov.uk/find-statistics/characteristics-of-children-in-need/2021",
  words: WORDS,
  ...change,
});

describe("a request for a review", () => {
  const rows = [
    row({}),
    row({ question: "4", part: "a" }),
    row({ period_label: "2020/21", verdict: "covered", available_from: null, available_in: null }),
    row({ period_label: "2019/20", verdict: "unresolved", available_from: null, available_in: null }),
  ];
  const [text = "", ...others] = describeReviews(rows);

  it("is one per letter", () => expect(others).toEqual([]));
  it("quotes the letter's own words and its link", () => {
    expect(text).toContain(`“${WORDS}”, with the link https://explore-education-statistics.service.gov.uk/`);
  });
  it("names the request, the letter's date and when DfE published", () => {
    expect(text).toContain("FOI413132846");
    expect(text).toContain("your response of 5 May 2022");
    expect(text).toContain("first published these figures on 27 October 2022, in release 2022");
  });
  it("makes up no date for a release that has none", () => {
    const [undated = ""] = describeReviews([row({ available_from: null })]);
    expect(undated).toContain("first published this figure in release 2022, which is later; on 5 May 2022");
    expect(undated).not.toContain("Invalid");
  });
  it("asks about the failing cells, and about no other", () => {
    expect(text).toContain("Questions 3, 4a for 2021/22:");
    expect(text).toContain("to 4 answers. I ask only about 2 of them");
    expect(text).toContain("I do not ask about the other 2 answers that you referred.");
    expect(text).not.toContain("2019/20");
  });
  it("says what is there, and how that is known", () => {
    expect(text).toContain(
      "The release that you cite (children-in-need, 2021) holds what answers question 3 for 2020/21.",
    );
    const judged = describeReviews([
      ...rows.slice(0, 2),
      row({ verdict: "covered", basis: "pattern", period_label: "2018/19" }),
    ]);
    expect(judged[0]).toContain(
      "(children-in-need, 2021) should hold, by the years that it covers, what answers question 3 for 2018/19.",
    );
  });

  it("is not written where nothing fails", () => {
    expect(describeReviews([row({ verdict: "covered" }), row({ verdict: "unresolved" })])).toEqual([]);
  });

  it("does without a date and a reference", () => {
    const [undated = ""] = describeReviews([
      row({ verdict: "not_published", response_date: null, request_reference: null }),
    ]);
    expect(undated).toContain("Question 3 for 2021/22");
    expect(undated).toContain("no release of the publication does");
    expect(undated).not.toMatch(/null|undefined|Invalid/);
  });
});
