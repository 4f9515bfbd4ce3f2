/**
 * The network and EES at fault, met by the command itself: what analysts see stands to the byte, the reason is said, the
 * exit code tells what to do. An amendment is out, so that a run that takes anything would be seen. Long, for it is a list.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXIT } from "../../src/errors.ts";
import type { Fault } from "../stand-in-ees/server.ts";
import { findFreePort } from "../support/postgres-server.ts";
import { countDownloads } from "../support/refreshing.ts";
import { startCommand } from "../support/running.ts";
import { AMENDED } from "../support/sample-release.ts";
import { query } from "../support/warehouses.ts";
import {
  expectLastGoodLoad,
  exportSeen,
  inDamaged,
  REFRESH,
  readReferrals,
  refreshBy,
  useGoodLoad,
} from "./good-load.ts";

const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;

const { sourceUnreachable, sourceNotTrusted, limit, done } = EXIT;
const BUNDLE = "/files";

const { load } = useGoodLoad();

/** Title, what happens, exit code, what is said. */
const LASTING: [string, Fault[], number, RegExp][] = [
  [
    "N01 a reset in the middle, for ever",
    [{ fault: "reset", path: BUNDLE }],
    sourceUnreachable,
    /broke after \d+ bytes/,
  ],
  ["N02 an end without the last chunk", [{ fault: "fin", path: BUNDLE }], sourceUnreachable, /broke after \d+ bytes/],
  [
    "N03 half a body that HTTP calls whole",
    [{ fault: "closeframed", path: BUNDLE }],
    sourceNotTrusted,
    /not a whole zip/,
  ],
  ["N04 half a zip as a perfect 200", [{ fault: "truncated-200", path: BUNDLE }], sourceNotTrusted, /not a whole zip/],
  [
    "N04 all but the last bytes as a perfect 200",
    [{ fault: "truncated-200", arg: 0.999, path: BUNDLE }],
    sourceNotTrusted,
    /not a whole zip/,
  ],
  ["N05 a length longer than the body", [{ fault: "short-length", path: BUNDLE }], sourceUnreachable, /broke after/],
  ["N06 304 to a plain question", [{ fault: "304", path: BUNDLE }], sourceUnreachable, /answered 304; expected 200/],
  ["N08 asked to wait two hours", [{ fault: "429", arg: "7200" }], sourceUnreachable, /asked to wait 120 minutes/],
  ["N11 503 for ever", [{ fault: "503" }], sourceUnreachable, /answered 503; expected 200/],
  [
    "N12 a stall in the middle",
    [{ fault: "stall", path: BUNDLE }],
    sourceUnreachable,
    /broke after \d+ bytes: .*500ms/,
  ],
  ["N13 a byte now and then, for ever", [{ fault: "drip", arg: 100, path: BUNDLE }], sourceUnreachable, /2000ms/],
  ["N14 a connection without an answer", [{ fault: "no-headers", path: BUNDLE }], sourceUnreachable, /cannot reach/],
  ["N16 redirects in a circle", [{ fault: "redirect-loop" }], sourceUnreachable, /redirects more than 5 times/],
  [
    "N19 a web page with 200",
    [{ fault: "html-200", path: BUNDLE }],
    sourceNotTrusted,
    /holds a web page, ".+"; expected a zip/,
  ],
  ["N19 a web page as octets", [{ fault: "html-as-octet", path: BUNDLE }], sourceNotTrusted, /holds a web page/],
  ["N20 a list that is cut off", [{ fault: "bad-json", path: "/releases?" }], sourceUnreachable, /expected JSON/],
  [
    "N20 a list of another shape",
    [{ fault: "bad-json", arg: { results: 3 }, path: "data-content" }],
    sourceUnreachable,
    /is not what EES answers/,
  ],
  [
    "N21 a 200 without a body",
    [{ fault: "empty-200", path: BUNDLE }],
    sourceNotTrusted,
    /holds nothing; expected a zip/,
  ],
  [
    "N21 an empty zip, and no file to be had singly",
    [{ fault: "missing-blob" }],
    sourceNotTrusted,
    /lists B1 .*It lists C1 .*It lists C4 .*It lists D1 .*not trusted/s,
  ],
  ["N22 a body without end", [{ fault: "endless", path: BUNDLE }], limit, /more than 8 MB \(S21_DOWNLOAD_MB\)/],
  ["N22 a list without end", [{ fault: "endless", path: "version-summary" }], limit, /more than 8 MB/],
  ["N23 a compressed bomb", [{ fault: "gzip-bomb", path: BUNDLE }], sourceNotTrusted, /expected a zip/],
  [
    "N26 the file singly has the right mark and no body",
    [
      { fault: "missing-file", arg: "^c1_" },
      { fault: "perFileEmpty" },
      { fault: "empty-200", path: /fileIds|data-set-files/ },
    ],
    sourceNotTrusted,
    /lists C1 .*not trusted/,
  ],
];

