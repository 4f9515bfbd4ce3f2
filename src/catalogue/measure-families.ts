/**
 * Which measures count the same thing in different units, and which are its stock on the last day. Data, no I/O.
 * Councils answer "how many children" with plans as often as with children, with episodes, or with the number on 31 March.
 */
import { measureByCode } from "./measures.ts";

export interface MeasureFamily {
  /** What is counted, for people. */
  subject: string;
  /** Measures of one movement over one year; each has another population. */
  members: readonly string[];
  /** The same population on the period's last day; null where DfE prints none. */
  stock: string | null;
}

export const MEASURE_FAMILIES: readonly MeasureFamily[] = [
  { subject: "referrals", members: ["referrals", "children_referred"], stock: null },
  { subject: "re-referrals", members: ["re_referrals", "children_re_referred"], stock: null },
  { subject: "section 47 enquiries", members: ["s47_enquiries", "s47_children"], stock: null },
  { subject: "initial child protection conferences", members: ["icpc", "icpc_children"], stock: null },
  {
    subject: "child protection plans at any point in the year",
    members: ["cpp_any_point", "cpp_children_any_point"],
    stock: "cpp_at_31_march",
  },
  {
    subject: "child protection plans started",
    members: ["cpp_started", "cpp_children_started"],
    stock: "cpp_at_31_march",
  },
  { subject: "child protection plans ended", members: ["cpp_ended", "cpp_children_ended"], stock: "cpp_at_31_march" },
  {
    subject: "need at any point in the year",
    members: ["cin_children_any_point", "cin_episodes_any_point"],
    stock: "cin_episodes_at_31_march",
  },
  {
    subject: "need that started",
    members: ["cin_children_started", "cin_episodes_started"],
    stock: "cin_episodes_at_31_march",
  },
  {
    subject: "need that ended",
    members: ["cin_children_ended", "cin_episodes_ended"],
    stock: "cin_episodes_at_31_march",
  },
];

/** The measures that may be meant where this one is asked for, this one first; itself alone where it has no family. */
export function candidatesOf(measure: string): string[] {
  const family = MEASURE_FAMILIES.find((one) => one.members.includes(measure));
  return [measure, ...(family?.members ?? []).filter((one) => one !== measure)];
}

/** How two measures differ, as a disagreement names it. `plans_or_children`: one counts plans, the other children. */
export interface MeasureKin {
  measure: string;
  kin: string;
  relation: string;
}

/** Every pair that a council may have mixed up, both ways. */
export function listMeasureKin(): MeasureKin[] {
  return MEASURE_FAMILIES.flatMap(({ members, stock }) => [
    ...members.flatMap((measure) =>
      members.filter((kin) => kin !== measure).map((kin) => ({ measure, kin, relation: relationOf(measure, kin) })),
    ),
    ...(stock === null ? [] : members).flatMap((measure) => [
      { measure, kin: stock as string, relation: "stock_or_flow" },
      { measure: stock as string, kin: measure, relation: "stock_or_flow" },
    ]),
  ]);
}

function relationOf(one: string, other: string): string {
  const populations = [measureByCode(one).population, measureByCode(other).population];
  return populations.sort((a, b) => Number(a === "children") - Number(b === "children")).join("_or_");
}
