/** Every job, in the order in which a scheduler that has several to do does them: letters tell what a night has to fetch. */
import type { Job } from "../src/job.ts";
import { backfill } from "./backfill.ts";
import { checkFreshness } from "./check-freshness.ts";
import { nightlyRefresh } from "./nightly-refresh.ts";
import { readLetters } from "./read-letters.ts";
import { tidy } from "./tidy.ts";

export const JOBS: readonly Job[] = [tidy, readLetters, nightlyRefresh, backfill, checkFreshness];
