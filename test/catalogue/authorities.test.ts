import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import {
  AUTHORITIES,
  type Authority,
  areaCodeOf,
  authorityByDfeCode,
  authorityByEmailDomain,
  authorityByOnsCode,
  ENGLAND,
  findAuthority,
  findCouncilInText,
  findCouncilMentions,
  isValidOn,
  predecessorsOf,
  REGIONS,
  regionsOf,
} from "../../src/catalogue/authorities.ts";

function authority(dfeCode: string): Authority {
  const found = authorityByDfeCode(dfeCode);
  if (found === undefined) throw new Error(`no authority ${dfeCode}`);
  return found;
}

/** What a query finds: the DfE code, or the kind of answer that is none. */
function found(query: string, on?: string): string {
  const match = findAuthority(query, on);
  return match.kind === "found" ? match.authority.dfeCode : match.kind;
}

function suggested(query: string): string[] {
  const match = findAuthority(query);
  return match.kind === "unknown" ? match.suggestions.map(({ name }) => name) : [];
}

function noteOf(query: string, on?: string): string | null {
  const match = findAuthority(query, on);
  return match.kind === "found" ? match.note : `not found: ${match.kind}`;
}

const FILES = resolve(import.meta.dirname, "../../../shared/ees/characteristics-of-children-in-need");

interface PlaceRow {
  file: string;
  year: string;
  level: string;
  dfeCode: string;
  onsCode: string;
  name: string;
  regionCode: string;
  regionName: string;
}

function readPlaceRows(path: string): PlaceRow[] {
  const columns = (header: string[]): string[] => header.map((name) => name.trim().toLowerCase());
  const rows: Record<string, string>[] = parse(readFileSync(path), { bom: true, columns });
  return rows.map((row) => ({
    file: basename(path),
    year: row.time_period ?? "",
    level: (row.geographic_level ?? "").toLowerCase(),
    dfeCode: row.old_la_code ?? "",
    onsCode: row.new_la_code ?? "",
    name: row.la_name ?? "",
    regionCode: row.region_code ?? "",
    regionName: row.region_name ?? "",
  }));
}

describe.skipIf(!existsSync(FILES))("against the data files of releases 2022 to 2025 (needs ../shared)", () => {
  let places: PlaceRow[] = [];
  let authorityRows: PlaceRow[] = [];

  beforeAll(() => {
    const unique = new Map<string, PlaceRow>();
    for (const name of readdirSync(FILES, { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".csv")) continue;
      const path = resolve(FILES, name);
      for (const row of readPlaceRows(path)) unique.set(`${path} ${Object.values(row).join("|")}`, row);
    }
    places = [...unique.values()];
    authorityRows = places.filter(({ level, onsCode }) => level === "local authority" && onsCode !== "");
  });

  it("knows every code and name that they print, as one authority", () => {
    expect(authorityRows.length).toBeGreaterThan(10_000);
    const wrong = authorityRows.filter((row) => {
      const byDfe = authorityByDfeCode(row.dfeCode);
      return byDfe === undefined || byDfe !== authorityByOnsCode(row.onsCode) || byDfe.name !== row.name;
    });
    expect(wrong).toEqual([]);
  });

  it("has no authority and no code that they do not print, but the codes of May 2025", () => {
    const printed = new Set(authorityRows.map(({ onsCode }) => onsCode));
    const codes = AUTHORITIES.flatMap(({ onsCodes }) => onsCodes.map(({ code }) => code));
    expect(codes.filter((code) => !printed.has(code))).toEqual(["E08000038", "E08000039"]);
  });

  it("prints the same regions", () => {
    const wrong = authorityRows.filter(({ dfeCode, regionCode, regionName }) => {
      const { region } = authority(dfeCode);
      return region.code !== regionCode || region.name !== regionName;
    });
    expect(wrong).toEqual([]);
    const regional = new Set(places.filter(({ level }) => level === "regional").map((row) => row.regionCode));
    expect([...regional].sort()).toEqual(REGIONS.map(({ code }) => code).sort());
  });

  // A reporting year ends on 31 March. The population file beside them is of mid-years, and prints old and new together.
  it("has as many authorities on 31 March as they print for the year, and the same ones", () => {
    const years = new Map<string, Set<string>>();
    for (const { file, year, dfeCode } of authorityRows) {
      if (file.startsWith("ons_mid-year")) continue;
      years.set(year, (years.get(year) ?? new Set()).add(dfeCode));
    }
    expect([...years.keys()].sort()).toEqual([...Array(13).keys()].map((n) => String(2013 + n)));
    for (const [year, printed] of years) {
      const valid = AUTHORITIES.filter((each) => isValidOn(each, `${year}-03-31`)).map(({ dfeCode }) => dfeCode);
      expect([...printed].sort(), year).toEqual(valid.sort());
    }
  });

  // First reporting year after the change: 2019 -> 2020, 2021 -> 2022, 2023 -> 2024.
  it.each([
    ["838", "2020"],
    ["839", "2020"],
    ["940", "2022"],
    ["941", "2022"],
    ["942", "2024"],
    ["943", "2024"],
  ])("prints %s from %s", (dfeCode, first) => {
    const rows = authorityRows.filter((row) => row.dfeCode === dfeCode && !row.file.startsWith("ons_mid-year"));
    expect(rows.map(({ year }) => year).sort()[0]).toBe(first);
  });
});

