/** Reads `<publication slug>/<release slug>/data/*.csv` into releases. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { StandInPublication, StandInRelease } from "./holdings.ts";

/** The publication that was renamed: the folder has its former slug, EES serves the current one. */
export const DEFAULT_PUBLICATIONS: StandInPublication[] = [
  {
    slug: "children-in-need",
    formerSlugs: ["characteristics-of-children-in-need"],
    id: "89869bba-0c00-40f7-b7d6-e28cb904ad37",
    title: "Children in need",
    legacyReleases: [
      {
        title: "Reporting year 2012",
        url: "https://www.gov.uk/government/statistics/characteristics-of-children-in-need-in-england-year-ending-march-2012",
      },
    ],
  },
];

/** Every release of a folder, files in the order of their names. */
export async function readReleases(root: string): Promise<StandInRelease[]> {
  const releases: StandInRelease[] = [];
  for (const publication of await listFolders(root)) {
    for (const slug of await listFolders(join(root, publication))) {
      const data = join(root, publication, slug, "data");
      const names = (await readdir(data)).filter((name) => name.toLowerCase().endsWith(".csv")).sort();
      releases.push({ publication, slug, files: names.map((name) => ({ name, path: join(data, name) })) });
    }
  }
  return releases;
}

async function listFolders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
