/** kill -9 on Postgres; each engine in a file of its own, so that they run side by side. */
import { test } from "vitest";
import { killAtRandomMoments, killBeforeEveryStep } from "./kills.ts";

test("P01 kill -9 before every named step, on Postgres", { timeout: 900_000 }, (context) =>
  killBeforeEveryStep("postgres", context),
);

test("P01 kill -9 at random moments, on Postgres", { timeout: 1_800_000 }, (context) =>
  killAtRandomMoments("postgres", context),
);
