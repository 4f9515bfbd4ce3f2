/** `s21 serve` as a process: it says where it listens, answers there, and a signal ends it well. */
import { expect, test } from "vitest";
import { openForWriting } from "../../src/load/warehouse.ts";
import { runCommand, useWarehouse } from "../support/warehouses.ts";

test("serves an empty warehouse on loopback until it is told to stop, and ends with 0", async () => {
  const { config, env } = await useWarehouse("postgres");
  await (await openForWriting(config)).close();
  let asked: Promise<number[]> | undefined;
  const result = await runCommand(["serve", "--port", "0", "--json"], env, (child) => {
    child.stdout?.once("data", (chunk: Buffer) => {
      const { url } = JSON.parse(chunk.toString()) as { url: string };
      const paths = [
        "",
        "councils",
        "measures/referrals",
        "referrals",
        "disagreements",
        "revisions",
        "runs",
        "search?q=x",
      ];
      asked = Promise.all(paths.map(async (path) => (await fetch(url + path)).status)).finally(() =>
        child.kill("SIGTERM"),
      );
    });
  });
  expect(await asked).toEqual(Array(8).fill(200));
  expect(result).toMatchObject({ code: 0, stderr: expect.stringContaining("Ctrl+C ends it") });
  expect(result.stdout).toMatch(/^\{"url":"http:\/\/127\.0\.0\.1:\d+\/"\}\n$/);
});

test("a bad port, an address that is not this machine's, and a warehouse without a schema end with 2", async () => {
  const { config, env } = await useWarehouse("postgres", {}, "empty");
  expect((await runCommand(["serve", "--port", "0"], env)).stderr).toContain("is empty");
  await (await openForWriting(config)).close();
  expect(await runCommand(["serve", "--port", "80x"], env)).toMatchObject({ code: 2 });
  const elsewhere = await runCommand(["serve", "--port", "0", "--host", "192.0.2.1"], env);
  expect(elsewhere).toMatchObject({ code: 2, stderr: expect.stringContaining("can't listen on 192.0.2.1") });
});
