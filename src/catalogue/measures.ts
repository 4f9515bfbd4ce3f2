/**
 * Every measure: code, unit, definition, what is counted, and where DfE prints it. Data, no I/O.
 * A new DfE measure is one entry here and nothing else. Definitions follow DfE's data guidance for *Children in need*
 * (Open Government Licence v3.0); spellings were read off the files of the 2022 to 2025 releases.
 */
import type { Unit } from "../observation.ts";

/** A header as a release prints it. Compared after trimming and case folding. */
export interface HeaderSpelling {
  header: string;
  /** First and last release (leading year of the slug) that print it; open where absent. */
  from?: number;
  until?: number;
}

export interface Measure {
  code: string;
  unit: Unit;
  definition: string;
  /** What one unit is: plans and children are not the same count. */
  population: string;
  /** `year`: counted over the period. `last_day`: as at the period's last day (DfE: 31 March). */
  timing: "year" | "last_day";
  /** Where DfE prints it; null for measures that only letters have. */
  dfe: { publication: string; dataSet: string; headers: HeaderSpelling[] } | null;
}

type Spelling = string | HeaderSpelling;

/** The rates were dropped from B1, C1 and C4 with the 2025 release; D1 has not been seen since 2022. */
const untilRatesWereDropped = (header: string): HeaderSpelling => ({ header, until: 2024 });
/** C1's indicator columns were renamed with the 2025 release. */
const renamedIn2025 = (before: string, after: string): HeaderSpelling[] => [
  { header: before, until: 2024 },
  { header: after, from: 2025 },
];

function childrenInNeed(
  dataSet: string,
  code: string,
  headers: Spelling | Spelling[],
  population: string,
  definition: string,
  unit: Unit = "count",
  timing: Measure["timing"] = "year",
): Measure {
  const spellings = (Array.isArray(headers) ? headers : [headers]).map((one) =>
    typeof one === "string" ? { header: one } : one,
  );
  return {
    code,
    unit,
    definition,
    population,
    timing,
    dfe: { publication: "children-in-need", dataSet, headers: spellings },
  };
}

function fromLetters(code: string, population: string, definition: string, unit: Unit, timing: Measure["timing"]) {
  return { code, unit, definition, population, timing, dfe: null } satisfies Measure;
}

const RATE = "per 10,000 children aged under 18, by the population that DfE used in that release";

