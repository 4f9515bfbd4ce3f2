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
  const { dfeCode, onsCode, name } = place;
  const byDfe = authorityByDfeCode(dfeCode);
  const byOns = NO_CODE.has(onsCode.toLowerCase()) ? undefined : authorityByOnsCode(onsCode);
  const byName = findAuthority(name);
  const named = byName.kind === "found" ? [byName.authority] : byName.kind === "ambiguous" ? byName.candidates : [];
  const meant = [byDfe, byOns, ...named].filter((one) => one !== undefined);
  const wanted = selected === null || meant.some((one) => selected.has(one));
  if (!wanted) return { kind: "outside" };
  if (meant.length === 0) return readUnknownAuthority(place);
  const authority = byDfe ?? byOns;
  if (authority === undefined || !agrees(authority, byOns, place)) {
    return {
      kind: "unreadable",
      found: `${dfeCode} ${onsCode} ${name}`,
      expected: "the codes and name of one authority",
    };
  }
  const area: Area = {
    code: areaCodeOf(authority),
    name: authority.name,
    level: "local_authority",
    printedCode: onsCode,
  };
  return { kind: "kept", area };
}

function agrees(authority: Authority, byOns: Authority | undefined, { onsCode, name }: PrintedPlace): boolean {
  const codeAgrees = NO_CODE.has(onsCode.toLowerCase()) || byOns === authority;
  return codeAgrees && fold(name) === fold(authority.name);
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