describe("the authorities", () => {
  // 152 to 2019, 151 for two years after Bournemouth, Christchurch and Poole, then two counties made four.
  it.each([
    ["2013-03-31", 152],
    ["2019-03-31", 152],
    ["2019-04-01", 151],
    ["2021-03-31", 151],
    ["2021-04-01", 152],
    ["2023-03-31", 152],
    ["2023-04-01", 153],
    ["2025-03-31", 153],
  ])("number on %s: %i", (day, count) => {
    expect(AUTHORITIES.filter((each) => isValidOn(each, day))).toHaveLength(count);
  });

  it("have DfE codes, ONS codes and domains of their own", () => {
    for (const values of [
      AUTHORITIES.map(({ dfeCode }) => dfeCode),
      AUTHORITIES.flatMap(({ onsCodes }) => onsCodes.map(({ code }) => code)),
      AUTHORITIES.flatMap(({ domains }) => domains),
    ]) {
      expect(new Set(values).size).toBe(values.length);
    }
  });

  it("have codes of the right form, and validity without gap or overlap", () => {
    for (const each of AUTHORITIES) {
      expect(each.dfeCode).toMatch(/^\d{3}$/);
      for (const { code } of each.onsCodes) expect(code).toMatch(/^E(06|08|09|10)\d{6}$/);
      for (const [index, { from }] of each.onsCodes.entries()) {
        const before = each.onsCodes[index - 1];
        if (before === undefined) expect(from).toBeUndefined();
        else expect(Date.parse(from ?? "") - Date.parse(before.until ?? "")).toBe(86_400_000);
      }
    }
  });

  it("name published names once each, but Dorset", () => {
    const names = AUTHORITIES.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual(["Dorset"]);
  });

  it("link former authorities to those that began the day after", () => {
    for (const former of AUTHORITIES.filter(({ until }) => until !== undefined)) {
      expect(former.successors.length).toBeGreaterThan(0);
      for (const code of former.successors) {
        expect(Date.parse(authority(code).from ?? "") - Date.parse(former.until ?? "")).toBe(86_400_000);
      }
    }
    expect(predecessorsOf(authority("839")).map(({ name }) => name)).toEqual(["Dorset", "Poole", "Bournemouth"]);
    expect(predecessorsOf(authority("331"))).toEqual([]);
  });

  // DfE's list of local authorities: both codes of each, the newest last.
  it.each([
    ["370", ["E08000016", "E08000038"]],
    ["373", ["E08000019", "E08000039"]],
    ["390", ["E08000020", "E08000037"]],
    ["815", ["E10000023", "E06000065"]],
    ["825", ["E10000002", "E06000060"]],
    ["929", ["E06000048", "E06000057"]],
    ["933", ["E10000027", "E06000066"]],
  ])("%s has several ONS codes and one area code", (dfeCode, codes) => {
    for (const code of codes) expect(authorityByOnsCode(code)).toBe(authority(dfeCode));
    expect(areaCodeOf(authority(dfeCode))).toBe(codes[1]);
  });

  it("lie in regions; London's in a half and the whole", () => {
    expect(regionsOf(authority("331"))).toEqual([{ code: "E12000005", name: "West Midlands" }]);
    expect(regionsOf(authority("211")).map(({ name }) => name)).toEqual(["Inner London", "London"]);
    expect(regionsOf(authority("203")).map(({ code }) => code)).toEqual(["E13000002", "E12000007"]);
    expect(REGIONS.filter(({ partOf }) => partOf === undefined)).toHaveLength(9);
    expect(ENGLAND).toEqual({ code: "E92000001", name: "England" });
  });
});

