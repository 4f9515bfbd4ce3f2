/** The lock on an embedded warehouse's folder: one holder at a time, and none that is dead. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LockedError, WarehouseError } from "../../src/errors.ts";
import { lockFolder } from "../../src/load/embedded-lock.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "s21-lock-"));
  path = join(folder, "warehouse.lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The lock as this process would hold it, with something else in it. */
function leaveLock(changes: Record<string, unknown>) {
  const lock = lockFolder(path);
  const holder = JSON.parse(readFileSync(path, "utf8"));
  lock.release();
  writeFileSync(path, JSON.stringify({ ...holder, token: "left-behind", ...changes }));
}

test("a lock that is held is refused, naming the holder; given back, it can be had again", () => {
  const lock = lockFolder(path);
  expect(() => lockFolder(path)).toThrow(LockedError);
  expect(() => lockFolder(path)).toThrow(`process ${process.pid} on ${hostname()} has the embedded warehouse open`);
  lock.release();
  lock.release();
  const next = lockFolder(path);
  lock.release();
  expect(existsSync(path), "the one before must not give back what is not its own").toBe(true);
  next.release();
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ["a process that is no more", { pid: 2 ** 22 + 1 }],
  ["a process whose number another one has now", { started: "1" }],
  ["a process from before the last start of the machine", { boot: "another" }],
])("the lock of %s is free", (_, changes) => {
  leaveLock(changes);
  const lock = lockFolder(path);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: process.pid });
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test("a process that died while it removed a dead lock is in nobody's way", () => {
  leaveLock({ pid: 2 ** 22 + 1, token: "first" });
  const dead = readFileSync(path, "utf8");
  writeFileSync(`${path}.after-first`, dead.replace("first", "second"));
  lockFolder(path).release();
  expect(readdirSync(folder)).toEqual([]);
});

test("the lock of another machine is respected, and what to do about it is said", () => {
  leaveLock({ host: "elsewhere", pid: 2 ** 22 + 1 });
  expect(() => lockFolder(path)).toThrow(LockedError);
  expect(() => lockFolder(path)).toThrow(`if that machine is gone for good, remove ${path}`);
});

test("a claim that a killed process left goes with the next lock; one of a living process stays", () => {
  const [dead, living] = ["3409ed6e-5401-47e4-923c-bb8e51ca4749", "d5650acb-1c2c-47a9-a629-f077756672dd"];
  const self = JSON.parse(readLockOfThisProcess()) as { pid: number };
  writeFileSync(`${path}.${dead}`, JSON.stringify({ ...self, pid: 2 ** 22 + 1 }));
  writeFileSync(`${path}.${living}`, JSON.stringify(self));
  lockFolder(path).release();
  expect([existsSync(`${path}.${dead}`), existsSync(`${path}.${living}`)]).toEqual([false, true]);
});

function readLockOfThisProcess(): string {
  const lock = lockFolder(path);
  const text = readFileSync(path, "utf8");
  lock.release();
  return text;
}

test("a file that no version of s21 wrote is left alone", () => {
  writeFileSync(path, "somebody's notes");
  expect(() => lockFolder(path)).toThrow(WarehouseError);
  expect(readFileSync(path, "utf8")).toBe("somebody's notes");
});

/**
 * Takes the lock as often as it can for some seconds, and each time dies as far as anybody can tell. Prints how often it
 * had the lock, and fails when another process had it at the same time.
 */
const CONTENDER = `
import { mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from "node:fs";
import { lockFolder } from ${JSON.stringify(fileURLToPath(new URL("../../src/load/embedded-lock.ts", import.meta.url)))};
const [path, until] = [process.argv[1], Date.now() + Number(process.argv[2])];
let taken = 0;
while (Date.now() < until) {
  try {
    lockFolder(path);
  } catch (error) {
    if (error.code === "locked") continue;
    throw error;
  }
  mkdirSync(path + "-held");
  taken += 1;
  const dead = { ...JSON.parse(readFileSync(path, "utf8")), pid: 4194305, token: "dead-" + process.pid + "-" + taken };
  writeFileSync(path + "-next-" + process.pid, JSON.stringify(dead));
  rmdirSync(path + "-held");
  renameSync(path + "-next-" + process.pid, path);
}
console.log(taken);`;

test("of many processes that find a dead holder's lock, one has it at a time", async () => {
  const results = await Promise.all(Array.from({ length: 6 }, () => contend(3_000)));
  for (const { code, errors } of results) expect({ code, errors }).toEqual({ code: 0, errors: "" });
  expect(results.reduce((sum, { taken }) => sum + taken, 0)).toBeGreaterThan(10);
});

function contend(milliseconds: number): Promise<{ code: number | null; taken: number; errors: string }> {
  const tsx = import.meta.resolve("tsx");
  const words = ["--import", tsx, "--input-type=module", "-e", CONTENDER, path, String(milliseconds)];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
  const output = { taken: "", errors: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.taken += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.errors += chunk.toString()));
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code, taken: Number(output.taken), errors: output.errors.slice(-500) }));
  });
}
