/** `s21 schedule` */
import { JOBS } from "../../jobs/index.ts";
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { EXIT, exitCodeOf } from "../errors.ts";
import { serveSchedule } from "../schedule/service.ts";
import { openLog } from "../serve/log.ts";

/** A run that has not ended by itself so long after the signal is ended: its transaction is rolled back by the warehouse. */
const PATIENCE = 9_000;

export async function runSchedule({ signal }: Context): Promise<number> {
  const config = readConfig();
  const log = openLog(config);
  signal.addEventListener("abort", () => {
    log.info({ event: "stopping" }, "asked to stop");
    setTimeout(() => process.exit(exitCodeOf(signal.reason)), PATIENCE).unref();
  });
  await serveSchedule(config, JOBS, log, signal);
  return signal.aborted ? exitCodeOf(signal.reason) : EXIT.fault;
}