// --- B1: children in need -------------------------------------------------------------------------------------------
// Trap: an episode is one spell of need; a child with two spells in the year is one child and two episodes.
const B1: Measure[] = [
  childrenInNeed(
    "B1",
    "cin_episodes_any_point",
    "Anypoint_episodes",
    "episodes",
    "Episodes of need open at any point in the year",
  ),
  childrenInNeed(
    "B1",
    "cin_episodes_any_point_rate",
    untilRatesWereDropped("Anypoint_episodes_rate"),
    "episodes",
    `Episodes of need open at any point in the year, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed(
    "B1",
    "cin_children_any_point",
    "Anypoint_child",
    "children",
    "Children in need at any point in the year",
  ),
  childrenInNeed(
    "B1",
    "cin_children_any_point_rate",
    untilRatesWereDropped("Anypoint_child_rate"),
    "children",
    `Children in need at any point in the year, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed(
    "B1",
    "cin_episodes_started",
    "Started_episodes",
    "episodes",
    "Episodes of need that started in the year",
  ),
  childrenInNeed(
    "B1",
    "cin_episodes_started_rate",
    untilRatesWereDropped("Started_episodes_rate"),
    "episodes",
    `Episodes of need that started in the year, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed(
    "B1",
    "cin_children_started",
    "Started_child",
    "children",
    "Children who started an episode of need in the year",
  ),
  childrenInNeed(
    "B1",
    "cin_children_started_rate",
    untilRatesWereDropped("Started_child_rate"),
    "children",
    `Children who started an episode of need in the year, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed("B1", "cin_episodes_ended", "Ended_episodes", "episodes", "Episodes of need that ended in the year"),
  childrenInNeed(
    "B1",
    "cin_episodes_ended_rate",
    untilRatesWereDropped("Ended_episodes_rate"),
    "episodes",
    `Episodes of need that ended in the year, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed(
    "B1",
    "cin_children_ended",
    "Ended_child",
    "children",
    "Children who ended an episode of need in the year",
  ),
  childrenInNeed(
    "B1",
    "cin_children_ended_rate",
    untilRatesWereDropped("Ended_child_rate"),
    "children",
    `Children who ended an episode of need in the year, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed(
    "B1",
    "cin_episodes_at_31_march",
    "At31_episodes",
    "episodes",
    "Episodes of need open on 31 March",
    "count",
    "last_day",
  ),
  childrenInNeed(
    "B1",
    "cin_episodes_at_31_march_rate",
    untilRatesWereDropped("At31_episodes_rate"),
    "episodes",
    `Episodes of need open on 31 March, ${RATE}`,
    "rate_per_10000",
    "last_day",
  ),
  // DfE counts these in the at-31-March population: cases not yet assessed on that day.
  childrenInNeed(
    "B1",
    "cin_awaiting_assessment",
    "Awaiting_assessment",
    "episodes",
    "Episodes of need awaiting an assessment on 31 March",
    "count",
    "last_day",
  ),
  childrenInNeed(
    "B1",
    "cin_awaiting_assessment_rate",
    untilRatesWereDropped("Awaiting_assessment_rate"),
    "episodes",
    `Episodes of need awaiting an assessment on 31 March, ${RATE}`,
    "rate_per_10000",
    "last_day",
  ),
];

// --- C1: referrals and re-referrals ---------------------------------------------------------------------------------
// Trap: referrals, not children: a child may be referred several times in a year.
const C1: Measure[] = [
  childrenInNeed(
    "C1",
    "referrals",
    renamedIn2025("Referrals", "referral_count"),
    "referrals",
    "Referrals to children's social care in the year",
  ),
  childrenInNeed(
    "C1",
    "referrals_rate",
    untilRatesWereDropped("Referrals_rate"),
    "referrals",
    `Referrals in the year, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed(
    "C1",
    "re_referrals",
    renamedIn2025("Re_referrals", "rereferral_count"),
    "referrals",
    "Referrals within 12 months of an earlier referral of the same child",
  ),
  childrenInNeed(
    "C1",
    "re_referrals_percent",
    renamedIn2025("Re_referrals_percent", "rereferral_percent"),
    "referrals",
    "Referrals within 12 months of an earlier referral, as a share of referrals",
    "percent",
  ),
  childrenInNeed(
    "C1",
    "referrals_no_further_action",
    renamedIn2025("No_Further_Action", "no_further_action_count"),
    "referrals",
    "Referrals that resulted in no further action",
  ),
  childrenInNeed(
    "C1",
    "referrals_no_further_action_percent",
    renamedIn2025("No_Further_Action_percent", "no_further_action_percent"),
    "referrals",
    "Referrals that resulted in no further action, as a share of referrals",
    "percent",
  ),
  childrenInNeed(
    "C1",
    "referrals_not_in_need",
    renamedIn2025("Not_in_Need", "not_in_need_count"),
    "referrals",
    "Referrals assessed as not in need",
  ),
  childrenInNeed(
    "C1",
    "referrals_not_in_need_percent",
    renamedIn2025("Not_in_Need_percent", "not_in_need_percent"),
    "referrals",
    "Referrals assessed as not in need, as a share of referrals",
    "percent",
  ),
  childrenInNeed(
    "C1",
    "children_referred",
    renamedIn2025("Referrals_child", "referral_child_count"),
    "children",
    "Children referred to children's social care in the year",
  ),
  childrenInNeed(
    "C1",
    "children_referred_rate",
    untilRatesWereDropped("Referrals_child_rate"),
    "children",
    `Children referred in the year, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed(
    "C1",
    "children_re_referred",
    renamedIn2025("Re_referrals_child", "rereferral_child_count"),
    "children",
    "Children referred within 12 months of an earlier referral",
  ),
  childrenInNeed(
    "C1",
    "children_re_referred_percent",
    renamedIn2025("Re_referrals_child_percent", "rereferral_child_percent"),
    "children",
    "Children referred within 12 months of an earlier referral, as a share of children referred",
    "percent",
  ),
];

// --- C4: section 47 enquiries and initial child protection conferences (ICPC) ----------------------------------------
// Trap: enquiries, not children. "Section 47" is of the Children Act 1989, never an exemption.
// Trap: the durations run from the section 47 enquiry to the conference, in working days.
const C4: Measure[] = [
  childrenInNeed("C4", "s47_enquiries", "Section47", "enquiries", "Section 47 enquiries started in the year"),
  childrenInNeed(
    "C4",
    "s47_enquiries_rate",
    untilRatesWereDropped("Section47_rate"),
    "enquiries",
    `Section 47 enquiries started in the year, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed(
    "C4",
    "s47_children",
    "Section47_child",
    "children",
    "Children who were the subject of a section 47 enquiry started in the year",
  ),
  childrenInNeed(
    "C4",
    "s47_children_rate",
    untilRatesWereDropped("Section47_child_rate"),
    "children",
    `Children who were the subject of a section 47 enquiry, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed("C4", "icpc", "ICPC", "conferences", "Initial child protection conferences held in the year"),
  childrenInNeed(
    "C4",
    "icpc_rate",
    untilRatesWereDropped("ICPC_rate"),
    "conferences",
    `Initial child protection conferences held in the year, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed(
    "C4",
    "icpc_children",
    "ICPC_child",
    "children",
    "Children who were the subject of an initial child protection conference in the year",
  ),
  childrenInNeed(
    "C4",
    "icpc_children_rate",
    untilRatesWereDropped("ICPC_child_rate"),
    "children",
    `Children who were the subject of an initial child protection conference, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed(
    "C4",
    "icpc_within_0_to_10_days",
    "Duration_0-10_days",
    "conferences",
    "Conferences held 0 to 10 working days after the section 47 enquiry started",
  ),
  childrenInNeed(
    "C4",
    "icpc_within_11_to_15_days",
    "Duration_11-15_days",
    "conferences",
    "Conferences held 11 to 15 working days after the section 47 enquiry started",
  ),
  childrenInNeed(
    "C4",
    "icpc_within_16_to_20_days",
    "Duration_16-20_days",
    "conferences",
    "Conferences held 16 to 20 working days after the section 47 enquiry started",
  ),
  childrenInNeed(
    "C4",
    "icpc_after_21_days",
    "Duration_21+_days",
    "conferences",
    "Conferences held 21 or more working days after the section 47 enquiry started",
  ),
  childrenInNeed(
    "C4",
    "icpc_days_25th_percentile",
    "Duration_25th_Percentile",
    "conferences",
    "Working days from section 47 enquiry to conference, 25th percentile",
    "days",
  ),
  childrenInNeed(
    "C4",
    "icpc_days_median",
    "Duration_median",
    "conferences",
    "Working days from section 47 enquiry to conference, median",
    "days",
  ),
  childrenInNeed(
    "C4",
    "icpc_days_75th_percentile",
    "Duration_75th_Percentile",
    "conferences",
    "Working days from section 47 enquiry to conference, 75th percentile",
    "days",
  ),
];

// --- D1: child protection plans (CPP) ---------------------------------------------------------------------------------
// Trap: plans, not children. Leicester's answers to "how many children were on plans" match plans; see facts in docs/decisions.
const D1: Measure[] = [
  childrenInNeed("D1", "cpp_started", "CPP_start", "plans", "Child protection plans that started in the year"),
  childrenInNeed(
    "D1",
    "cpp_started_rate",
    "CPP_start_rate",
    "plans",
    `Child protection plans that started in the year, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed(
    "D1",
    "cpp_children_started",
    "CPP_child_start",
    "children",
    "Children who became the subject of a plan in the year",
  ),
  childrenInNeed(
    "D1",
    "cpp_children_started_rate",
    "CPP_child_start_rate",
    "children",
    `Children who became the subject of a plan in the year, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed("D1", "cpp_ended", "CPP_end", "plans", "Child protection plans that ended in the year"),
  childrenInNeed(
    "D1",
    "cpp_ended_rate",
    "CPP_end_rate",
    "plans",
    `Child protection plans that ended in the year, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed(
    "D1",
    "cpp_children_ended",
    "CPP_child_end",
    "children",
    "Children who ceased to be the subject of a plan in the year",
  ),
  childrenInNeed(
    "D1",
    "cpp_children_ended_rate",
    "CPP_child_end_rate",
    "children",
    `Children who ceased to be the subject of a plan in the year, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed(
    "D1",
    "cpp_any_point",
    "CPP_anypoint",
    "plans",
    "Child protection plans in place at any point in the year",
  ),
  childrenInNeed(
    "D1",
    "cpp_any_point_rate",
    "CPP_anypoint_rate",
    "plans",
    `Child protection plans in place at any point in the year, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed(
    "D1",
    "cpp_children_any_point",
    "CPP_child_anypoint",
    "children",
    "Children who were the subject of a plan at any point in the year",
  ),
  childrenInNeed(
    "D1",
    "cpp_children_any_point_rate",
    "CPP_child_anypoint_rate",
    "children",
    `Children who were the subject of a plan at any point in the year, ${RATE}`,
    "rate_per_10000",
  ),
  childrenInNeed(
    "D1",
    "cpp_at_31_march",
    "CPP_At31",
    "plans",
    "Child protection plans in place on 31 March",
    "count",
    "last_day",
  ),
  childrenInNeed(
    "D1",
    "cpp_at_31_march_rate",
    "CPP_At31_rate",
    "plans",
    `Child protection plans in place on 31 March, ${RATE}`,
    "rate_per_10000",
    "last_day",
  ),
];

// --- only in letters ----------------------------------------------------------------------------------------------------
const LETTERS: Measure[] = [
  fromLetters(
    "caseload_highest",
    "cases per social worker",
    "Highest caseload of a frontline child protection social worker",
    "count",
    "last_day",
  ),
  fromLetters(
    "caseload_average",
    "cases per social worker",
    "Average caseload of a frontline child protection social worker",
    "ratio",
    "last_day",
  ),
  fromLetters(
    "early_help_spend",
    "pounds",
    "Spending on early help and prevention services in the year",
    "GBP",
    "year",
  ),
  fromLetters(
    "children_without_allocated_worker",
    "children",
    "Children in need or on a plan with no allocated social worker, or a holding allocation, on the day",
    "count",
    "last_day",
  ),
];

// --- ONS: what rates are divided by ----------------------------------------------------------------------------------
// Trap: the rates of a reporting year are by the population of the 30 June before its end: 2025 by mid-2024.
const ONS: Measure[] = [
  childrenInNeed(
    "ONS",
    "population_under_18",
    "population_estimate",
    "children",
    "Children aged 0 to 17 at mid-year, as ONS had estimated them for that release",
    "count",
    "last_day",
  ),
];

export const MEASURES: readonly Measure[] = [...B1, ...C1, ...C4, ...D1, ...ONS, ...LETTERS];

const byCode = new Map(MEASURES.map((measure) => [measure.code, measure]));

/** The measure with this code. Throws a fault of ours where there is none: codes are never read from outside. */
export function measureByCode(code: string): Measure {
  const measure = byCode.get(code);
  if (measure === undefined) throw new Error(`no measure ${code} in the catalogue`);
  return measure;
}

/** The measures that a data set prints, in the catalogue's order. */
export function measuresOf(publication: string, dataSet: string): Measure[] {
  return MEASURES.filter((measure) => measure.dfe?.publication === publication && measure.dfe.dataSet === dataSet);
}
