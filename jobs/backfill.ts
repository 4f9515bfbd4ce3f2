/** By hand, after letters came: the releases that their blanks need. The nightly job does the same. */
import type { Job } from "../src/job.ts";
import { fillLetters } from "../src/nightly.ts";

export const backfill: Job = {
  name: "backfill",
  does: "plan the letters, and load the releases that their blanks need",
  when: { kind: "by-hand" },
  async run(context) {
    return fillLetters(context, [], []);
  },
};
