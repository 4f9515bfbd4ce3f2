/**
 * How authorities' areas and codes have changed since 2013: what an analyst needs to follow one place through time. Data, no I/O.
 * Codes and dates: the catalogue's own table (see `authority-table.ts`). What each change was, and by which instrument: the
 * orders named at each entry; where none is named, ONS, Code History Database.
 */
import { AUTHORITIES, type Authority } from "./authority-table.ts";

/**
 * `recoded`: the same area, another code. `renamed`: the same area and code, another name. `merged`: the whole of it went into a
 * larger one. `split`: it was divided, and this is one of the parts. `boundary`: a strip changed hands, and both codes changed.
 */
export type AreaChangeKind = "recoded" | "renamed" | "merged" | "split" | "boundary";

/** One edge: an area's code before, and after. */
export interface AreaChange {
  kind: AreaChangeKind;
  /** First day of the new code or authority, ISO. */
  on: string;
  fromCode: string;
  fromName: string;
  toCode: string;
  toName: string;
  source: string;
}

interface Instrument {
  kind: AreaChangeKind;
  source: string;
}

const ONS_HISTORY = "ONS, Code History Database";

/** What became of authorities that ended, by DfE code. */
const ENDED: Record<string, Instrument> = {
  // Christchurch went from the county of Dorset to the new authority; the rest became the unitary Dorset.
  "835": { kind: "split", source: "Bournemouth, Dorset and Poole (Structural Changes) Order 2018" },
  "836": { kind: "merged", source: "Bournemouth, Dorset and Poole (Structural Changes) Order 2018" },
  "837": { kind: "merged", source: "Bournemouth, Dorset and Poole (Structural Changes) Order 2018" },
  "928": { kind: "split", source: "Northamptonshire (Structural Changes) Order 2020" },
  "909": { kind: "split", source: "Cumbria (Structural Changes) Order 2022" },
};

/** What a new code of the same authority meant, by DfE code. */
const RECODED: Record<string, Instrument> = {
  "370": { kind: "boundary", source: "Barnsley and Sheffield (Boundary Change) Order 2024" },
  "373": { kind: "boundary", source: "Barnsley and Sheffield (Boundary Change) Order 2024" },
  "390": { kind: "boundary", source: ONS_HISTORY },
  "929": { kind: "boundary", source: ONS_HISTORY },
  "815": { kind: "recoded", source: "North Yorkshire (Structural Changes) Order 2022" },
  "825": { kind: "recoded", source: "Buckinghamshire (Structural Changes) Order 2019" },
  "933": { kind: "recoded", source: "Somerset (Structural Changes) Order 2022" },
};

/** Every change, by its day, then by code. @throws where an authority ended or was recoded and nothing here says how. */
export function listAreaChanges(): AreaChange[] {
  const changes = [...AUTHORITIES.flatMap(recodingsOf), ...AUTHORITIES.flatMap(endingsOf)];
  return changes.sort(
    (one, other) =>
      compare(one.on, other.on) || compare(one.fromCode, other.fromCode) || compare(one.toCode, other.toCode),
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function recodingsOf(authority: Authority): AreaChange[] {
  return authority.onsCodes.slice(1).map((after, index) => {
    const before = authority.onsCodes[index];
    const instrument = RECODED[authority.dfeCode];
    if (before === undefined || after.from === undefined || instrument === undefined)
      throw new Error(`${authority.name} has a new code, and the catalogue does not say why`);
    const names = { fromName: authority.name, toName: authority.name };
    return { ...instrument, on: after.from, fromCode: before.code, toCode: after.code, ...names };
  });
}

function endingsOf(authority: Authority): AreaChange[] {
  return authority.successors.map((dfeCode) => {
    const successor = AUTHORITIES.find((one) => one.dfeCode === dfeCode);
    const instrument = ENDED[authority.dfeCode];
    const [before, after] = [authority.onsCodes.at(-1), successor?.onsCodes[0]];
    if (successor?.from === undefined || instrument === undefined || before === undefined || after === undefined)
      throw new Error(`${authority.name} ended, and the catalogue does not say how`);
    const names = { fromName: authority.name, toName: successor.name };
    return { ...instrument, on: successor.from, fromCode: before.code, toCode: after.code, ...names };
  });
}

/**
 * The name of the whole that an authority's predecessors and successors make up together, the names of those that ended:
 * `Northamptonshire`, `Bournemouth, Dorset and Poole`. Null for an authority whose area never changed hands as a whole.
 */
export function wholeOf(authority: Authority): string | null {
  const members = new Set([authority]);
  for (const member of members) {
    for (const other of AUTHORITIES) {
      const linked = member.successors.includes(other.dfeCode) || other.successors.includes(member.dfeCode);
      if (linked) members.add(other);
    }
  }
  if (members.size === 1) return null;
  const ended = [...members].filter((member) => member.until !== undefined).map((member) => member.name);
  return listNames(ended.sort());
}

/** `A, B and C`. Not by Intl.ListFormat: the first takes 18 ms to make, and every run needs one. */
function listNames(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}
