/** The bundled sample as a release that a stand-in EES serves, and changes of its cells. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packagePath } from "../../src/package-root.ts";
import { type StandInEes, type StandInFile, startStandInEes } from "../stand-in-ees/server.ts";

/** What `startStandInEes({ root })` takes. */
export const SAMPLE = packagePath("sample");
/** What `s21 refresh --from` takes. */
export const SAMPLE_BUNDLE = join(SAMPLE, "children-in-need", "2022");

/** One of the sample's files by its leading code: `C1`. */
export function readSampleFile(code: string): { name: string; text: string } {
  const folder = join(SAMPLE_BUNDLE, "data");
  const name = readdirSync(folder).find((one) => one.startsWith(`${code.toLowerCase()}_`));
  if (name === undefined) throw new Error(`the sample has no ${code}`);
  return { name, text: readFileSync(join(folder, name), "utf8") };
}

/** Files that the stand-in lists by these names, of which it has no bytes. */
export function withoutBytes(...names: string[]): StandInFile[] {
  return names.map((name) => ({ name, rows: 1_800 }));
}

/** DfE's figure of referrals in Coventry in 2020/21 as the amendment of `startAmendedEes` has it. */
export const AMENDED = "5760";

/** The sample's release, of which an amendment of C1 is out. */
export async function startAmendedEes(): Promise<StandInEes> {
  const ees = await startStandInEes({ root: SAMPLE });
  const { name, text } = readSampleFile("C1");
  const bytes = replaceCell(text, { year: "2021", laName: "Coventry" }, "Referrals", AMENDED);
  ees.amend("children-in-need", "2022", { files: [{ name, bytes }] });
  return ees;
}

/** The row of an authority (`Coventry`), or of England (``), in one year. */
export interface RowName {
  year: string;
  laName: string;
}

/** A CSV with one cell replaced. @throws where the row or column is not there, or not once. */
export function replaceCell(csv: string, row: RowName, column: string, value: string): string {
  const lines = csv.split(/(?<=\n)/);
  const header = cellsOf((lines[0] ?? "").replace("\ufeff", ""));
  const at = header.indexOf(column);
  const found = lines.flatMap((line, index) => (isRow(cellsOf(line), header, row) ? [index] : []));
  const target = found[0];
  if (at < 0 || target === undefined || found.length > 1) {
    throw new Error(`${row.laName} ${row.year}, ${column}: ${found.length} rows, column ${at}`);
  }
  const cells = cellsOf(lines[target] as string);
  const end = /\r?\n$/.exec(lines[target] as string)?.[0] ?? "";
  return lines
    .with(
      target,
      cells
        .with(at, value)
        .join(",")
        .replace(/\r?\n?$/, end),
    )
    .join("");
}

function isRow(cells: string[], header: string[], { year, laName }: RowName): boolean {
  return cells[header.indexOf("time_period")] === year && cells[header.indexOf("la_name")] === laName;
}

/** The sample's names hold no commas. */
function cellsOf(line: string): string[] {
  return line.replace(/\r?\n$/, "").split(",");
}
