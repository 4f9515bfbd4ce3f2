import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXIT, LimitError, type S21Error, SourceNotTrustedError } from "../../src/errors.ts";
import { type Bundle, type BundleFile, openFolderBundle, openZipBundle } from "../../src/extract/bundle.ts";
import { type BundleContents, streamBundle } from "../stand-in-ees/bundle.ts";
import { damageBundle } from "../stand-in-ees/damage.ts";
import type { BUNDLE_FAULTS } from "../stand-in-ees/faults.ts";
import { currentVersion, holdPublication, holdRelease } from "../stand-in-ees/holdings.ts";
import { makeEntry, writeZip, type ZipEntry } from "../stand-in-ees/zip-entries.ts";
import { limitEach, startTimer } from "../support/own-time.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "s21-bundle-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A CSV of some size whose bytes do not pack to nothing. */
function makeCsv(name: string, rows: number): Buffer {
  const lines = Array.from(
    { length: rows },
    (_, row) => `${name},${(row * 7_919) % 10_007},${(row * 104_729) % 99_991}`,
  );
  return Buffer.from(`name,one,two\r\n${lines.join("\r\n")}\r\n`);
}

const FILES = new Map(
  ["b1_in_need", "c1_referrals", "c4_enquiries", "d1_plans"].map((name) => [`${name}_2022.csv`, makeCsv(name, 2_000)]),
);

function contentsOf(files: Map<string, Buffer>): BundleContents {
  const publication = holdPublication({ slug: "children-in-need" });
  const release = holdRelease(publication, {
    publication: "children-in-need",
    slug: "2022",
    files: [...files].map(([name, bytes]) => ({ name, bytes })),
  });
  return { publication: "Children in need", release: "2022", files: currentVersion(release).files, date: new Date(0) };
}

async function collect(source: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks);
}

async function damaged(fault: (typeof BUNDLE_FAULTS)[number], arg?: unknown): Promise<Buffer> {
  const body = await damageBundle(contentsOf(FILES), { fault, arg });
  return Buffer.isBuffer(body) ? body : collect(body);
}

let number = 0;
async function openBytes(bytes: Buffer): Promise<Bundle> {
  number += 1;
  const path = join(folder, `${number}.zip`);
  writeFileSync(path, bytes);
  return openZipBundle(path, "the bundle");
}

/** Every file of the bundle, read to its end, as text: texts are compared faster than buffers. */
async function readBytes(bytes: Buffer): Promise<Map<string, string>> {
  const { files } = await openBytes(bytes);
  const contents = new Map<string, string>();
  for (const file of files) contents.set(file.name, String(await collect(file.open())));
  return contents;
}

const asTexts = (files: Map<string, Buffer>) => new Map([...files].map(([name, bytes]) => [name, String(bytes)]));

async function refusalOf(bytes: Buffer): Promise<S21Error> {
  const error = await readBytes(bytes).then(
    (files) => new Error(`it was taken, with ${[...files.keys()]}`),
    (thrown: unknown) => thrown,
  );
  expect(error).toSatisfy((one) => one instanceof SourceNotTrustedError || one instanceof LimitError);
  return error as S21Error;
}

describe("a bundle as EES streams it", () => {
  it("is read, though sizes and checksums stand behind the data", async () => {
    const zip = await collect(await streamBundle(contentsOf(FILES)));
    // Flag 3 of the first local header: sizes come in a descriptor after the data.
    expect(zip.readUInt16LE(6) & 0x0008).toBe(0x0008);
    expect(zip.readUInt32LE(18)).toBe(0);
    expect(await readBytes(zip)).toEqual(asTexts(FILES));
  });

  it("tells sizes before anything is unpacked, and files of data/ only", async () => {
    const { files, location } = await openBytes(await collect(await streamBundle(contentsOf(FILES))));
    expect(location).toBe("the bundle");
    expect(files.map(({ name, bytes }) => [name, bytes])).toEqual(
      [...FILES].map(([name, bytes]) => [name, bytes.length]),
    );
  });

  it("is read when its entries are stored, not packed", async () => {
    const stored = [...FILES].map(([name, bytes]) => ({
      ...makeEntry(`data/${name}`, bytes),
      method: 0,
      packed: bytes,
    }));
    expect(await readBytes(writeZip(stored))).toEqual(asTexts(FILES));
  });

  it("is read when its directory has the records of zip64", async () => {
    expect(await readBytes(await damaged("zip64"))).toEqual(asTexts(FILES));
  });

  it("may hold an empty file, folders, and other files", async () => {
    const entries = [
      makeEntry("data/", Buffer.alloc(0)),
      makeEntry("data/empty.csv", Buffer.alloc(0)),
      makeEntry("data/old/c1_referrals.csv", Buffer.from("not at the top")),
      makeEntry("supporting-files/notes.txt", Buffer.from("notes")),
    ];
    expect(await readBytes(writeZip(entries))).toEqual(new Map([["empty.csv", ""]]));
  });

  it("may be empty: what is missing is for the manifest to say", async () => {
    expect(await readBytes(await damaged("empty-zip"))).toEqual(new Map());
  });
});

