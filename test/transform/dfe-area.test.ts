import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type Authority, authorityByDfeCode } from "../../src/catalogue/authorities.ts";
import { dataSetOfFile, findPublication, type Publication } from "../../src/catalogue/publications.ts";
import { openFolderBundle } from "../../src/extract/bundle.ts";
import { openTable } from "../../src/extract/table.ts";
import {
  type AreaSelection,
  createPlaceReader,
  type PlaceReading,
  type PrintedPlace,
} from "../../src/transform/dfe-area.ts";

const authorities = (...codes: string[]) => codes.map((code) => authorityByDfeCode(code) as Authority);

const NOWHERE: PrintedPlace = {
  level: "Local authority",
  countryCode: "E92000001",
  regionCode: "",
  regionName: "",
  dfeCode: "",
  onsCode: "",
  name: "",
};
const national = (countryCode = "E92000001"): PrintedPlace => ({ ...NOWHERE, level: "National", countryCode });
const regional = (regionCode: string, regionName: string): PrintedPlace => ({
  ...NOWHERE,
  level: "Regional",
  regionCode,
  regionName,
});
const local = (dfeCode: string, onsCode: string, name: string): PrintedPlace => ({
  ...NOWHERE,
  dfeCode,
  onsCode,
  name,
});

const COVENTRY = local("331", "E08000026", "Coventry");
const LEICESTER = local("856", "E06000016", "Leicester");

function read(place: PrintedPlace, selection: AreaSelection = "all"): PlaceReading {
  return createPlaceReader(selection)(place);
}

/** `kept E06000059`, or only the kind. */
function told(place: PrintedPlace, selection: AreaSelection = "all"): string {
  const reading = read(place, selection);
  return "area" in reading ? `${reading.kind} ${reading.area.code}` : reading.kind;
}

describe("who is kept", () => {
  it("is the authority that was asked for, its region, and England", () => {
    const coventry = authorities("331");
    expect(read(COVENTRY, coventry)).toEqual({
      kind: "kept",
      area: { code: "E08000026", name: "Coventry", level: "local_authority", printedCode: "E08000026" },
    });
    expect(read(regional("E12000005", "West Midlands"), coventry)).toMatchObject({
      kind: "kept",
      area: { code: "E12000005", level: "region" },
    });
    expect(read(national(), coventry)).toMatchObject({ kind: "kept", area: { code: "E92000001", level: "country" } });
    expect(told(LEICESTER, coventry)).toBe("outside");
    expect(told(regional("E12000004", "East Midlands"), coventry)).toBe("outside");
  });

  it("is everybody when all are asked for", () => {
    expect(
      [COVENTRY, LEICESTER, regional("E12000004", "East Midlands"), national()].map((place) => told(place)),
    ).toEqual(["kept E08000026", "kept E06000016", "kept E12000004", "kept E92000001"]);
  });

  it("is never somebody whose name only holds the name asked for", () => {
    const somerset = authorities("933");
    expect(told(local("933", "E10000027", "Somerset"), somerset)).toBe("kept E06000066");
    expect(told(local("802", "E06000024", "North Somerset"), somerset)).toBe("outside");
    expect(told(local("800", "E06000022", "Bath and North East Somerset"), somerset)).toBe("outside");
  });

  it("keeps the two Dorsets apart", () => {
    const [county, unitary] = [local("835", "E10000009", "Dorset"), local("838", "E06000059", "Dorset")];
    expect(told(county, authorities("835"))).toBe("kept E10000009");
    expect(told(unitary, authorities("835"))).toBe("outside");
    expect(told(unitary, authorities("838"))).toBe("kept E06000059");
    expect(told(county, authorities("838"))).toBe("outside");
  });

  it("brings a London borough Inner or Outer London, and London", () => {
    const regions = {
      inner: regional("E13000001", "Inner London"),
      outer: regional("E13000002", "Outer London"),
      london: regional("E12000007", "London"),
    };
    const hackney = authorities("204");
    expect([regions.inner, regions.outer, regions.london].map((region) => told(region, hackney))).toEqual([
      "kept E13000001",
      "outside",
      "kept E12000007",
    ]);
    const barnet = authorities("302");
    expect([regions.inner, regions.outer, regions.london].map((region) => told(region, barnet))).toEqual([
      "outside",
      "kept E13000002",
      "kept E12000007",
    ]);
  });

  it("is still one authority under its earlier codes, and the printed code is kept beside", () => {
    const places = [local("390", "E08000020", "Gateshead"), local("390", "E08000037", "Gateshead")];
    for (const place of places) {
      expect(read(place, authorities("390"))).toMatchObject({
        kind: "kept",
        area: { code: "E08000037", printedCode: place.onsCode },
      });
    }
  });

  it("is known by the rest where the standard leaves a code out", () => {
    for (const code of ["", "x", "z", ":"]) expect(told(local("835", code, "Dorset"))).toBe("kept E10000009");
    expect(told(local("", "E10000009", "Dorset"))).toBe("kept E10000009");
  });
});

