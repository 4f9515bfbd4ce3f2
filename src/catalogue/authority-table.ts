/**
 * Every English local authority with children's services since 2013, one row each, and the regions. Data, no I/O.
 * Longer than other files because one row per authority is the form that a person can check against the source.
 *
 * Codes, names and regions: as the data files of "Children in need" print them, releases 2022 to 2025 (DfE, OGL v3.0).
 * Dates, and the codes of Barnsley and Sheffield from May 2025: DfE's list of local authorities for published statistics
 * (dfe-published-data-qa, data/las.csv). Styles, aliases and domains: the councils' own names and web addresses.
 */

/** A statistical area above the authorities, with its ONS code. */
export interface Region {
  /** ONS code: `E12…`, or `E13…` for the two halves of London. */
  code: string;
  /** As the files print it: `Yorkshire and The Humber`. */
  name: string;
  /** Set on Inner and Outer London only: the code of the region that holds them. Adding all eleven counts London twice. */
  partOf?: string;
}

/** An ONS code of an authority. Dates are ISO, both inclusive; absent where the code was valid since before 2013 or still is. */
export interface OnsCode {
  code: string;
  from?: string;
  until?: string;
}

/**
 * What a council may call itself besides plain "council". `metropolitan` and `london` go before "borough"; an authority
 * that takes none of the words of a name ("Leicester County Council") is not the one meant.
 */
export type CouncilStyle = "city" | "county" | "borough" | "district" | "metropolitan" | "london" | "royal";

export interface Authority {
  /** DfE three-digit code, unique here: `331`. It identifies the authority, and changes when a new council replaces it. */
  dfeCode: string;
  /** The published name: `Bristol, City of`. Not unique: there are two called Dorset. */
  name: string;
  /** Oldest first. An ONS code belongs to one authority; a boundary change gives the same authority a new one. */
  onsCodes: readonly OnsCode[];
  /** As the files print it: Inner or Outer London for a London authority. */
  region: Region;
  /** First day; absent where it was there before 2013, the first year of the files. */
  from?: string;
  /** Last day; absent for a present authority. */
  until?: string;
  /** DfE codes of the authorities that took over its area. */
  successors: readonly string[];
  styles: readonly CouncilStyle[];
  /** Names that the council uses for itself beyond what the rules of names derive: `Hull`, `BCP`. */
  aliases: readonly string[];
  /** Domains of its mail and web pages: `coventry.gov.uk`. */
  domains: readonly string[];
}

export const ENGLAND = { code: "E92000001", name: "England" } as const;

const NORTH_EAST: Region = { code: "E12000001", name: "North East" };
const NORTH_WEST: Region = { code: "E12000002", name: "North West" };
const YORKSHIRE: Region = { code: "E12000003", name: "Yorkshire and The Humber" };
const EAST_MIDLANDS: Region = { code: "E12000004", name: "East Midlands" };
const WEST_MIDLANDS: Region = { code: "E12000005", name: "West Midlands" };
const EAST_OF_ENGLAND: Region = { code: "E12000006", name: "East of England" };
const LONDON: Region = { code: "E12000007", name: "London" };
const SOUTH_EAST: Region = { code: "E12000008", name: "South East" };
const SOUTH_WEST: Region = { code: "E12000009", name: "South West" };
const INNER_LONDON: Region = { code: "E13000001", name: "Inner London", partOf: LONDON.code };
const OUTER_LONDON: Region = { code: "E13000002", name: "Outer London", partOf: LONDON.code };

/** The nine regions, then Inner and Outer London, which are parts of the seventh. */
export const REGIONS: readonly Region[] = [
  NORTH_EAST,
  NORTH_WEST,
  YORKSHIRE,
  EAST_MIDLANDS,
  WEST_MIDLANDS,
  EAST_OF_ENGLAND,
  LONDON,
  SOUTH_EAST,
  SOUTH_WEST,
  INNER_LONDON,
  OUTER_LONDON,
];

interface Details {
  from?: string;
  until?: string;
  successors?: string[];
  /** `county`: a unitary that calls itself a county; `unitary`: one that is neither county, city, borough nor district. */
  style?: "city" | "county" | "royal" | "unitary";
  aliases?: string[];
  domains?: string[];
}

