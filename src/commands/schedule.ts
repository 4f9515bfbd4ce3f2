/** `s21 schedule` */
import { JOBS } from "../../jobs/index.ts";
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { EXIT, exitCodeOf } from "../errors.ts";
import { serveSchedule } from "../schedule/service.ts";
import { openLog } from "../serve/log.ts";

export async function runSchedule({ signal }: Context): Promise<number> {
  const config = readConfig();
  const log = openLog(config);
  signal.addEventListener("abort", () => log.info({ event: "stopping" }, "asked to stop"));
  await serveSchedule(config, JOBS, log, signal);
  return signal.aborted ? exitCodeOf(signal.reason) : EXIT.fault;
}
