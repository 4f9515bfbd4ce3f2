import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  EXIT,
  HttpStatusError,
  InterruptedError,
  LimitError,
  type S21Error,
  SourceNotTrustedError,
  SourceUnreachableError,
} from "../../src/errors.ts";
import { openZipBundle } from "../../src/extract/bundle.ts";
import { type Fetching, fetchJson, fetchToFile, startOf } from "../../src/extract/http.ts";
import { type Fault, type StandInEes, startStandInEes } from "../stand-in-ees/server.ts";
import { limitEach } from "../support/own-time.ts";

limitEach(10);

const MEGABYTE = 1_048_576;
const LIMITS = { connect: 1_000, idle: 400, whole: 1_500, bytes: 8 * MEGABYTE, attempts: 1 };

let folder = "";
let ees: StandInEes;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "s21-http-"));
  const bytes = `a,b\n${Array.from({ length: 5_000 }, (_, row) => `${row},${(row * 7_919) % 10_007}`).join("\n")}\n`;
  ees = await startStandInEes({
    releases: [{ publication: "children-in-need", slug: "2022", files: [{ name: "c1_x.csv", bytes }] }],
  });
});
afterAll(async () => {
  await ees.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  ees.clearFaults();
  ees.requests.length = 0;
});

const retries: string[] = [];
beforeEach(() => {
  retries.length = 0;
  // The back-off is a random part of one second and more: here none of it.
  vi.spyOn(Math, "random").mockReturnValue(0);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(join(folder, "bundle.zip"), { force: true });
});

function fetching(limits: Partial<typeof LIMITS> = {}, signal?: AbortSignal): Fetching {
  return { limits: { ...LIMITS, ...limits }, signal, onRetry: (message) => retries.push(message) };
}

const bundleUrl = () => `${ees.url}/releases/${ees.versionId("children-in-need", "2022")}/files`;
const isWholeZip = async (path: string) => void (await openZipBundle(path, "the bundle"));
const download = (limits: Partial<typeof LIMITS> = {}, url = bundleUrl()) =>
  fetchToFile(url, join(folder, "bundle.zip"), fetching(limits), isWholeZip);

async function failureOf(work: Promise<unknown>): Promise<S21Error & { statusCode?: number }> {
  return work.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: S21Error) => error,
  );
}

const bundleRequests = () => ees.requests.filter(({ path }) => path.includes("/files")).length;

describe("a download", () => {
  it("is written whole, counted, and for its owner only", async () => {
    let told = 0;
    const file = await fetchToFile(
      bundleUrl(),
      join(folder, "bundle.zip"),
      { ...fetching(), onBytes: (bytes) => (told = bytes) },
      isWholeZip,
    );
    const { size, mode } = statSync(file.path);
    expect(file).toEqual({ path: join(folder, "bundle.zip"), bytes: size, url: bundleUrl() });
    expect(told).toBe(size);
    expect(mode & 0o077).toBe(0);
  });

  // What is sent is a part, nothing, or something else; what is left behind must be no file.
  const BROKEN: [string, Fault, string, number][] = [
    ["a reset in the middle", { fault: "reset" }, "network", EXIT.sourceUnreachable],
    ["an end without the last chunk", { fault: "fin" }, "network", EXIT.sourceUnreachable],
    ["a body shorter than it says", { fault: "short-length" }, "network", EXIT.sourceUnreachable],
    ["half a body that HTTP calls whole", { fault: "closeframed" }, "damaged-zip", EXIT.sourceNotTrusted],
    ["half a zip with a good 200", { fault: "truncated-200" }, "damaged-zip", EXIT.sourceNotTrusted],
    ["a 200 without a body", { fault: "empty-200" }, "not-a-zip", EXIT.sourceNotTrusted],
    ["a web page with 200", { fault: "html-200" }, "not-a-zip", EXIT.sourceNotTrusted],
    ["a web page as octets", { fault: "html-as-octet" }, "not-a-zip", EXIT.sourceNotTrusted],
    ["a stall", { fault: "stall" }, "network", EXIT.sourceUnreachable],
    ["no headers", { fault: "no-headers" }, "network", EXIT.sourceUnreachable],
    ["a drip of a byte each 50 ms", { fault: "drip", arg: 50 }, "network", EXIT.sourceUnreachable],
    ["a body without end", { fault: "endless" }, "too-large", EXIT.limit],
    ["a compressed bomb", { fault: "gzip-bomb" }, "not-a-zip", EXIT.sourceNotTrusted],
    ["304 to a plain question", { fault: "304" }, "http-304", EXIT.sourceUnreachable],
    ["403", { fault: "403" }, "http-403", EXIT.sourceUnreachable],
    ["404", { fault: "404" }, "http-404", EXIT.sourceUnreachable],
    ["500", { fault: "500" }, "http-500", EXIT.sourceUnreachable],
    ["a redirect in a circle", { fault: "redirect-loop" }, "redirect-refused", EXIT.sourceUnreachable],
    ["a redirect to metadata", { fault: "redirect" }, "redirect-refused", EXIT.sourceUnreachable],
  ];

  it.each(BROKEN)("with %s fails, and leaves nothing", async (_, fault, code, exitCode) => {
    ees.addFault({ ...fault, path: "/files" });
    const before = process.memoryUsage().rss;
    const error = await failureOf(download());
    expect({ code: error.code, exitCode: error.exitCode }, error.message).toEqual({ code, exitCode });
    expect(error.message).toMatch(/the bundle|127\.0\.0\.1|S21_DOWNLOAD_MB/);
    expect(readdirSync(folder)).toEqual([]);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MEGABYTE);
  });

  it("that drips is ended by the time for the whole, not by the time between bytes", async () => {
    ees.addFault({ fault: "drip", arg: 50 });
    const began = Date.now();
    await failureOf(download({ whole: 1_000 }));
    expect(Date.now() - began).toBeGreaterThan(LIMITS.idle);
    expect(Date.now() - began).toBeLessThan(10_000);
  });

  it("to a closed port fails with the host named", async () => {
    const error = await failureOf(download({}, "http://127.0.0.1:9/api/releases/x/files"));
    expect(error).toMatchObject({ code: "network", exitCode: EXIT.sourceUnreachable });
    expect(error.message).toContain("cannot reach http://127.0.0.1:9/api/releases/x/files");
  });

  it("from a host that does not exist fails with the host named", async () => {
    const error = await failureOf(download({}, "http://no-such-host.invalid/api"));
    expect(error.exitCode).toBe(EXIT.sourceUnreachable);
    expect(error.message).toContain("no-such-host.invalid");
  });
});

