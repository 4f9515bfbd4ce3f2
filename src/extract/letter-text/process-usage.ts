/** What a process has used so far, where the system tells; `/proc` is Linux. Source: proc(5). */
import { readFileSync } from "node:fs";

/** Linux counts in hundredths of a second here, whatever the kernel's own clock. */
const MILLISECONDS_OF_TICK = 10;

/** Resident memory; null where it is not known. */
export function residentMebibytes(pid: number | undefined): number | null {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, "status"))?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) / 1024;
}

/** Time that processors have worked for it, of all threads; null where it is not known. */
export function processorMilliseconds(pid: number | undefined): number | null {
  const stat = readProc(pid, "stat");
  // The second field is the program's name in brackets, which may hold anything; the 14th and 15th are utime and stime.
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return user === undefined || system === undefined ? null : (user + system) * MILLISECONDS_OF_TICK;
}

/** Empty where the process has ended, or where there is no such file. */
function readProc(pid: number | undefined, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    // Ended in between, or no Linux.
    return "";
  }
}