function authority(
  dfeCode: string,
  name: string,
  ons: string | OnsCode[],
  region: Region,
  { style, successors = [], aliases = [], domains = [], ...validity }: Details,
): Authority {
  const onsCodes = typeof ons === "string" ? [{ code: ons }] : ons;
  const styles = stylesOf(onsCodes, style);
  return { dfeCode, name, onsCodes, region, ...validity, successors, styles, aliases, domains };
}

/** The first three characters of an ONS code name the kind of area: county, unitary, metropolitan district, London borough. */
function stylesOf(onsCodes: readonly OnsCode[], style: Details["style"]): CouncilStyle[] {
  if (style === "unitary") return [];
  if (style === "county" || onsCodes.some(({ code }) => code.startsWith("E10"))) return ["county"];
  const own: CouncilStyle[] = style === undefined ? [] : [style];
  const kind = onsCodes[0]?.code.slice(0, 3);
  if (kind === "E08") return [...own, "metropolitan", "borough", "district"];
  if (kind === "E09") return [...own, "london", "borough"];
  return [...own, "borough", "district"];
}

/** The codes of an authority that was given a new one: `until` ends the old code, `from` starts the new one. */
function recoded(before: string, after: string, { until, from }: { until: string; from: string }): OnsCode[] {
  return [
    { code: before, until },
    { code: after, from },
  ];
}

