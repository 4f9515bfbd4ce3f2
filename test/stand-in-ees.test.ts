import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import unzipper from "unzipper";
import { afterEach, describe, expect, it } from "vitest";
import { COVENTRY_REFERRALS, writeLargeCsv } from "./stand-in-ees/large-csv.ts";
import { type Fault, type StandInEes, type StandInOptions, startStandInEes } from "./stand-in-ees/server.ts";

const SHARED = join(import.meta.dirname, "../../shared/ees");
const PLACES = "time_period,time_identifier,geographic_level,country_code,country_name,la_name";
const C1 = [
  `\ufeff${PLACES},Category,Referrals`,
  '2021,Reporting year,National,E92000001,England,,"All\r\nreferrals",597760',
  '2022,Reporting year,Local authority,E92000001,England,"Bristol, City of",x,c',
  "",
].join("\r\n");
const D1 = `${PLACES},category,CPP_start\n2022,Reporting year,National,E92000001,England,,Plans,5\n`;
const C1_NAME = "c1_referrals_2021_to_2022.csv";
const D1_NAME = "d1_plans_2022.csv";
const RELEASES: NonNullable<StandInOptions["releases"]> = [
  {
    publication: "characteristics-of-children-in-need",
    slug: "2022",
    files: [
      { name: C1_NAME, bytes: C1 },
      { name: D1_NAME, bytes: D1 },
    ],
  },
  { publication: "children-in-need", slug: "2021", files: [{ name: C1_NAME, bytes: C1 }] },
];

let ees: StandInEes | undefined;
afterEach(async () => {
  await ees?.close();
  ees = undefined;
});

async function start(options: StandInOptions = { releases: RELEASES }): Promise<StandInEes> {
  ees = await startStandInEes(options);
  return ees;
}

async function startWith(...faults: Fault[]): Promise<StandInEes> {
  return start({ releases: RELEASES, faults });
}

// biome-ignore lint/suspicious/noExplicitAny: these are the bodies whose shape is being tested
async function getJson(url: string): Promise<any> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return response.json();
}

const RELEASE = "/publications/children-in-need/releases/2022";

async function bundleUrl(server: StandInEes): Promise<string> {
  const { id } = await getJson(`${server.url}${RELEASE}/version-summary`);
  return `${server.url}/releases/${id}/files`;
}

async function getBundle(server: StandInEes): Promise<Buffer> {
  return Buffer.from(await (await fetch(await bundleUrl(server))).arrayBuffer());
}

async function namesIn(zip: Buffer): Promise<string[]> {
  return (await unzipper.Open.buffer(zip)).files.map((file) => file.path);
}

describe("finding", () => {
  it("maps the former slug in redirects and knows only the current one elsewhere", async () => {
    const { url } = await start();
    const redirects = await getJson(`${url}/redirects`);
    expect(redirects.publicationRedirects).toEqual([
      { fromSlug: "characteristics-of-children-in-need", toSlug: "children-in-need" },
    ]);
    expect(redirects.releaseRedirectsByPublicationSlug).toEqual({});
    const former = await fetch(`${url}/publications/characteristics-of-children-in-need/releases`);
    expect(former.status).toBe(404);
    expect(former.headers.get("content-type")).toContain("application/problem+json");
  });

  it("lists releases newest first, page by page, those older than EES last", async () => {
    const { url } = await start();
    const first = await getJson(`${url}/publications/children-in-need/releases?page=1&pageSize=2`);
    expect(first.paging).toEqual({ page: 1, pageSize: 2, totalResults: 3, totalPages: 2 });
    expect(first.results.map((release: { slug: string }) => release.slug)).toEqual(["2022", "2021"]);
    expect(first.results[1]).toMatchObject({
      title: "Reporting year 2021",
      published: "2021-10-28T08:30:02Z",
      isLatestRelease: false,
      label: null,
    });
    const second = await getJson(`${url}/publications/children-in-need/releases?page=2&pageSize=2`);
    expect(Object.keys(second.results[0]).sort()).toEqual(["title", "url"]);
  });

  it("tells of each data set what an import found: rows, periods, levels, columns", async () => {
    const { url } = await start();
    const summary = await getJson(`${url}${RELEASE}/version-summary`);
    const content = await getJson(`${url}${RELEASE}/data-content`);
    expect(content.releaseVersionId).toBe(summary.id);
    expect(content.releaseId).toBe(summary.releaseId);
    expect(content.dataSets[0].title).toMatch(/^C1 Referrals and re-referrals/);
    expect(content.dataSets[0].meta).toEqual({
      filters: ["Category"],
      geographicLevels: ["Local authority", "National"],
      indicators: ["Referrals"],
      numDataFileRows: 2,
      timePeriodRange: { start: "2021", end: "2022" },
    });
  });

  it("pages the only listing that has file names, 10 at a time and 40 at most", async () => {
    const files = Array.from({ length: 12 }, (_, index) => ({ name: `a${index}.csv`, bytes: D1 }));
    const { url } = await start({ releases: [{ publication: "children-in-need", slug: "2022", files }] });
    const { releaseId } = await getJson(`${url}${RELEASE}/version-summary`);
    const page = await getJson(`${url}/data-set-files?releaseId=${releaseId}&page=2`);
    expect(page.paging).toEqual({ page: 2, pageSize: 10, totalResults: 12, totalPages: 2 });
    expect(page.results.map((file: { filename: string }) => file.filename)).toEqual(["a10.csv", "a11.csv"]);
    expect((await fetch(`${url}/data-set-files?pageSize=41`)).status).toBe(400);
  });

  it("lists what it is told to list, whether the bundle holds it or not", async () => {
    const c4 = { name: "c4_section_47s_2022.csv", rows: 1638 };
    const { url } = await start({ releases: [{ publication: "children-in-need", slug: "2022", files: [c4] }] });
    const { dataSets, releaseVersionId } = await getJson(`${url}${RELEASE}/data-content`);
    expect(dataSets[0].meta.numDataFileRows).toBe(1638);
    const response = await fetch(`${url}/releases/${releaseVersionId}/files/${dataSets[0].fileId}`);
    expect(response.status).toBe(404);
    expect(await namesIn(await getBundle(ees as StandInEes))).toEqual([]);
  });
});

