/** `s21 work` */
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { EXIT, exitCodeOf } from "../errors.ts";
import { startWorking } from "../release-workers.ts";
import { openLog } from "../serve/log.ts";

/** How often it is looked whether the queue is empty. */
const LOOK = 500;

export async function runWork(options: { untilEmpty?: boolean }, { signal }: Context): Promise<number> {
  const config = readConfig();
  const log = openLog(config);
  const watcher = { note: (message: string) => log.info(message), progress: () => undefined };
  const { queue, stop } = await startWorking(config, watcher, signal);
  log.info({ event: "works", at_once: config.workers ?? 1 }, "working on the queue");
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve());
    if (signal.aborted) resolve();
    if (options.untilEmpty !== true) return;
    const timer = setInterval(() => {
      queue.count().then(
        (open) => open === 0 && resolve(),
        (error: unknown) => log.error({ event: "queue-unreachable" }, String(error)),
      );
    }, LOOK);
    timer.unref();
  });
  await stop();
  return signal.aborted ? exitCodeOf(signal.reason) : EXIT.done;
}
