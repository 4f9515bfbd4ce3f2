/** Every day, when the night and a release morning are over: did the nightly job go well, and lately? */
import type { Job } from "../src/job.ts";
import { findStaleness } from "../src/load/staleness.ts";
import { reportStaleness } from "../src/nightly.ts";

export const checkFreshness: Job = {
  name: "check-freshness",
  does: "fail when the nightly job has not gone well for 36 hours",
  when: { kind: "daily", at: "0 12 * * *" },
  async run({ warehouse, now }) {
    const staleness = await findStaleness(warehouse, now());
    return reportStaleness(staleness);
  },
};