describe("downloading", () => {
  it("streams the bundle: chunked, no length, sizes after the data", async () => {
    const server = await start();
    const raw = await readSocket(await bundleUrl(server));
    expect(raw.head).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(raw.head).toMatch(/transfer-encoding: chunked/i);
    expect(raw.head).not.toMatch(/content-length/i);
    expect(raw.head).toMatch(/last-modified: Thu, 27 Oct 2022 08:30:00 GMT/i);
    const zip = await getBundle(server);
    expect(zip.readUInt32LE(0)).toBe(0x04034b50);
    expect(zip.readUInt16LE(6) & 8).toBe(8);
    expect([zip.readUInt32LE(14), zip.readUInt32LE(18), zip.readUInt32LE(22)]).toEqual([0, 0, 0]);
    const { files } = await unzipper.Open.buffer(zip);
    expect(files.map((file) => file.path)).toEqual([
      `data/${C1_NAME}`,
      `data/${D1_NAME}`,
      "data-guidance/data-guidance.txt",
    ]);
    expect((await files[0]?.buffer())?.toString()).toBe(C1);
    const guidance = (await files[2]?.buffer())?.toString();
    expect(guidance).toContain(`Filename: ${C1_NAME}\nGeographic levels: Local authority; National\n`);
    // Columns are as wide as their longest entry: "Referrals" and "Referrals | as published".
    expect(guidance).toMatch(/\nVariable name {2}\| {2}Variable description\n-{9} {2}\| {2}-{24}\nCategory {3}\| {2}/);
  });

  it("sends one file by ?fileIds=, in a zip, and refuses two", async () => {
    const server = await start();
    const url = await bundleUrl(server);
    const { dataSets } = await getJson(`${server.url}${RELEASE}/data-content`);
    const one = await fetch(`${url}?fileIds=${dataSets[1].fileId}`);
    expect((await namesIn(Buffer.from(await one.arrayBuffer())))[0]).toBe(`data/${D1_NAME}`);
    const two = await fetch(`${url}?fileIds=${dataSets[0].fileId}&fileIds=${dataSets[1].fileId}`);
    expect(two.status).toBe(400);
  });

  it("sends a file singly with its MD5 as ETag, and 304 to whoever has it", async () => {
    const server = await start();
    const { dataSets } = await getJson(`${server.url}${RELEASE}/data-content`);
    const url = `${await bundleUrl(server)}/${dataSets[0].fileId}`;
    const response = await fetch(url);
    const etag = `W/"${createHash("md5").update(C1).digest("hex")}"`;
    expect(response.headers.get("etag")).toBe(etag);
    expect(Buffer.from(await response.arrayBuffer()).toString()).toBe(C1);
    expect((await fetch(url, { headers: { "If-None-Match": etag } })).status).toBe(304);
    expect((await fetch(url, { headers: { "If-None-Match": 'W/"other"' } })).status).toBe(200);
    const since = response.headers.get("last-modified") ?? "";
    expect((await fetch(url, { headers: { "If-Modified-Since": since } })).status).toBe(304);
    const stable = await fetch(`${server.url}/data-set-files/${dataSets[0].dataSetFileId}/download`);
    expect(stable.headers.has("etag") || stable.headers.has("last-modified")).toBe(false);
    expect(Buffer.from(await stable.arrayBuffer()).toString()).toBe(C1);
  });

  it("answers a superseded version with 500 or 403, and keeps the ids that survive", async () => {
    const server = await start();
    const url = await bundleUrl(server);
    const before = await getJson(`${server.url}${RELEASE}/data-content`);
    server.amend("children-in-need", "2022", { files: [{ name: C1_NAME, bytes: C1.replace("597760", "597770") }] });
    expect((await fetch(url)).status).toBe(500);
    expect((await fetch(`${url}/${before.dataSets[0].fileId}`)).status).toBe(403);
    const after = await getJson(`${server.url}${RELEASE}/data-content`);
    expect(after.releaseVersionId).not.toBe(before.releaseVersionId);
    expect(after.dataSets[0].dataSetFileId).toBe(before.dataSets[0].dataSetFileId);
    expect(after.dataSets[0].fileId).not.toBe(before.dataSets[0].fileId);
    expect(after.dataSets[1].fileId).toBe(before.dataSets[1].fileId);
    const summary = await getJson(`${server.url}${RELEASE}/version-summary`);
    expect(summary).toMatchObject({ published: "2022-10-27T08:30:00Z", updateCount: 1 });
    expect(Date.parse(summary.lastUpdated)).toBeGreaterThan(Date.parse(summary.published));
    server.withdraw("children-in-need", "2022");
    expect((await fetch(`${server.url}${RELEASE}/version-summary`)).status).toBe(404);
  });
});

