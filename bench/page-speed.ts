/**
 * How long the site takes to answer, at the server, on the warehouse that the environment names:
 * `DATABASE_URL=… S21_DATA_DIR=… npx tsx bench/page-speed.ts [times]`. The first answer of each page is told apart: it reads what
 * later ones remember.
 */
import { readConfig } from "../src/config.ts";
import { openArchive } from "../src/extract/archive.ts";
import { closeReaders } from "../src/extract/letter-text.ts";
import { openWarehouse } from "../src/load/warehouse.ts";
import { createSite } from "../src/serve/pages/site.ts";

const times = Number(process.argv[2] ?? "20");
const config = readConfig();
const warehouse = await openWarehouse(config);
const { app } = createSite({ warehouse, archive: openArchive(config.dataDir), hosts: null, onFault: console.error });

async function ask(path: string, form?: Record<string, string>): Promise<{ milliseconds: number; bytes: number }> {
  const begun = performance.now();
  const request = form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) };
  const response = await app.request(path, request);
  const bytes = (await response.arrayBuffer()).byteLength;
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
  return { milliseconds: performance.now() - begun, bytes };
}

const { rows: letters } = await warehouse.query(
  "select letter_id, count(*) as cells from answer group by letter_id order by cells desc limit 1",
);
const { rows: councils } = await warehouse.query(
  "select area_code, count(*) as cells from answer where area_code is not null group by area_code order by cells desc limit 1",
);
const { rows: cited } = await warehouse.query(
  "select dfe_citation from answer where dfe_citation is not null order by dfe_citation limit 1",
);
const council = String(councils[0]?.area_code);
const [, sha256, line, column, rule = ""] = String(cited[0]?.dfe_citation).split(":");
const [measure, release] = rule.split("@");
const REQUEST =
  "Please tell me for 2017/18 to 2023/24: 1. How many referrals did you receive? 2. How many section 47 enquiries were started?";

const pages: [path: string, form?: Record<string, string>][] = [
  ["/"],
  ["/councils"],
  [`/councils/${council}`],
  ["/councils/not-identified"],
  [`/letters/${letters[0]?.letter_id}?line=30`],
  [
    `/rows/${sha256}/${line}?${new URLSearchParams({ column: column ?? "", measure: measure ?? "", release: release ?? "" })}`,
  ],
  ["/measures"],
  ["/measures/referrals"],
  [`/measures/referrals?council=${council}`],
  ["/disagreements"],
  ["/referrals"],
  ["/revisions"],
  [`/revisions?area=${council}`],
  ["/runs"],
  ["/search?q=child+protection+plans"],
  ["/directions"],
  ["/directions", { council, request: REQUEST }],
  ["/councils.csv"],
  [`/councils/${council}/dfe.csv`],
  ["/measures/referrals.csv"],
  ["/disagreements.csv"],
];

console.log("page | first ms | median ms | slowest of the rest ms | KB");
for (const [path, form] of pages) {
  const first = await ask(path, form);
  const rest: number[] = [];
  for (let time = 0; time < times; time += 1) rest.push((await ask(path, form)).milliseconds);
  rest.sort((one, other) => one - other);
  const shown = [first.milliseconds, rest[Math.floor(rest.length / 2)] ?? 0, rest.at(-1) ?? 0].map((one) =>
    one.toFixed(0),
  );
  console.log([form === undefined ? path : `${path} (POST)`, ...shown, (first.bytes / 1024).toFixed(0)].join(" | "));
}
closeReaders();
await warehouse.close();
process.exit(0); // the counting of revisions may still be going on