describe("a damaged bundle is refused", () => {
  limitEach(10);

  it.each([
    ["wrong-crc", undefined, "wrong-crc", "data/c1_referrals_2022.csv has CRC"],
    ["wrong-crc", "^data/d1_", "wrong-crc", "data/d1_plans_2022.csv has CRC"],
    ["digit-flip", undefined, "wrong-crc", "data/c1_referrals_2022.csv has CRC"],
    ["dup-entry", undefined, "duplicate-member", "data/c1_referrals_2022.csv twice"],
    ["zip-slip", undefined, "odd-member", '"../../../../outside.csv" has an unsafe name'],
    ["zip-slip", "data/../../outside.csv", "odd-member", "unsafe name"],
    ["zip-slip", "/etc/passwd", "odd-member", "unsafe name"],
    ["zip-slip", "\\\\server\\share\\c1_x.csv", "odd-member", "unsafe name"],
    ["zip-slip", "data\\c1_x.csv", "odd-member", "unsafe name"],
    ["zip-slip", "C:/c1_x.csv", "odd-member", "unsafe name"],
    ["zip-slip", "data/c1_x.csv\u0000.txt", "odd-member", "unsafe name"],
    ["symlink", undefined, "odd-member", 'data/c1_link.csv" is a symbolic link'],
    ["encrypted-entry", undefined, "odd-member", 'data/c1_referrals_2022.csv" is encrypted'],
    ["many-entries", undefined, "too-many-files", "65541"],
    ["trailing", 100, "damaged-zip", "not a whole zip"],
  ] as const)("%s (%j)", async (fault, arg, code, words) => {
    const refusal = await refusalOf(await damaged(fault, arg));
    expect(refusal).toMatchObject({ code, exitCode: EXIT.sourceNotTrusted });
    expect(refusal.message).toContain("the bundle");
    expect(refusal.message).toContain(words);
  });

  it.each([
    ["sizes, sum and method", [10, 16, 20, 24], "packed by method 8, and by 0 in the directory"],
    ["sizes and sum", [16, 20, 24], "no bytes at all"],
  ])("whose directory has zeros for %s: that is no empty file", async (_, fields, words) => {
    const zip = writeZip([makeEntry("data/c1_x.csv", Buffer.from("a,b\n1,2\n"))]);
    const entry = zip.indexOf(Buffer.from("PK\u0001\u0002"));
    for (const field of fields) zip.fill(0, entry + field, entry + field + (field === 10 ? 2 : 4));
    const refusal = await refusalOf(zip);
    expect(refusal).toMatchObject({ code: "damaged-member", exitCode: EXIT.sourceNotTrusted });
    expect(refusal.message).toContain(words);
  });

  it("whose entries differ in case only: which is meant?", async () => {
    const entries = ["data/C1_x.csv", "data/c1_x.csv"].map((name) => makeEntry(name, Buffer.from(name)));
    expect(await refusalOf(writeZip(entries))).toMatchObject({ code: "duplicate-member" });
  });

  it("whose directory is longer or shorter than its count says", async () => {
    const whole = await collect(await streamBundle(contentsOf(FILES)));
    const end = whole.length - 22;
    const count = whole.readUInt16LE(end + 10);
    for (const wrong of [0, 1, count - 1, count + 1, 0xfffe]) {
      const zip = Buffer.from(whole);
      zip.writeUInt16LE(wrong, end + 8);
      zip.writeUInt16LE(wrong, end + 10);
      expect((await refusalOf(zip)).code, String(wrong)).toMatch(/^damaged-zip$|^too-many-files$/);
    }
  });

  it("whose zip64 records claim four thousand million entries", async () => {
    const empty = makeEntry("", Buffer.alloc(0));
    const zip = writeZip(Array.from({ length: 65_535 }, (_, index) => ({ ...empty, name: `data/${index}.csv` })));
    const record = zip.lastIndexOf(Buffer.from("PK\u0006\u0006", "latin1"));
    for (const at of [24, 32]) zip.writeBigUInt64LE(0xffff_fff0n, record + at);
    expect(await refusalOf(zip)).toMatchObject({ exitCode: EXIT.sourceNotTrusted });
  });

  it("with a few bytes after its end is read rightly or refused", async () => {
    for (const bytes of [1, 20, 57, 58, 59, 80, 5_000]) {
      const reading = await readBytes(await damaged("trailing", bytes)).catch((error: unknown) => error);
      if (reading instanceof SourceNotTrustedError) continue;
      expect(reading, `${bytes} bytes`).toEqual(asTexts(FILES));
    }
  });

  it("never gives an entry that its directory does not list", async () => {
    expect(await readBytes(await damaged("ghost-entry"))).toEqual(asTexts(FILES));
  });
});

