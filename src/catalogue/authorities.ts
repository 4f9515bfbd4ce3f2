/**
 * The English local authorities with children's services since 2013: found by code, by name, in a letter. Pure, no I/O.
 * The rows stand in `authority-table.ts`, the rules of names in `authority-names.ts`.
 */
import { distance } from "fastest-levenshtein";
import { chooseCandidate, isValidOn, LONGEST_NAME, normaliseName, ownNamesOf, readName } from "./authority-names.ts";
import { AUTHORITIES, type Authority, REGIONS, type Region } from "./authority-table.ts";

export { authorityByEmailDomain, findCouncilInText, findCouncilMentions } from "./authority-mentions.ts";
export { isValidOn } from "./authority-names.ts";
export { AUTHORITIES, type Authority, ENGLAND, type OnsCode, REGIONS, type Region } from "./authority-table.ts";

/** What a query named. `note` says what a person should know about the choice; null where there is nothing to say. */
export type AuthorityMatch =
  | {
      kind: "found";
      authority: Authority;
      matchedBy: "ons_code" | "dfe_code" | "published_name" | "own_name";
      note: string | null;
    }
  | { kind: "unknown"; suggestions: Authority[] }
  | { kind: "ambiguous"; candidates: Authority[] };

const byDfeCode = new Map(AUTHORITIES.map((authority) => [authority.dfeCode, authority]));
const byOnsCode = new Map(
  AUTHORITIES.flatMap((authority) => authority.onsCodes.map(({ code }): [string, Authority] => [code, authority])),
);

/** The authority with this DfE three-digit code (`old_la_code` in the files): `331`. */
export function authorityByDfeCode(code: string): Authority | undefined {
  return byDfeCode.get(code.trim());
}

/** The authority that has, or had, this ONS code (`new_la_code` in the files): `E08000026`. */
export function authorityByOnsCode(code: string): Authority | undefined {
  return byOnsCode.get(code.trim().toUpperCase());
}

/** The one code that stands for an authority in the warehouse: its newest ONS code, whatever the source printed. */
export function areaCodeOf(authority: Authority): string {
  const newest = authority.onsCodes.at(-1);
  if (newest === undefined) throw new Error(`no ONS code for ${labelOf(authority)} in the catalogue`);
  return newest.code;
}

/** The authority's region; for a London authority Inner or Outer London, then London. */
export function regionsOf(authority: Authority): Region[] {
  const { region } = authority;
  return [region, ...REGIONS.filter(({ code }) => code === region.partOf)];
}

/** The authorities that this one took over from, of those in the catalogue. */
export function predecessorsOf(authority: Authority): Authority[] {
  return AUTHORITIES.filter(({ successors }) => successors.includes(authority.dfeCode));
}

/** The authorities that took over from this one. */
export function successorsOf(authority: Authority): Authority[] {
  return AUTHORITIES.filter(({ dfeCode }) => authority.successors.includes(dfeCode));
}

/** Name and code, as a query can give them: `Dorset (835)`. */
export function labelOf(authority: Authority): string {
  return `${authority.name} (${authority.dfeCode})`;
}

/**
 * The authority that a person means: an ONS code, a DfE code, a published name, a name that the council uses for itself, or
 * a name with its code in brackets, `Dorset (835)`. Whole names only; what is not known or not clear is never guessed.
 * `on` (ISO date) chooses between authorities of one name; without it the present one is meant.
 */
export function findAuthority(query: string, on?: string): AuthorityMatch {
  const asked = query.trim();
  if (asked.length > LONGEST_NAME) return { kind: "unknown", suggestions: [] };
  const coded = findByCode(asked, on);
  if (coded !== null) return coded;
  const bracketed = /^([^()]*)\(\s*([^()\s]+)\s*\)$/u.exec(asked);
  if (bracketed !== null) return findByNameAndCode(bracketed[1] ?? "", bracketed[2] ?? "", on);
  return findByName(asked, on);
}

