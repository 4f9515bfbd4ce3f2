/** Letters per second: `letters-throughput.ts` on one core and on four, on the embedded warehouse and on Postgres. */
import { packagePath } from "../src/package-root.ts";
import { startPostgres } from "../test/support/postgres-server.ts";
import type { Group, Line } from "./measurements.ts";
import { isThere, measure } from "./process.ts";

/** @param full on one core too, and on both engines. */
export async function measureLetters(count: number, full: boolean): Promise<Group[]> {
  const server = await startPostgres();
  try {
    const lines: Line[] = [];
    const program = [process.execPath, "--import", "tsx", packagePath("bench/letters-throughput.ts"), String(count)];
    const oneCore = (await isThere("taskset", "-V")) ? ["taskset", "-c", "0"] : null;
    for (const [engine, env] of [
      ["Postgres", { DATABASE_URL: server.url }],
      ["embedded", { DATABASE_URL: "" }],
    ].slice(0, full ? 2 : 1) as [string, Record<string, string>][]) {
      for (const [cores, prefix] of [
        ["4 cores", []],
        ["1 core", full ? oneCore : null],
      ] as const) {
        if (prefix === null) continue;
        const { output, code } = await measure([...prefix, ...program], env);
        if (code !== 0) throw new Error(`letters-throughput ended with ${code}`);
        for (const [, name = "", seconds, , each] of output.matchAll(
          /^(letters [^:\n]*(?:: all unchanged)?[^:\n]*): ([\d.]+) s, (([\d.]+) ms a letter)/gm,
        )) {
          if (engine === "embedded" && name.startsWith("letters read")) continue;
          const perSecond = (1_000 / Number(each)).toFixed(0);
          lines.push({
            name: `${name}, ${cores}`,
            seconds: Number(seconds),
            megabytes: Number.NaN,
            note: `${perSecond} letters a second`,
          });
        }
      }
    }
    const about = `${count.toLocaleString("en-GB")} letters made from the test letters. Reading is the documents and the grammar; adding is the archive, a transaction for every 32, and the report too.`;
    return [{ title: "Letters", about, lines, base: lines[0]?.name ?? "", verdicts: [] }];
  } finally {
    await server.stop();
  }
}
