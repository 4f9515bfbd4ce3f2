import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findPublication, type Publication } from "../../src/catalogue/publications.ts";
import { EXIT, InterruptedError, LimitError, type S21Error, UsageError } from "../../src/errors.ts";
import { type Archive, hashFile, openArchive } from "../../src/extract/archive.ts";
import { recallRelease } from "../../src/extract/archived-release.ts";
import { type Ees, findVersion } from "../../src/extract/ees.ts";
import { keepLocalRelease } from "../../src/extract/local-release.ts";
import { type KeptRelease, keepRelease } from "../../src/extract/release.ts";
import { type Fault, type StandInEes, type StandInOptions, startStandInEes } from "../stand-in-ees/server.ts";
import { makeEntry, writeZip } from "../stand-in-ees/zip-entries.ts";

const PUBLICATION = findPublication("children-in-need") as Publication;
const NAMES = [
  "b1_need_2013_to_2022.csv",
  "c1_referrals_2013_to_2022.csv",
  "c4_enquiries_2013_to_2022.csv",
  "d1_plans_2013_to_2022.csv",
];
const contentOf = (name: string) => `time_period,n\n2022,${NAMES.indexOf(name)}\n2021,7\n`;
const FILES = NAMES.map((name) => ({ name, bytes: contentOf(name) }));
const OTHERS = [
  { name: "headline_figures.csv", bytes: "a\n1\n" },
  { name: "workforce_posts_2012_to_2024.csv", bytes: "a\n1\n" },
];
const RELEASE = { publication: "children-in-need", slug: "2022", files: [...FILES, ...OTHERS] };

let folder = "";
let archive: Archive;
let server: StandInEes | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "s21-release-"));
  archive = openArchive(join(folder, "data"));
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  ees: Ees;
  server: StandInEes;
  keep(): Promise<KeptRelease>;
}

/** The version is found first; faults come after, so that they meet the keeping only. */
async function start(
  faults: Fault[] = [],
  options: StandInOptions = { releases: [RELEASE] },
  attempts = 1,
): Promise<Started> {
  await server?.close();
  const started = await startStandInEes(options);
  server = started;
  const limits = { connect: 1_000, idle: 2_000, whole: 10_000, bytes: 16_777_216, attempts };
  const ees: Ees = { api: started.url, fetching: { limits } };
  const version = await findVersion(ees, "children-in-need", "2022");
  for (const fault of faults) started.addFault(fault);
  started.requests.length = 0;
  return {
    ees,
    server: started,
    keep: () => keepRelease(ees, { publication: PUBLICATION, eesSlug: "children-in-need", version }, archive),
  };
}

async function failureOf(work: Promise<unknown>): Promise<S21Error> {
  return work.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: S21Error) => error,
  );
}

const codesOf = ({ files }: KeptRelease) => files.map(({ dataSet }) => dataSet.code);
const contentsOf = ({ files }: KeptRelease) => files.map(({ path }) => readFileSync(path, "utf8"));
const temporaryFiles = () => readdirSync(join(folder, "data", "tmp"));

function expectWhole(kept: KeptRelease) {
  expect(codesOf(kept)).toEqual(["B1", "C1", "C4", "D1"]);
  expect(contentsOf(kept)).toEqual(NAMES.map(contentOf));
  expect(kept.files.map(({ listedRows }) => listedRows)).toEqual([2, 2, 2, 2]);
  expect(kept.absent).toEqual([]);
}