describe("a fault that stays", () => {
  test.for(LASTING)("%s", async ([, faults, code, words]) => {
    await inDamaged(load, {}, async ({ ees, setting }) => {
      for (const fault of faults) ees.addFault(fault);
      const run = await startCommand([...REFRESH, "--json"], setting.env);
      const peak = watchMemory(run.pid);
      const result = await run.ended;
      expect(result.code, result.stderr).toBe(code);
      expect(result.stderr).toMatch(words);
      expect(result.milliseconds).toBeLessThan(30_000);
      expect(JSON.parse(result.stdout)).toMatchObject({ status: "failed" });
      expect(peak()).toBeLessThan(400);
      await expectLastGoodLoad(load, setting, result);
    });
  });
});

/** Title and what happens; the amendment is in afterwards, and what was in the way is told. */
const PASSING: [string, Fault[], RegExp][] = [
  ["N01 a reset in the middle, once", [{ fault: "reset", path: BUNDLE, times: 1 }], /attempt 2 of 2/],
  ["N02 an end without the last chunk, once", [{ fault: "fin", path: BUNDLE, times: 1 }], /attempt 2 of 2/],
  ["N03 half a body that HTTP calls whole, once", [{ fault: "closeframed", path: BUNDLE, times: 1 }], /attempt 2 of 2/],
  ["N08 asked to wait a second", [{ fault: "429", arg: "1", times: 1 }], /answered 429.*in 1 s/],
  ["N09 superseded between listing and download", [{ fault: "supersede-before-download" }], /downloading/],
  ["N10 503 once", [{ fault: "503", times: 1 }], /answered 503.*attempt 2 of 2/],
  ["N10 503 once for the bundle", [{ fault: "503", times: 1, path: BUNDLE }], /answered 503.*attempt 2 of 2/],
  ["N21 an empty zip, and every file to be had singly", [{ fault: "missing-file" }], /downloading/],
  [
    "N26 the data catalogue where the single zip is empty",
    [{ fault: "missing-file", arg: "^c1_" }, { fault: "perFileEmpty" }, { fault: "empty-200", path: "fileIds" }],
    /downloading/,
  ],
];

describe("a fault that passes", () => {
  test.for(PASSING)("%s", async ([, faults, words]) => {
    await inDamaged(load, {}, async ({ ees, setting }) => {
      for (const fault of faults) ees.addFault(fault);
      const result = await refreshBy(setting);
      expect(result.code, result.stderr).toBe(done);
      expect(result.stderr).toMatch(words);
      expect(await readReferrals(setting)).toBe(AMENDED);
      const versions = "select count(distinct release_version_id)::int as n from observation where data_set = 'C1'";
      expect(await query(setting.config, versions), "each file's rows are of one version").toEqual([{ n: 2 }]);
    });
  });
});

test("N06 nothing has changed: told, and checked today", async () => {
  await inDamaged(load, {}, async ({ setting }) => {
    expect(await refreshBy(setting)).toMatchObject({ code: done });
    const checkedAt = "select max(last_checked_at)::text as at from release_version where status = 'loaded'";
    const [first] = await query(setting.config, checkedAt);
    const seen = await exportSeen(setting.config);
    const again = await refreshBy(setting);
    expect(again).toMatchObject({ code: done, stdout: expect.stringContaining("unchanged") });
    const [second] = await query(setting.config, checkedAt);
    expect(String(second?.at) > String(first?.at)).toBe(true);
    expect(await exportSeen(setting.config)).toBe(seen);
  });
});

test("N07 a release that is withdrawn: told, kept, not asked for twice", async () => {
  await inDamaged(load, {}, async ({ ees, setting }) => {
    ees.withdraw("children-in-need", "2022");
    ees.publish({ publication: "children-in-need", slug: "2021", files: [] });
    const result = await refreshBy(setting);
    expect(result.code).toBe(sourceUnreachable);
    expect(result.stderr).toMatch(/withdrawn: release 2022 is gone from EES; what was loaded of it stands/);
    expect(countDownloads(ees)).toBe(0);
    const [row] = await query(setting.config, "select status from release_version");
    expect(row).toEqual({ status: "withdrawn" });
    await expectLastGoodLoad(load, setting, result);
  });
});

