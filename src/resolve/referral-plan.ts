/** Where a section 21 referral leads: publication, release and authority, or the reason why it can't be followed. */
import { areaCodeOf, findAuthority } from "../catalogue/authorities.ts";
import { findPublication } from "../catalogue/publications.ts";
import { coverageOf } from "../catalogue/release-coverage.ts";
import type { Referral } from "../letter.ts";

export interface ReferralPlan {
  /** Current slug; null where the referral leads to no publication that s21 reads. */
  publication: string | null;
  /** The release in the link; null: the link names none, so the newest on the letter's date is meant. */
  release: string | null;
  /** What the cited release holds by its publication's pattern; null where no pattern is known. */
  coversFrom: string | null;
  coversUntil: string | null;
  /** Why it can't be followed; null where it can. */
  problem: string | null;
  /** What is wrong with the directions though they can be followed; null where nothing is. */
  note: string | null;
}

type Directions = Pick<Referral, "url" | "publication_slug" | "release_slug" | "file_codes" | "la_filter">;

/**
 * @param areaCode of the letter's council; null where it is not identified.
 * @param dataSet that holds the question's column; null where no column is known.
 */
export function planReferral(referral: Directions, areaCode: string | null, dataSet: string | null): ReferralPlan {
  const none = { publication: null, release: null, coversFrom: null, coversUntil: null, note: null };
  if (referral.publication_slug === null) return { ...none, problem: describeOtherPlace(referral.url) };
  const publication = findPublication(referral.publication_slug);
  if (publication === undefined) {
    return { ...none, problem: `the publication ${referral.publication_slug} is not in the catalogue` };
  }
  const release = referral.release_slug?.toLowerCase() ?? null;
  const covers = release === null ? null : coverageOf(publication.slug, release);
  const plan = {
    publication: publication.slug,
    release,
    coversFrom: covers?.from ?? null,
    coversUntil: covers?.until ?? null,
    note: describeFaults(referral, areaCode, dataSet),
  };
  if (areaCode === null) return { ...plan, problem: "the letter's council is not identified" };
  if (dataSet === null) return { ...plan, problem: "no DfE column is known that answers the question" };
  return { ...plan, problem: null };
}

function describeOtherPlace(url: string | null): string {
  return url === null
    ? "the letter gives no link, only words"
    : "the link does not lead to a publication of Explore Education Statistics";
}

/** Directions that a person following them to the letter would stumble over. */
function describeFaults(referral: Directions, areaCode: string | null, dataSet: string | null): string | null {
  const faults = [describeFilter(referral.la_filter, areaCode), describeFiles(referral.file_codes, dataSet)];
  const said = faults.filter((fault) => fault !== null);
  return said.length > 0 ? said.join("; ") : null;
}

/** The files' column holds published names: `Kingston upon Hull, City of`, not `Hull`. */
function describeFilter(filter: string | null, areaCode: string | null): string | null {
  if (filter === null) return null;
  const match = findAuthority(filter);
  if (match.kind !== "found") return `the filter ${JSON.stringify(filter)} is not one authority's name`;
  const { name } = match.authority;
  if (areaCode !== null && areaCodeOf(match.authority) !== areaCode) {
    return `the filter ${JSON.stringify(filter)} is another authority's name`;
  }
  const same = name.toLowerCase() === filter.trim().toLowerCase();
  return same ? null : `the filter ${JSON.stringify(filter)} finds nothing: the files have ${JSON.stringify(name)}`;
}

function describeFiles(codes: readonly string[], dataSet: string | null): string | null {
  if (dataSet === null || codes.length === 0 || codes.includes(dataSet)) return null;
  return `the letter names ${codes.join(", ")}; the figure is in ${dataSet}`;
}
