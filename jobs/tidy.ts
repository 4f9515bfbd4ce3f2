/** Once a week: what killed runs left half written. */
import type { Job } from "../src/job.ts";
import { reportSwept } from "../src/nightly.ts";
import { ABANDONED } from "../src/refresh.ts";

export const tidy: Job = {
  name: "tidy",
  does: "remove temporary files that were abandoned; never anything of the archive",
  when: { kind: "daily", at: "45 1 * * 0" },
  async run({ archive }) {
    const swept = await archive.sweep(ABANDONED);
    return reportSwept(swept);
  },
};
