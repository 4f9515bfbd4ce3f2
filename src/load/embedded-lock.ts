/**
 * A lock on a folder that survives neither its process nor a reboot. It names the process by number, start time and
 * boot, so a recycled process number is not mistaken for the holder, and a killed holder's lock is free at once.
 * Why not a library: those on npm judge a holder dead by the age of a file, which steals live locks and makes the
 * successor of a killed run wait; see docs/decisions.
 */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { linkSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { LockedError, WarehouseError } from "../errors.ts";

export interface FolderLock {
  /** Gives the lock back; harmless when it was given back before. */
  release(): void;
}

interface Holder {
  pid: number;
  /** When that process started, as the operating system tells it. */
  started: string;
  host: string;
  /** Differs after every reboot. */
  boot: string;
  token: string;
}

/** @throws LockedError naming the holder when a living process has it. */
export function lockFolder(path: string): FolderLock {
  const holder: Holder = {
    pid: process.pid,
    started: startOf(process.pid) ?? "",
    host: hostname(),
    boot: bootOf(),
    token: randomUUID(),
  };
  const mine = `${path}.${holder.token}`;
  writeFileSync(mine, JSON.stringify(holder), { mode: 0o600 });
  try {
    // Linking is atomic and fails when the lock exists; a second try follows the removal of a dead holder's lock.
    if (!tryLink(mine, path)) {
      removeDeadLock(path, holder);
      if (!tryLink(mine, path)) throw lockedBy(readHolder(path), path);
    }
    removeDeadClaims(path, holder);
  } finally {
    rmSync(mine, { force: true });
  }
  return {
    release() {
      if (readHolder(path)?.token === holder.token) rmSync(path, { force: true });
    },
  };
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Whoever removes a lock must be the only one to do so, or it might remove the one that a quicker process has put in
 * its place. So the right to remove this very lock is itself a lock, named by the token of the dead holder.
 */
function removeDeadLock(path: string, self: Holder) {
  const found = readHolder(path);
  if (found === null) return;
  if (isAlive(found, self)) throw lockedBy(found, path);
  const right = lockFolder(`${path}.after-${found.token}`);
  try {
    if (readHolder(path)?.token === found.token) rmSync(path);
  } finally {
    right.release();
  }
}

/** `warehouse.lock.<token>`: nobody but its writer ever uses that name again. */
const CLAIM = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A process that was killed between writing its claim and taking it back leaves the claim. */
function removeDeadClaims(path: string, self: Holder) {
  const names = readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.`) && CLAIM.test(name));
  for (const claim of names.map((name) => join(dirname(path), name))) {
    const text = readText(claim);
    // Gone meanwhile, or being written.
    if (text === null || !text.endsWith("}") || isAlive(JSON.parse(text) as Holder, self)) continue;
    rmSync(claim, { force: true });
  }
}

/** Null when there is no lock, or a file that no version of s21 wrote. */
function readHolder(path: string): Holder | null {
  const text = readText(path);
  if (text === null) return null;
  try {
    return JSON.parse(text) as Holder;
  } catch (error) {
    throw new WarehouseError("lock-unreadable", `${path} is not a lock of s21; look at it, then remove it`, {
      cause: error,
    });
  }
}

/** Null where there is no such file. */
function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** On another host nothing can be asked: its holder counts as living. */
function isAlive(holder: Holder, self: Holder): boolean {
  if (holder.host !== self.host) return true;
  if (holder.boot !== self.boot) return false;
  const started = startOf(holder.pid);
  return started !== null && started === holder.started;
}

function lockedBy(holder: Holder | null, path: string): LockedError {
  const who = holder === null ? "another process" : `process ${holder.pid} on ${holder.host}`;
  const elsewhere = holder !== null && holder.host !== hostname();
  const remedy = elsewhere ? `; if that machine is gone for good, remove ${path}` : "";
  return new LockedError("locked", `${who} has the embedded warehouse open; nothing was done${remedy}`);
}

/** Start time of a process as text; null when there is none. Linux tells it in /proc, other systems through ps. */
function startOf(pid: number): string | null {
  try {
    // Field 22; the second field, the name in brackets, may hold spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : (fields[19] ?? null);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== "ENOENT" && code !== "ESRCH") throw error;
    return hasProc() ? null : startByPs(pid);
  }
}

function hasProc(): boolean {
  return statSync("/proc/self/stat", { throwIfNoEntry: false }) !== undefined;
}

function startByPs(pid: number): string | null {
  try {
    return (
      execFileSync("ps", ["-o", "lstart=", "-p", String(pid)])
        .toString()
        .trim() || null
    );
  } catch (error) {
    if (typeof (error as { status?: unknown }).status === "number") return null;
    throw error;
  }
}

function bootOf(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return "";
  }
}
