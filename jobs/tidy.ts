/** Once a week, where nothing else runs: every run first removes what killed runs left half written. */
import type { Job } from "../src/job.ts";
import { reportSwept } from "../src/upkeep-reports.ts";

export const tidy: Job = {
  name: "tidy",
  does: "remove temporary files that were abandoned; never anything of the archive",
  when: { kind: "daily", at: "45 1 * * 0" },
  async run({ swept }) {
    return reportSwept(swept);
  },
};
