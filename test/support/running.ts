/** Commands as processes whose course a test steps into: killed, interrupted, or several at once. */
import { setTimeout as sleep } from "node:timers/promises";
import { type CommandResult, type ProgramFile, runCommand } from "./warehouses.ts";

/** A command that was started, and the wait for its end. */
export interface RunningCommand {
  pid: number;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<CommandResult & { milliseconds: number }>;
}

type StartedChild = Parameters<NonNullable<Parameters<typeof runCommand>[2]>>[0];

/** Starts `s21` and comes back at once. `watch` is given the process, to read along. */
export async function startCommand(
  words: string[],
  env: Record<string, string>,
  watch: (child: StartedChild) => void = () => undefined,
  program: ProgramFile = "cli.js",
): Promise<RunningCommand> {
  const begun = Date.now();
  let ended: Promise<CommandResult> | undefined;
  const child = await new Promise<StartedChild>((resolve) => {
    ended = runCommand(words, env, resolve, program);
  });
  watch(child);
  return {
    pid: child.pid as number,
    kill: (signal) => void child.kill(signal),
    ended: (ended as Promise<CommandResult>).then((result) => ({ ...result, milliseconds: Date.now() - begun })),
  };
}

/** Waits until something is so. @throws after a minute: a machine may have much else to do. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`a minute passed, and still not: ${what}`);
    await sleep(10);
  }
}