describe("the body of an error", () => {
  it("is not read: it may be without end", async () => {
    ees.addFault({ fault: "endless" });
    const before = process.memoryUsage().rss;
    const error = await failureOf(fetchJson(`${ees.url}/elsewhere`, fetching({ whole: 20_000 })));
    expect(error).toMatchObject({ code: "http-404" });
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MEGABYTE);
  });
});

describe("trying again", () => {
  it.each([
    { fault: "reset" },
    { fault: "fin" },
    { fault: "short-length" },
    { fault: "503" },
    { fault: "502" },
    { fault: "500" },
    { fault: "429", arg: 0 },
    { fault: "truncated-200" },
    { fault: "html-200" },
    { fault: "empty-200" },
  ] as Fault[])("after one $fault gives the whole file", async (fault) => {
    ees.addFault({ ...fault, times: 1 });
    const { bytes } = await download({ attempts: 2 });
    expect(bundleRequests()).toBe(2);
    expect(retries).toEqual([expect.stringMatching(/; attempt 2 of 2 in \d+ s$/)]);
    expect(bytes).toBe(statSync(join(folder, "bundle.zip")).size);
  });

  it("ends with the attempts", async () => {
    ees.addFault({ fault: "503" });
    expect(await failureOf(download({ attempts: 2 }))).toMatchObject({ statusCode: 503 });
    expect(bundleRequests()).toBe(2);
  });

  it("of a damaged body is done once only: the same cached archive would come", async () => {
    ees.addFault({ fault: "truncated-200" });
    expect(await failureOf(download({ attempts: 5 }))).toMatchObject({ code: "damaged-zip" });
    expect(bundleRequests()).toBe(2);
    expect(retries).toEqual([expect.stringContaining("attempt 2 of 2")]);
  });

  it.each(["304", "403", "404", "redirect", "redirect-loop"] as const)("is not done after %s", async (fault) => {
    ees.addFault({ fault });
    await failureOf(download({ attempts: 3 }));
    expect(retries).toEqual([]);
  });

  it("is not done when the answer is too large", async () => {
    ees.addFault({ fault: "endless" });
    await failureOf(download({ attempts: 3 }));
    expect(bundleRequests()).toBe(1);
  });
});