describe("replies at fault", () => {
  const statusFaults = ["304", "403", "404", "500", "502", "503"] as const;
  it.each(statusFaults)("%s, once", async (fault) => {
    const server = await startWith({ fault, times: 1, path: "version-summary" });
    expect((await fetch(`${server.url}/redirects`)).status).toBe(200);
    expect((await fetch(`${server.url}${RELEASE}/version-summary`)).status).toBe(Number(fault));
    expect((await fetch(`${server.url}${RELEASE}/version-summary`)).status).toBe(200);
    expect(server.requests.map(({ status }) => status)).toEqual([200, Number(fault), 200]);
  });

  it("429 with the Retry-After asked for", async () => {
    const server = await startWith({ fault: "429", arg: 7200 });
    const response = await fetch(`${server.url}/redirects`);
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "7200"]);
  });

  it("redirects elsewhere and to itself", async () => {
    const server = await startWith(
      { fault: "redirect", arg: "http://127.0.0.1:9/x", times: 1 },
      { fault: "redirect-loop" },
    );
    const away = await fetch(`${server.url}/redirects`, { redirect: "manual" });
    expect([away.status, away.headers.get("location")]).toEqual([302, "http://127.0.0.1:9/x"]);
    await expect(fetch(`${server.url}/redirects`)).rejects.toThrow();
    expect(server.requests.length).toBeGreaterThan(10);
  });

  it("web pages, broken JSON and nothing, each with status 200", async () => {
    const faults = ["html-200", "html-as-octet", "bad-json", "empty-200"] as const;
    const server = await startWith(...faults.map((fault) => ({ fault, times: 1 })));
    const replies = await Promise.all([1, 2, 3, 4].map(() => fetch(`${server.url}/redirects`)));
    const bodies = await Promise.all(replies.map((reply) => reply.text()));
    const seen = replies.map((reply, index) => [reply.headers.get("content-type"), bodies[index]] as const);
    expect(replies.every(({ status }) => status === 200)).toBe(true);
    expect(seen.find(([type]) => type === "application/octet-stream")?.[1]).toContain("Sorry, there is a problem");
    expect(seen.filter(([type]) => type?.startsWith("text/html"))).toHaveLength(1);
    const json = seen.filter(([type]) => type?.startsWith("application/json")).map(([, body]) => body);
    expect(json).toHaveLength(2);
    for (const body of json) expect(() => JSON.parse(body ?? "")).toThrow();
  });

  it("a part of the zip as a perfect reply", async () => {
    const server = await startWith({ fault: "truncated-200", arg: 0.25, path: "/files", times: 1 });
    const part = await getBundle(server);
    const whole = await getBundle(server);
    expect(part.length).toBe(Math.floor(whole.length / 4));
    expect(part.equals(whole.subarray(0, part.length))).toBe(true);
  });

  it("bodies without end, plain and compressed, that begin as they should", async () => {
    const server = await startWith(
      { fault: "endless", arg: 20_000_000, path: "/files", times: 1 },
      { fault: "gzip-bomb", arg: 40_000_000, path: "/files", times: 1 },
    );
    const plain = await getBundle(server);
    expect(plain.length).toBeGreaterThanOrEqual(20_000_000);
    expect(plain.readUInt32LE(0)).toBe(0x04034b50);
    const { head, body } = await readSocket(await bundleUrl(server));
    expect(head).toMatch(/content-encoding: gzip/i);
    const packed = joinChunks(body);
    expect(packed.length).toBeLessThan(200_000);
    expect(gunzipSync(packed).length).toBeGreaterThanOrEqual(40_000_000);
  });
});

