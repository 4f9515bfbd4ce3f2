/** Once a week: what killed runs left half written, where none came after them to sweep it. */
import type { Job } from "../src/job.ts";
import { ABANDONED } from "../src/run.ts";
import { reportSwept } from "../src/upkeep-reports.ts";

export const tidy: Job = {
  name: "tidy",
  does: "remove temporary files that were abandoned; never anything of the archive",
  when: { kind: "daily", at: "45 1 * * 0" },
  async run({ archive }) {
    const swept = await archive.sweep(ABANDONED);
    return reportSwept(swept);
  },
};