describe("a bomb", () => {
  limitEach(10);

  const GIGABYTE = 1024 ** 3;

  it("that says it is small is left at the size that it claims", async () => {
    const before = process.memoryUsage().rss;
    const refusal = await refusalOf(await damaged("zip-bomb", GIGABYTE));
    expect(refusal).toMatchObject({ code: "wrong-size", exitCode: EXIT.sourceNotTrusted });
    expect(refusal.message).toContain("expected 1000 bytes");
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 ** 2);
  });

  it("that claims more than deflate can pack is not begun", async () => {
    const entry: ZipEntry = { ...makeEntry("data/c1_x.csv", Buffer.alloc(1_000)), uncompressedSize: 2 * GIGABYTE };
    expect(await refusalOf(writeZip([entry]))).toMatchObject({ code: "zip-bomb", exitCode: EXIT.limit });
  });

  it("that says the truth gives its bytes as fast as they are taken, and no faster", async () => {
    const size = 512 * 1024 ** 2;
    const piece = deflateRawSync(Buffer.alloc(16 * 1024 ** 2), { level: 9, finishFlush: 3 });
    const packed = Buffer.concat([...Array.from({ length: 32 }, () => piece), Buffer.from([3, 0])]);
    const entry: ZipEntry = { ...makeEntry("data/c1_x.csv", Buffer.alloc(0)), packed, uncompressedSize: size };
    const [file] = (await openBytes(writeZip([entry]))).files;
    let bytes = 0;
    for await (const chunk of (file as BundleFile).open()) {
      bytes += chunk.length;
      if (bytes > 1024 ** 2) break;
    }
    expect(bytes).toBeLessThan(2 * 1024 ** 2);
  });
});

