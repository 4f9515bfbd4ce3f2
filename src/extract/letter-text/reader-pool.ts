import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import pLimit from "p-limit";
import { MODULE_EXTENSION, MODULES, packagePath } from "../../package-root.ts";
import type { DocumentLimits } from "./limits.ts";
import type { ParsedDocument } from "./parse-document.ts";
import { processorMilliseconds, residentMebibytes } from "./process-usage.ts";
import type { ReaderJob } from "./reader-process.ts";

/** Reader processes alive at the same time. */
export const READERS = Math.min(4, availableParallelism());

/** A reader is replaced after so many documents, so that whatever a parser leaks stays small. */
const DOCUMENTS_PER_READER = 1000;

/** How often a busy reader's memory and time are looked at, in milliseconds. */
const WATCH_EVERY = 50;

/** A reader that waits, and does not work, is ended too, after so many times its time limit. */
const PATIENCE = 12;

interface Reader {
  process: ChildProcess;
  heapMebibytes: number;
  documents: number;
  /** The end of what it wrote to stderr, for the message when it ends unasked. */
  lastWords: () => string;
}

const idle: Reader[] = [];
const enter = pLimit(READERS);

/**
 * Gives `work` a turn of which there are as many as there may be readers, so that no more documents than that are in memory as
 * bytes. `ask` reads one document in a reader process. One that passes the time or memory limit, or that takes its process
 * down, is set aside and the process is replaced. Throws only when no reader can be started, a fault of the installation.
 */
export function withReader<T>(work: (ask: (job: ReaderJob) => Promise<ParsedDocument>) => Promise<T>): Promise<T> {
  return enter(() => work(parseInReader));
}

async function parseInReader(job: ReaderJob): Promise<ParsedDocument> {
  const reader = await takeReader(job.limits.heapMebibytes);
  const parsed = await ask(reader, job);
  reader.documents += 1;
  if (reader.process.connected && reader.documents < DOCUMENTS_PER_READER) idle.push(rest(reader));
  else reader.process.kill("SIGKILL");
  return parsed;
}

/** Ends the reader processes that are waiting for work. They end by themselves with the program. */
export function closeReaders(): void {
  for (const reader of idle.splice(0)) reader.process.kill("SIGKILL");
}

async function takeReader(heapMebibytes: number): Promise<Reader> {
  for (let reader = idle.pop(); reader !== undefined; reader = idle.pop()) {
    if (reader.process.connected && reader.heapMebibytes === heapMebibytes) return wake(reader);
    reader.process.kill("SIGKILL");
  }
  return startReader(heapMebibytes);
}

/** A waiting reader does not keep the program alive. */
function rest(reader: Reader): Reader {
  reader.process.unref();
  reader.process.channel?.unref();
  return reader;
}

function wake(reader: Reader): Reader {
  reader.process.ref();
  reader.process.channel?.ref();
  return reader;
}

/** Starts a reader from the compiled file, or through tsx where these sources run uncompiled. */
function startReader(heapMebibytes: number): Promise<Reader> {
  const entry = join(MODULES, `extract/letter-text/reader-process${MODULE_EXTENSION}`);
  const child = fork(entry, {
    execArgv: [...nodeFlags(heapMebibytes), ...(MODULE_EXTENSION === ".ts" ? sourceFlags() : permissionFlags())],
    env: {},
    cwd: tmpdir(),
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const reader = { process: child, heapMebibytes, documents: 0, lastWords: collectLastWords(child) };
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`a document reader did not start: ${reader.lastWords()}`)));
    child.once("message", () => {
      child.removeAllListeners();
      child.on("error", () => child.kill("SIGKILL"));
      resolve(reader);
    });
  });
}

function nodeFlags(heapMebibytes: number): string[] {
  return [`--max-old-space-size=${heapMebibytes}`, "--disallow-code-generation-from-strings"];
}

/** The sources run through tsx, which needs programs and files of its own; only the compiled package is closed to them. */
function sourceFlags(): string[] {
  return ["--import", pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href];
}

