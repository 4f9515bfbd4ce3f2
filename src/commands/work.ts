/** `s21 work` */
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { EXIT } from "../errors.ts";
import { startWorking } from "../release-workers.ts";
import { REAL_CLOCK } from "../schedule/clock.ts";
import { openLog } from "../serve/log.ts";

/** How often it is looked whether the queue is empty. */
const LOOK = 500;

export async function runWork(options: { untilEmpty?: boolean }, { signal }: Context): Promise<number> {
  const config = readConfig();
  const log = openLog(config);
  const watcher = { note: (message: string) => log.info(message), progress: () => undefined };
  const { queue, signal: working, stop } = await startWorking(config, watcher, signal);
  log.info({ event: "works", at_once: config.workers ?? 1 }, "working on the queue");
  try {
    while (!working.aborted && !(options.untilEmpty === true && (await queue.count()) === 0)) {
      await REAL_CLOCK.sleep(LOOK, working);
    }
  } finally {
    await stop();
  }
  if (working.aborted) throw working.reason;
  return EXIT.done;
}
