/** Referrals whose address stands elsewhere in the letter: `the same link`, `see question 1`, `at the end of this letter`. */
import type { Referral } from "../../letter.ts";
import type { Assembled } from "./assembly.ts";
import type { TextLine } from "./lines.ts";
import { findLinks } from "./links.ts";
import { readFilter, referralFrom } from "./referrals.ts";

const POINTS_ELSEWHERE =
  /\bsame (?:\w+ ){0,2}(?:link|page|address|release|site|place|publication|source|location|web ?page|website)\b|\b(?:as|see|link|address|given|page|release) (?:\w+ ){0,2}(?:above|below)\b|\b(?:as|see|in|to|for|at|under) (?:\w+ ){0,3}(?:q(?:uestion)?\.?\s?)\d|\b(?:end|foot|bottom) of (?:this|the|our) (?:letter|response|reply|page|message|e-?mail)\b|\b[Ff]iles? [A-H]\d{1,2}\b|\b[A-H]\d{1,2} (?:file|csv)\b/i;

/** Gives a referral without a link the one before it, or the only one of Explore Education Statistics in the letter. */
export function borrowLinks(answers: readonly Assembled[], lines: readonly TextLine[]): void {
  const only = readOnlyRelease(lines);
  let before: Referral | null = null;
  for (const draft of answers.flatMap((one) => one.drafts)) {
    const { referral } = draft;
    if (draft.status !== "referred" || referral === undefined) continue;
    const lender: Referral | null = before ?? only;
    if (referral.url === null && lender !== null && POINTS_ELSEWHERE.test(`${referral.words} ${draft.text}`))
      draft.referral = lend(lender, referral);
    else if (referral.publication_slug !== null && only !== null && referral.url === only.url)
      draft.referral = { ...referral, la_filter: referral.la_filter ?? only.la_filter };
    if (draft.referral?.publication_slug != null) before = draft.referral;
  }
}

function lend(lender: Referral, own: Referral): Referral {
  return {
    ...own,
    url: lender.url,
    publication_slug: lender.publication_slug,
    release_slug: lender.release_slug,
    la_filter: own.la_filter ?? lender.la_filter,
  };
}

/** The one release that the letter links to, with the one filter that it names; null where it links to none or several. */
function readOnlyRelease(lines: readonly TextLine[]): Referral | null {
  const links = lines.flatMap((line) =>
    /https?:/i.test(line.text) ? findLinks(line.text).filter((link) => link.publicationSlug !== null) : [],
  );
  const [first] = links;
  if (
    first === undefined ||
    links.some((link) => link.publicationSlug !== first.publicationSlug || link.releaseSlug !== first.releaseSlug)
  )
    return null;
  const filters = new Set(lines.flatMap((line) => readFilter(line.text) ?? []));
  const [filter] = filters.size === 1 ? filters : [];
  return referralFrom({ words: "", links: [first], filter: filter ?? null, codes: [] }, null);
}