describe("Retry-After", () => {
  const waited = async (arg: unknown): Promise<number> => {
    ees.addFault({ fault: "429", arg, times: 1 });
    const began = Date.now();
    await download({ attempts: 2 });
    return Date.now() - began;
  };

  it("of 2 s is waited for", async () => {
    expect(await waited("2")).toBeGreaterThanOrEqual(1_990);
    expect(retries).toEqual([expect.stringContaining("in 2 s")]);
  });

  it("as a date is waited for", async () => {
    // The header holds whole seconds: what is 3 s away when it is written is 2 to 3 s away.
    expect(await waited(new Date(Date.now() + 3_000).toUTCString())).toBeGreaterThanOrEqual(1_900);
  });

  it.each(["soon", "", "-5", "1e9"])("of %j is none: the ordinary back-off", async (arg) => {
    expect(await waited(arg)).toBeLessThan(10_000);
  });

  it.each([
    ["429", "7200", "asked to wait 120 minutes; run again then"],
    ["503", "7200", "asked to wait 120 minutes; run again then"],
    ["429", new Date(Date.now() + 86_400_000).toUTCString(), "asked to wait 1440 minutes; run again then"],
    ["503", "99999999999999999999", "asked to wait"],
  ] as const)("%s with %s ends the run, and tells", async (fault, arg, words) => {
    ees.addFault({ fault, arg });
    const error = await failureOf(download({ attempts: 5 }));
    expect(error).toMatchObject({ code: "asked-to-wait", exitCode: EXIT.sourceUnreachable });
    expect(error.message).toContain(words);
    expect(bundleRequests()).toBe(1);
  });
});