describe("names", () => {
  it.each([
    ["801", "E06000023", "Bristol, City of"],
    ["801", "E06000023", "BRISTOL,  CITY OF"],
    ["342", "E08000013", "St Helens"],
    ["342", "E08000013", "St. Helens"],
    ["839", "E06000058", "Bournemouth, Christchurch and Poole"],
    ["839", "E06000058", "Bournemouth, Christchurch & Poole"],
    ["810", "E06000010", "Kingston Upon Hull, City of"],
  ])("agree whatever their case and punctuation: %s %s %s", (dfeCode, onsCode, name) => {
    expect(told(local(dfeCode, onsCode, name), authorities(dfeCode))).toBe(`kept ${onsCode}`);
  });
});

describe("a place that contradicts itself is set aside with what it says", () => {
  it.each([
    ["codes of one authority, name of another", local("331", "E08000026", "Leicester")],
    ["the county's name on the city's codes", local("856", "E06000016", "Leicestershire")],
    ["the ONS code of another", local("331", "E06000016", "Coventry")],
    ["the DfE code of another", local("856", "E08000026", "Coventry")],
    ["a DfE code that nobody has", local("999", "E08000026", "Coventry")],
    ["an ONS code that nobody has", local("331", "E08000099", "Coventry")],
    ["no name", local("331", "E08000026", "")],
    ["a name that nobody has", local("331", "E08000026", "Godiva")],
    ["two authorities in one", local("331 / 856", "E08000026 / E06000016", "Coventry")],
    ["a name alone, with codes that nobody has", local("999", "E06000099", "Coventry")],
  ])("%s", (_, place) => {
    for (const selection of ["all", authorities("331", "856")] as const) {
      expect(read(place, selection)).toEqual({
        kind: "unreadable",
        found: `${place.dfeCode} ${place.onsCode} ${place.name}`,
        expected: expect.any(String),
      });
    }
  });

  it("but not for those who asked for somebody else", () => {
    expect(told(local("331", "E08000026", "Leicester"), authorities("933"))).toBe("outside");
  });

  it.each([
    ["a region's name that is not its code's", regional("E12000005", "East Midlands")],
    ["a region without a name", regional("E12000005", "")],
    ["a region without a code", regional("", "West Midlands")],
    ["an authority's code as a region", regional("E08000026", "Coventry")],
    ["another country", national("W92000004")],
    ["no country", national("")],
  ])("%s", (_, place) => {
    expect(told(place)).toBe("unreadable");
    expect(told(place, authorities("331"))).toBe("unreadable");
  });
});

describe("an authority that the catalogue does not know", () => {
  const NEW = local("998", "E06000098", "Greater Mercia");

  it("is loaded as printed, and reported, when all are asked for", () => {
    expect(read(NEW)).toEqual({
      kind: "new",
      area: { code: "E06000098", name: "Greater Mercia", level: "local_authority", printedCode: "E06000098" },
    });
  });

  it("is nobody's business when others are asked for", () => {
    expect(told(NEW, authorities("331"))).toBe("outside");
  });

  it.each([
    ["without a name", local("998", "E06000098", "")],
    ["without a code", local("998", "", "Greater Mercia")],
    ["with a code that is none", local("998", "E0600009", "Greater Mercia")],
    ["with two codes", local("998", "E06000097 / E06000098", "Greater Mercia")],
  ])("is set aside %s", (_, place) => {
    expect(told(place)).toBe("unreadable");
  });
});

describe("levels", () => {
  it.each(["national", "NATIONAL"])("%s is read in any case", (level) => {
    expect(told({ ...national(), level })).toBe("kept E92000001");
  });

  it("older files say Local Authority", () => {
    expect(told({ ...COVENTRY, level: "Local Authority" })).toBe("kept E08000026");
  });

  // EES's other levels, and what it does not have.
  it.each([
    "Local authority district",
    "English devolved area",
    "Local enterprise partnership",
    "Local skills improvement plan area",
    "Mayoral combined authority",
    "Opportunity area",
    "Parliamentary constituency",
    "Planning area",
    "Police force area",
    "RSC region",
    "Ward",
    "MAT",
    "Sponsor",
    "Institution",
    "Provider",
    "School",
    "Region",
    "",
    "constructor",
  ])("%j is of another level", (level) => {
    expect(told({ ...COVENTRY, level })).toBe("other_level");
  });
});

