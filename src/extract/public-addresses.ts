/**
 * Which addresses a name may lead to. A name is looked up when a connection is made, and the connection goes to the very
 * address that was looked at: nobody can point it elsewhere in between.
 */
import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { BlockList, isIPv6 } from "node:net";
import { isLoopbackHost } from "../config.ts";
import { SourceUnreachableError } from "../errors.ts";

/** Blocks that no public server has. Source: IANA, Special-Purpose Address Registries for IPv4 and IPv6. */
const NOT_PUBLIC_4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
/** Apart: a list of both takes every IPv4 address for one that is mapped into IPv6. */
const NOT_PUBLIC_6 = [
  "::/96",
  "::ffff:0:0/96",
  "100::/64",
  "2001:db8::/32",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
];
const LOOPBACK = ["127.0.0.0/8", "::1/128"];

const lists = new Map<readonly string[], BlockList>();

/** Made when the first address is looked at: many commands look at none. */
function blockListOf(blocks: readonly string[]): BlockList {
  const made = lists.get(blocks);
  if (made !== undefined) return made;
  const list = new BlockList();
  for (const block of blocks) {
    const [network = "", bits] = block.split("/");
    list.addSubnet(network, Number(bits), familyOf(network));
  }
  lists.set(blocks, list);
  return list;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}

/** Whether a host may be reached at this address: loopback only where loopback was asked for, public addresses otherwise. */
export function mayLeadTo(host: string, address: string): boolean {
  const family = familyOf(address);
  if (isLoopbackHost(host)) return blockListOf(LOOPBACK).check(address, family);
  return !blockListOf(family === "ipv6" ? NOT_PUBLIC_6 : NOT_PUBLIC_4).check(address, family);
}

type Callback = (error: Error | null, address?: string | LookupAddress[], family?: number) => void;

/** `dns.lookup`, for a request; fails with SourceUnreachableError where any answer is an address that must not be reached. */
export function lookupAllowed(host: string, options: LookupOptions, callback: Callback): void {
  lookup(host, options, (error: Error | null, found: string | LookupAddress[], family?: number) => {
    if (error !== null) return callback(error);
    const addresses = typeof found === "string" ? [found] : found.map(({ address }) => address);
    const refused = addresses.find((address) => !mayLeadTo(host, address));
    if (refused === undefined) return callback(null, found, family);
    const expected = isLoopbackHost(host) ? "an address of this machine" : "a public address";
    callback(new SourceUnreachableError("private-address", `${host} leads to ${refused}; expected ${expected}`));
  });
}
