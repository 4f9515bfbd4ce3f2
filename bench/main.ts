/**
 * The benchmarks: us and the peers, in one run, on files made here, the results compared.
 *
 *     npm run bench                     about a minute, small files
 *     npm run bench -- --full           the sizes of the figures in docs/speed.md, as long as it takes
 *     npm run bench -- --full --write   and writes them there
 *     npm run bench -- --only filtering,zip,loading,road,start,letters,growth
 *     npm run bench -- --full --only growth --rows 100000000    the largest table; 10 million without it
 */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { packagePath } from "../src/package-root.ts";
import { findPeers, measureFiltering, measureZip } from "./filtering.ts";
import { measureGrowth } from "./growth.ts";
import { measureLetters } from "./letters.ts";
import { measureLoading } from "./loading.ts";
import { formatGroup, type Group } from "./measurements.ts";
import { writeReport } from "./report.ts";
import { measureRoad, measureStart } from "./road.ts";

const { values } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    only: { type: "string" },
    rows: { type: "string", default: "10000000" },
  },
});
const { full } = values;
// In small, everybody runs once, and only what takes tenths of a second three times: medians of more are for --full.
const times = full ? 3 : 1;
const megabytes = full ? 1_024 : 32;

// The contenders are run as compiled programs: who starts them through tsx pays for that.
execFileSync(process.execPath, [
  packagePath("node_modules/typescript/bin/tsc"),
  "-p",
  packagePath("bench/tsconfig.json"),
]);

const peers = await findPeers();
const sections: Record<string, () => Promise<Group[]>> = {
  filtering: () => measureFiltering(megabytes, times, peers),
  zip: () => measureZip(megabytes, times, peers),
  loading: () => measureLoading(full ? 1_000_000 : 24_000, times, peers),
  road: () => measureRoad(full, peers),
  start: () => measureStart(full ? 15 : 5),
  letters: () => measureLetters(full ? 10_000 : 100, full),
  growth: () => measureGrowth(full, Number(values.rows)),
};
// Growth is told by sizes that take long.
const usual = Object.keys(sections).filter((name) => full || name !== "growth");
const wanted = values.only?.split(",") ?? usual;
const groups: Record<string, Group[]> = {};
const begun = performance.now();
for (const name of wanted) {
  const section = sections[name];
  if (section === undefined) throw new Error(`no section ${name}; there are ${Object.keys(sections).join(", ")}`);
  groups[name] = await section();
  for (const group of groups[name]) console.log(formatGroup(group));
}
if (values.write) writeReport(groups, peers);
const unmet = Object.values(groups)
  .flat()
  .flatMap((group) => group.verdicts.filter(({ met }) => !met));
console.log(`${((performance.now() - begun) / 1_000).toFixed(0)} s.`);
console.log(unmet.length === 0 ? "Every demand is met." : `Not met: ${unmet.map(({ demand }) => demand).join("; ")}`);