describe("redirects", () => {
  let other: Server;
  let hits = 0;
  beforeEach(async () => {
    hits = 0;
    other = createServer((_, response) => {
      hits += 1;
      response.end("{}");
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => void other.close());

  it("to another host are refused before it hears of it", async () => {
    const target = `http://127.0.0.1:${(other.address() as AddressInfo).port}/x?token=CANARY`;
    ees.addFault({ fault: "redirect", arg: target });
    for (const work of [
      () => download({ attempts: 3 }),
      () => fetchJson(`${ees.url}/redirects`, fetching({ attempts: 3 })),
    ]) {
      const error = await failureOf(work());
      expect(error).toMatchObject({ code: "redirect-refused" });
      expect(error.message).toContain(new URL(target).host);
      expect(error.message).not.toContain("CANARY");
    }
    expect(hits).toBe(0);
    expect(retries).toEqual([]);
  });

  it.each([
    ["https on the same host", (url: URL) => `https://${url.host}/api/redirects`],
    ["localhost, which is another name", (url: URL) => `http://localhost:${url.port}/api/redirects`],
    ["a host that begins alike", (url: URL) => `http://${url.host}.example/`],
    ["user name and host", (url: URL) => `http://${url.host}@metadata.example/`],
    ["a file", () => "file:///etc/passwd"],
    ["no protocol", () => "//metadata.example/x"],
  ])("to %s are refused", async (_, target) => {
    ees.addFault({ fault: "redirect", arg: target(new URL(ees.url)) });
    const error = await failureOf(fetchJson(`${ees.url}/redirects`, fetching({ attempts: 3 })));
    expect(error).toMatchObject({ code: "redirect-refused" });
    expect(ees.requests).toHaveLength(1);
  });

  it("within the host are followed", async () => {
    ees.addFault({ fault: "redirect", arg: "/api/redirects", path: "elsewhere" });
    expect(await fetchJson(`${ees.url}/elsewhere`, fetching())).toHaveProperty("publicationRedirects");
  });

  it("in a circle end after a few", async () => {
    ees.addFault({ fault: "redirect-loop" });
    const error = await failureOf(fetchJson(`${ees.url}/redirects`, fetching({ attempts: 3 })));
    expect(error.message).toContain("redirect");
    expect(ees.requests.length).toBeLessThanOrEqual(6);
  });
});

describe("JSON", () => {
  it("is read", async () => {
    expect(await fetchJson(`${ees.url}/redirects`, fetching())).toEqual({
      publicationRedirects: [{ fromSlug: "characteristics-of-children-in-need", toSlug: "children-in-need" }],
      methodologyRedirects: [],
      releaseRedirectsByPublicationSlug: {},
    });
  });

  it.each([
    [{ fault: "bad-json" }, '"{\\"results\\": [{\\"id\\"'],
    [{ fault: "html-200" }, 'a web page, "Sorry, there is a problem with the service - GOV.UK"'],
    [{ fault: "empty-200" }, "nothing"],
    [{ fault: "truncated-200" }, "publicationRedirects"],
  ] as [Fault, string][])("that is none (%j) is told by how it begins", async (fault, words) => {
    ees.addFault(fault);
    const error = await failureOf(fetchJson(`${ees.url}/redirects`, fetching()));
    expect(error).toMatchObject({ code: "not-json", exitCode: EXIT.sourceUnreachable });
    expect(error.message).toContain(words);
    expect(error.message).toContain("expected JSON");
    expect(error.message.length).toBeLessThan(400);
  });

  it("that does not end is left long before a download would be: no document of EES's is large", async () => {
    ees.addFault({ fault: "endless" });
    const before = process.memoryUsage().rss;
    const error = await failureOf(
      fetchJson(`${ees.url}/redirects`, fetching({ bytes: 1_024 * MEGABYTE, whole: 20_000 })),
    );
    expect(error).toBeInstanceOf(LimitError);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * MEGABYTE);
  });

  it("nested a hundred thousand deep ends in an error or a value", async () => {
    ees.addFault({ fault: "bad-json", arg: "[".repeat(100_000) });
    expect(await failureOf(fetchJson(`${ees.url}/redirects`, fetching()))).toBeInstanceOf(SourceUnreachableError);
  });
});

describe("secrets in an address", () => {
  const FAULTS: Fault[] = [
    ...(["reset", "fin", "stall", "no-headers", "304", "403", "404", "429", "500", "redirect"] as const),
    ...(["redirect-loop", "html-200", "bad-json", "empty-200", "truncated-200", "endless", "gzip-bomb"] as const),
  ].map((fault) => (fault === "429" ? { fault, arg: 0 } : { fault }));

  /** All that a person could be shown of an error: message, stack, and everything that printing it reaches. */
  const printed = (error: Error) =>
    [error.message, error.stack, inspect(error, { depth: 12, showHidden: true })].join("\n");

  it.each(FAULTS)("are in no error after $fault", async (fault) => {
    ees.addFault(fault);
    const secret = (path: string) => `${ees.url.replace("//", "//alice:CANARY-PASSWORD@")}${path}?token=CANARY-TOKEN`;
    for (const work of [
      () => fetchJson(secret("/redirects"), fetching({ attempts: 2, whole: 1_000 })),
      () => download({ whole: 1_000 }, secret("/releases/none/files")),
    ]) {
      const error = await failureOf(work());
      expect(printed(error)).not.toContain("CANARY");
      // Of the user name and password the header is made, too.
      expect(printed(error)).not.toContain(Buffer.from("alice:CANARY-PASSWORD").toString("base64"));
    }
    expect(retries.join("\n")).not.toContain("CANARY");
  });

  it.each([
    "http://alice:CANARY@127.0.0.1:9/x?token=CANARY",
    "http://alice:CANARY@no-such-host.invalid/x?token=CANARY",
  ])("are in no error when nobody answers (%s)", async (url) => {
    expect(printed(await failureOf(fetchJson(url, fetching())))).not.toContain("CANARY");
  });
});

describe("stopping", () => {
  it.each([
    ["while bytes come", { fault: "drip", arg: 20 }],
    ["while none come", { fault: "stall" }],
    ["while it waits to try again", { fault: "429", arg: 30 }],
  ] as [string, Fault][])("%s ends at once, with the reason", async (_, fault) => {
    ees.addFault(fault);
    const controller = new AbortController();
    const reason = new InterruptedError("SIGTERM");
    setTimeout(() => controller.abort(reason), 150);
    const slow = { attempts: 5, idle: 60_000, whole: 60_000 };
    const work = fetchToFile(bundleUrl(), join(folder, "bundle.zip"), fetching(slow, controller.signal), isWholeZip);
    expect(await failureOf(work)).toBe(reason);
    expect(existsSync(join(folder, "bundle.zip"))).toBe(false);
  });

  it("before it began asks nobody", async () => {
    const reason = new InterruptedError("SIGINT");
    expect(await failureOf(fetchJson(`${ees.url}/redirects`, fetching({}, AbortSignal.abort(reason))))).toBe(reason);
    expect(ees.requests).toEqual([]);
  });
});

describe("errors know what to do with them", () => {
  it("by class", async () => {
    ees.addFault({ fault: "403", times: 1 });
    expect(await failureOf(download())).toBeInstanceOf(HttpStatusError);
    ees.addFault({ fault: "reset", times: 1 });
    expect(await failureOf(download())).toBeInstanceOf(SourceUnreachableError);
    ees.addFault({ fault: "truncated-200", times: 1 });
    expect(await failureOf(download())).toBeInstanceOf(SourceNotTrustedError);
  });

  it("a check that fails for a reason of its own is passed on as it is", async () => {
    const mistake = new TypeError("ours");
    const work = fetchToFile(bundleUrl(), join(folder, "bundle.zip"), fetching({ attempts: 3 }), async () => {
      throw mistake;
    });
    expect(await failureOf(work)).toBe(mistake);
    expect(bundleRequests()).toBe(1);
  });
});

describe("the beginning of a body, for a message", () => {
  it.each([
    ["", "nothing"],
    [" \n", "nothing"],
    ["<html><title> Sorry </title>", 'a web page, "Sorry"'],
    ["a,b\n1,2\n", '"a,b\\n1,2\\n"'],
    ["\u001b[31mred", '"\\u001b[31mred"'],
  ])("%j is %s", (text, words) => {
    expect(startOf(text)).toBe(words);
  });

  it("of a hostile body is short, and ends within 10 s", () => {
    for (const text of ["<title".repeat(200_000), `<title>${"x".repeat(1_000_000)}`, "x".repeat(1_000_000)]) {
      expect(startOf(text).length).toBeLessThan(300);
    }
  });
});
