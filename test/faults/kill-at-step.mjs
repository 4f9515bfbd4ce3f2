/**
 * Loaded before the command (`NODE_OPTIONS=--import`), for the kill tests: names every step by which the command changes
 * something, a statement sent to the warehouse or a change of a file, and ends the process before one of them as kill -9 does.
 * S21_STEPS_FILE: writes the name of each step there. S21_KILL_BEFORE: the name to die at, with its number: `commit #2`.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";

const { S21_STEPS_FILE, S21_KILL_BEFORE } = process.env;
const { appendFileSync } = fs;
const counts = new Map();

function step(name) {
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  if (S21_STEPS_FILE !== undefined) appendFileSync(S21_STEPS_FILE, `${name} #${count}\n`);
  if (S21_KILL_BEFORE === `${name} #${count}`) process.kill(process.pid, "SIGKILL");
}

/** `insert into "run"`, without what differs from one run to the next. */
function nameOf(sql) {
  const words = sql.replace(/\s+/g, " ").trim().toLowerCase();
  return (
    /^(?:insert into|update|delete from|copy|select \S+|begin|commit|rollback)(?: "?\w+"?)?/.exec(words)?.[0] ?? null
  );
}

function watch(owner, method) {
  const original = owner[method];
  owner[method] = function (...given) {
    const sql = typeof given[0] === "string" ? given[0] : given[0]?.text;
    const name = typeof sql === "string" ? nameOf(sql) : null;
    // Reading changes nothing; what was changed before it is looked at by the step that follows.
    if (name !== null && !name.startsWith("select")) step(name);
    return original.apply(this, given);
  };
}

watch(pg.Client.prototype, "query");
for (const method of ["query", "exec"]) {
  let owner = PGlite.prototype;
  while (owner !== null && !Object.hasOwn(owner, method)) owner = Object.getPrototypeOf(owner);
  watch(owner, method);
}

/** Which kind of file: of the archive, of the folder for what is half done, the lock. */
function kindOf(path) {
  const text = String(path);
  if (text.includes("/archive/")) return text.endsWith(".json") ? "archive description" : "archive file";
  if (text.includes("/tmp/") && !text.includes("/warehouse/")) return `temporary file${/\.\w+$/.exec(text)?.[0] ?? ""}`;
  return text.includes("warehouse.lock") ? "lock" : null;
}

function watchFile(owner, method, which) {
  const original = owner[method];
  owner[method] = function (...given) {
    const kind = kindOf(given[which]);
    if (kind !== null) step(`${method} ${kind}`);
    return original.apply(this, given);
  };
}

watchFile(fs.promises, "rename", 1);
watchFile(fs.promises, "rm", 0);
watchFile(fs.promises, "writeFile", 0);
watchFile(fs, "createWriteStream", 0);
watchFile(fs, "linkSync", 1);
watchFile(fs, "rmSync", 0);
syncBuiltinESMExports();