describe("a release of EES", () => {
  it("is kept: each data set of the catalogue, where it came from, and the bundle itself", async () => {
    const { keep, server } = await start();
    const kept = await keep();
    expectWhole(kept);
    expect(kept.version.id).toBe(server.versionId("children-in-need", "2022"));
    for (const file of kept.files) {
      expect(await hashFile(file.path)).toBe(file.sha256);
      expect(file.url).toBe(`${server.url}/releases/${kept.version.id}/files`);
    }
    const provenance = readFileSync(`${kept.files[1]?.path}.json`, "utf8");
    expect(JSON.parse(provenance)).toMatchObject({
      source: "dfe",
      fileName: NAMES[1],
      licence: "OGL-UK-3.0",
      publication: "children-in-need",
      release: "2022",
      releaseVersionId: kept.version.id,
      dataSet: "C1",
      publishedAt: "2022-10-27T08:30:00.000Z",
    });
    const keptFiles = readdirSync(join(folder, "data", "archive"), { recursive: true, withFileTypes: true });
    const described = keptFiles.filter((entry) => entry.name.endsWith(".json"));
    // Four data sets, the bundle, and what EES says of the version.
    expect(described).toHaveLength(6);
    expect(temporaryFiles()).toEqual([]);
  });

  it("that is kept again adds nothing, though its bundle has other bytes", async () => {
    const { keep } = await start();
    await keep();
    const before = readdirSync(join(folder, "data", "archive"), { recursive: true });
    const again = await keep();
    expect(again.files.map(({ isNew }) => isNew)).toEqual([false, false, false, false]);
    expect(readdirSync(join(folder, "data", "archive"), { recursive: true })).toEqual(before);
  });

  it("has its bundle kept by the next run when the first was killed between the files and the bundle", async () => {
    const { keep } = await start();
    await keep();
    const root = join(folder, "data", "archive");
    const list = () =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.name.endsWith(".json"))
        .map((entry) => join(entry.parentPath, entry.name));
    const lacking = list().filter((path) => JSON.parse(readFileSync(path, "utf8")).dataSet === undefined);
    // The bundle and the version's document come after the files.
    expect(lacking).toHaveLength(2);
    for (const path of lacking) for (const one of [path, path.replace(".json", "")]) rmSync(one);
    await keep();
    expect(list()).toHaveLength(6);
  });

  it("lacks what neither manifest nor bundle has, and says so", async () => {
    const { keep } = await start([], { releases: [{ ...RELEASE, files: FILES.slice(0, 2) }] });
    const kept = await keep();
    expect(codesOf(kept)).toEqual(["B1", "C1"]);
    expect(kept.absent.map(({ code }) => code)).toEqual(["C4", "D1"]);
  });

  it("may hold a data set that its manifest does not list: kept, with no count to check", async () => {
    const files = FILES.map((file) => ({ ...file, listed: !file.name.startsWith("c4_") }));
    const { keep } = await start([], { releases: [{ ...RELEASE, files }] });
    const kept = await keep();
    expect(codesOf(kept)).toEqual(["B1", "C1", "C4", "D1"]);
    expect(kept.files.map(({ listedRows }) => listedRows)).toEqual([2, 2, null, 2]);
  });

  it.each([
    [{ fault: "rows-delta", arg: { delta: 1, file: "^c1_" } }, [2, 3, 2, 2]],
    [{ fault: "rows-delta", arg: -1 }, [1, 1, 1, 1]],
    [{ fault: "rows-null", arg: "^c1_" }, [2, null, 2, 2]],
  ] as [Fault, (number | null)[]][])("tells the rows that the manifest says (%j)", async (fault, rows) => {
    const { keep } = await start([fault]);
    expect((await keep()).files.map(({ listedRows }) => listedRows)).toEqual(rows);
  });
});

