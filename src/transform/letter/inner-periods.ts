/** Quarters and months that name no year, inside the one stretch that is asked for. */
import type { Period } from "../../observation.ts";
import { calendarQuarter, dayOf, financialQuarter, monthPeriod } from "./dates.ts";

/** `Q1` where one year is asked for. */
export function quarterWithin(year: Period | null, quarter: number): Period | null {
  if (year?.kind !== "financial_year" && year?.kind !== "calendar_year") return null;
  const first = dayOf(year.start).year;
  const period = year.kind === "financial_year" ? financialQuarter(first, quarter) : calendarQuarter(first, quarter);
  return period.end <= year.end ? period : null;
}

/** `January` where the stretch that is asked for holds exactly one. */
export function monthWithin(stretch: Period | null, month: number): Period | null {
  if (stretch === null) return null;
  const first = dayOf(stretch.start).year;
  const months = [first, first + 1, first + 2]
    .map((year) => monthPeriod(year, month))
    .filter((period) => period.start >= stretch.start && period.end <= stretch.end);
  return months.length === 1 ? (months[0] ?? null) : null;
}
