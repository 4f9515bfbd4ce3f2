/** Where an answer points the requester: the link, the release, the files for a question, the filter. */
import type { Referral } from "../../letter.ts";
import { findLinks, type Link } from "./links.ts";

/** A block of words of direction, with what it says of single questions taken apart. */
export interface Direction {
  words: string;
  links: Link[];
  filter: string | null;
  /** File codes that the words give to no question in particular. */
  codes: string[];
}

const FILE_CODE = /\b([A-H]\d{1,2})\b(?!\s?\d[A-Z]{2}\b)/g;
const ABOUT_FILES =
  /\b(?:files?|tables?|tabs?|data ?sets?|sheets?|worksheets?|csvs?|spreadsheets?|downloads?|data|open|under|in|see)\b/i;
const QUOTED = "[\"'‘’“”]?";
const NAME = "((?:[A-Z][\\w.’'&-]*)(?:,? (?:of|upon|on|and|the|City|[A-Z][\\w.’'&-]*)){0,4})";
const COLUMN = /\b(?:la|local authority|authority|local area)[ _]?(?:name|column|filter)?\b/i;
const FILTERS = [
  new RegExp(`\\bfilter[^.\\n]{0,80}?\\b(?:to|by|for|on|as|is|=)\\s+${QUOTED}${NAME}`, ""),
  new RegExp(
    `\\b(?:set|change|restrict|limit|select|filter|choose|pick)[^.\\n]{0,80}?\\b(?:la_name|LA [Nn]ame|local authority|Local [Aa]uthority|authority|LA)${QUOTED}[^.\\n]{0,30}?(?:\\bto\\b|=|:|\\bas\\b|\\bfor\\b|\\bis\\b)\\s*${QUOTED}${NAME}`,
    "",
  ),
  new RegExp(
    `\\b(?:[Ss]elect|[Cc]hoose|[Pp]ick|[Ff]ilter(?: for| on| by| to)?|[Ss]earch for|[Ll]ook for|[Ff]ind)\\s+${QUOTED}${NAME}${QUOTED}\\s+(?:from|in|under|within|as)\\s[^.\\n]{0,40}?(?:la_name|LA|[Ll]ocal [Aa]uthority|authority|column|filter)`,
    "",
  ),
  new RegExp(
    `\\b(?:[Cc]olumn|[Ff]ield)\\s(?:headed |called |named )?${QUOTED}(?:la_name|LA [Nn]ame|[Ll]ocal [Aa]uthority)${QUOTED},?\\s(?:pick|choose|select|find|use)\\s${QUOTED}${NAME}|\\b[Ll]ocal authority filter\\s${QUOTED}${NAME}`,
    "",
  ),
  new RegExp(
    `\\b(?:la_name|LA Name|LA name|local authority|Local Authority)${QUOTED}?\\s*(?:=|:|is|to|equals)\\s*${QUOTED}${NAME}`,
    "",
  ),
];

/** What a block of words directs to. `linkList` holds numbered links that stand at the end of the letter. */
export function readDirection(words: string, linkList: ReadonlyMap<string, string>): Direction {
  const text = words.slice(0, 20_000);
  const listed = [...text.matchAll(/\[(\d{1,2})\]/g)].flatMap((match) => linkList.get(match[1] ?? "") ?? []);
  return {
    words: text,
    links: findLinks([text, ...listed].join("\n")),
    filter: readFilter(text),
    codes: findFileCodes(text),
  };
}

/** The value that the authority column is to be filtered to; null where the words name none. */
export function readFilter(text: string): string | null {
  for (const line of text.split("\n")) {
    if (!/filter|la_name|local authority|\bLA\b/i.test(line)) continue;
    for (const pattern of FILTERS) {
      const name = pattern
        .exec(line.slice(0, 500))
        ?.slice(1)
        .find((one) => one !== undefined);
      if (name !== undefined && !COLUMN.test(name)) return name.replace(/\.\s.*$|['’.,]+$/, "");
    }
  }
  return null;
}

/** Leading codes of files (`C1`) that a text names, in order, without repeats; only where it speaks of files: by
 *  its own words, or because what stands before it does (`aboutFiles`). */
export function findFileCodes(text: string, aboutFiles = false): string[] {
  const bare = text.replace(/https?:\/\/\S+/gi, " ");
  if (!aboutFiles && !ABOUT_FILES.test(bare)) return [];
  return [...new Set([...bare.matchAll(FILE_CODE)].map((match) => match[1] ?? ""))];
}

/** The referral of one question out of a direction: its own files where the words give it some, otherwise all of them. */
export function referralFrom(direction: Direction, ownCodes: readonly string[] | null): Referral {
  const link = direction.links.find((one) => one.publicationSlug !== null) ?? direction.links[0];
  return {
    url: link?.url ?? null,
    publication_slug: link?.publicationSlug ?? null,
    release_slug: link?.releaseSlug ?? null,
    file_codes: [...(ownCodes ?? direction.codes)],
    la_filter: direction.filter,
    words: direction.words,
  };
}

const LISTED_LINK = /^\[(\d{1,2})\]:?\s*<?((?:https?:\/\/|www\.)[^\s<>]{3,2000})>?/i;

/** Links that were moved to a numbered list: `[1] https://…`, by number. */
export function readLinkList(lines: readonly { text: string }[]): Map<string, string> {
  const list = new Map<string, string>();
  for (const line of lines) {
    const match = LISTED_LINK.exec(line.text);
    if (match?.[1] !== undefined && match[2] !== undefined) list.set(match[1], match[2]);
  }
  return list;
}
