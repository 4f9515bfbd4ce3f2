/** `refresh` in the test's own process: quicker than a command, with the same road behind it. */
import { type RefreshReport, type RefreshRequest, refresh } from "../../src/refresh.ts";
import type { StandInEes } from "../stand-in-ees/server.ts";
import type { TestSetting } from "./warehouses.ts";

const REQUEST: RefreshRequest = {
  publication: "children-in-need",
  release: ["2022"],
  las: [],
  allLas: false,
  from: null,
  publishedAt: null,
  recheck: false,
};

/** Runs it with what differs from `--release 2022`; what it noted is thrown away. */
export function refreshInto(
  { config }: Pick<TestSetting, "config">,
  request: Partial<RefreshRequest>,
): Promise<RefreshReport> {
  const watcher = { note: () => undefined, progress: () => undefined };
  return refresh(config, { ...REQUEST, ...request }, ["refresh"], watcher);
}

/** How often bundles or single files were asked for. */
export function countDownloads(ees: StandInEes): number {
  return ees.requests.filter(({ path }) => /\/releases\/[^/]+\/files|\/download/.test(path)).length;
}
