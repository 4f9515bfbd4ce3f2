/** The time, and waiting: given to the scheduler, so that a test can let a year pass. */
import { setTimeout as sleepReally } from "node:timers/promises";

export interface Clock {
  now(): Date;
  /** Ends early, without an error, when the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** Node's timers run on a clock that nobody sets: a stepped wall clock makes no sleep longer. */
export const REAL_CLOCK: Clock = {
  now: () => new Date(),
  async sleep(milliseconds, signal) {
    await sleepReally(milliseconds, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  },
};