describe("findAuthority", () => {
  it.each([
    ["E08000026", "331", "ons_code"],
    [" e08000026 ", "331", "ons_code"],
    ["331", "331", "dfe_code"],
    ["Coventry", "331", "published_name"],
    ["COVENTRY", "331", "published_name"],
    ["Bristol, City of", "801", "published_name"],
    ["St Helens", "342", "published_name"],
    ["Saint Helen's", "342", "published_name"],
    ["Telford & Wrekin", "894", "published_name"],
    ["Southend on Sea", "882", "published_name"],
    ["  bath  &  north   east SOMERSET ", "800", "published_name"],
    ["Coventry City Council", "331", "own_name"],
    ["Bristol", "801", "own_name"],
  ])("takes %j for %s by its %s", (query, dfeCode, matchedBy) => {
    expect(findAuthority(query)).toMatchObject({ kind: "found", authority: { dfeCode }, matchedBy });
  });

  it.each([
    ["Hull", "810"],
    ["Hull City Council", "810"],
    ["Kingston upon Hull", "810"],
    ["Kingston upon Thames", "314"],
    ["Royal Borough of Kingston", "314"],
    ["Bristol City Council", "801"],
    ["Durham", "840"],
    ["Durham County Council", "840"],
    ["BCP", "839"],
    ["BCP Council", "839"],
    ["Tower Hamlets", "211"],
    ["London Borough of Tower Hamlets", "211"],
    ["LB Tower Hamlets", "211"],
    ["Camden, London Borough of", "202"],
    ["Herefordshire", "884"],
    ["Herefordshire Council", "884"],
    ["St. Helens Borough Council", "342"],
    ["Kensington and Chelsea", "207"],
    ["RBKC", "207"],
    ["the Royal Borough of Kensington & Chelsea", "207"],
    ["Royal Borough of Windsor and Maidenhead", "868"],
    ["City of London", "201"],
    ["City of London Corporation", "201"],
    ["Westminster City Council", "213"],
    ["City of Westminster", "213"],
    ["City of York Council", "816"],
    ["City of Bradford Metropolitan District Council", "380"],
    ["Southend-on-Sea", "882"],
    ["Southend on Sea City Council", "882"],
    ["Medway Council", "887"],
    ["East Riding", "811"],
    ["Leicester City Council", "856"],
    ["Leicestershire County Council", "855"],
    ["Nottingham", "892"],
    ["Nottinghamshire", "891"],
    ["Derby", "831"],
    ["Derbyshire", "830"],
    ["Barnsley MBC", "370"],
    ["Dudley MBC", "332"],
    ["Sandwell Metropolitan Borough Council", "333"],
    ["Isle of Wight", "921"],
    ["Council of the Isles of Scilly", "420"],
    ["Stockton-on-Tees", "808"],
    ["Cheshire West and Chester", "896"],
    ["B&NES", "800"],
    ["Brighton & Hove City Council", "846"],
    ["Sefton Council", "343"],
    ["North Northamptonshire", "940"],
    ["West Northamptonshire Council", "941"],
    ["Westmorland & Furness", "943"],
    ["Somerset", "933"],
    ["North Somerset", "802"],
    ["York", "816"],
    ["North Yorkshire", "815"],
  ])("takes %j for %s", (query, dfeCode) => {
    expect(found(query)).toBe(dfeCode);
  });

  it("takes every authority's published name, code and label back to itself", () => {
    for (const each of AUTHORITIES) {
      expect(found(each.dfeCode)).toBe(each.dfeCode);
      expect(found(areaCodeOf(each))).toBe(each.dfeCode);
      expect(found(`${each.name} (${each.dfeCode})`)).toBe(each.dfeCode);
      if (each.name !== "Dorset") expect(found(each.name)).toBe(each.dfeCode);
    }
  });

  // Districts and bodies that share a place's name with an authority, and words that are none.
  it.each([
    "Leicester County Council",
    "Derby County Council",
    "Durham City Council",
    "Oxford City Council",
    "Newcastle",
    "Newcastle Borough Council",
    "North Dorset District Council",
    "Essex Borough Council",
    "London",
    "London Borough of Leeds",
    "Yorkshire",
    "Council",
    "",
    "999",
    "E12000007",
    "toString",
    "constructor",
  ])("does not take %j for any", (query) => {
    expect(found(query)).toBe("unknown");
  });

  it("suggests, and does not guess, where a name is cut short or misspelt", () => {
    expect(suggested("Somerse")[0]).toBe("Somerset");
    expect(suggested("Coventri")).toEqual(["Coventry"]);
    expect(suggested("Newcastle")).toEqual(["Newcastle upon Tyne"]);
    expect(suggested("Yorkshire")).toContain("North Yorkshire");
    expect(suggested("Leicester County Council").slice(0, 2)).toEqual(["Leicester", "Leicestershire"]);
    expect(suggested("Atlantis")).toEqual([]);
  });

  it.each(["Kingston", "Kingston Council"])("calls %j ambiguous", (query) => {
    const match = findAuthority(query);
    expect(match).toMatchObject({ kind: "ambiguous", candidates: [{ dfeCode: "314" }, { dfeCode: "810" }] });
  });

  it("keeps the two Dorsets apart", () => {
    expect(found("Dorset")).toBe("838");
    expect(noteOf("Dorset")).toMatch(/took Dorset \(838\).*"835" or "Dorset \(835\)"/);
    expect(found("Dorset", "2019-03-31")).toBe("835");
    expect(found("Dorset", "2019-04-01")).toBe("838");
    expect(found("Dorset (835)")).toBe("835");
    expect(found("Dorset (838)")).toBe("838");
    expect(found("Dorset (E10000009)")).toBe("835");
    expect(found("835", "2024-01-01")).toBe("835");
    expect(found("Dorset County Council")).toBe("835");
    expect(found("Dorset Council")).toBe("838");
  });

  it("refuses a name and a code that do not belong together, and offers both", () => {
    expect(found("Devon (835)")).toBe("unknown");
    expect(suggested("Devon (835)")).toEqual(["Dorset", "Devon"]);
    expect(suggested("Somerset (999)")).toEqual(["Somerset"]);
  });

  it("finds a former authority and says what became of it", () => {
    expect(found("Northamptonshire")).toBe("928");
    expect(noteOf("Northamptonshire")).toMatch(/2021-03-31.*North Northamptonshire \(940\) and West Northamptonshire/);
    expect(noteOf("Northamptonshire", "2020-06-01")).toBeNull();
    expect(noteOf("Cumbria County Council")).toMatch(/Cumberland \(942\) and Westmorland and Furness \(943\)/);
    expect(noteOf("BCP", "2018-06-01")).toMatch(/began on 2019-04-01.*Bournemouth \(837\)/);
  });

  it("notes an earlier code, and nothing where all is plain", () => {
    expect(noteOf("E08000016")).toMatch(/earlier code of Barnsley, now E08000038/);
    expect(noteOf("E08000038")).toBeNull();
    expect(noteOf("Coventry City Council")).toBeNull();
  });
});