describe("connections at fault", () => {
  it("reset breaks off with a reset, fin without the last chunk", async () => {
    const server = await startWith({ fault: "reset", path: "/files", times: 1 }, { fault: "fin", path: "/files" });
    const url = await bundleUrl(server);
    const reset = await readSocket(url);
    expect(reset.end).toBe("ECONNRESET");
    const fin = await readSocket(url);
    expect(fin.end).toBe("end");
    expect(fin.head).toMatch(/transfer-encoding: chunked/i);
    expect(fin.body.length).toBeGreaterThan(100);
    expect(fin.body.toString("latin1").endsWith("0\r\n\r\n")).toBe(false);
    await expect(getByNodeHttp(url)).rejects.toThrow("aborted");
  });

  it("closeframed is a complete reply with half a body, short-length is not", async () => {
    const server = await startWith(
      { fault: "closeframed", path: "/files", times: 1 },
      { fault: "short-length", path: "/files", times: 1 },
    );
    const url = await bundleUrl(server);
    const half = Buffer.from(await (await fetch(url)).arrayBuffer());
    const short = await readSocket(url);
    const whole = await getBundle(server);
    expect(half.length).toBe(Math.floor(whole.length / 2));
    expect(Number(/content-length: (\d+)/i.exec(short.head)?.[1])).toBe(whole.length);
    expect(short.body.length).toBe(half.length);
  });

  it("stall, drip and no headers keep the client waiting, and end with the server", async () => {
    const server = await startWith(
      { fault: "stall", path: "redirects", times: 1 },
      { fault: "drip", arg: 20, path: "redirects", times: 1 },
      { fault: "no-headers", path: "redirects" },
    );
    const stalled = readSocket(`${server.url}/redirects`);
    await untilRequests(server, 1);
    const dripping = readSocket(`${server.url}/redirects`);
    await untilRequests(server, 2);
    const silent = readSocket(`${server.url}/redirects`);
    await untilRequests(server, 3);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await server.close();
    ees = undefined;
    const [stall, drip, nothing] = await Promise.all([stalled, dripping, silent]);
    expect(stall.body.length).toBeGreaterThan(50);
    // Each byte is a chunk of its own.
    expect(drip.body.toString("latin1")).toMatch(/^1\r\n\{\r\n1\r\n"\r\n1\r\np\r\n/);
    expect(drip.body.toString("latin1").endsWith("0\r\n\r\n")).toBe(false);
    expect(nothing.head).toBe("");
  });
});

describe("a client that leaves, and faults in turn", () => {
  it.each(["endless", "drip", "stall"] as const)("%s stops, and the next request is served", async (fault) => {
    const server = await startWith({ fault, path: "/files", times: 1 });
    const url = await bundleUrl(server);
    const leaving = new AbortController();
    const response = await fetch(url, { signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
    expect(await namesIn(await getBundle(server))).toHaveLength(3);
    await server.close();
    expect(server.requests.map(({ error }) => error)).toEqual(server.requests.map(() => undefined));
  });

  it("meets one fault of delivery at a time, in the order asked for", async () => {
    const server = await startWith(
      { fault: "fin", path: "redirects", times: 1 },
      { fault: "404", path: "redirects", times: 1 },
    );
    expect((await readSocket(`${server.url}/redirects`)).head).toMatch(/^HTTP\/1\.1 200/);
    expect((await fetch(`${server.url}/redirects`)).status).toBe(404);
    expect((await fetch(`${server.url}/redirects`)).status).toBe(200);
  });
});

describe("bundles at fault", () => {
  /** By another reader than the one that made them. */
  async function entriesWith(fault: Fault): Promise<unzipper.File[]> {
    return (await unzipper.Open.buffer(await getBundle(await startWith(fault)))).files;
  }

  it("wrong-crc and digit-flip: what is packed is not what the directory says", async () => {
    for (const [fault, same] of [
      ["wrong-crc", true],
      ["digit-flip", false],
    ] as const) {
      const [entry] = await entriesWith({ fault, arg: "d1_" }).then((all) =>
        all.filter((file) => /d1_/.test(file.path)),
      );
      const content = (await entry?.buffer()) ?? Buffer.alloc(0);
      expect(content.length).toBe(D1.length);
      expect(content.toString() === D1).toBe(same);
      expect(crc32(content)).not.toBe(entry?.crc32);
      await ees?.close();
    }
  });

  it("dup-entry is twice in the directory, ghost-entry only in the stream", async () => {
    const twice = (await entriesWith({ fault: "dup-entry", arg: "d1_" })).filter((file) => /d1_/.test(file.path));
    expect(twice).toHaveLength(2);
    await ees?.close();
    const zip = await getBundle(await startWith({ fault: "ghost-entry", arg: "d1_" }));
    expect((await namesIn(zip)).filter((name) => /d1_/.test(name))).toHaveLength(1);
    expect(zip.toString("latin1").split(`data/${D1_NAME}`)).toHaveLength(4);
  });

  it("zip-slip and symlink-entry carry names and kinds that must not be trusted", async () => {
    const slip = await entriesWith({ fault: "zip-slip", arg: "/tmp/../outside.csv" });
    expect(slip.at(-1)?.path).toBe("/tmp/../outside.csv");
    await ees?.close();
    const link = (await entriesWith({ fault: "symlink-entry" })).at(-1);
    expect((link?.externalFileAttributes ?? 0) >>> 28).toBe(0o12);
    expect((await link?.buffer())?.toString()).toBe("/etc/passwd");
  });

  it("zip-bomb says 1,000 bytes and inflates to what was asked", async () => {
    const [bomb] = await entriesWith({ fault: "zip-bomb", arg: 50_000_000 });
    expect(bomb?.uncompressedSize).toBe(1000);
    expect(bomb?.compressedSize).toBeLessThan(100_000);
    expect((await bomb?.buffer())?.length).toBeGreaterThanOrEqual(50_000_000);
  });

  it("encrypted-entry, trailing bytes, an empty zip, zip64, more entries than 65,535", async () => {
    expect(((await entriesWith({ fault: "encrypted-entry" }))[0]?.flags ?? 0) & 1).toBe(1);
    await ees?.close();
    const trailing = await getBundle(await startWith({ fault: "trailing", arg: 300 }));
    expect(trailing.length - trailing.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"))).toBe(322);
    await ees?.close();
    const empty = await getBundle(await startWith({ fault: "empty-zip" }));
    expect(empty.toString("latin1")).toBe(`PK\x05\x06${"\0".repeat(18)}`);
    await ees?.close();
    const zip64 = await getBundle(await startWith({ fault: "zip64" }));
    expect(zip64.includes(Buffer.from("PK\x06\x06", "latin1"))).toBe(true);
    expect(await namesIn(zip64)).toHaveLength(3);
    await ees?.close();
    expect(await namesIn(await getBundle(await startWith({ fault: "many-entries" })))).toHaveLength(65_539);
  });
});

describe("releases at fault", () => {
  it("missing-file is to be had singly, missing-blob nowhere", async () => {
    const server = await startWith({ fault: "missing-file", arg: "^c1_" }, { fault: "missing-blob", arg: "^d1_" });
    const { dataSets } = await getJson(`${server.url}${RELEASE}/data-content`);
    expect(dataSets).toHaveLength(2);
    expect(await namesIn(await getBundle(server))).toEqual([]);
    const url = await bundleUrl(server);
    const [c1, d1] = dataSets.map((dataSet: { fileId: string }) => dataSet.fileId);
    const single = await fetch(`${url}?fileIds=${c1}`);
    expect(await namesIn(Buffer.from(await single.arrayBuffer()))).toContain(`data/${C1_NAME}`);
    expect((await fetch(`${url}/${d1}`)).status).toBe(404);
    expect((await fetch(`${server.url}/data-set-files/${dataSets[1].dataSetFileId}/download`)).status).toBe(404);
  });

  it("perFileEmpty, rows-delta and rows-null", async () => {
    const server = await startWith(
      { fault: "perFileEmpty" },
      { fault: "rows-delta", arg: { delta: -1, file: "^c1_" } },
      { fault: "rows-null", arg: "^d1_" },
    );
    const { dataSets } = await getJson(`${server.url}${RELEASE}/data-content`);
    expect(dataSets.map((dataSet: { meta: { numDataFileRows: number } }) => dataSet.meta.numDataFileRows)).toEqual([
      1,
      null,
    ]);
    const response = await fetch(`${await bundleUrl(server)}/${dataSets[0].fileId}`);
    expect([response.status, (await response.text()).length]).toEqual([200, 0]);
    expect(response.headers.get("etag")).toContain(createHash("md5").update(C1).digest("hex"));
  });

  it("supersede-before-download happens once", async () => {
    const server = await startWith({ fault: "supersede-before-download" });
    const before = server.versionId("children-in-need", "2022");
    expect((await fetch(await bundleUrl(server))).status).toBe(500);
    expect(server.versionId("children-in-need", "2022")).not.toBe(before);
    expect((await fetch(await bundleUrl(server))).status).toBe(200);
  });

  it("refuses a fault that it does not have", async () => {
    await expect(startWith({ fault: "no-such-fault" as "404" })).rejects.toThrow(/no fault "no-such-fault"/);
  });
});

describe("a large CSV", () => {
  it("has the rows that it says, and Coventry once a year", async () => {
    const folder = mkdtempSync(join(tmpdir(), "s21-large-csv-"));
    try {
      const path = join(folder, "c1.csv");
      const written = await writeLargeCsv(path, 3);
      const bytes = readFileSync(path);
      expect(bytes.length).toBe(written.bytes);
      const records = parse(bytes, { bom: true, columns: true }) as Record<string, string>[];
      expect(records).toHaveLength(written.rows);
      const coventry = records.filter((record) => record.new_la_code === "E08000026");
      expect(Object.fromEntries(coventry.map((record) => [record.time_period, Number(record.Referrals)]))).toEqual(
        COVENTRY_REFERRALS,
      );
      expect(coventry).toHaveLength(10);
      expect(records.at(-1)).toBe(coventry.at(-1));
      expect(records.some((record) => record.la_name === "Bristol, City of")).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe.skipIf(!existsSync(SHARED))("the real files", () => {
  it("come out of the bundle byte for byte", async () => {
    const server = await start({ root: SHARED });
    const { files } = await unzipper.Open.buffer(await getBundle(server));
    expect(files.filter((file) => file.path.startsWith("data/"))).toHaveLength(28);
    for (const file of files.filter((entry) => entry.path.startsWith("data/"))) {
      const original = readFileSync(join(SHARED, "characteristics-of-children-in-need/2022", file.path));
      expect((await file.buffer()).equals(original)).toBe(true);
    }
    const { dataSets } = await getJson(`${server.url}${RELEASE}/data-content`);
    const c1 = dataSets.find((dataSet: { title: string }) => dataSet.title.startsWith("C1 "));
    // 152 authorities a year from 2013 to 2019 and in 2022, 151 in 2020 and 2021; eleven regions and England each year.
    expect(c1.meta.numDataFileRows).toBe(8 * 152 + 2 * 151 + 10 * 12);
  });
});

interface SocketReading {
  head: string;
  /** As it came, chunk sizes and all. */
  body: Buffer;
  /** How the connection ended. */
  end: string;
}

/** Reads what the server puts on the wire, with no HTTP library in between. */
function readSocket(url: string): Promise<SocketReading> {
  const { hostname, port, pathname, search } = new URL(url);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let end = "end";
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`);
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      end = error.code ?? error.message;
    });
    socket.on("close", () => {
      const all = Buffer.concat(chunks);
      const split = all.indexOf("\r\n\r\n");
      resolve({ head: all.toString("latin1", 0, Math.max(split, 0)), body: all.subarray(split + 4), end });
    });
  });
}

/** Node's own client, which the program's is built on; the built-in fetch of Node 20 takes a body without its end. */
async function getByNodeHttp(url: string): Promise<Buffer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => get(url, resolve).on("error", reject));
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function joinChunks(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.toString("latin1", at, lineEnd), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

async function untilRequests(server: StandInEes, count: number): Promise<void> {
  while (server.requests.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
}
