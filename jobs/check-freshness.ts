/** Every day, when the night and a release morning are over: was anything refreshed well, and lately? */
import type { Job } from "../src/job.ts";
import { findStaleness } from "../src/load/staleness.ts";
import { reportStaleness } from "../src/upkeep-reports.ts";

export const checkFreshness: Job = {
  name: "check-freshness",
  does: "fail when no refresh has gone well for 36 hours",
  when: { kind: "daily", at: "0 12 * * *" },
  async run({ warehouse, now }) {
    const staleness = await findStaleness(warehouse, now());
    return reportStaleness(staleness);
  },
};
