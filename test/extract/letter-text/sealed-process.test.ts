/** A parser that tries to follow a document finds every door of its process shut. */
import { execFile } from "node:child_process";
import http from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const visits: string[] = [];
const canary = http.createServer((request, response) => {
  visits.push(request.url ?? "");
  response.end("seen");
});
let port = 0;

beforeAll(async () => {
  await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
  port = (canary.address() as AddressInfo).port;
});
afterAll(() => canary.close());

/** What each way out answers in a process of its own: `open`, or the words of the refusal. */
async function tryDoors(seal: boolean): Promise<Record<string, string>> {
  const sealing = new URL("../../../src/extract/letter-text/sealed-process.ts", import.meta.url).href;
  const script = `
    import http from "node:http"; import net from "node:net"; import dns from "node:dns"; import dgram from "node:dgram";
    import { get } from "node:http"; import { execFileSync } from "node:child_process"; import { once } from "node:events";
    import { sealProcess } from ${JSON.stringify(sealing)};
    ${seal ? "sealProcess();" : ""}
    const doors = {
      fetch: async () => (await fetch("http://127.0.0.1:${port}/fetch")).text(),
      get: async () => once(http.get("http://127.0.0.1:${port}/get"), "response"),
      getByName: async () => once(get("http://127.0.0.1:${port}/named"), "response"),
      connect: async () => once(net.connect(${port}, "127.0.0.1"), "connect"),
      socket: async () => once(new net.Socket().connect(${port}, "127.0.0.1"), "connect"),
      lookup: async () => dns.promises.lookup("localhost"),
      datagram: async () => dgram.createSocket("udp4").close(),
      program: async () => execFileSync("true"),
    };
    const answers = {};
    for (const [name, door] of Object.entries(doors))
      answers[name] = await door().then(() => "open", (error) => error.message);
    console.log(JSON.stringify(answers));
    process.exit();`;
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const { stdout } = await run(process.execPath, ["--import", tsx, "--input-type=module", "-e", script]);
  return JSON.parse(stdout);
}

test("a sealed process reaches nothing", async () => {
  const answers = await tryDoors(true);
  for (const [door, answer] of Object.entries(answers)) expect(answer, door).toMatch(/^a document reader has no /);
  expect(Object.keys(answers)).toHaveLength(8);
  expect(visits).toEqual([]);
});

test("the same process without the seal reaches everything, so that this test can tell", async () => {
  expect(new Set(Object.values(await tryDoors(false)))).toEqual(new Set(["open"]));
  expect(visits).toEqual(["/fetch", "/get", "/named"]);
});
