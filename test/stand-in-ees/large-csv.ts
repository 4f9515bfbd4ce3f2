/**
 * A CSV of any size in the layout of C1: for measuring memory. Coventry, West Midlands and England have one row a year,
 * spread over the whole file; the other authorities fill it, their keys repeating with other numbers.
 */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AUTHORITIES, type Authority, areaCodeOf, ENGLAND, isValidOn } from "../../src/catalogue/authorities.ts";

export interface LargeCsv {
  bytes: number;
  /** Records without the header: `numDataFileRows`. */
  rows: number;
}

/** The columns of C1 in the release of 2022. Source: DfE, Children in need, OGL v3.0. */
const HEADER =
  "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code," +
  "new_la_code,la_name,Category,Referrals,Referrals_rate,Re_referrals,Re_referrals_percent,No_Further_Action," +
  "No_Further_Action_percent,Not_in_Need,Not_in_Need_percent,Referrals_child,Referrals_child_rate," +
  "Re_referrals_child,Re_referrals_child_percent";
const INDICATORS = 12;
const CATEGORY = "Referrals and Re-referrals";
const MEBIBYTE = 1024 ** 2;

/** Coventry's referrals by year. Source: DfE, Children in need, release 2022, C1, column Referrals. OGL v3.0. */
export const COVENTRY_REFERRALS: Readonly<Record<string, number>> = {
  2013: 4656,
  2014: 6000,
  2015: 8178,
  2016: 8011,
  2017: 5433,
  2018: 5923,
  2019: 5660,
  2020: 5382,
  2021: 5754,
  2022: 4987,
};
const YEARS = Object.keys(COVENTRY_REFERRALS);

/** Writes the file as it makes it; Coventry's last year is the last line. Symbols stand in place of some numbers. */
export async function writeLargeCsv(path: string, megabytes: number): Promise<LargeCsv> {
  const written: LargeCsv = { bytes: 0, rows: 0 };
  await pipeline(Readable.from(makePieces(megabytes * MEBIBYTE, written)), createWriteStream(path));
  return written;
}

function* makePieces(target: number, written: LargeCsv) {
  const places = fillingPlaces();
  const nextCell = makeCells();
  yield count(`\ufeff${HEADER}\r\n`, 0, written);
  for (const [index, year] of YEARS.entries()) {
    const share = (target * (index + 1)) / YEARS.length;
    while (written.bytes < share) {
      const rows = places.flatMap((place) => YEARS.map((each) => fillingRow(each, place, nextCell)));
      yield count(rows.join(""), rows.length, written);
    }
    yield count(rowsOnceAYear(year), 3, written);
  }
}

function count(text: string, rows: number, written: LargeCsv): Buffer {
  const bytes = Buffer.from(text);
  written.bytes += bytes.length;
  written.rows += rows;
  return bytes;
}

/** England, West Midlands, Coventry: the areas that a test is likely to ask for. */
function rowsOnceAYear(year: string): string {
  const coventry = AUTHORITIES.find(({ dfeCode }) => dfeCode === "331");
  if (coventry === undefined) throw new Error("the catalogue has no Coventry (331)");
  const none = Array.from({ length: INDICATORS }, () => "x").join(",");
  const referrals = [COVENTRY_REFERRALS[year], ...Array.from({ length: INDICATORS - 1 }, () => "c")].join(",");
  const region = `${coventry.region.code},${coventry.region.name}`;
  const england = `${year},Reporting year,National,${ENGLAND.code},${ENGLAND.name},,,,,,${CATEGORY},${none}\r\n`;
  const west = `${year},Reporting year,Regional,${ENGLAND.code},${ENGLAND.name},${region},,,,${CATEGORY},${none}\r\n`;
  return `${england}${west}${year},${placeOf(coventry)},${referrals}\r\n`;
}

function fillingPlaces(): string[] {
  const others = AUTHORITIES.filter((authority) => authority.dfeCode !== "331" && isValidOn(authority, "2022-03-31"));
  return others.map(placeOf);
}

function placeOf(authority: Authority): string {
  const name = authority.name.includes(",") ? `"${authority.name}"` : authority.name;
  const { code, name: region } = authority.region;
  const area = `${code},${region},${authority.dfeCode},${areaCodeOf(authority)},${name}`;
  return `Reporting year,Local authority,${ENGLAND.code},${ENGLAND.name},${area},${CATEGORY}`;
}

function fillingRow(year: string, place: string, nextCell: (index: number) => string): string {
  const cells = Array.from({ length: INDICATORS }, (_, index) => nextCell(index));
  return `${year},${place},${cells.join(",")}\r\n`;
}

/** The same numbers every time: counts and, in every second column, a rate or percentage below 100. */
function makeCells(): (index: number) => string {
  let seed = 1;
  return (index) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    const number = seed >>> 16;
    if (number % 97 === 0) return ["c", "x", "z", "u"][(seed >>> 8) % 4] ?? "c";
    return index % 2 === 0 ? String(number % 20_000) : ((number % 1000) / 10).toString();
  };
}
