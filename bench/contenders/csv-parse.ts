/** `csv-parse` alone, as its manual has it: every record of a CSV, or of one unpacked by `unzipper`, looked at. */
import { createReadStream } from "node:fs";
import { parse } from "csv-parse";
import { Open } from "unzipper";

const [path = "", codes = ""] = process.argv.slice(2);
const wanted = codes === "all" ? null : new Set(codes.split(","));
const bytes = path.endsWith(".zip") ? (await Open.file(path)).files[0]?.stream() : createReadStream(path);
if (bytes === undefined) throw new Error(`${path} holds no file`);
let header: string[] | null = null;
let [code, indicator, rows, sum] = [0, 0, 0, 0];
const parser = bytes.pipe(parse({ bom: true }));
parser.on("data", (cells: string[]) => {
  if (header === null) {
    header = cells;
    [code, indicator] = [cells.indexOf("new_la_code"), cells.indexOf("ind_0")];
    return;
  }
  if (wanted !== null && !wanted.has(cells[code] ?? "")) return;
  rows += 1;
  const cell = cells[indicator] ?? "";
  if (/^\d+$/.test(cell)) sum += Number(cell);
});
await new Promise((resolve, reject) => parser.on("end", resolve).on("error", reject));
console.log(JSON.stringify({ rows, sum }));
