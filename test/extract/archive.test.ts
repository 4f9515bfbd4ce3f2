import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EXIT } from "../../src/errors.ts";
import { type Archive, hashFile, openArchive, type Provenance, sizeOf } from "../../src/extract/archive.ts";

let dataDir = "";
let archive: Archive;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "s21-archive-"));
  archive = openArchive(dataDir);
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const FOUND: Provenance = {
  source: "dfe",
  fileName: "c1_x.csv",
  url: "https://ees.example/api/releases/v1/files",
  fetchedAt: "2022-10-28T02:00:00.000Z",
  licence: "OGL-UK-3.0",
  publication: "children-in-need",
  release: "2022",
  releaseVersionId: "v1",
  dataSet: "C1",
  publishedAt: "2022-10-27T08:30:00.000Z",
};
const TEXT = "a,b\n1,2\n";
const SHA256 = createHash("sha256").update(TEXT).digest("hex");

async function* chunksOf(text: string) {
  for (const character of text) yield Buffer.from(character);
}

const placesOf = (path: string): Provenance[] =>
  readFileSync(`${path}.json`, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));

/** Every file below the data directory. */
const allFiles = () =>
  readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();

describe("a file that is kept", () => {
  it("stands under its sha256, with where it came from beside it", async () => {
    const kept = await archive.keep(chunksOf(TEXT), FOUND);
    expect(kept).toEqual({
      sha256: SHA256,
      bytes: 8,
      path: join(dataDir, "archive", SHA256.slice(0, 2), SHA256),
      isNew: true,
      fetchedAt: FOUND.fetchedAt,
    });
    expect(readFileSync(kept.path, "utf8")).toBe(TEXT);
    expect(placesOf(kept.path)).toEqual([FOUND]);
    expect(allFiles()).toEqual([SHA256, `${SHA256}.json`]);
    expect(await hashFile(kept.path)).toBe(SHA256);
    expect(await sizeOf(kept.path)).toBe(8);
  });

  it("is for its owner only", async () => {
    const { path } = await archive.keep(chunksOf(TEXT), FOUND);
    for (const one of [path, `${path}.json`, dirname(path), dirname(dirname(path)), join(dataDir, "tmp")]) {
      expect(statSync(one).mode & 0o077, basename(one)).toBe(0);
    }
  });

  it("may be empty", async () => {
    const kept = await archive.keep(chunksOf(""), FOUND);
    expect(kept).toMatchObject({
      bytes: 0,
      sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    });
  });

  it("is kept once, however often it comes, and every place is told once", async () => {
    await archive.keep(chunksOf(TEXT), FOUND);
    const again = await archive.keep(chunksOf(TEXT), { ...FOUND, fetchedAt: "2022-10-29T02:00:00.000Z" });
    expect(again.isNew).toBe(false);
    const elsewhere: Provenance = { ...FOUND, release: "2023", releaseVersionId: "v2" };
    await archive.keep(chunksOf(TEXT), elsewhere);
    expect(placesOf(again.path)).toEqual([FOUND, elsewhere]);
    expect(allFiles()).toHaveLength(2);
  });

  it("is kept once when it comes from many places at the same time, and none of them is lost", async () => {
    const places = Array.from({ length: 20 }, (_, index): Provenance => ({ ...FOUND, release: String(2000 + index) }));
    const kept = await Promise.all(places.map((place) => archive.keep(chunksOf(TEXT), place)));
    expect(new Set(kept.map(({ sha256 }) => sha256))).toEqual(new Set([SHA256]));
    const told = placesOf(kept[0]?.path ?? "").map(({ release }) => release);
    expect(told.sort()).toEqual(places.map(({ release }) => release).sort());
    expect(allFiles()).toHaveLength(2);
  });
});

describe("a run that was killed", () => {
  it("between a file's place and the file leaves a file that is kept as new, and a list without it meanwhile", async () => {
    const { path } = await archive.keep(chunksOf(TEXT), FOUND);
    rmSync(path);
    expect(await archive.list()).toEqual([]);
    expect(await archive.keep(chunksOf(TEXT), FOUND)).toMatchObject({ isNew: true, path });
    expect(placesOf(path)).toEqual([FOUND]);
    expect(await archive.list()).toEqual([{ sha256: SHA256, path, provenance: FOUND }]);
  });

  it("in the middle of a line leaves one that is passed over, and said again", async () => {
    const { path } = await archive.keep(chunksOf(TEXT), FOUND);
    const other = { ...FOUND, release: "2023" };
    writeFileSync(`${path}.json`, `${JSON.stringify(FOUND)}\n${JSON.stringify(other).slice(0, 40)}`);
    expect((await archive.list()).map(({ provenance }) => provenance.release)).toEqual(["2022"]);
    await archive.keep(chunksOf(TEXT), other);
    expect((await archive.list()).map(({ provenance }) => provenance.release)).toEqual(["2022", "2023"]);
  });

  it("never has a file whose origin nobody knows", async () => {
    let seen: string[] = [];
    const keeping = archive.keep(chunksOf(TEXT), FOUND);
    // Whatever moment a kill meets: where the file is, its line is.
    const watching = (async () => {
      for (let count = 0; count < 2_000 && !seen.includes(SHA256); count += 1) {
        seen = allFiles();
        await new Promise((resolve) => setImmediate(resolve));
        if (seen.includes(SHA256)) expect(seen).toContain(`${SHA256}.json`);
      }
    })();
    await Promise.all([keeping, watching]);
  });
});

describe("a file that breaks off", () => {
  it("leaves nothing, and fails as its source did", async () => {
    const failure = new Error("the line broke");
    async function* broken() {
      for (let megabytes = 0; megabytes < 4; megabytes += 1) yield Buffer.alloc(1_048_576, "x");
      // By now some of it is on disk.
      expect(allFiles()).toHaveLength(1);
      throw failure;
    }
    await expect(archive.keep(broken(), FOUND)).rejects.toBe(failure);
    expect(allFiles()).toEqual([]);
  });

  it("for want of space is told as that", async () => {
    async function* full() {
      yield Buffer.from("a,b\n");
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    }
    await expect(archive.keep(full(), FOUND)).rejects.toMatchObject({ code: "disk-full", exitCode: EXIT.limit });
  });
});

describe("finding", () => {
  it("gives the path, or null for what is not there or is no sha256", async () => {
    const { path } = await archive.keep(chunksOf(TEXT), FOUND);
    expect(archive.find(SHA256)).toBe(path);
    for (const wanted of [
      "0".repeat(64),
      SHA256.toUpperCase(),
      SHA256.slice(1),
      "",
      `../../${SHA256}`,
      `${SHA256}.json`,
    ]) {
      expect(archive.find(wanted)).toBeNull();
    }
  });

  it("works in an archive that is opened again", async () => {
    const { path } = await archive.keep(chunksOf(TEXT), FOUND);
    expect(openArchive(dataDir).find(SHA256)).toBe(path);
  });
});

describe("temporary files", () => {
  it("are fresh, in the data directory, and go with the sweep, which touches nothing kept", async () => {
    const { path } = await archive.keep(chunksOf(TEXT), FOUND);
    const left = [archive.temporaryPath(".zip"), archive.temporaryPath(".zip")];
    expect(new Set(left).size).toBe(2);
    for (const one of left) {
      expect(dirname(one)).toBe(join(dataDir, "tmp"));
      writeFileSync(one, "half a file");
    }
    await archive.sweep();
    expect(readdirSync(join(dataDir, "tmp"))).toEqual([]);
    expect(existsSync(path)).toBe(true);
  });
});
