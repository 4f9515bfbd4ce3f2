import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { openZipParts } from "../../../src/extract/letter-text/zip-parts.ts";
import { makeDocx, makeZip } from "../../support/make-documents.ts";

const LIMIT = 1000;

function codeOf(run: () => unknown): string {
  try {
    run();
    return "read";
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test("parts are unpacked by name", () => {
  const parts = openZipParts(makeZip({ "a.xml": "one", "b/ü.xml": "two" }), LIMIT);
  expect(parts.names()).toEqual(["a.xml", "b/ü.xml"]);
  expect(parts.bytes("b/ü.xml").toString()).toBe("two");
  expect(parts.has("c.xml")).toBe(false);
});

test("a zip by another writer is read", async () => {
  // mammoth's own zip library, which writes the headers differently.
  const Zip = createRequire(createRequire(import.meta.url).resolve("mammoth"))("jszip");
  const zip = new Zip();
  zip.file("a.xml", "one".repeat(100));
  for (const compression of ["STORE", "DEFLATE"]) {
    const bytes = await zip.generateAsync({ type: "nodebuffer", compression, comment: "with a comment" });
    expect(openZipParts(bytes, LIMIT).bytes("a.xml").toString()).toBe("one".repeat(100));
  }
});

describe("a zip that lies is refused", () => {
  const lie = (what: { unpacked?: number; crc?: number; flags?: number }): string =>
    codeOf(() => openZipParts(makeZip({ a: "x".repeat(500) }, [{ name: "a", ...what }]), LIMIT).bytes("a"));

  test.each([
    [{ unpacked: 499 }, "damaged"],
    [{ unpacked: 501 }, "damaged"],
    [{ unpacked: 1001 }, "too-large"],
    [{ crc: 1 }, "damaged"],
    [{ flags: 1 }, "encrypted"],
    [{}, "read"],
  ])("%j: %s", (what, code) => {
    expect(lie(what)).toBe(code);
  });
});

test("every shortening of a document is refused, at once and in words", () => {
  const whole = makeDocx(["1. How many referrals?", "2017/18\t3,585"]);
  for (let length = 0; length < whole.length; length++)
    expect(
      codeOf(() => openZipParts(whole.subarray(0, length), 1_000_000)),
      `first ${length} bytes`,
    ).toBe("damaged");
});

test("a changed byte gives the same parts or a refusal, never other bytes", () => {
  const text = "2017/18: 3,585";
  const whole = makeZip({ a: text });
  for (let at = 0; at < whole.length; at++) {
    const changed = Buffer.from(whole);
    changed.writeUInt8((changed[at] ?? 0) ^ 0x41, at);
    const answer = (() => {
      try {
        const parts = openZipParts(changed, LIMIT);
        return parts.has("a") ? parts.bytes("a").toString() : "refused";
      } catch (error) {
        return (error as { code?: string }).code === undefined ? String(error) : "refused";
      }
    })();
    expect([text, "refused"], `byte ${at}`).toContain(answer);
  }
});
