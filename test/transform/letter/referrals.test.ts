import { describe, expect, it } from "vitest";
import { findLinks } from "../../../src/transform/letter/links.ts";
import {
  findFileCodes,
  readDirection,
  readFilter,
  readLinkList,
  referralFrom,
} from "../../../src/transform/letter/referrals.ts";

const EES = "https://explore-education-statistics.service.gov.uk/find-statistics";

describe("links", () => {
  it.each([
    [
      `<${EES}/characteristics-of-children-in-need/2021#dataDownloads-1>`,
      "characteristics-of-children-in-need",
      "2021",
    ],
    [`${EES}/children-in-need/2022/explore.`, "children-in-need", "2022"],
    [`${EES}/Children-in-Need/2022/data-guidance`, "children-in-need", "2022"],
    [`${EES}/children-in-need`, "children-in-need", null],
    [`${EES}/children-in need/2025`, "children-in-need", "2025"],
    [`${EES}/children-in-need&nbsp;`, "children-in-need", null],
    [
      `https://eur01.safelinks.protection.outlook.com/?url=${encodeURIComponent(`${EES}/children-in-need/2022`)}&data=05%7C01`,
      "children-in-need",
      "2022",
    ],
  ])("%s", (text, publicationSlug, releaseSlug) => {
    expect(findLinks(text)).toMatchObject([{ publicationSlug, releaseSlug }]);
  });

  it.each([
    `${EES.replace("https", "http")}/children-in-need/2022`,
    "https://explore-education-statistics.service.gov.uk@evil.example/find-statistics/children-in-need/2022",
    "https://explore-education-statistics.service.gov.uk.evil.example/find-statistics/children-in-need/2022",
    "https://user@explore-education-statistics.service.gov.uk/find-statistics/children-in-need/2022",
    "https://explore-education-statistics.service.gov.uk:8443/find-statistics/children-in-need/2022",
    "https://evil.example/?url=https://explore-education-statistics.service.gov.uk/find-statistics/children-in-need/2022",
    "https://explore-education-statistics.service.gov.uk/data-catalogue/data-set/3f2b",
    "www.gov.uk/government/collections/statistics-children-in-need",
  ])("%s names no publication", (text) => {
    expect(findLinks(text)).toMatchObject([{ publicationSlug: null, releaseSlug: null }]);
  });

  it("keeps the anchor in the address", () => {
    expect(findLinks(`(${EES}/children-in-need/2021#dataDownloads-1).`)[0]?.url).toBe(
      `${EES}/children-in-need/2021#dataDownloads-1`,
    );
  });
});

describe("directions", () => {
  it.each([
    ["For all downloaded Files filter column 'LA Name' to Coventry", "Coventry"],
    ["In every file set the column la_name to Medway", "Medway"],
    ["Select Leeds from the local authority filter", "Leeds"],
    ["filter the local authority column for Kingston upon Hull, City of", "Kingston upon Hull, City of"],
    ["filter la_name to “Stockport”.", "Stockport"],
    ["We did not filter anything.", null],
  ])("%s", (text, filter) => {
    expect(readFilter(text)).toBe(filter);
  });

  it("finds file codes only where files are spoken of", () => {
    expect(findFileCodes("For Question 3, open File C1 - Referrals 2013- 2021")).toEqual(["C1"]);
    expect(findFileCodes("the A1 motorway")).toEqual([]);
  });

  it("follows a numbered list of links", () => {
    const list = readLinkList([{ text: `[1] ${EES}/children-in-need/2021` }]);
    const referral = referralFrom(readDirection("published nationally [1]. Open the file B1.", list), null);
    expect(referral).toMatchObject({ publication_slug: "children-in-need", release_slug: "2021", file_codes: ["B1"] });
  });
});