describe("a data set that is missing from the bundle", () => {
  it("is fetched singly, as a zip of one", async () => {
    const { keep, server } = await start([{ fault: "missing-file", arg: "^c1_" }]);
    const kept = await keep();
    expectWhole(kept);
    expect(kept.files[1]?.url).toMatch(/\/files\?fileIds=[0-9a-f-]{36}$/);
    expect(kept.files[1]?.fileName).toBe(NAMES[1]);
    expect(server.requests.filter(({ path }) => path.includes("fileIds"))).toHaveLength(1);
    expect(temporaryFiles()).toEqual([]);
  });

  it("is fetched singly each, when all are missing", async () => {
    const { keep } = await start([{ fault: "missing-file" }]);
    expectWhole(await keep());
  });

  it.each([
    ["is empty", { fault: "empty-200", path: "fileIds" }],
    ["is a web page", { fault: "html-200", path: "fileIds" }],
    ["is damaged", { fault: "wrong-crc", path: "fileIds" }],
    ["is an empty zip", { fault: "empty-zip", path: "fileIds" }],
    ["can't be had", { fault: "503", path: "fileIds" }],
    ["breaks off", { fault: "fin", path: "fileIds" }],
  ] as [string, Fault][])("is had from the data catalogue when the zip of one %s", async (_, fault) => {
    const { keep, server } = await start([{ fault: "missing-file", arg: "^c1_" }, fault]);
    const kept = await keep();
    expectWhole(kept);
    expect(kept.files[1]?.url).toMatch(/\/data-set-files\/[0-9a-f-]{36}\/download$/);
    expect(kept.files[1]?.fileName).toMatch(/^c1_.*\.csv$/);
    expect(server.requests.some(({ path }) => path.includes("data-set-files"))).toBe(true);
  });

  it("and can't be had at all: the release is refused, the file named, nothing half kept", async () => {
    const { keep } = await start([{ fault: "missing-blob", arg: "^c1_" }]);
    const error = await failureOf(keep());
    expect(error).toMatchObject({ code: "data-set-missing", exitCode: EXIT.sourceNotTrusted });
    expect(error.message).toContain("release 2022 lists C1 (C1 Referrals and re-referrals");
    expect(error.message).toContain("not trusted");
    expect(temporaryFiles()).toEqual([]);
  });

  it("are all named, where several can't be had", async () => {
    const { keep } = await start([{ fault: "missing-blob", arg: "^[cd]" }]);
    const error = await failureOf(keep());
    expect(error).toMatchObject({ code: "data-set-missing", exitCode: EXIT.sourceNotTrusted });
    expect(error.message).toMatch(/lists C1 \(.*lists C4 \(.*lists D1 \(/);
    expect(error.message).not.toContain("lists B1");
  });

  it.each(["html-200", "empty-200", "404"] as const)(
    "is not taken from a data catalogue that answers %s",
    async (fault) => {
      const { keep } = await start([
        { fault: "missing-file", arg: "^c1_" },
        { fault: "empty-200", path: "fileIds" },
        { fault, path: "data-set-files" },
      ]);
      expect(await failureOf(keep())).toMatchObject({ code: "data-set-missing" });
    },
  );

  it("an empty bundle is as if every file were missing", async () => {
    const { keep } = await start([{ fault: "empty-zip", times: 1 }]);
    expectWhole(await keep());
    const refused = await start([{ fault: "empty-zip" }, { fault: "404", path: "data-set-files" }]);
    expect(await failureOf(refused.keep())).toMatchObject({ exitCode: EXIT.sourceNotTrusted });
  });
});

describe("what can't be settled is refused", () => {
  it("two files for one data set", async () => {
    const twice = [...FILES, { name: "C1_referrals_corrected.csv", bytes: "a\n1\n", listed: false }];
    const { keep } = await start([], { releases: [{ ...RELEASE, files: twice }] });
    const error = await failureOf(keep());
    expect(error).toMatchObject({ code: "ambiguous-file", exitCode: EXIT.sourceNotTrusted });
    expect(error.message).toContain(`${NAMES[1]}, C1_referrals_corrected.csv`);
  });

  it("two entries of the manifest for one data set", async () => {
    const twice = [...FILES, { name: "other.csv", title: "C1 Referrals, corrected", bytes: "a\n1\n" }];
    const { keep } = await start([], { releases: [{ ...RELEASE, files: twice }] });
    const error = await failureOf(keep());
    expect(error).toMatchObject({ code: "ambiguous-data-set", exitCode: EXIT.sourceNotTrusted });
    expect(error.message).toContain("lists C1 2 times");
  });

  it.each([
    ["digit-flip", "wrong-crc"],
    ["wrong-crc", "wrong-crc"],
    ["dup-entry", "duplicate-member"],
    ["zip-slip", "odd-member"],
    ["symlink", "odd-member"],
    ["truncated-200", "damaged-zip"],
    ["html-as-octet", "not-a-zip"],
  ] as const)("a bundle with %s", async (fault, code) => {
    const { keep } = await start([{ fault, path: "/files" }]);
    const error = await failureOf(keep());
    expect(error).toMatchObject({ code, exitCode: EXIT.sourceNotTrusted });
    expect(temporaryFiles()).toEqual([]);
    expect(readdirSync(folder)).toEqual(["data"]);
  });

  it("a bomb, at once and whatever else might be had", async () => {
    const { keep, ees, server } = await start();
    server.addFault({ fault: "endless", path: "/files" });
    Object.assign(ees.fetching.limits, { bytes: 1_048_576 });
    expect(await failureOf(keep())).toBeInstanceOf(LimitError);
  });
});

describe("a version that stops working", () => {
  it.each([500, 403] as const)("is looked up again, once, and the new one kept (%i)", async (supersededZipStatus) => {
    const options: StandInOptions = { releases: [RELEASE], supersededZipStatus };
    const { keep, server } = await start([{ fault: "supersede-before-download" }], options);
    const before = server.versionId("children-in-need", "2022");
    const kept = await keep();
    expectWhole(kept);
    expect(kept.version.id).not.toBe(before);
    expect(kept.version.id).toBe(server.versionId("children-in-need", "2022"));
  });

  it("and stops again is given up: it is being amended now", async () => {
    const { keep, server } = await start([{ fault: "supersede-before-download", times: 10 }]);
    expect(await failureOf(keep())).toMatchObject({ code: "http-500", exitCode: EXIT.sourceUnreachable });
    expect(server.requests.filter(({ path }) => path.endsWith("/files"))).toHaveLength(2);
  });

  it("that is still the current one is not asked for again", async () => {
    const { keep, server } = await start([{ fault: "403", path: "/files" }]);
    expect(await failureOf(keep())).toMatchObject({ code: "http-403" });
    expect(server.requests.filter(({ path }) => path.endsWith("/files"))).toHaveLength(1);
  });

  it("while a missing file is fetched is never mixed with the new one", async () => {
    const { ees, server, keep } = await start([{ fault: "missing-file", arg: "^c1_", times: 1 }]);
    const corrected = "time_period,n\n2022,1\n2021,2\n";
    // The amendment comes when the bundle's bytes do: what is fetched singly after it is of the new version.
    let amended = "";
    ees.fetching.onBytes = () => {
      if (amended === "") {
        amended = server.amend("children-in-need", "2022", {
          files: [
            { name: NAMES[0] as string, bytes: corrected },
            { name: NAMES[1] as string, bytes: corrected },
          ],
        });
      }
    };
    const kept = await keep();
    expect(kept.version.id).toBe(amended);
    expect(contentsOf(kept)).toEqual([corrected, corrected, ...NAMES.slice(2).map(contentOf)]);
  });

  it("is not kept when the run is stopped", async () => {
    const { keep, ees } = await start([{ fault: "stall", path: "/files" }]);
    const controller = new AbortController();
    ees.fetching.signal = controller.signal;
    const reason = new InterruptedError("SIGTERM");
    setTimeout(() => controller.abort(reason), 100);
    expect(await failureOf(keep())).toBe(reason);
    expect(temporaryFiles()).toEqual([]);
  });
});

describe("a bundle on disk", () => {
  const keepLocal = (path: string, release: string | null = null) =>
    keepLocalRelease(path, PUBLICATION, release, "2022-10-27", archive);

  function writeFolder(...path: string[]): string {
    const at = join(folder, ...path);
    mkdirSync(join(at, "data"), { recursive: true });
    for (const { name, bytes } of FILES) writeFileSync(join(at, "data", name), bytes);
    return at;
  }

  function writeBundle(name: string): string {
    const path = join(folder, name);
    writeFileSync(path, writeZip(FILES.map((file) => makeEntry(`data/${file.name}`, Buffer.from(file.bytes)))));
    return path;
  }

  it.each([
    ["a folder", () => writeFolder("children-in-need", "2022")],
    ["a folder with a slash", () => `${writeFolder("children-in-need", "2022")}/`],
    ["the data folder in it", () => join(writeFolder("children-in-need", "2022"), "data")],
    ["a folder by EES's name", () => writeFolder("characteristics-of-children-in-need_2022")],
    ["a zip by EES's name", () => writeBundle("children-in-need_2022.zip")],
    ["a zip in capitals", () => writeBundle("CHILDREN-IN-NEED_2022.ZIP")],
  ])("tells its release by its name: %s", async (_, make) => {
    const kept = await keepLocal(make());
    expect(kept.version).toMatchObject({ slug: "2022", id: "local", publishedAt: "2022-10-27" });
    expect(codesOf(kept)).toEqual(["B1", "C1", "C4", "D1"]);
    expect(contentsOf(kept)).toEqual(NAMES.map(contentOf));
    expect(kept.files.map(({ url, listedRows }) => [url, listedRows])).toEqual(NAMES.map(() => [null, null]));
    expect(kept.manifest).toBeNull();
  });

  it.each([
    ["children-in-need_2021-revised.zip", "2021-revised"],
    ["children-in-need_2021-22.zip", "2021-22"],
  ])("%s is release %s", async (name, slug) => {
    expect((await keepLocal(writeBundle(name))).version.slug).toBe(slug);
  });

  it("is of the release that a person says, whatever its name", async () => {
    expect((await keepLocal(writeBundle("children-in-need_2022.zip"), "2022-revised")).version.slug).toBe(
      "2022-revised",
    );
  });

  it("whose name tells no release asks for it", async () => {
    for (const path of [writeBundle("bundle.zip"), writeFolder("downloads"), writeBundle("release2022.zip")]) {
      const error = await failureOf(keepLocal(path));
      expect(error).toBeInstanceOf(UsageError);
      expect(error.message).toContain("--release 2022");
    }
  });

  it("that is not there is a mistake of the command", async () => {
    expect(await failureOf(keepLocal(join(folder, "children-in-need_2022.zip")))).toMatchObject({
      code: "no-such-bundle",
      exitCode: EXIT.usage,
    });
  });

  it("that holds none of the data sets is refused", async () => {
    mkdirSync(join(folder, "2022"));
    writeFileSync(join(folder, "2022", "readme.csv"), "a\n");
    expect(await failureOf(keepLocal(join(folder, "2022")))).toMatchObject({
      code: "no-data-sets",
      exitCode: EXIT.sourceNotTrusted,
    });
  });

  it("that lacks some says which", async () => {
    const path = writeFolder("children-in-need", "2022");
    rmSync(join(path, "data", NAMES[3] as string));
    expect((await keepLocal(path)).absent.map(({ code }) => code)).toEqual(["D1"]);
  });

  it("with two files for one data set is refused", async () => {
    const path = writeFolder("children-in-need", "2022");
    writeFileSync(join(path, "data", "c1_copy.csv"), "a\n");
    expect(await failureOf(keepLocal(path))).toMatchObject({ code: "ambiguous-file" });
  });

  it("that is no bundle is refused", async () => {
    const path = join(folder, "children-in-need_2022.zip");
    writeFileSync(path, "time_period\n2022\n");
    expect(await failureOf(keepLocal(path))).toMatchObject({ code: "not-a-zip", exitCode: EXIT.sourceNotTrusted });
  });
});

describe("a release that was kept before", () => {
  it("is had from the archive again, or not at all", async () => {
    const { keep } = await start();
    const kept = await keep();
    const known = kept.files.map(({ sha256, dataSet, fileName, url, bytes, fetchedAt }) => ({
      ...{ sha256, data_set: dataSet.code, file_name: fileName, url, bytes, rows: 2, fetched_at: fetchedAt },
    }));
    const version = kept.version as Parameters<typeof recallRelease>[2];
    const recalled = await recallRelease(archive, PUBLICATION, version, known, []);
    expect(recalled?.files.map(({ path, isNew }) => [path, isNew])).toEqual(
      kept.files.map(({ path }) => [path, false]),
    );
    rmSync(kept.files[2]?.path ?? "");
    expect(await recallRelease(archive, PUBLICATION, version, known, [])).toBeNull();
  });
});
