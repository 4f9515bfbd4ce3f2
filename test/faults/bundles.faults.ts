/**
 * Zips that are not what they should be. By the command: what analysts see stands, the reason is said. In the process: every
 * prefix, and ten thousand random changes, each ending within ten seconds in the right data or in a refusal.
 */
import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pLimit from "p-limit";
import { describe, expect, test } from "vitest";
import { EXIT, LimitError, SourceNotTrustedError } from "../../src/errors.ts";
import { openZipBundle } from "../../src/extract/bundle.ts";
import type { Fault } from "../stand-in-ees/server.ts";
import { makeEntry, writeZip } from "../stand-in-ees/zip-entries.ts";
import { exportObservations } from "../support/exports.ts";
import { processorSecondsOfChildren, startTimer } from "../support/own-time.ts";
import { refreshInto } from "../support/refreshing.ts";
import { AMENDED, readSampleFile } from "../support/sample-release.ts";
import { copyWarehouse, runCommand } from "../support/warehouses.ts";
import {
  expectLastGoodLoad,
  expectSameLines,
  inDamaged,
  REFRESH,
  readReferrals,
  refreshBy,
  useGoodLoad,
} from "./good-load.ts";

const { load, folder } = useGoodLoad();

const REFUSED: [string, Fault[], RegExp][] = [
  ["Z01 a wrong CRC", [{ fault: "wrong-crc" }], /data\/c1_.* has CRC [0-9a-f]{8}; expected/],
  ["Z01 one digit of a figure changed", [{ fault: "digit-flip", arg: "c1_" }], /data\/c1_.* has CRC/],
  ["Z02 a listed file that is nowhere", [{ fault: "missing-blob", arg: "^c1_" }], /lists C1 .*can't be had singly/],
  ["Z04 a row fewer than EES lists", [{ fault: "rows-delta", arg: 1 }], /has 50 rows; EES lists 51/],
  ["Z04 a row more than EES lists", [{ fault: "rows-delta", arg: -1 }], /has 50 rows; EES lists 49/],
  ["Z06 bytes behind the end", [{ fault: "trailing" }], /not a whole zip/],
  ["Z08 one name twice", [{ fault: "dup-entry" }], /holds data\/c1_.* twice/],
  ["Z10 a name that climbs out", [{ fault: "zip-slip" }], /"\.\.\/\.\.\/\.\.\/\.\.\/outside\.csv" has an unsafe name/],
  ["Z10 an absolute name", [{ fault: "zip-slip", arg: "/tmp/s21-outside.csv" }], /unsafe name/],
  ["Z10 a name with backslashes", [{ fault: "zip-slip", arg: "..\\..\\outside.csv" }], /unsafe name/],
  ["Z10 a symbolic link", [{ fault: "symlink" }], /is a symbolic link/],
  ["Z11 a bomb that says it is small", [{ fault: "zip-bomb" }], /unpacks to more; expected 1000 bytes/],
  ["Z12 an encrypted entry", [{ fault: "encrypted-entry" }], /is encrypted/],
  ["Z12 more entries than a zip counts", [{ fault: "many-entries" }], /has 655\d\d members; expected at most/],
];

describe("a bundle at fault", () => {
  test.for(REFUSED)("%s", async ([, faults, words]) => {
    // Each sets its own limit aside: what is refused is the content, not the size.
    await inDamaged(
      load,
      { S21_DOWNLOAD_MB: "64", S21_DOWNLOAD_SECONDS: "20", S21_IDLE_SECONDS: "10" },
      async (damaged) => {
        for (const fault of faults) damaged.ees.addFault({ path: "/files", ...fault });
        if (faults.some(({ fault }) => /^(missing|rows)/.test(fault))) {
          damaged.ees.clearFaults();
          for (const fault of faults) damaged.ees.addFault(fault);
        }
        const result = await refreshBy(damaged.setting);
        expect(result.code, result.stderr).toBe(EXIT.sourceNotTrusted);
        expect(result.stderr).toMatch(words);
        await expectLastGoodLoad(load, damaged.setting, result);
      },
    );
  });

  test.for([
    ["Z02 a listed file that is to be had singly", { fault: "missing-file", arg: "^c1_" }],
    ["Z09 an entry that the directory does not list", { fault: "ghost-entry", path: "/files" }],
    ["Z12 the records of zip64", { fault: "zip64", path: "/files" }],
  ] as [string, Fault][])("%s", async ([, fault]) => {
    await inDamaged(load, {}, async ({ ees, setting }) => {
      ees.addFault(fault);
      const result = await refreshBy(setting);
      expect(result.code, result.stderr).toBe(EXIT.done);
      expect(await readReferrals(setting)).toBe(AMENDED);
    });
  });
});

const FILES = new Map(["B1", "C1", "C4", "D1"].map((code) => [readSampleFile(code).name, readSampleFile(code).text]));
const WHOLE = writeZip([...FILES].map(([name, text]) => makeEntry(`data/${name}`, Buffer.from(text))));
/** Seconds. */
const LONGEST = 10;

/** Reads all of it; nothing where it is refused. @throws where a content comes out that nobody wrote, or no end comes. */
async function readOrRefuse(path: string, what: string): Promise<"read" | "refused"> {
  const timer = startTimer();
  try {
    const { files } = await openZipBundle(path);
    for (const file of files) {
      const chunks: Buffer[] = [];
      for await (const chunk of file.open()) chunks.push(chunk);
      const text = String(Buffer.concat(chunks));
      if (![...FILES.values()].includes(text)) throw new Error(`${what}: ${file.name} has a content that nobody wrote`);
    }
    return "read";
  } catch (error) {
    if (error instanceof SourceNotTrustedError || error instanceof LimitError) return "refused";
    throw error;
  } finally {
    expect(timer(), `${what}, in seconds`).toBeLessThan(LONGEST);
  }
}

test("Z13 every prefix of a bundle is refused", { timeout: 300_000 }, async ({ task }) => {
  const path = join(folder, "prefix.zip");
  writeFileSync(path, WHOLE);
  expect(await readOrRefuse(path, "the whole")).toBe("read");
  for (let length = WHOLE.length - 1; length >= 0; length -= 1) {
    truncateSync(path, length);
    expect(await readOrRefuse(path, `${length} bytes`), `${length} bytes`).toBe("refused");
  }
  task.meta.faults = WHOLE.length;
});

/** Whole numbers from a seed, the same on every machine. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    // Numerical Recipes' generator; the upper bits are the good ones.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** One change of a kind that a disk, a network or a person makes. */
function mutate(bytes: Buffer, random: (below: number) => number): Buffer {
  const at = random(bytes.length);
  const length = 1 + random(random(4) === 0 ? bytes.length - at : Math.min(64, bytes.length - at));
  const [before, part, after] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)];
  // The end of a zip is what decides: half of the single changes are there.
  const byte = random(2) === 0 ? bytes.length - 1 - random(Math.min(900, bytes.length)) : at;
  switch (random(6)) {
    case 0:
      return Buffer.concat([before, after]);
    case 1:
      return Buffer.concat([before, part, part, after]);
    case 2:
      return Buffer.concat([before, Buffer.alloc(length), after]);
    case 3:
      return Buffer.concat([before, Buffer.from(Array.from(part, () => random(256))), after]);
    default: {
      const changed = Buffer.from(bytes);
      changed[byte] = (changed[byte] as number) ^ (1 << random(8));
      return changed;
    }
  }
}

