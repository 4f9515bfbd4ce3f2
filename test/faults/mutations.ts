/**
 * `npm run test:mutations`: breaks the program on purpose, in a copy of it, and looks whether the test that should notice
 * does. Two at least for every group of `docs/faults.md`. Ends with 1 where one goes unnoticed.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packagePath } from "../../src/package-root.ts";
import { patternOf } from "./matrix.ts";

interface Mutation {
  group: string;
  /** What the program then does wrong. */
  what: string;
  file: string;
  find: string;
  replace: string;
  /** Must fail. */
  test: { file: string; title: string };
}

const MUTATIONS: Mutation[] = [
  {
    group: "Network",
    what: "takes 204 and 304 for a whole answer",
    file: "src/extract/http.ts",
    find: "if (statusCode === 200) return;",
    replace: "if (statusCode < 400) return;",
    test: { file: "test/extract/http.test.ts", title: "with %s fails, and leaves nothing" },
  },
  {
    group: "Network",
    what: "follows redirects to other hosts",
    file: "src/extract/http.ts",
    find: "if (target.host === host && target.protocol === new URL(url).protocol) return;",
    replace: "if (target.host !== null) return;",
    test: { file: "test/extract/http.test.ts", title: "to another host are refused before it hears of it" },
  },
  {
    group: "Zip",
    what: "does not look at the CRC",
    file: "src/extract/bundle.ts",
    find: "if (crc !== file.crc32) {",
    replace: "if (crc !== crc) {",
    test: { file: "test/extract/bundle.test.ts", title: "a damaged bundle is refused" },
  },
  {
    group: "Zip",
    what: "takes the first of two files of one name",
    file: "src/extract/bundle.ts",
    find: "  refuseDuplicates(files, location);\n",
    replace: "",
    test: { file: "test/extract/bundle.test.ts", title: "whose entries differ in case only: which is meant?" },
  },
  {
    group: "Data",
    what: "reads 1,234 as 1",
    file: "src/transform/dfe-cell.ts",
    find: "(\\.\\d{1,12})?$/",
    replace: "(\\.\\d{1,12})?/",
    test: { file: "test/transform/dfe-cell.test.ts", title: "no number comes from nothing, and none is changed" },
  },
  {
    group: "Data",
    what: "does not compare the rows read with those that EES lists",
    file: "src/load/release.ts",
    find: "if (file.listedRows === null || file.listedRows === rows) return;",
    replace: "if (file.listedRows !== undefined) return;",
    test: {
      file: "test/refresh-amendments.test.ts",
      title:
        "with another number of rows than EES lists, even in a file that did not change, leaves the last good load as it was",
    },
  },
  {
    group: "Letters",
    what: "leaves the network open to document readers",
    file: "src/extract/letter-text/sealed-process.ts",
    find: '  close(net, "connect", "createConnection", "createServer");\n  close(net.Socket.prototype, "connect");\n',
    replace: "",
    test: { file: "test/extract/letter-text/sealed-process.test.ts", title: "a sealed process reaches nothing" },
  },
  {
    group: "Letters",
    what: "waits for a document for as long as it takes",
    file: "src/extract/letter-text/reader-pool.ts",
    find: "const longest = limits.milliseconds;",
    replace: "const longest = limits.milliseconds * 1_000;",
    test: {
      file: "test/extract/letter-text/hostile-documents.test.ts",
      title: "a document that takes too long is set aside, and the next is read by another process",
    },
  },
  {
    group: "Process and database",
    what: "commits after each file, before the last row",
    file: "src/load/warehouse.ts",
    find: "copyFrom: (target, chunks) => writer.copyFrom(target, chunks) }",
    replace:
      'copyFrom: async (target, chunks) => { await writer.copyFrom(target, chunks); await writer.run("commit"); await writer.run("begin"); } }',
    test: {
      file: "test/load/release.test.ts",
      title: "keeps nothing of it when the last of its files is not what it should be",
    },
  },
  {
    group: "Process and database",
    what: "believes COMMIT of a transaction that failed",
    file: "src/load/warehouse.ts",
    find: '    await writer.run("select 1");\n',
    replace: "",
    test: { file: "test/load/warehouse.test.ts", title: "fails a transaction in which a statement failed unnoticed" },
  },
  {
    group: "Process and database",
    what: "takes a living process' lock",
    file: "src/load/embedded-lock.ts",
    find: "return started !== null && started === holder.started;",
    replace: "return started !== null && started !== holder.started;",
    test: {
      file: "test/load/embedded-lock.test.ts",
      title: "a lock that is held is refused, naming the holder; given back, it can be had again",
    },
  },
  {
    group: "Schedule and operations",
    what: "loses a slot that was not met within a second",
    file: "src/schedule/slot.ts",
    find: "last: (now) => search(now, -1, (slot) => slot.at <= now),",
    replace: "last: (now) => search(now, -1, (slot) => slot.at <= now && now.getTime() - slot.at.getTime() < 1_000),",
    test: { file: "test/schedule/scheduler.test.ts", title: "a slot" },
  },
  {
    group: "Schedule and operations",
    what: "takes winter time all the year",
    file: "src/schedule/slot.ts",
    find: "return new Date(shown ?? wall - (offsets[0] as number));",
    replace: "return new Date(shown === undefined ? wall : wall);",
    test: { file: "test/schedule/slot.test.ts", title: "a wall-clock time in London" },
  },
  {
    group: "Security",
    what: "lets a name lead to a cloud's metadata",
    file: "src/extract/public-addresses.ts",
    find: '  "169.254.0.0/16",\n',
    replace: "",
    test: { file: "test/extract/public-addresses.test.ts", title: "may not lead to %s" },
  },
  {
    group: "Security",
    what: "runs queries in a transaction that may write",
    file: "src/load/warehouse.ts",
    find: "begin transaction read only;",
    replace: "begin transaction;",
    test: {
      file: "test/load/warehouse.test.ts",
      title: "refuses every statement that would write, with Postgres's words, and stays usable",
    },
  },
  {
    group: "Beyond the matrix",
    what: "takes any host that begins like EES's for EES",
    file: "src/transform/letter/links.ts",
    find: "url.hostname === EES_HOST &&",
    replace: "url.hostname.startsWith(EES_HOST) &&",
    test: {
      file: "test/faults/fuzz.faults.ts",
      title: "L-fuzz referrals: a publication only by an https link to the very host",
    },
  },
  {
    group: "Beyond the matrix",
    what: "leaves a killed process's claim on the lock for ever",
    file: "src/load/embedded-lock.ts",
    find: "    removeDeadClaims(path, holder);\n",
    replace: "",
    test: {
      file: "test/load/embedded-lock.test.ts",
      title: "a claim that a killed process left goes with the next lock; one of a living process stays",
    },
  },
];

