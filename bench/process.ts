/** Runs contenders as processes of their own: how long they took, and how much memory they had at most (Linux). */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

export interface Measured {
  seconds: number;
  /** Highest resident size of the process itself; NaN where it was gone before it could be read. */
  peakMegabytes: number;
  code: number | null;
  output: string;
}

const POLL = 10;

/** @param words program and arguments. */
export function measure(words: readonly string[], env: Record<string, string> = {}): Promise<Measured> {
  const begun = performance.now();
  const [program = "", ...rest] = words;
  const child = spawn(program, rest, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
  let peakMegabytes = Number.NaN;
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const timer = setInterval(() => {
    const peak = readPeak(child.pid);
    if (!Number.isNaN(peak)) peakMegabytes = peak;
  }, POLL);
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      clearInterval(timer);
      reject(error);
    });
    child.once("close", (code) => {
      clearInterval(timer);
      resolve({ seconds: (performance.now() - begun) / 1_000, peakMegabytes, code, output });
    });
  });
}

/** `VmHWM`, the highest resident size so far; NaN once the process is gone. */
function readPeak(pid: number | undefined): number {
  const path = `/proc/${pid}/status`;
  if (!existsSync(path)) return Number.NaN;
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(path, "utf8"))?.[1] ?? Number.NaN) / 1_024;
}

/** Whether a program answers on this machine. */
export async function isThere(...words: string[]): Promise<boolean> {
  const found = await measure(["sh", "-c", `${words.map((word) => `'${word}'`).join(" ")} >/dev/null 2>&1`]);
  return found.code === 0;
}
