/** Which faults the stand-in can be asked for, and which of them a request meets. */

/** Change what is told about a release or what its bundle holds. */
export const CONTENT_FAULTS = [
  "missing-file", // arg: regular expression of file names; listed, left out of the "all files" bundle, to be had singly
  "missing-blob", // arg: as before; listed, and to be had nowhere
  "perFileEmpty", // the single-file route answers 200 with the right ETag and no body
  "rows-delta", // arg: a number added to numDataFileRows, or { delta, file }
  "rows-null", // arg: regular expression of file names
  "supersede-before-download", // the version is amended just before its bundle is sent; once, unless times says otherwise
] as const;

/** Damage the bundle's bytes. arg, where it is a string, is a regular expression of the entry's name. */
export const BUNDLE_FAULTS = [
  "empty-zip",
  "wrong-crc",
  "digit-flip",
  "trailing", // arg: how many bytes, default 100
  "dup-entry",
  "ghost-entry", // in the stream, not in the directory
  "zip-slip", // arg: the entry's name, default ../../../../outside.csv
  "symlink-entry",
  "symlink",
  "zip-bomb", // arg: bytes that the entry inflates to, default 2 GiB; its headers say 1,000
  "encrypted-entry",
  "many-entries", // arg: how many, default 65,536
  "zip64",
] as const;

/** Replace the reply by another complete one. */
export const REPLY_FAULTS = [
  "304",
  "403",
  "404",
  "429", // arg: Retry-After, default 2
  "500",
  "502",
  "503", // arg: Retry-After, default none
  "redirect", // arg: where to
  "redirect-loop",
  "html-200",
  "html-as-octet",
  "bad-json", // arg: the body, a string as it is or anything else as JSON; default: JSON that breaks off
  "empty-200",
  "truncated-200", // arg: fraction of the body that is sent, default 0.5
  "endless", // arg: bytes, default 4 GiB
  "gzip-bomb", // arg: bytes after inflating, default 2 GiB
] as const;

/** Break the connection or hold it. arg is the fraction of the body that is sent before, default 0.5. */
export const WIRE_FAULTS = [
  "reset",
  "fin", // chunked, ended without the last chunk
  "closeframed", // neither chunked nor with a length: the end of the connection is the end of the body
  "short-length", // Content-Length of the whole body
  "stall",
  "drip", // arg: milliseconds between bytes, default 1000
  "no-headers",
] as const;

export const FAULT_NAMES = [...CONTENT_FAULTS, ...BUNDLE_FAULTS, ...REPLY_FAULTS, ...WIRE_FAULTS] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

/**
 * One fault: what, how often (default: for ever), and on which addresses (default: wherever it can happen). Of the faults
 * of replies and connections a request meets the first that is left; of those of bundles too.
 */
export interface Fault {
  fault: FaultName;
  arg?: unknown;
  times?: number;
  /** Part of the path with its query; a regular expression where a part cannot tell them apart. */
  path?: string | RegExp;
}

/** The faults asked for, in order, with what is left of each. */
export class FaultList {
  private entries: { fault: Fault; left: number }[] = [];

  /** @throws where the stand-in has no fault of that name. */
  add(fault: Fault): void {
    if (!FAULT_NAMES.includes(fault.fault))
      throw new Error(`no fault "${fault.fault}"; there are ${FAULT_NAMES.join(", ")}`);
    const times = fault.times ?? (fault.fault === "supersede-before-download" ? 1 : Number.POSITIVE_INFINITY);
    this.entries.push({ fault, left: times });
  }

  clear(): void {
    this.entries = [];
  }

  /** The first fault of these names that the address meets; it is spent by being taken. */
  take(names: readonly FaultName[], address: string): Fault | undefined {
    const entry = this.entries.find(
      ({ fault, left }) => left > 0 && names.includes(fault.fault) && meets(fault, address),
    );
    if (entry === undefined) return undefined;
    entry.left -= 1;
    return entry.fault;
  }

  /** Every fault of one name that the address meets. */
  takeAll(name: FaultName, address: string): Fault[] {
    const met = this.entries.filter(({ fault, left }) => left > 0 && fault.fault === name && meets(fault, address));
    for (const entry of met) entry.left -= 1;
    return met.map(({ fault }) => fault);
  }
}

function meets(fault: Fault, address: string): boolean {
  if (fault.path === undefined) return true;
  return typeof fault.path === "string" ? address.includes(fault.path) : fault.path.test(address);
}