describe("whatever the bytes, an end within 10 s, in an error or in the right data", () => {
  const TINY = new Map([
    ["c1_x.csv", Buffer.from("a,b\n1,2\n")],
    ["d1_x.csv", Buffer.from("c\n3\n")],
  ]);
  const tiny = writeZip([...TINY].map(([name, bytes]) => makeEntry(`data/${name}`, bytes)));

  /** A name or a folder is not covered by a checksum, so what is damaged there may be missing; no content may be wrong. */
  async function expectRightOrRefused(bytes: Buffer, files: Map<string, Buffer>, what: string) {
    const timer = startTimer();
    const reading = await readBytes(bytes).catch((error: unknown) => error);
    expect(timer(), what).toBeLessThan(10);
    if (reading instanceof SourceNotTrustedError || reading instanceof LimitError) return;
    if (!(reading instanceof Map)) throw new Error(`${what}: ${String(reading)}`);
    const right = asTexts(files);
    for (const [name, content] of reading as Map<string, string>) {
      const is = right.get(name) ?? [...right.values()].find((one) => one === content);
      if (is !== content) throw new Error(`${what}: ${name} has a content that nobody wrote`);
    }
  }

  it("cut at every 1 %: refused", async () => {
    const zip = await collect(await streamBundle(contentsOf(FILES)));
    for (let percent = 0; percent < 100; percent += 1) {
      const refusal = await refusalOf(zip.subarray(0, Math.floor((zip.length * percent) / 100)));
      expect(refusal.code, `${percent} %`).toMatch(/^not-a-zip$|^damaged-zip$/);
    }
  });

  it("cut at every byte of a tiny one: refused", async () => {
    for (let length = 0; length < tiny.length; length += 1) {
      const refusal = await refusalOf(tiny.subarray(0, length));
      expect(refusal.code, `${length} bytes`).toMatch(/^not-a-zip$|^damaged-zip$/);
    }
    expect(await readBytes(tiny)).toEqual(asTexts(TINY));
  });

  it("every byte of a tiny one changed", async () => {
    for (let at = 0; at < tiny.length; at += 1) {
      for (const value of [0x00, 0x80, 0xff, (tiny[at] ?? 0) ^ 1]) {
        const bytes = Buffer.from(tiny);
        bytes[at] = value;
        await expectRightOrRefused(bytes, TINY, `byte ${at} is ${value}`);
      }
    }
  });

  it("parts moved, doubled, left out", async () => {
    const zip = await collect(await streamBundle(contentsOf(new Map([...FILES].slice(0, 2)))));
    let seed = 20_220_331;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % below;
    };
    for (let turn = 0; turn < 300; turn += 1) {
      const [from, to, at] = [random(zip.length), random(zip.length), random(zip.length)];
      const part = zip.subarray(Math.min(from, to), Math.max(from, to));
      const kept = turn % 3 === 0 ? zip.subarray(at) : zip.subarray(at + part.length);
      await expectRightOrRefused(Buffer.concat([zip.subarray(0, at), part, kept]), FILES, `turn ${turn}`);
    }
  });
});

describe("what is no zip", () => {
  it.each([
    ["nothing", Buffer.alloc(0), "nothing"],
    [
      "a web page",
      Buffer.from("<!DOCTYPE html><title>Sorry, there is a problem</title>"),
      'a web page, "Sorry, there is a problem"',
    ],
    ["JSON", Buffer.from('{"status":403}'), "403"],
    ["gzip", Buffer.from([0x1f, 0x8b, 8, 0]), "expected a zip"],
  ])("%s is refused, and told", async (_, bytes, words) => {
    const refusal = await refusalOf(bytes);
    expect(refusal).toMatchObject({ code: "not-a-zip" });
    expect(refusal.message).toContain(words);
  });
});

describe("a folder", () => {
  it("is read as a bundle: data/ inside, or its own files", async () => {
    const inside = join(folder, "children-in-need_2022");
    mkdirSync(join(inside, "data"), { recursive: true });
    writeFileSync(join(inside, "data", "c1_x.csv"), "a\n1\n");
    writeFileSync(join(inside, "readme.txt"), "beside it");
    for (const path of [inside, join(inside, "data")]) {
      const { files } = await openFolderBundle(path);
      expect(files.map(({ name, bytes }) => [name, bytes])).toEqual([["c1_x.csv", 4]]);
      expect(String(await collect((files[0] as BundleFile).open()))).toBe("a\n1\n");
    }
  });

  it("is read in the order of names, without folders and links out of it", async () => {
    const odd = join(folder, "odd");
    mkdirSync(join(odd, "c4_folder.csv"), { recursive: true });
    for (const name of ["d1_x.csv", "b1_x.csv"]) writeFileSync(join(odd, name), "a\n");
    symlinkSync("/etc/passwd", join(odd, "c1_link.csv"));
    expect((await openFolderBundle(odd)).files.map(({ name }) => name)).toEqual(["b1_x.csv", "d1_x.csv"]);
  });
});