function findByCode(code: string, on: string | undefined): AuthorityMatch | null {
  const byDfe = authorityByDfeCode(code);
  if (byDfe !== undefined)
    return { kind: "found", authority: byDfe, matchedBy: "dfe_code", note: joinNotes(validityNote(byDfe, on)) };
  const byOns = authorityByOnsCode(code);
  if (byOns === undefined) return null;
  const note = joinNotes(recodedNote(byOns, code.toUpperCase()), validityNote(byOns, on));
  return { kind: "found", authority: byOns, matchedBy: "ons_code", note };
}

/** The name must be one of the code's own: `Devon (835)` is a mistake that only the asker can put right. */
function findByNameAndCode(name: string, code: string, on: string | undefined): AuthorityMatch {
  const byCode = findByCode(code, on);
  const named = readName(name)?.candidates ?? [];
  if (byCode?.kind !== "found") return { kind: "unknown", suggestions: named.length > 0 ? named : suggest(name) };
  if (named.includes(byCode.authority)) return byCode;
  return { kind: "unknown", suggestions: [byCode.authority, ...named] };
}

function findByName(name: string, on: string | undefined): AuthorityMatch {
  const reading = readName(name);
  if (reading === null) return { kind: "unknown", suggestions: suggest(name) };
  const authority = chooseCandidate(reading.candidates, on);
  if (authority === undefined) return { kind: "ambiguous", candidates: reading.candidates };
  const others = reading.candidates.filter((candidate) => candidate !== authority);
  const note = joinNotes(namesakeNote(authority, others, on), validityNote(authority, on));
  return { kind: "found", authority, matchedBy: reading.published ? "published_name" : "own_name", note };
}

function joinNotes(...notes: (string | null)[]): string | null {
  const said = notes.filter((note) => note !== null);
  return said.length > 0 ? said.join("; ") : null;
}

function recodedNote(authority: Authority, code: string): string | null {
  const present = areaCodeOf(authority);
  return code === present ? null : `${code} is an earlier code of ${authority.name}, now ${present}`;
}

function namesakeNote(authority: Authority, others: readonly Authority[], on: string | undefined): string | null {
  if (others.length === 0) return null;
  const ask = others.map((other) => `"${other.dfeCode}" or "${labelOf(other)}"`).join(", ");
  return `took ${labelOf(authority)}, the one ${on === undefined ? "of today" : `of ${on}`}; for the other of that name ask for ${ask}`;
}

/** What to know where the authority is a former one, or was not there on the day asked for. */
function validityNote(authority: Authority, on: string | undefined): string | null {
  if (on === undefined ? authority.until === undefined : isValidOn(authority, on)) return null;
  if (authority.until !== undefined && (on === undefined || on > authority.until))
    return `${labelOf(authority)} ended on ${authority.until}; its area went to ${listLabels(successorsOf(authority))}`;
  return `${labelOf(authority)} began on ${authority.from}, after ${listLabels(predecessorsOf(authority))}`;
}

function listLabels(authorities: readonly Authority[]): string {
  return authorities.map(labelOf).join(" and ");
}

const MOST_SUGGESTIONS = 5;

/** Authorities whose names begin with the words, are a few letters away, or have them as a whole word; nearest first. */
function suggest(query: string): Authority[] {
  const wanted = normaliseName(query).replace(/(?: (?:city|county|borough|district))? council$/u, "");
  if (wanted.length < 2) return [];
  return AUTHORITIES.map((authority) => ({ authority, rank: rankOf(wanted, authority) }))
    .filter(({ rank }) => rank !== null)
    .sort((a, b) => Number(a.rank) - Number(b.rank))
    .slice(0, MOST_SUGGESTIONS)
    .map(({ authority }) => authority);
}

/** Smaller is nearer; null is too far. A name that begins with the words comes before one that is misspelt. */
function rankOf(wanted: string, authority: Authority): number | null {
  const ranks = ownNamesOf(authority).map((name) => {
    if (name.startsWith(wanted)) return (name.length - wanted.length) / LONGEST_NAME;
    const edits = distance(wanted, name);
    if (edits <= Math.max(1, Math.floor(wanted.length / 4))) return edits;
    return ` ${name} `.includes(` ${wanted} `) ? wanted.length : Number.POSITIVE_INFINITY;
  });
  const nearest = Math.min(...ranks);
  return Number.isFinite(nearest) ? nearest : null;
}