/**
 * Node's permission model as a second layer: a compiled reader may read the package and its libraries and nothing else, and
 * may write, start programs and load machine code nowhere. Later versions of Node close the network by the same switch.
 */
export function permissionFlags(): string[] {
  const allowed = process.allowedNodeEnvironmentFlags;
  const flag = ["--permission", "--experimental-permission"].find((name) => allowed.has(name));
  if (flag === undefined) return [];
  const { resolve } = createRequire(import.meta.url);
  const library = resolve("mammoth");
  const installed = library.slice(0, library.indexOf("node_modules") + "node_modules".length);
  // Where libraries are looked for may be a link to where they are: both the link and what it names are read.
  const searched = (resolve.paths("mammoth") ?? []).filter((folder) => existsSync(folder));
  const libraries = [...new Set([installed, ...searched])].map((folder) => `${folder}*`);
  const readable = [join(MODULES, "*"), ...libraries, packagePath("package.json")];
  return [flag, ...readable.map((path) => `--allow-fs-read=${path}`), "--disable-warning=ExperimentalWarning"];
}

function collectLastWords(child: ChildProcess): () => string {
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    words = (words + chunk).slice(-2000);
  });
  if (child.stderr !== null && "unref" in child.stderr) (child.stderr as unknown as { unref(): void }).unref();
  return () => words.trim();
}

/** Sends the document and waits for the answer, the time limit, the memory limit or the end of the process. */
function ask(reader: Reader, job: ReaderJob): Promise<ParsedDocument> {
  const child = reader.process;
  const { limits } = job;
  return new Promise((resolve) => {
    const longest = limits.milliseconds;
    const before = processorMilliseconds(child.pid);
    const timer = setTimeout(() => settle(timedOut(limits), true), longest * (before === null ? 1 : PATIENCE));
    const watch = setInterval(() => {
      const now = processorMilliseconds(child.pid);
      if (before !== null && now !== null && now - before > longest) {
        settle(timedOut(limits), true);
        return;
      }
      const resident = residentMebibytes(child.pid);
      if (resident !== null && resident > limits.residentMebibytes) settle(ranOutOfMemory(limits), true);
    }, WATCH_EVERY);
    const settle = (parsed: ParsedDocument, kill: boolean): void => {
      clearTimeout(timer);
      clearInterval(watch);
      child.removeListener("message", onMessage);
      child.removeListener("close", onClose);
      if (!kill) {
        resolve(parsed);
        return;
      }
      child.once("exit", () => resolve(parsed));
      child.disconnect();
      child.kill("SIGKILL");
    };
    const onMessage = (parsed: unknown): void => settle(parsed as ParsedDocument, false);
    const onClose = (code: number | null, signal: string | null): void =>
      settle(endedUnasked(code, signal, reader.lastWords(), limits), false);
    child.on("message", onMessage);
    child.on("close", onClose);
    child.send(job);
  });
}

function setAside(code: string, message: string): ParsedDocument {
  return { kind: "set_aside", problem: { code, message, line: null } };
}

function timedOut(limits: DocumentLimits): ParsedDocument {
  return setAside("timeout", `not read within ${limits.milliseconds / 1000} s`);
}

function ranOutOfMemory(limits: DocumentLimits): ParsedDocument {
  return setAside(
    "memory",
    `needs more than ${limits.heapMebibytes} MiB of heap or ${limits.residentMebibytes} MiB in all`,
  );
}

/** V8 says on stderr when it wants heap; a kill that is not ours is the system's, when memory runs short. */
function endedUnasked(
  code: number | null,
  signal: string | null,
  words: string,
  limits: DocumentLimits,
): ParsedDocument {
  const isMemory = signal === "SIGKILL" || /heap out of memory|Allocation failed/i.test(words);
  if (isMemory) return ranOutOfMemory(limits);
  return setAside("damaged", `ended its reader (${signal ?? `exit ${code}`})`);
}