export const AUTHORITIES: readonly Authority[] = [
  authority("201", "City of London", "E09000001", INNER_LONDON, {
    style: "city",
    aliases: ["Corporation of London", "City Corporation"],
    domains: ["cityoflondon.gov.uk"],
  }),
  authority("202", "Camden", "E09000007", INNER_LONDON, { domains: ["camden.gov.uk"] }),
  authority("203", "Greenwich", "E09000011", OUTER_LONDON, {
    style: "royal",
    domains: ["royalgreenwich.gov.uk", "greenwich.gov.uk"],
  }),
  authority("204", "Hackney", "E09000012", INNER_LONDON, { domains: ["hackney.gov.uk"] }),
  authority("205", "Hammersmith and Fulham", "E09000013", INNER_LONDON, {
    aliases: ["LBHF", "H&F"],
    domains: ["lbhf.gov.uk"],
  }),
  authority("206", "Islington", "E09000019", INNER_LONDON, { domains: ["islington.gov.uk"] }),
  authority("207", "Kensington and Chelsea", "E09000020", INNER_LONDON, {
    style: "royal",
    aliases: ["RBKC"],
    domains: ["rbkc.gov.uk"],
  }),
  authority("208", "Lambeth", "E09000022", INNER_LONDON, { domains: ["lambeth.gov.uk"] }),
  authority("209", "Lewisham", "E09000023", INNER_LONDON, { domains: ["lewisham.gov.uk"] }),
  authority("210", "Southwark", "E09000028", INNER_LONDON, { domains: ["southwark.gov.uk"] }),
  authority("211", "Tower Hamlets", "E09000030", INNER_LONDON, { domains: ["towerhamlets.gov.uk"] }),
  authority("212", "Wandsworth", "E09000032", INNER_LONDON, { domains: ["wandsworth.gov.uk"] }),
  authority("213", "Westminster", "E09000033", INNER_LONDON, { style: "city", domains: ["westminster.gov.uk"] }),
  authority("301", "Barking and Dagenham", "E09000002", OUTER_LONDON, { aliases: ["LBBD"], domains: ["lbbd.gov.uk"] }),
  authority("302", "Barnet", "E09000003", OUTER_LONDON, { domains: ["barnet.gov.uk"] }),
  authority("303", "Bexley", "E09000004", OUTER_LONDON, { domains: ["bexley.gov.uk"] }),
  authority("304", "Brent", "E09000005", OUTER_LONDON, { domains: ["brent.gov.uk"] }),
  authority("305", "Bromley", "E09000006", OUTER_LONDON, { domains: ["bromley.gov.uk"] }),
  authority("306", "Croydon", "E09000008", OUTER_LONDON, { domains: ["croydon.gov.uk"] }),
  authority("307", "Ealing", "E09000009", OUTER_LONDON, { domains: ["ealing.gov.uk"] }),
  authority("308", "Enfield", "E09000010", OUTER_LONDON, { domains: ["enfield.gov.uk"] }),
  authority("309", "Haringey", "E09000014", INNER_LONDON, { domains: ["haringey.gov.uk"] }),
  authority("310", "Harrow", "E09000015", OUTER_LONDON, { domains: ["harrow.gov.uk"] }),
  authority("311", "Havering", "E09000016", OUTER_LONDON, { domains: ["havering.gov.uk"] }),
  authority("312", "Hillingdon", "E09000017", OUTER_LONDON, { domains: ["hillingdon.gov.uk"] }),
  authority("313", "Hounslow", "E09000018", OUTER_LONDON, { domains: ["hounslow.gov.uk"] }),
  authority("314", "Kingston upon Thames", "E09000021", OUTER_LONDON, {
    style: "royal",
    aliases: ["Royal Borough of Kingston"],
    domains: ["kingston.gov.uk"],
  }),
  authority("315", "Merton", "E09000024", OUTER_LONDON, { domains: ["merton.gov.uk"] }),
  authority("316", "Newham", "E09000025", INNER_LONDON, { domains: ["newham.gov.uk"] }),
  authority("317", "Redbridge", "E09000026", OUTER_LONDON, { domains: ["redbridge.gov.uk"] }),
  authority("318", "Richmond upon Thames", "E09000027", OUTER_LONDON, {
    aliases: ["Richmond"],
    domains: ["richmond.gov.uk"],
  }),
  authority("319", "Sutton", "E09000029", OUTER_LONDON, { domains: ["sutton.gov.uk"] }),
  authority("320", "Waltham Forest", "E09000031", OUTER_LONDON, { domains: ["walthamforest.gov.uk"] }),
  authority("330", "Birmingham", "E08000025", WEST_MIDLANDS, { style: "city", domains: ["birmingham.gov.uk"] }),
  authority("331", "Coventry", "E08000026", WEST_MIDLANDS, { style: "city", domains: ["coventry.gov.uk"] }),
  authority("332", "Dudley", "E08000027", WEST_MIDLANDS, { domains: ["dudley.gov.uk"] }),
  authority("333", "Sandwell", "E08000028", WEST_MIDLANDS, { domains: ["sandwell.gov.uk"] }),
  authority("334", "Solihull", "E08000029", WEST_MIDLANDS, { domains: ["solihull.gov.uk"] }),
  authority("335", "Walsall", "E08000030", WEST_MIDLANDS, { domains: ["walsall.gov.uk"] }),
  authority("336", "Wolverhampton", "E08000031", WEST_MIDLANDS, { style: "city", domains: ["wolverhampton.gov.uk"] }),
  authority("340", "Knowsley", "E08000011", NORTH_WEST, { domains: ["knowsley.gov.uk"] }),
  authority("341", "Liverpool", "E08000012", NORTH_WEST, { style: "city", domains: ["liverpool.gov.uk"] }),
  authority("342", "St. Helens", "E08000013", NORTH_WEST, { domains: ["sthelens.gov.uk"] }),
  authority("343", "Sefton", "E08000014", NORTH_WEST, { domains: ["sefton.gov.uk"] }),
  authority("344", "Wirral", "E08000015", NORTH_WEST, { domains: ["wirral.gov.uk"] }),
  authority("350", "Bolton", "E08000001", NORTH_WEST, { domains: ["bolton.gov.uk"] }),
  authority("351", "Bury", "E08000002", NORTH_WEST, { domains: ["bury.gov.uk"] }),
  authority("352", "Manchester", "E08000003", NORTH_WEST, { style: "city", domains: ["manchester.gov.uk"] }),
  authority("353", "Oldham", "E08000004", NORTH_WEST, { domains: ["oldham.gov.uk"] }),
  authority("354", "Rochdale", "E08000005", NORTH_WEST, { domains: ["rochdale.gov.uk"] }),
  authority("355", "Salford", "E08000006", NORTH_WEST, { style: "city", domains: ["salford.gov.uk"] }),
  authority("356", "Stockport", "E08000007", NORTH_WEST, { domains: ["stockport.gov.uk"] }),
  authority("357", "Tameside", "E08000008", NORTH_WEST, { domains: ["tameside.gov.uk"] }),
  authority("358", "Trafford", "E08000009", NORTH_WEST, { domains: ["trafford.gov.uk"] }),
  authority("359", "Wigan", "E08000010", NORTH_WEST, { domains: ["wigan.gov.uk"] }),
  authority(
    "370",
    "Barnsley",
    recoded("E08000016", "E08000038", { until: "2025-04-30", from: "2025-05-01" }),
    YORKSHIRE,
    { domains: ["barnsley.gov.uk"] },
  ),
  authority("371", "Doncaster", "E08000017", YORKSHIRE, { style: "city", domains: ["doncaster.gov.uk"] }),
  authority("372", "Rotherham", "E08000018", YORKSHIRE, { domains: ["rotherham.gov.uk"] }),
  authority(
    "373",
    "Sheffield",
    recoded("E08000019", "E08000039", { until: "2025-04-30", from: "2025-05-01" }),
    YORKSHIRE,
    { style: "city", domains: ["sheffield.gov.uk"] },
  ),
  authority("380", "Bradford", "E08000032", YORKSHIRE, { style: "city", domains: ["bradford.gov.uk"] }),
  authority("381", "Calderdale", "E08000033", YORKSHIRE, { domains: ["calderdale.gov.uk"] }),
  authority("382", "Kirklees", "E08000034", YORKSHIRE, { domains: ["kirklees.gov.uk"] }),
  authority("383", "Leeds", "E08000035", YORKSHIRE, { style: "city", domains: ["leeds.gov.uk"] }),
  authority("384", "Wakefield", "E08000036", YORKSHIRE, { style: "city", domains: ["wakefield.gov.uk"] }),
  authority(
    "390",
    "Gateshead",
    recoded("E08000020", "E08000037", { until: "2013-03-31", from: "2013-04-01" }),
    NORTH_EAST,
    { domains: ["gateshead.gov.uk"] },
  ),
  authority("391", "Newcastle upon Tyne", "E08000021", NORTH_EAST, {
    style: "city",
    aliases: ["Newcastle City Council", "Newcastle Council"],
    domains: ["newcastle.gov.uk"],
  }),
  authority("392", "North Tyneside", "E08000022", NORTH_EAST, { domains: ["northtyneside.gov.uk"] }),
  authority("393", "South Tyneside", "E08000023", NORTH_EAST, { domains: ["southtyneside.gov.uk"] }),
  authority("394", "Sunderland", "E08000024", NORTH_EAST, { style: "city", domains: ["sunderland.gov.uk"] }),
  authority("420", "Isles of Scilly", "E06000053", SOUTH_WEST, {
    style: "unitary",
    aliases: ["Scilly"],
    domains: ["scilly.gov.uk"],
  }),
  authority("800", "Bath and North East Somerset", "E06000022", SOUTH_WEST, {
    aliases: ["B&NES", "BANES", "Bathnes"],
    domains: ["bathnes.gov.uk"],
  }),
  authority("801", "Bristol, City of", "E06000023", SOUTH_WEST, { style: "city", domains: ["bristol.gov.uk"] }),
  authority("802", "North Somerset", "E06000024", SOUTH_WEST, { domains: ["n-somerset.gov.uk"] }),
  authority("803", "South Gloucestershire", "E06000025", SOUTH_WEST, {
    aliases: ["South Glos"],
    domains: ["southglos.gov.uk"],
  }),
  authority("805", "Hartlepool", "E06000001", NORTH_EAST, { domains: ["hartlepool.gov.uk"] }),
  authority("806", "Middlesbrough", "E06000002", NORTH_EAST, { domains: ["middlesbrough.gov.uk"] }),
  authority("807", "Redcar and Cleveland", "E06000003", NORTH_EAST, { domains: ["redcar-cleveland.gov.uk"] }),
  authority("808", "Stockton-on-Tees", "E06000004", NORTH_EAST, {
    aliases: ["Stockton"],
    domains: ["stockton.gov.uk"],
  }),
  authority("810", "Kingston upon Hull, City of", "E06000010", YORKSHIRE, {
    style: "city",
    aliases: ["Hull"],
    domains: ["hullcc.gov.uk", "hull.gov.uk"],
  }),
  authority("811", "East Riding of Yorkshire", "E06000011", YORKSHIRE, {
    style: "unitary",
    aliases: ["East Riding"],
    domains: ["eastriding.gov.uk"],
  }),
  authority("812", "North East Lincolnshire", "E06000012", YORKSHIRE, {
    aliases: ["North East Lincs", "NE Lincolnshire"],
    domains: ["nelincs.gov.uk"],
  }),
  authority("813", "North Lincolnshire", "E06000013", YORKSHIRE, {
    aliases: ["North Lincs"],
    domains: ["northlincs.gov.uk"],
  }),
  authority(
    "815",
    "North Yorkshire",
    recoded("E10000023", "E06000065", { until: "2023-03-31", from: "2023-04-01" }),
    YORKSHIRE,
    { aliases: ["North Yorks"], domains: ["northyorks.gov.uk"] },
  ),
  authority("816", "York", "E06000014", YORKSHIRE, { style: "city", domains: ["york.gov.uk"] }),
  authority("821", "Luton", "E06000032", EAST_OF_ENGLAND, { domains: ["luton.gov.uk"] }),
  authority("822", "Bedford", "E06000055", EAST_OF_ENGLAND, { domains: ["bedford.gov.uk"] }),
  authority("823", "Central Bedfordshire", "E06000056", EAST_OF_ENGLAND, {
    aliases: ["Central Beds"],
    domains: ["centralbedfordshire.gov.uk"],
  }),
  authority(
    "825",
    "Buckinghamshire",
    recoded("E10000002", "E06000060", { until: "2020-03-31", from: "2020-04-01" }),
    SOUTH_EAST,
    { aliases: ["Bucks"], domains: ["buckinghamshire.gov.uk", "buckscc.gov.uk"] },
  ),
  authority("826", "Milton Keynes", "E06000042", SOUTH_EAST, { style: "city", domains: ["milton-keynes.gov.uk"] }),
  authority("830", "Derbyshire", "E10000007", EAST_MIDLANDS, { domains: ["derbyshire.gov.uk"] }),
  authority("831", "Derby", "E06000015", EAST_MIDLANDS, { style: "city", domains: ["derby.gov.uk"] }),
  authority("835", "Dorset", "E10000009", SOUTH_WEST, {
    until: "2019-03-31",
    successors: ["838", "839"],
    domains: ["dorsetcc.gov.uk"],
  }),
  authority("836", "Poole", "E06000029", SOUTH_WEST, {
    until: "2019-03-31",
    successors: ["839"],
    domains: ["poole.gov.uk"],
  }),
  authority("837", "Bournemouth", "E06000028", SOUTH_WEST, {
    until: "2019-03-31",
    successors: ["839"],
    domains: ["bournemouth.gov.uk"],
  }),
  authority("838", "Dorset", "E06000059", SOUTH_WEST, {
    from: "2019-04-01",
    style: "unitary",
    domains: ["dorsetcouncil.gov.uk"],
  }),
  authority("839", "Bournemouth, Christchurch and Poole", "E06000058", SOUTH_WEST, {
    from: "2019-04-01",
    style: "unitary",
    aliases: ["BCP"],
    domains: ["bcpcouncil.gov.uk"],
  }),
  authority("840", "County Durham", "E06000047", NORTH_EAST, {
    style: "county",
    aliases: ["Durham"],
    domains: ["durham.gov.uk"],
  }),
  authority("841", "Darlington", "E06000005", NORTH_EAST, { domains: ["darlington.gov.uk"] }),
  authority("845", "East Sussex", "E10000011", SOUTH_EAST, { domains: ["eastsussex.gov.uk"] }),
  authority("846", "Brighton and Hove", "E06000043", SOUTH_EAST, { style: "city", domains: ["brighton-hove.gov.uk"] }),
  authority("850", "Hampshire", "E10000014", SOUTH_EAST, { aliases: ["Hants"], domains: ["hants.gov.uk"] }),
  authority("851", "Portsmouth", "E06000044", SOUTH_EAST, {
    style: "city",
    domains: ["portsmouthcc.gov.uk", "portsmouth.gov.uk"],
  }),
  authority("852", "Southampton", "E06000045", SOUTH_EAST, { style: "city", domains: ["southampton.gov.uk"] }),
  authority("855", "Leicestershire", "E10000018", EAST_MIDLANDS, {
    aliases: ["Leics"],
    domains: ["leics.gov.uk", "leicestershire.gov.uk"],
  }),
  authority("856", "Leicester", "E06000016", EAST_MIDLANDS, { style: "city", domains: ["leicester.gov.uk"] }),
  authority("857", "Rutland", "E06000017", EAST_MIDLANDS, { style: "county", domains: ["rutland.gov.uk"] }),
  authority("860", "Staffordshire", "E10000028", WEST_MIDLANDS, {
    aliases: ["Staffs"],
    domains: ["staffordshire.gov.uk"],
  }),
  authority("861", "Stoke-on-Trent", "E06000021", WEST_MIDLANDS, { style: "city", domains: ["stoke.gov.uk"] }),
  authority("865", "Wiltshire", "E06000054", SOUTH_WEST, { style: "county", domains: ["wiltshire.gov.uk"] }),
  authority("866", "Swindon", "E06000030", SOUTH_WEST, { domains: ["swindon.gov.uk"] }),
  authority("867", "Bracknell Forest", "E06000036", SOUTH_EAST, { domains: ["bracknell-forest.gov.uk"] }),
  authority("868", "Windsor and Maidenhead", "E06000040", SOUTH_EAST, {
    style: "royal",
    aliases: ["RBWM"],
    domains: ["rbwm.gov.uk"],
  }),
  authority("869", "West Berkshire", "E06000037", SOUTH_EAST, {
    aliases: ["West Berks"],
    domains: ["westberks.gov.uk"],
  }),
  authority("870", "Reading", "E06000038", SOUTH_EAST, { domains: ["reading.gov.uk"] }),
  authority("871", "Slough", "E06000039", SOUTH_EAST, { domains: ["slough.gov.uk"] }),
  authority("872", "Wokingham", "E06000041", SOUTH_EAST, { domains: ["wokingham.gov.uk"] }),
  authority("873", "Cambridgeshire", "E10000003", EAST_OF_ENGLAND, {
    aliases: ["Cambs"],
    domains: ["cambridgeshire.gov.uk"],
  }),
  authority("874", "Peterborough", "E06000031", EAST_OF_ENGLAND, { style: "city", domains: ["peterborough.gov.uk"] }),
  authority("876", "Halton", "E06000006", NORTH_WEST, { domains: ["halton.gov.uk"] }),
  authority("877", "Warrington", "E06000007", NORTH_WEST, { domains: ["warrington.gov.uk"] }),
  authority("878", "Devon", "E10000008", SOUTH_WEST, { domains: ["devon.gov.uk"] }),
  authority("879", "Plymouth", "E06000026", SOUTH_WEST, { style: "city", domains: ["plymouth.gov.uk"] }),
  authority("880", "Torbay", "E06000027", SOUTH_WEST, { domains: ["torbay.gov.uk"] }),
  authority("881", "Essex", "E10000012", EAST_OF_ENGLAND, { domains: ["essex.gov.uk"] }),
  authority("882", "Southend-on-Sea", "E06000033", EAST_OF_ENGLAND, {
    style: "city",
    aliases: ["Southend"],
    domains: ["southend.gov.uk"],
  }),
  authority("883", "Thurrock", "E06000034", EAST_OF_ENGLAND, { domains: ["thurrock.gov.uk"] }),
  authority("884", "Herefordshire, County of", "E06000019", WEST_MIDLANDS, {
    style: "county",
    domains: ["herefordshire.gov.uk"],
  }),
  authority("885", "Worcestershire", "E10000034", WEST_MIDLANDS, {
    aliases: ["Worcs"],
    domains: ["worcestershire.gov.uk"],
  }),
  authority("886", "Kent", "E10000016", SOUTH_EAST, { domains: ["kent.gov.uk"] }),
  authority("887", "Medway", "E06000035", SOUTH_EAST, { domains: ["medway.gov.uk"] }),
  authority("888", "Lancashire", "E10000017", NORTH_WEST, { aliases: ["Lancs"], domains: ["lancashire.gov.uk"] }),
  authority("889", "Blackburn with Darwen", "E06000008", NORTH_WEST, { domains: ["blackburn.gov.uk"] }),
  authority("890", "Blackpool", "E06000009", NORTH_WEST, { domains: ["blackpool.gov.uk"] }),
  authority("891", "Nottinghamshire", "E10000024", EAST_MIDLANDS, {
    aliases: ["Notts"],
    domains: ["nottscc.gov.uk", "nottinghamshire.gov.uk"],
  }),
  authority("892", "Nottingham", "E06000018", EAST_MIDLANDS, { style: "city", domains: ["nottinghamcity.gov.uk"] }),
  authority("893", "Shropshire", "E06000051", WEST_MIDLANDS, { style: "county", domains: ["shropshire.gov.uk"] }),
  authority("894", "Telford and Wrekin", "E06000020", WEST_MIDLANDS, { domains: ["telford.gov.uk"] }),
  authority("895", "Cheshire East", "E06000049", NORTH_WEST, { domains: ["cheshireeast.gov.uk"] }),
  authority("896", "Cheshire West and Chester", "E06000050", NORTH_WEST, {
    aliases: ["Cheshire West", "CWAC"],
    domains: ["cheshirewestandchester.gov.uk"],
  }),
  authority("908", "Cornwall", "E06000052", SOUTH_WEST, { style: "county", domains: ["cornwall.gov.uk"] }),
  authority("909", "Cumbria", "E10000006", NORTH_WEST, {
    until: "2023-03-31",
    successors: ["942", "943"],
    domains: ["cumbria.gov.uk"],
  }),
  authority("916", "Gloucestershire", "E10000013", SOUTH_WEST, {
    aliases: ["Glos"],
    domains: ["gloucestershire.gov.uk"],
  }),
  authority("919", "Hertfordshire", "E10000015", EAST_OF_ENGLAND, {
    aliases: ["Herts"],
    domains: ["hertfordshire.gov.uk"],
  }),
  authority("921", "Isle of Wight", "E06000046", SOUTH_EAST, {
    style: "county",
    aliases: ["IOW"],
    domains: ["iow.gov.uk", "iwight.com"],
  }),
  authority("925", "Lincolnshire", "E10000019", EAST_MIDLANDS, {
    aliases: ["Lincs"],
    domains: ["lincolnshire.gov.uk"],
  }),
  authority("926", "Norfolk", "E10000020", EAST_OF_ENGLAND, { domains: ["norfolk.gov.uk"] }),
  authority("928", "Northamptonshire", "E10000021", EAST_MIDLANDS, {
    until: "2021-03-31",
    successors: ["940", "941"],
    aliases: ["Northants"],
    domains: ["northamptonshire.gov.uk"],
  }),
  authority(
    "929",
    "Northumberland",
    recoded("E06000048", "E06000057", { until: "2013-03-31", from: "2013-04-01" }),
    NORTH_EAST,
    { style: "county", domains: ["northumberland.gov.uk"] },
  ),
  authority("931", "Oxfordshire", "E10000025", SOUTH_EAST, { aliases: ["Oxon"], domains: ["oxfordshire.gov.uk"] }),
  authority(
    "933",
    "Somerset",
    recoded("E10000027", "E06000066", { until: "2023-03-31", from: "2023-04-01" }),
    SOUTH_WEST,
    { domains: ["somerset.gov.uk"] },
  ),
  authority("935", "Suffolk", "E10000029", EAST_OF_ENGLAND, { domains: ["suffolk.gov.uk"] }),
  authority("936", "Surrey", "E10000030", SOUTH_EAST, { domains: ["surreycc.gov.uk"] }),
  authority("937", "Warwickshire", "E10000031", WEST_MIDLANDS, { domains: ["warwickshire.gov.uk"] }),
  authority("938", "West Sussex", "E10000032", SOUTH_EAST, { domains: ["westsussex.gov.uk"] }),
  authority("940", "North Northamptonshire", "E06000061", EAST_MIDLANDS, {
    from: "2021-04-01",
    style: "unitary",
    aliases: ["North Northants"],
    domains: ["northnorthants.gov.uk"],
  }),
  authority("941", "West Northamptonshire", "E06000062", EAST_MIDLANDS, {
    from: "2021-04-01",
    style: "unitary",
    aliases: ["West Northants"],
    domains: ["westnorthants.gov.uk"],
  }),
  authority("942", "Cumberland", "E06000063", NORTH_WEST, {
    from: "2023-04-01",
    style: "unitary",
    domains: ["cumberland.gov.uk"],
  }),
  authority("943", "Westmorland and Furness", "E06000064", NORTH_WEST, {
    from: "2023-04-01",
    style: "unitary",
    domains: ["westmorlandandfurness.gov.uk"],
  }),
];
