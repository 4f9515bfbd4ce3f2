/** What the benchmarks read: made here, the same every time, and kept in the temporary folder for the next run. */
import { execFileSync } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AUTHORITIES, type Authority, areaCodeOf, ENGLAND, isValidOn } from "../src/catalogue/authorities.ts";

const MEBIBYTE = 1024 ** 2;
export const FOLDER = join(tmpdir(), "s21-bench-files");
const YEARS = Array.from({ length: 10 }, (_, index) => String(2013 + index));
/** Raised when what is made changes. */
const EDITION = 1;

/** The 11 leading columns of EES files, two filters and 20 indicators. */
const HEADER =
  "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code," +
  `new_la_code,la_name,category,characteristic,in_care,${Array.from({ length: 20 }, (_, index) => `ind_${index}`).join()}`;
const CHARACTERISTICS = [
  ...["Total", "White British", "Total", "Asian"],
  ...['"Mixed, other"', '"Said ""other"""', '"Gender\nunknown"'],
];

/** A CSV of so many MB in the layout of EES, with 150 authorities, quoted commas, quotes and line ends, and symbols. */
export async function makeEesCsv(megabytes: number): Promise<string> {
  return make(`ees-${megabytes}.csv`, async (path) => {
    await pipeline(Readable.from(eesPieces(megabytes * MEBIBYTE)), createWriteStream(path));
  });
}

/** The same inside a zip, as EES lays out a bundle. */
export async function makeZip(csv: string): Promise<string> {
  return make(`${csv.split("/").at(-1)}.zip`, async (path) => {
    // Entries of a name that the catalogue does not have: this is for reading members, not for the road.
    execFileSync(
      "sh",
      ["-c", 'mkdir -p data && ln -sf "$1" data/ees.csv && zip -q -fd - data/ees.csv > "$2"', "sh", csv, path],
      {
        cwd: FOLDER,
      },
    );
  });
}

async function make(name: string, write: (path: string) => Promise<void>): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${EDITION}-${name}`);
  if (existsSync(path) && statSync(path).size > 0) return path;
  await write(`${path}.part`);
  renameSync(`${path}.part`, path);
  return path;
}

function* eesPieces(target: number): Generator<Buffer> {
  const nextCell = makeCells();
  const places = AUTHORITIES.filter((one) => isValidOn(one, "2022-03-31")).map(placeOf);
  let bytes = 0;
  let row = 0;
  const rowOf = (year: string, place: string) => {
    row += 1;
    const characteristic = CHARACTERISTICS[row % 41 === 0 ? (row / 41) % 7 : row % 4] ?? "Total";
    const cells = Array.from({ length: 20 }, (_, index) => nextCell(index)).join();
    return `${year},Reporting year,${place},${characteristic},${row % 2 === 0 ? "Yes" : "No"},${cells}\n`;
  };
  yield Buffer.from(`${HEADER}\n`);
  while (bytes < target) {
    const country = `National,${ENGLAND.code},${ENGLAND.name},,,,,,Total`;
    const lines = [...places, country].flatMap((place) => YEARS.map((year) => rowOf(year, place)));
    const piece = Buffer.from(lines.join(""));
    bytes += piece.length;
    yield piece;
  }
}

function placeOf(authority: Authority): string {
  const { code, name: region } = authority.region;
  const area = `${code},${region},${authority.dfeCode},${areaCodeOf(authority)},${quote(authority.name)}`;
  return `Local authority,${ENGLAND.code},${ENGLAND.name},${area},Total`;
}

function quote(name: string): string {
  return name.includes(",") ? `"${name}"` : name;
}

/** Counts, and in every second column a rate or percentage; one cell in a hundred is a symbol. */
function makeCells(): (index: number) => string {
  let seed = 1;
  return (index) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    const number = seed >>> 16;
    if (number % 97 === 0) return ["c", "x", "z", "u"][(seed >>> 8) % 4] ?? "c";
    return index % 2 === 0 ? String(number % 20_000) : ((number % 1000) / 10).toFixed(1);
  };
}

const C1_HEADER =
  "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code," +
  "new_la_code,la_name,Category,Referrals,Referrals_rate,Re_referrals,Re_referrals_percent,No_Further_Action," +
  "No_Further_Action_percent,Not_in_Need,Not_in_Need_percent,Referrals_child,Referrals_child_rate," +
  "Re_referrals_child,Re_referrals_child_percent";
/** Observations in a row of C1. */
export const MEASURES_OF_C1 = 12;
const MONTHS = [
  ...["January", "February", "March", "April", "May", "June"],
  ...["July", "August", "September", "October", "November", "December"],
];

/** A C1 of so many observations, each of an area and month of its own: what is loaded is what was written. */
export async function makeC1(observations: number): Promise<string> {
  return make(`c1_${observations}.csv`, async (path) => {
    await pipeline(Readable.from(c1Pieces(Math.ceil(observations / MEASURES_OF_C1))), createWriteStream(path));
  });
}

function* c1Pieces(rows: number): Generator<Buffer> {
  const nextCell = makeCells();
  const places = AUTHORITIES.filter((one) => isValidOn(one, "2022-03-31")).map(placeOf);
  yield Buffer.from(`${C1_HEADER}\n`);
  let left = rows;
  for (let month = 0; left > 0; month += 1) {
    const period = `${1900 + Math.floor(month / 12)},${MONTHS[month % 12]}`;
    const lines = places.slice(0, left).map((place) => {
      const cells = Array.from({ length: MEASURES_OF_C1 }, (_, index) => nextCell(index)).join();
      return `${period},${place.replace(/Total$/, "Referrals and Re-referrals")},${cells}\n`;
    });
    left -= lines.length;
    yield Buffer.from(lines.join(""));
  }
}
