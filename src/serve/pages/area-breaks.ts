/** Where a council's figures stop being of the same area: split, merged, or with another boundary. From the changes that `area_history` holds. */
import { type AreaChange, listAreaChanges } from "../../catalogue/area-changes.ts";
import { authorityByOnsCode } from "../../catalogue/authorities.ts";
import { nameCouncil } from "./councils-rows.ts";
import { sayDate } from "./words.ts";

/** What happened to a council's area on one day. */
export interface AreaBreak {
  /** The first of the years whose figures are not all of the area before. */
  before: number;
  /** For the drawing, a few words; null where the area stayed the same, so that its line goes on. */
  drawn: string | null;
  /** What happened, as a sentence, and which instrument says so. */
  said: string;
  source: string;
}

const CHANGES = listAreaChanges();

/**
 * What happened within a series, by its day.
 * @param areaCode ONS code, any that the council has had.
 * @param years of the series, in order: `2021/22`, from 1 April to 31 March.
 */
export function areaBreaksOf(areaCode: string, years: readonly string[]): AreaBreak[] {
  const codes = authorityByOnsCode(areaCode)?.onsCodes.map(({ code }) => code) ?? [];
  const changes = CHANGES.filter(({ fromCode, toCode }) => codes.includes(fromCode) || codes.includes(toCode));
  return [...new Set(changes.map(({ on }) => on))].flatMap((day) => {
    const before = years.findIndex((year) => lastDayOf(year) >= day);
    if (before < 1) return [];
    const ofDay = changes.filter(({ on }) => on === day);
    const source = [...new Set(ofDay.map((change) => change.source))].join("; ");
    return [{ before, ...describe(nameCouncil(areaCode), ofDay, codes), source }];
  });
}

function lastDayOf(year: string): string {
  return `${Number(year.slice(0, 4)) + 1}-03-31`;
}

function describe(
  name: string,
  changes: readonly AreaChange[],
  codes: readonly string[],
): Pick<AreaBreak, "drawn" | "said"> {
  const [first] = changes;
  if (first === undefined) throw new Error("a day on which nothing changed");
  const { on, kind, fromName } = first;
  const day = `On ${sayDate(on)}`;
  if (kind === "recoded")
    return {
      drawn: null,
      said: `${day} ${name} was given another area code. Its area stayed the same, so its line goes on.`,
    };
  if (kind === "renamed")
    return { drawn: null, said: `${day} ${fromName} became ${name}. Its area stayed the same, so its line goes on.` };
  if (kind === "boundary")
    return {
      drawn: "boundary changed",
      said: `${day} the boundary of ${name} changed: a strip of land changed hands.`,
    };
  const successors = changes.filter(({ fromCode }) => codes.includes(fromCode));
  return successors.length > 0 ? describeEnd(day, name, successors) : describeBeginning(day, name, changes);
}

function describeBeginning(day: string, name: string, changes: readonly AreaChange[]) {
  const whole = changes.filter(({ kind }) => kind === "merged").map(({ fromCode }) => nameCouncil(fromCode));
  const divided = changes.filter(({ kind }) => kind === "split");
  const parts = divided.map(({ fromCode }) => `part of ${nameCouncil(fromCode)}`);
  return {
    drawn: whole.length > 0 ? "councils merged" : `split from ${listNames(divided.map(({ fromName }) => fromName))}`,
    said: `${day} ${name} began. Its area had been ${listNames([...whole, ...parts])}.`,
  };
}

function describeEnd(day: string, name: string, changes: readonly AreaChange[]) {
  const into = listNames(changes.map(({ toCode }) => nameCouncil(toCode)));
  return changes.some(({ kind }) => kind === "split")
    ? { drawn: "council divided", said: `${day} ${name} ended. Its area was divided between ${into}.` }
    : { drawn: "council merged", said: `${day} ${name} ended. It became part of ${into}.` };
}

function listNames(names: readonly string[]): string {
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(names);
}
