/**
 * Time that a test takes by itself: what it computes and what it waits for, without the time in which it could have gone on and the
 * machine was at other work. A limit on it means the same on a machine with much else to do.
 */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect } from "vitest";

/** @returns tells the seconds of this process's own since the call. */
export function startTimer(): () => number {
  const began = performance.now();
  const waited = waitedForProcessor();
  return () => (performance.now() - began) / 1_000 - (waitedForProcessor() - waited);
}

/** Every test of the file, or of the group that this is called in, takes less of its own. One that never ends is vitest's matter. */
export function limitEach(seconds: number) {
  let timer = startTimer();
  beforeEach(() => {
    timer = startTimer();
  });
  afterEach(() => {
    expect(timer(), "seconds that the test took").toBeLessThan(seconds);
  });
}

/** Seconds that processors have worked for children of this process that have ended. */
export function processorSecondsOfChildren(): number {
  const stat = readFileSync("/proc/self/stat", "latin1");
  // cutime and cstime, in hundredths of a second: proc(5).
  const [user = Number.NaN, system = Number.NaN] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(13, 15)
    .map(Number);
  return (user + system) / 100;
}

/** Seconds that the thread of the tests has stood in the queue for a processor; none where the system does not tell. */
function waitedForProcessor(): number {
  try {
    // Time on a processor, time in the queue, both in nanoseconds: the kernel's scheduler/sched-stats.
    return Number(readFileSync("/proc/self/schedstat", "latin1").split(" ")[1]) / 1e9;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}