/** The files that git knows, and those that it would, in a folder of their own; libraries by a link. */
function copyProgram(): string {
  const folder = mkdtempSync(join(tmpdir(), "s21-mutations-"));
  const words = ["ls-files", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", words, { cwd: packagePath(""), maxBuffer: 1e8 })
    .toString()
    .split("\n");
  for (const file of files.filter((one) => one !== "")) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(packagePath(file), join(folder, file));
  }
  symlinkSync(packagePath("node_modules"), join(folder, "node_modules"));
  return folder;
}

type Fate = "caught" | "missed" | "not run";

function runTest(folder: string, { file, title }: Mutation["test"]): Fate {
  const report = join(folder, "mutation-report.json");
  rmSync(report, { force: true });
  const config = file.startsWith("test/faults/") ? ["--config", "vitest.faults.config.ts"] : [];
  const words = ["node_modules/vitest/vitest.mjs", "run", ...config, file, "-t", patternOf(title)];
  const output = ["--reporter=json", `--outputFile=${report}`];
  spawnSync(process.execPath, [...words, ...output], { cwd: folder, stdio: "ignore" });
  const { numFailedTests, numPassedTests } = JSON.parse(readFileSync(report, "utf8")) as Record<string, number>;
  if (Number(numFailedTests) > 0) return "caught";
  return Number(numPassedTests) > 0 ? "missed" : "not run";
}

/** @throws where the program no longer has what was to be changed: the list is out of date. */
function tryMutation(folder: string, { file, find, replace, test }: Mutation): Fate {
  const path = join(folder, file);
  const whole = readFileSync(path, "utf8");
  if (whole.split(find).length !== 2) throw new Error(`${file} does not hold once: ${find}`);
  writeFileSync(
    path,
    whole.replace(find, () => replace),
  );
  try {
    return runTest(folder, test);
  } finally {
    writeFileSync(path, whole);
  }
}

const wanted = process.argv[2];
const folder = copyProgram();
let isAllCaught = true;
try {
  for (const mutation of MUTATIONS.filter(({ group }) => wanted === undefined || group === wanted)) {
    const fate = tryMutation(folder, mutation);
    isAllCaught &&= fate === "caught";
    console.log(`| ${mutation.group} | ${mutation.what} | ${fate} by \`${mutation.test.file}\` |`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = isAllCaught ? 0 : 1;