describe("findCouncilInText", () => {
  it.each([
    ["Coventry City Council", "331"],
    ["  COVENTRY CITY COUNCIL,\n", "331"],
    ["The Royal Borough of Greenwich", "203"],
    ["Newcastle City Council", "391"],
    ["Dudley MBC", "332"],
  ])("takes %j for %s", (text, dfeCode) => {
    expect(findCouncilInText(text)?.dfeCode).toBe(dfeCode);
  });

  it.each([
    "This information is not held by Leicester City Council.",
    "Leicester City Council, City Hall, 115 Charles Street",
    "Coventry",
    "Bury",
    "City of York",
    "Kingston Council",
    "",
  ])("takes %j for none", (text) => {
    expect(findCouncilInText(text)).toBeNull();
  });

  it("takes a name handed on for the one of the day", () => {
    expect(findCouncilInText("Dorset Council", "2018-07-01")?.dfeCode).toBe("835");
    expect(findCouncilInText("Dorset Council")?.dfeCode).toBe("838");
  });
});

describe("findCouncilMentions", () => {
  function mentioned(text: string): string[] {
    return findCouncilMentions(text).map(({ name }) => name);
  }

  it("finds full names in order, once each", () => {
    const text =
      "Not held by Leicester City Council. Please ask Leicestershire County\nCouncil or the London Borough of Bexley; " +
      "leicester city council’s register, Reading Borough Council, Hull Council, City of Doncaster Council.";
    expect(mentioned(text)).toEqual([
      "Leicester",
      "Leicestershire",
      "Bexley",
      "Reading",
      "Kingston upon Hull, City of",
      "Doncaster",
    ]);
  });

  it("takes the longest name", () => {
    expect(mentioned("Bournemouth, Christchurch and Poole Council")).toEqual(["Bournemouth, Christchurch and Poole"]);
    expect(mentioned("North Lincolnshire Council")).toEqual(["North Lincolnshire"]);
    expect(mentioned("St. Helens Borough Council & Telford & Wrekin Council")).toEqual([
      "St. Helens",
      "Telford and Wrekin",
    ]);
  });

  it.each([
    "Coventry and Leicester, and Rochdale borough",
    "South Norfolk Council",
    "North West Leicestershire District Council",
    "Newcastle-under-Lyme Borough Council",
    "Leicester County Council",
    "Kent council tax",
    "in the county of Kent, council tenants",
    "after reading council papers",
    "We wrote to Leicester. City Council staff replied",
    "moved to Coventry\n\nCity Council",
    "Kingston Council",
  ])("finds none in %j", (text) => {
    expect(mentioned(text)).toEqual([]);
  });
});

