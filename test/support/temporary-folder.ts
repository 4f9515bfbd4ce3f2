/**
 * Where the run's temporary files go: a folder of its own, in memory where the machine has memory to spare. An embedded warehouse
 * is a thousand small files, and hundreds of warehouses are made and removed.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { freemem, tmpdir } from "node:os";
import { basename, join } from "node:path";

const IN_MEMORY = "/dev/shm";
const NAME = "s21-tests-";
const GIBIBYTE = 1_073_741_824;

/** Makes the folder and sets `TMPDIR` to it, for the processes that are started from here. Of an earlier call, the same. */
export function makeTemporaryFolder(): string {
  if (basename(tmpdir()) === `${NAME}${process.pid}`) return tmpdir();
  const home = process.env.TMPDIR === undefined && hasMemory() ? IN_MEMORY : tmpdir();
  sweep(home);
  const folder = join(home, `${NAME}${process.pid}`);
  mkdirSync(folder);
  // Postgres runs as another user where the tests run as root, and has its folder in it.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  return folder;
}

/** Postgres's binaries are copied there and run there. */
function hasMemory(): boolean {
  if (!existsSync("/proc/mounts") || freemem() < 6 * GIBIBYTE) return false;
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
  const options = mounts.findLast((line) => line.split(" ")[1] === IN_MEMORY)?.split(" ")[3];
  return options !== undefined && !options.includes("noexec") && !isSmall(options);
}

/** As containers have it: 64 MB. */
function isSmall(options: string): boolean {
  const kibibytes = /(?:^|,)size=(\d+)k/.exec(options)?.[1];
  return kibibytes !== undefined && Number(kibibytes) * 1024 < 4 * GIBIBYTE;
}

/** Folders of runs that were killed. */
function sweep(home: string) {
  for (const name of readdirSync(home)) {
    const pid = new RegExp(`^${NAME}(\\d+)$`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(home, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