const MUTATIONS = 10_000;

test("Z13 ten thousand random changes of a bundle", { timeout: 600_000 }, async ({ task }) => {
  const random = randomFrom(20_220_331);
  const limit = pLimit(16);
  const fates = { read: 0, refused: 0 };
  const attempts = Array.from({ length: MUTATIONS }, (_, turn) => {
    let bytes = WHOLE;
    for (let changes = 1 + random(3); changes > 0; changes -= 1) bytes = mutate(bytes, random);
    return limit(async () => {
      const path = join(folder, `${turn}.zip`);
      writeFileSync(path, bytes);
      fates[await readOrRefuse(path, `turn ${turn}`)] += 1;
      rmSync(path);
    });
  });
  await Promise.all(attempts);
  // Most damage is damage; some changes no byte that says anything.
  expect(fates.refused).toBeGreaterThan(MUTATIONS / 2);
  task.meta.faults = MUTATIONS;
});

test("Z13 random changes of a bundle, by the whole road: the right rows or the old ones", { timeout: 300_000 }, async ({
  task,
}) => {
  const random = randomFrom(7);
  const path = join(folder, "children-in-need_2022.zip");
  const setting = await copyWarehouse(load.template.config);
  const before = await exportObservations(setting.config);
  const rounds = 60;
  try {
    for (let round = 0; round < rounds; round += 1) {
      const bytes = mutate(WHOLE, random);
      writeFileSync(path, bytes);
      const report = await refreshInto(setting, { las: ["Coventry"], from: path }).catch((error: unknown) => error);
      expect([EXIT.done, EXIT.partial, EXIT.sourceNotTrusted, EXIT.limit], String(report)).toContain(
        (report as { exitCode: number }).exitCode,
      );
      // The bundle is the one that is loaded: read rightly or refused, nothing changes.
      expectSameLines(await exportObservations(setting.config), before, `round ${round}`);
    }
    task.meta.faults = rounds;
  } finally {
    await setting.dispose();
  }
});

test("Z13 random changes of a bundle, by the command: an end within ten seconds, and never 0 in silence", {
  timeout: 300_000,
}, async ({ task }) => {
  const random = randomFrom(13);
  const path = join(folder, "children-in-need_2022.zip");
  const setting = await copyWarehouse(load.template.config);
  const before = await exportObservations(setting.config);
  const rounds = 12;
  try {
    for (let round = 0; round < rounds; round += 1) {
      writeFileSync(path, mutate(mutate(WHOLE, random), random));
      const worked = processorSecondsOfChildren();
      const began = Date.now();
      const result = await runCommand([...REFRESH, "--from", path, "--json"], setting.env);
      expect(processorSecondsOfChildren() - worked).toBeLessThan(LONGEST);
      // It neither works nor waits for long, whatever else the machine does.
      expect(Date.now() - began).toBeLessThan(60_000);
      expect([EXIT.done, EXIT.partial, EXIT.sourceNotTrusted, EXIT.limit], result.stderr).toContain(result.code);
      expect(JSON.parse(result.stdout)).toHaveProperty("status");
      expectSameLines(await exportObservations(setting.config), before, `round ${round}`);
    }
    task.meta.faults = rounds;
  } finally {
    await setting.dispose();
  }
});
