import { describe, expect, it } from "vitest";
import { SourceUnreachableError } from "../../src/errors.ts";
import { lookupAllowed, mayLeadTo } from "../../src/extract/public-addresses.ts";

describe("a name", () => {
  // Each a block of IANA's special-purpose registries, by an address in it.
  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:169.254.169.254",
    "::ffff:8.8.8.8",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "ff02::1",
  ])("may not lead to %s", (address) => expect(mayLeadTo("content.example.gov.uk", address)).toBe(false));

  it.each(["8.8.8.8", "51.140.0.1", "172.32.0.1", "192.169.0.1", "100.128.0.1", "2606:4700::1111", "2a01:111::1"])(
    "may lead to %s",
    (address) => expect(mayLeadTo("content.example.gov.uk", address)).toBe(true),
  );
});

describe("this machine by its own name", () => {
  it.each(["localhost", "127.0.0.1", "::1"])("%s leads to loopback and nowhere else", (host) => {
    expect(["127.0.0.1", "127.9.9.9", "::1"].map((address) => mayLeadTo(host, address))).toEqual([true, true, true]);
    expect(["10.0.0.1", "8.8.8.8", "fd00::1"].map((address) => mayLeadTo(host, address))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it.each([{}, { all: true }])("is looked up as ever (%j)", async (options) => {
    const found = await new Promise((resolve) => lookupAllowed("localhost", options, (...answer) => resolve(answer)));
    expect(JSON.stringify(found)).toMatch(/127\.0\.0\.1|::1/);
  });

  it("is refused by another name", async () => {
    // Every resolver of this machine's answers `x.localhost`, or none does (RFC 6761).
    const error = await new Promise((resolve) => lookupAllowed("x.localhost", {}, resolve));
    expect(error).toBeInstanceOf(Error);
    if (error instanceof SourceUnreachableError) expect(error.message).toMatch(/127\.|::1/);
  });
});