const FOLDER = resolve(import.meta.dirname, "../../../shared/ees/characteristics-of-children-in-need");

interface ReadPlace {
  release: string;
  code: string;
  year: string;
  place: PrintedPlace;
  reading: PlaceReading;
}

async function readRealPlaces(release: string): Promise<ReadPlace[]> {
  const places: ReadPlace[] = [];
  for (const file of (await openFolderBundle(join(FOLDER, release))).files) {
    const code = dataSetOfFile(findPublication("children-in-need") as Publication, file.name)?.code;
    if (code === undefined) continue;
    const { header, records } = await openTable(file.open(), file.name);
    const at = (name: string) => header.indexOf(name);
    const readPlace = createPlaceReader("all");
    for await (const { cells } of records) {
      const cell = (name: string) => (cells[at(name)] ?? "").trim();
      const place: PrintedPlace = {
        level: cell("geographic_level"),
        countryCode: cell("country_code"),
        regionCode: cell("region_code"),
        regionName: cell("region_name"),
        dfeCode: cell("old_la_code"),
        onsCode: cell("new_la_code"),
        name: cell("la_name"),
      };
      places.push({ release, code, year: cell("time_period"), place, reading: readPlace(place) });
    }
  }
  return places;
}

describe.skipIf(!existsSync(FOLDER))("the places of the published files", () => {
  const areaCodes = (places: ReadPlace[], dfeCode: string) => [
    ...new Set(
      places
        .filter(({ place }) => place.dfeCode === dfeCode)
        .map(({ place, reading }) => `${place.onsCode} -> ${"area" in reading ? reading.area.code : reading.kind}`),
    ),
  ];

  // Rows of authorities per year, from the files: 152 to 2019, 151 in 2020 and 2021, 152 in 2022 and 2023, 153 since.
  const AUTHORITIES: Record<string, number> = {
    2019: 152,
    2020: 151,
    2021: 151,
    2022: 152,
    2023: 152,
    2024: 153,
    2025: 153,
  };

  it.each(["2022", "2023", "2024", "2025"])("of %s are all read, and are as many as published", async (release) => {
    const places = await readRealPlaces(release);
    expect(places.filter(({ reading }) => reading.kind !== "kept")).toEqual([]);
    for (const code of new Set(places.map((one) => one.code))) {
      const ofFile = places.filter((one) => one.code === code);
      for (const year of new Set(ofFile.map((one) => one.year))) {
        const here = ofFile.filter((one) => one.year === year);
        const areas = (level: string) =>
          new Set(
            here.flatMap(({ reading }) => ("area" in reading && reading.area.level === level ? reading.area.code : [])),
          );
        // The population is counted on 30 June, by the authorities of the year that ends in the next March.
        const ends = code === "ONS" ? Number(year) + 1 : Number(year);
        expect(areas("local_authority").size, `${release} ${code} ${year}`).toBe(
          AUTHORITIES[Math.min(ends, 2025)] ?? 152,
        );
        expect(areas("region").size).toBe(11);
        expect(areas("country").size).toBe(1);
      }
    }
  });

  it("give one code for Gateshead, which C4 and B1 of 2022 print under two", async () => {
    const places = await readRealPlaces("2022");
    const [b1, c4] = ["B1", "C4"].map((code) => places.filter((one) => one.code === code));
    expect(areaCodes(b1 ?? [], "390")).toEqual(["E08000037 -> E08000037"]);
    expect(areaCodes(c4 ?? [], "390")).toEqual(
      expect.arrayContaining(["E08000020 -> E08000037", "E08000037 -> E08000037"]),
    );
  });

  it("give one code for Buckinghamshire, whose past was recoded between the releases of 2022 and 2024", async () => {
    const past = async (release: string) =>
      areaCodes(
        (await readRealPlaces(release)).filter((one) => one.code === "B1" && one.year < "2021"),
        "825",
      );
    expect(await past("2022")).toEqual(["E06000060 -> E06000060"]);
    expect(await past("2024")).toEqual(["E10000002 -> E06000060"]);
  });
});
