/**
 * 10,000 letters made from the test letters, with figures, references, names and councils varied: letters per second with as
 * many readers as there are cores (`taskset -c 0` for one), into the warehouse too, and memory as it goes on.
 *
 *     npx tsx bench/letters-throughput.ts [LETTERS] [--adding]
 *
 * `--adding` measures that alone. With DATABASE_URL it loads into that Postgres, otherwise into an embedded warehouse in a temporary folder.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AUTHORITIES, authorityByOnsCode } from "../src/catalogue/authorities.ts";
import { readConfig } from "../src/config.ts";
import { READERS } from "../src/extract/letter-text/reader-pool.ts";
import { readDocuments } from "../src/extract/letter-text.ts";
import type { LetterText } from "../src/letter.ts";
import { readLetters } from "../src/letter-documents.ts";
import { addLetters } from "../src/letters.ts";
import { packagePath } from "../src/package-root.ts";
import { readLetter } from "../src/transform/letter.ts";

const MARKS = [1_000, 5_000, 10_000];

/** The same numbers every time (Lehmer, MINSTD). */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

interface Model {
  text: string;
  code: string | null;
}

function readModels(): Model[] {
  const folder = packagePath("test/letters/dev");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".txt"))
    .sort()
    .map((name) => {
      const expected = JSON.parse(readFileSync(join(folder, name.replace(/\.txt$/, ".expected.json")), "utf8"));
      return { text: readFileSync(join(folder, name), "utf8"), code: expected.council?.la_code ?? null };
    });
}

/** Years, dates and section numbers stay; figures of three digits and more, references and the council change. */
function varyLetter({ text, code }: Model, index: number, random: () => number): string {
  const own = code === null ? undefined : authorityByOnsCode(code);
  const other = AUTHORITIES[Math.floor(random() * AUTHORITIES.length)];
  let varied = text.replace(/(?<![\d/.,-])(?!(?:19|20)\d\d\b)\d{3,7}(?![\d/.-])/g, (figure) =>
    String(Math.floor((1 + 8 * random()) * 10 ** (figure.length - 1))),
  );
  if (own !== undefined && other !== undefined) {
    varied = varied.replaceAll(own.name, other.name);
    for (const domain of own.domains) varied = varied.replaceAll(domain, other.domains[0] ?? domain);
  }
  return `${varied}\nPrepared for requester ${index}\n`;
}

function writeLetters(folder: string, count: number): void {
  const models = readModels();
  const random = makeRandom(21);
  for (let index = 0; index < count; index++) {
    const place = join(folder, String(Math.floor(index / 1_000)).padStart(3, "0"));
    mkdirSync(place, { recursive: true });
    const model = models[index % models.length] as Model;
    writeFileSync(join(place, `${String(index).padStart(6, "0")}.txt`), varyLetter(model, index, random));
  }
}

/** Resident memory of this process and of its readers, in MiB (Linux). */
function residentMebibytes(): { own: number; readers: number } {
  const own = process.memoryUsage.rss() / 1_048_576;
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").trim().split(" ");
  const kibibytes = children
    .filter((child) => child !== "")
    .map((child) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child}/status`, "utf8"))?.[1]));
  return { own, readers: kibibytes.filter(Number.isFinite).reduce((sum, one) => sum + one, 0) / 1024 };
}

function formatMemory(): string {
  const { own, readers } = residentMebibytes();
  return `${own.toFixed(0)} MiB, readers ${readers.toFixed(0)} MiB`;
}

function say(text: string) {
  process.stdout.write(`${text}\n`);
}

interface Start {
  time: number;
  cpu: NodeJS.CpuUsage;
  readers: number;
}

function start(): Start {
  return { time: performance.now(), cpu: process.cpuUsage(), readers: endedReadersMilliseconds() };
}

/**
 * Processor time is this process's own, and with its readers': it tells even where the machine has other work. Readers that
 * ended before are counted, those alive at the end are not.
 */
function report(name: string, count: number, started: Start) {
  const seconds = (performance.now() - started.time) / 1_000;
  const { user, system } = process.cpuUsage(started.cpu);
  const own = ((user + system) / 1_000 / count).toFixed(2);
  const readers = ((endedReadersMilliseconds() - started.readers) / count).toFixed(2);
  say(
    `${name}: ${seconds.toFixed(1)} s, ${((seconds / count) * 1_000).toFixed(2)} ms a letter (of processor ${own} ms, readers ${readers} ms), ${(count / seconds).toFixed(0)} letters/s`,
  );
}

/** Processor time of child processes that have ended, from `/proc` (Linux counts in hundredths of a second). */
function endedReadersMilliseconds(): number {
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

/** The grammar alone: text in memory to what it says. */
async function measureGrammar(folder: string) {
  const texts: LetterText[] = [];
  for await (const reading of readDocuments([join(folder, "000")]))
    if (reading.kind === "read") texts.push(...reading.texts);
  const times: number[] = [];
  for (const text of texts) {
    const started = performance.now();
    readLetter(text);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (part: number) => (times[Math.floor(part * (times.length - 1))] as number).toFixed(2);
  say(
    `grammar alone, ${texts.length} letters: median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms, longest ${at(1)} ms`,
  );
}

async function measureReading(folder: string, count: number) {
  const started = start();
  let read = 0;
  for await (const document of readLetters({ paths: [folder] })) {
    if (document.kind === "letters") read += document.letters.length;
    if (MARKS.includes(read)) say(`  after ${read}: ${formatMemory()}`);
  }
  if (read !== count) throw new Error(`${read} letters were read of ${count}`);
  report(`letters read, ${READERS} readers`, count, started);
}

async function measureAdding(folder: string, count: number, data: string) {
  const config = readConfig({ ...process.env, S21_DATA_DIR: data });
  for (const name of ["letters add", "letters add, again: all unchanged"]) {
    let documents = 0;
    const started = start();
    const { letters } = await addLetters(config, { paths: [folder] }, ["bench"], () => {
      documents += 500;
      if (MARKS.includes(documents)) say(`  after ${documents}: ${formatMemory()}`);
    });
    const cells = letters.flatMap((letter) => Object.values(letter.cells)).reduce((sum, one) => sum + one, 0);
    report(`${name} (${config.databaseUrl === null ? "embedded" : "Postgres"}, ${cells} cells)`, count, started);
  }
}

const count = Number(process.argv[2] ?? 10_000);
const place = mkdtempSync(join(tmpdir(), "s21-bench-"));
try {
  writeLetters(join(place, "letters"), count);
  if (!process.argv.includes("--adding")) {
    await measureGrammar(join(place, "letters"));
    await measureReading(join(place, "letters"), count);
  }
  await measureAdding(join(place, "letters"), count, join(place, "data"));
} finally {
  rmSync(place, { recursive: true, force: true });
}
