/** Which area a row of an EES file is about, and whether it was asked for. By authority, never by part of a name. */
import {
  type Authority,
  areaCodeOf,
  authorityByDfeCode,
  authorityByOnsCode,
  ENGLAND,
  findAuthority,
  REGIONS,
  regionsOf,
} from "../catalogue/authorities.ts";
import type { AreaLevel } from "../observation.ts";

/** Authorities whose rows are kept, with their regions and England; `all` keeps every area. */
export type AreaSelection = "all" | readonly Authority[];

export interface Area {
  code: string;
  name: string;
  level: AreaLevel;
  /** As the file prints it. */
  printedCode: string;
}

/** What the identifying columns of one row say, trimmed. */
export interface PrintedPlace {
  level: string;
  countryCode: string;
  regionCode: string;
  regionName: string;
  dfeCode: string;
  onsCode: string;
  name: string;
}

export type PlaceReading =
  | { kind: "kept"; area: Area }
  /** Loaded, and reported: an authority that the catalogue does not know yet. */
  | { kind: "new"; area: Area }
  | { kind: "outside" }
  /** A level that the warehouse does not hold, such as wards. */
  | { kind: "other_level" }
  | { kind: "unreadable"; found: string; expected: string };

/** DfE's standard: blank for a former authority without a code, `x` for an unknown place, `z` for a custom area. */
const NO_CODE = new Set(["", "x", "z", ":"]);

/** A reader that remembers its answers: a file repeats a few hundred places thousands of times. */
export function createPlaceReader(selection: AreaSelection): (place: PrintedPlace) => PlaceReading {
  const regions = selection === "all" ? null : new Set(selection.flatMap(regionsOf).map((region) => region.code));
  const authorities = selection === "all" ? null : new Set(selection);
  const known = new Map<string, PlaceReading>();
  return (place) => {
    const key = Object.values(place).join("\u0000");
    const before = known.get(key);
    if (before !== undefined) return before;
    const reading = readPlace(place, regions, authorities);
    known.set(key, reading);
    return reading;
  };
}

function readPlace(place: PrintedPlace, regions: Set<string> | null, authorities: Set<Authority> | null): PlaceReading {
  switch (place.level.toLowerCase()) {
    case "national":
      return readCountry(place);
    case "regional":
      return readRegion(place, regions);
    case "local authority":
      return readAuthority(place, authorities);
    default:
      return { kind: "other_level" };
  }
}

function readCountry({ countryCode }: PrintedPlace): PlaceReading {
  if (countryCode !== ENGLAND.code) return { kind: "unreadable", found: countryCode, expected: ENGLAND.code };
  return { kind: "kept", area: { ...ENGLAND, level: "country", printedCode: countryCode } };
}

function readRegion({ regionCode, regionName }: PrintedPlace, regions: Set<string> | null): PlaceReading {
  const region = REGIONS.find((one) => one.code === regionCode);
  if (region === undefined || fold(region.name) !== fold(regionName)) {
    return { kind: "unreadable", found: `${regionCode} ${regionName}`, expected: "the code and name of one region" };
  }
  if (regions !== null && !regions.has(region.code)) return { kind: "outside" };
  return { kind: "kept", area: { code: region.code, name: region.name, level: "region", printedCode: regionCode } };
}

function readAuthority(place: PrintedPlace, selected: Set<Authority> | null): PlaceReading {
  const byDfe = authorityByDfeCode(place.dfeCode);
  const byOns = isCode(place.onsCode) ? authorityByOnsCode(place.onsCode) : undefined;
  const named = authoritiesNamed(place.name);
  const authority = byDfe ?? byOns;
  if (authority !== undefined && agrees(authority, byDfe, byOns, named, place)) {
    return selected === null || selected.has(authority) ? keep(authority, place) : { kind: "outside" };
  }
  // It may be about any of these: only who asked for one of them must know.
  const meant = [byDfe, byOns, ...named].filter((one) => one !== undefined);
  if (selected !== null && !meant.some((one) => selected.has(one))) return { kind: "outside" };
  if (meant.length === 0) return readUnknownAuthority(place);
  const { dfeCode, onsCode, name } = place;
  return {
    kind: "unreadable",
    found: `${dfeCode} ${onsCode} ${name}`,
    expected: "the codes and name of one authority",
  };
}

function keep(authority: Authority, { onsCode }: PrintedPlace): PlaceReading {
  const { name } = authority;
  return {
    kind: "kept",
    area: { code: areaCodeOf(authority), name, level: "local_authority", printedCode: onsCode },
  };
}

function isCode(text: string): boolean {
  return !NO_CODE.has(text.toLowerCase());
}

function authoritiesNamed(name: string): Authority[] {
  const match = findAuthority(name);
  if (match.kind === "found") return [match.authority];
  return match.kind === "ambiguous" ? match.candidates : [];
}

/** Every code that is printed must be the authority's; the name one of its own, or the published one of two namesakes. */
function agrees(
  authority: Authority,
  byDfe: Authority | undefined,
  byOns: Authority | undefined,
  named: Authority[],
  { dfeCode, onsCode, name }: PrintedPlace,
): boolean {
  if (isCode(dfeCode) && byDfe !== authority) return false;
  if (isCode(onsCode) && byOns !== authority) return false;
  return named.includes(authority) || fold(name) === fold(authority.name);
}

/** With an ONS code of its own it can be loaded as printed; without one it is nowhere. */
function readUnknownAuthority({ dfeCode, onsCode, name }: PrintedPlace): PlaceReading {
  if (!/^[A-Z]\d{8}$/.test(onsCode) || name === "") {
    return { kind: "unreadable", found: `${dfeCode} ${onsCode} ${name}`, expected: "an authority with an ONS code" };
  }
  return { kind: "new", area: { code: onsCode, name, level: "local_authority", printedCode: onsCode } };
}

/** Names are compared without case, spaces and punctuation: `St. Helens` is `St Helens`. */
function fold(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
