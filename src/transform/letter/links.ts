/**
 * Links in a letter: found, unwrapped, rejoined, and told apart. A link becomes a publication only where it is https and its
 * host is exactly that of Explore Education Statistics (EES); everything else stays words. Nothing here opens a link.
 */
import { findPublication } from "../../catalogue/publications.ts";

/** The one host whose links name a publication. */
export const EES_HOST = "explore-education-statistics.service.gov.uk";
const SAFE_LINKS = ".safelinks.protection.outlook.com";

export interface Link {
  /** Unwrapped and rejoined, as the letter spells it otherwise; with its anchor. */
  url: string;
  publicationSlug: string | null;
  releaseSlug: string | null;
}

const LINK = /(?:https?:\/\/|\bwww\.)[^\s<>"“”|]{3,2000}/gi;
/** Marks that end a sentence or a bracket around a link, not the link. */
const AFTER_LINK = /(?:[.,;:!?'’)\]}]|&gt;?|&nbsp;?|%20|\u00a0)$/i;

/** The links of a text in order, without repeats. */
export function findLinks(text: string): Link[] {
  const links = new Map<string, Link>();
  for (const match of text.matchAll(LINK)) {
    const printed = trimLink(match[0]);
    const following = text.slice(match.index + printed.length, match.index + printed.length + 120);
    const link = readLink(unwrapSafeLink(printed), following);
    if (!links.has(link.url)) links.set(link.url, link);
  }
  return [...links.values()];
}

function trimLink(printed: string): string {
  let text = printed;
  for (let cut = AFTER_LINK.exec(text); cut !== null; cut = AFTER_LINK.exec(text)) {
    if (cut[0] === ")" && text.split("(").length > text.split(")").length - 1) break;
    text = text.slice(0, cut.index);
  }
  return text;
}

/** Outlook wraps links for safety; the address that a person was sent to stands in its `url` parameter. */
function unwrapSafeLink(printed: string): string {
  const url = parseUrl(printed);
  if (url === null || !url.hostname.endsWith(SAFE_LINKS)) return printed;
  const inner = url.searchParams.get("url");
  return inner === null || !/^https?:\/\//i.test(inner) ? printed : trimLink(inner);
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** A link with the publication and release that it names; both null for any link that is not one of EES. */
function readLink(printed: string, following: string): Link {
  const url = parseUrl(printed);
  const none = { url: printed, publicationSlug: null, releaseSlug: null };
  if (url === null || !isEes(url)) return none;
  const [section, publication, release] = url.pathname.split("/").filter((part) => part !== "");
  if (section !== "find-statistics" || publication === undefined) return none;
  const slug = decodeSlug(publication);
  const repaired = findPublication(slug) === undefined ? repairSlug(printed, slug, following) : null;
  if (repaired !== null) return repaired;
  return { url: printed, publicationSlug: slug, releaseSlug: release === undefined ? null : releaseOf(release) };
}

/** https, exactly this host, no user or password before it, no port. */
function isEes(url: URL): boolean {
  return (
    url.protocol === "https:" &&
    url.hostname === EES_HOST &&
    url.username === "" &&
    url.password === "" &&
    url.port === ""
  );
}

function decodeSlug(part: string): string {
  return part
    .toLowerCase()
    .replace(/%20|&nbsp;?|\u00a0/g, " ")
    .trim();
}

/** `2021`, `2021-22`; parts of the page (`explore`, `data-guidance`) are no release. */
function releaseOf(part: string): string | null {
  const release = /^(\d{4}(?:-\d{2,4})?[a-z0-9-]{0,40})/i.exec(decodeSlug(part))?.[1];
  return release ?? null;
}

/** A slug with spaces, or cut where a space followed; only where the catalogue knows what comes out. */
function repairSlug(printed: string, slug: string, following: string): Link | null {
  const inner = slug.replace(/\s+/g, "-");
  if (inner !== slug && findPublication(inner) !== undefined) {
    const release = /\/find-statistics\/[^/]+\/([^/#?]+)/i.exec(printed)?.[1];
    return { url: printed, publicationSlug: inner, releaseSlug: release === undefined ? null : releaseOf(release) };
  }
  const next = /^[>\s]{1,4}([a-z-]{1,40})(?:\/([a-z0-9-]{4,20}))?((?:[/#?][^\s<>"]*)?)/i.exec(following);
  if (next?.[1] === undefined) return null;
  const joined = `${slug.replace(/-$/, "")}-${next[1].toLowerCase().replace(/^-/, "")}`;
  if (findPublication(joined) === undefined) return null;
  const url = `${printed.replace(/-$/, "")}-${next[1].replace(/^-/, "")}${next[2] === undefined ? "" : `/${next[2]}`}${next[3] ?? ""}`;
  return { url, publicationSlug: joined, releaseSlug: next[2] === undefined ? null : releaseOf(next[2]) };
}