describe("authorityByEmailDomain", () => {
  it.each([
    ["coventry.gov.uk", "331"],
    ["LEICESTER.GOV.UK", "856"],
    ["bcpcouncil.gov.uk", "839"],
    ["lbbd.gov.uk", "301"],
    ["rbkc.gov.uk", "207"],
    ["walthamforest.gov.uk", "320"],
    ["foi.leeds.gov.uk", "383"],
    ["dorsetcouncil.gov.uk", "838"],
  ])("takes %s for %s", (domain, dfeCode) => {
    expect(authorityByEmailDomain(domain)?.dfeCode).toBe(dfeCode);
  });

  it.each(["gov.uk", "notcoventry.gov.uk", "coventry.gov.uk.example.com", "example.com", "", "norwich.gov.uk"])(
    "does not know %j",
    (domain) => {
      expect(authorityByEmailDomain(domain)).toBeNull();
    },
  );

  it("knows a domain of every present authority", () => {
    const without = AUTHORITIES.filter(({ until, domains }) => until === undefined && domains.length === 0);
    expect(without).toEqual([]);
  });
});

describe("hostile input", () => {
  it.each([
    "council of the city of ",
    "London Borough of Kingston upon ",
    "Leicester City Council's ",
    "St. ",
    "city and district council of the ",
    "&",
    "’",
    "((",
    " ",
    "\n",
  ])("a million characters of %j end within 10 s", (piece) => {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    const started = performance.now();
    findCouncilMentions(text);
    expect(findCouncilInText(text)).toBeNull();
    expect(found(text)).toBe("unknown");
    expect(authorityByEmailDomain(text)).toBeNull();
    expect(authorityByEmailDomain("a.".repeat(500_000))).toBeNull();
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