describe("N15 a redirect to another host", () => {
  let canary: Server;
  let hits = 0;
  beforeAll(async () => {
    canary = createServer((_, response) => {
      hits += 1;
      response.end("{}");
    });
    await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => void canary.close());

  test.for([
    "http://127.0.0.1:PORT/x?token=CANARY",
    "http://localhost:PORT/",
    "http://169.254.169.254/latest/meta-data/",
  ])("N15 %s", async (address) => {
    const target = address.replace("PORT", String((canary.address() as AddressInfo).port));
    await inDamaged(load, {}, async ({ ees, setting }) => {
      ees.addFault({ fault: "redirect", arg: target });
      const result = await refreshBy(setting);
      expect(result.code).toBe(sourceUnreachable);
      expect(result.stderr).toMatch(/redirects to http:\/\/.*a host that is not allowed/);
      expect(result.stderr).not.toContain("CANARY");
      expect(hits).toBe(0);
      await expectLastGoodLoad(load, setting, result);
    });
  });
});

describe.skipIf(!HAS_OPENSSL)("N17 a certificate that is not good (skipped without openssl)", () => {
  const folder = mkdtempSync(join(tmpdir(), "s21-tls-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const openssl = (...words: string[]) => execFileSync("openssl", words, { cwd: folder, stdio: "pipe" });

  beforeAll(() => {
    openssl(
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      "ca.key",
      "-out",
      "ca.pem",
      "-subj",
      "/CN=A test authority",
      "-days",
      "30",
    );
    openssl(
      "req",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      "key.pem",
      "-out",
      "request.pem",
      "-subj",
      "/CN=localhost",
    );
    const sign = (name: string, host: string, days: string) => {
      writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${host}\n`);
      const ca = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
      openssl(
        "x509",
        "-req",
        "-in",
        "request.pem",
        ...ca,
        "-out",
        `${name}.pem`,
        "-days",
        days,
        "-extfile",
        `${name}.ext`,
      );
    };
    sign("good", "DNS:localhost,IP:127.0.0.1", "30");
    sign("wrong-host", "DNS:content.example.gov.uk", "30");
    sign("expired", "DNS:localhost,IP:127.0.0.1", "-1");
  });

  /** Runs against EES behind TLS, on this machine. */
  async function refreshOver(certificate: string, trusted: boolean, more: Record<string, string> = {}) {
    return inDamaged(load, {}, async ({ ees, setting }) => {
      const files = {
        key: readFileSync(join(folder, "key.pem")),
        cert: readFileSync(join(folder, `${certificate}.pem`)),
      };
      let asked = 0;
      const proxy = createTlsServer(files, (request, response) => {
        asked += 1;
        void fetch(new URL(request.url ?? "", ees.url)).then(async (answer) => {
          response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
        });
      });
      await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
      const { port } = proxy.address() as AddressInfo;
      const env: Record<string, string> = {
        ...setting.env,
        S21_EES_API: `https://127.0.0.1:${port}/api`,
        S21_ATTEMPTS: "3",
        ...more,
      };
      if (trusted) env.NODE_EXTRA_CA_CERTS = join(folder, "ca.pem");
      const result = await refreshBy({ ...setting, env });
      proxy.closeAllConnections();
      proxy.close();
      if (result.code !== done) await expectLastGoodLoad(load, setting, result);
      return { ...result, asked };
    });
  }

  test.for([
    ["N17 signed by nobody known", "good", false, /unable to verify|self.signed/],
    ["N17 of another host", "wrong-host", true, /does not match certificate's altnames/],
    ["N17 expired", "expired", true, /certificate has expired/],
  ] as const)("%s", async ([, certificate, trusted, words]) => {
    const result = await refreshOver(certificate, trusted);
    expect(result.code).toBe(sourceUnreachable);
    expect(result.stderr).toMatch(words);
    expect(result.stderr).not.toContain("attempt 2");
    expect(result.asked).toBe(0);
  });

  test("N17 a bad one is refused whatever Node is told", async () => {
    const result = await refreshOver("good", false, { NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    expect(result).toMatchObject({ code: sourceUnreachable, asked: 0 });
  });

  test("N17 a good one is taken, so that this test can tell", async () => {
    expect((await refreshOver("good", true)).code).toBe(done);
  });
});

/** Title, address (null: a port of this machine on which nobody listens), what is said. */
const UNREACHABLE: [string, string | null, RegExp][] = [
  ["N18 a port on which nobody listens", null, /cannot reach http:\/\/127\.0\.0\.1:\d+\/api/],
  [
    "N18 a name that no server has",
    "https://no-such-host.invalid/api",
    /cannot reach https:\/\/no-such-host\.invalid\/api/,
  ],
];

test.for(UNREACHABLE)("%s", async ([, address, words]) => {
  const api = address ?? `http://127.0.0.1:${await findFreePort()}/api`;
  await inDamaged(load, { S21_EES_API: api }, async ({ setting }) => {
    const result = await refreshBy(setting);
    expect(result.code).toBe(sourceUnreachable);
    expect(result.stderr).toMatch(words);
    expect(result.stderr).toMatch(/attempt 2 of 2/);
    await expectLastGoodLoad(load, setting, result);
  });
});

/** Looks at a process's memory until it ends. @returns what gives the highest that it came to, in MiB. */
function watchMemory(pid: number): () => number {
  let peak = 0;
  const look = () => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "latin1");
      peak = Math.max(peak, Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" && (error as NodeJS.ErrnoException).code !== "ESRCH")
        throw error;
      clearInterval(watch);
    }
  };
  const watch = setInterval(look, 25);
  return () => {
    clearInterval(watch);
    return peak;
  };
}
