import { describe, expect, it } from "vitest";
import { createRecordScan, type RecordScan } from "../../src/extract/record-scan.ts";

/** Steps until bytes are needed; what was not wanted is judged by its second cell. */
function readAll(text: string, columns: readonly number[] = [1]) {
  const scan = createRecordScan();
  scan.append(Buffer.from(text));
  const stops = [scan.step(true)];
  scan.begin((text.split("\n")[0] as string).split(",").length, columns);
  const lines: number[] = [];
  for (;;) {
    const stop = scan.step(true);
    lines.push(...scan.wanted().map(({ line }) => line));
    if (stop === "asks") scan.judge(scan.current().bytes.toString().split(",")[1] === "kept" ? 0 : 3);
    stops.push(stop);
    if (stop === "needs_bytes" || stop === "irregular") return { scan, stops, lines };
  }
}

describe("a good file", () => {
  // A table may be read rightly by falling back on csv-parse: here the scan itself has to get to the end.
  it("is read to its end wherever quotes, their line ends and the ends of records fall among 64 bytes", () => {
    for (let shift = 0; shift < 140; shift += 1) {
      for (const end of ["\n", "\r\n", "\r"]) {
        const cells = [`"${"x".repeat(shift)}"`, "kept", `"a""b${end}"`, '""'].join();
        const { scan, stops, lines } = readAll(`a,b,c,d\n${`${cells}${end}`.repeat(3)}`);
        expect(stops.at(-1), `${shift} ${JSON.stringify(end)}`).toBe("needs_bytes");
        expect(lines).toEqual([2, 4, 6]);
        expect(scan.records()).toBe(3);
      }
    }
  });

  it("asks once of each content of the columns that decide, and counts under the answer", () => {
    const { scan, stops, lines } = readAll(`a,b,c\n${"1,kept,3\n4,other,6\n7,other,9\n".repeat(1_000)}`);
    expect(stops.filter((stop) => stop === "asks")).toHaveLength(2);
    expect(lines).toHaveLength(1_000);
    expect(scan.countOf(3)).toBe(2_000);
    expect(scan.records()).toBe(3_000);
  });

  it("with more contents than are remembered hands on the rest, to be judged one by one", () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => `${index},other ${index},3\n`);
    const { scan, stops, lines } = readAll(`a,b,c\n${rows.join("")}`);
    const asked = stops.filter((stop) => stop === "asks").length;
    expect(asked).toBeGreaterThan(1_000);
    expect(scan.countOf(3)).toBe(asked);
    expect(lines).toHaveLength(10_000 - asked);
  });

  it("tells contents apart that have the same hash", () => {
    const [one, other] = collidingKeys();
    expect(one).not.toBe(other);
    const scan: RecordScan = createRecordScan();
    scan.append(Buffer.from(`a,b\n1,${one}\n2,${other}\n3,${one}\n`));
    expect(scan.step(true)).toBe("header");
    scan.begin(2, [1]);
    expect(scan.step(true)).toBe("asks");
    scan.judge(3);
    expect(scan.step(true)).toBe("asks");
    expect(scan.current().bytes.toString()).toBe(`2,${other}`);
  });
});

/** Two texts of eight characters whose 32 bits of hash are the same: found by trying, as there are enough of them. */
function collidingKeys(): [string, string] {
  const seen = new Map<bigint, string>();
  for (let index = 0; ; index += 1) {
    const key = String(index).padStart(8, "k");
    const mixed = BigInt.asUintN(64, (8n ^ Buffer.from(key).readBigUInt64LE()) * 0x9e3779b97f4a7c15n);
    const hash = BigInt.asUintN(32, mixed ^ (mixed >> 32n));
    const before = seen.get(hash);
    if (before !== undefined) return [before, key];
    seen.set(hash, key);
  }
}
