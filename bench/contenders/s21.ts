/** `node s21.js FILE CODES|all`: our road from a CSV, or a zip of one, to the rows of some authorities. */
import { readBlocks } from "../../src/extract/file-blocks.ts";
import { openTable } from "../../src/extract/table.ts";

const [path = "", codes = ""] = process.argv.slice(2);
const wanted = codes === "all" ? null : new Set(codes.split(","));
const openZip = async () => (await import("../../src/extract/bundle.ts")).openZipBundle(path);
const bytes = path.endsWith(".zip") ? (await openZip()).files[0]?.open() : readBlocks(path);
if (bytes === undefined) throw new Error(`${path} holds no file`);
const table = await openTable(bytes, path);
const at = (name: string) => table.header.indexOf(name);
const [code, indicator] = [at("new_la_code"), at("ind_0")];
const deciding = [
  "geographic_level",
  "country_code",
  "region_code",
  "region_name",
  "old_la_code",
  "la_name",
  "category",
];
const chosen = table.choose({
  columns: [code, ...deciding.map(at)],
  refuse: ({ cells }) => (wanted === null || wanted.has(cells[code] ?? "") ? null : "outside"),
});
let rows = 0;
let sum = 0;
for await (const batch of chosen.batches) {
  for (const { cells } of batch) {
    rows += 1;
    const cell = cells[indicator] ?? "";
    if (/^\d+$/.test(cell)) sum += Number(cell);
  }
}
console.log(JSON.stringify({ rows, sum }));
