/**
 * Mornings on which DfE may publish: then the nightly job also runs every few minutes. Statistics come out at 9:30 in the UK, on
 * weekdays. DfE says the next date as far as it knows it: a day, a month, or nothing.
 * Source: Code of Practice for Statistics, T3.6 (9:30 am); releases of Children in need came out on 28 October 2021, 27 October
 * 2022, 26 October 2023, 31 October 2024 and 30 October 2025.
 */
import { dayIn, minuteIn, shiftDay } from "./slot.ts";

const UK = "Europe/London";
/** Minutes since midnight: from 9:25 to 11:00. A release may be late, and caches hold the list for some minutes. */
const FROM = 9 * 60 + 25;
const UNTIL = 11 * 60;
/** A release that did not come on its day is waited for so many days more. */
const OVERDUE_DAYS = 14;

/** How often EES is asked then, in minutes. */
export const POLL_MINUTES = 5;

/**
 * Whether it is worth asking often now.
 * @param next DfE's next date, partial or whole: `2026-10-29`, `2026-10`, `2026`; null where it says none.
 * @param season days of the year on which the publication usually comes, `["10-20", "11-05"]`.
 */
export function isReleaseMorning(now: Date, next: string | null, season: readonly [string, string]): boolean {
  const minute = minuteIn(now, UK);
  if (minute < FROM || minute >= UNTIL) return false;
  const day = dayIn(now, UK);
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  if (weekday === 0 || weekday === 6) return false;
  const isSeason = day.slice(5) >= season[0] && day.slice(5) <= season[1];
  const parts = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(next ?? "");
  if (parts === null) return isSeason;
  const [whole, year, month, date] = parts;
  if (date !== undefined) return day >= whole && day <= shiftDay(whole, OVERDUE_DAYS);
  if (month !== undefined) return isInMonth(day, `${year}-${month}`, isSeason, season);
  return day.startsWith(`${year}-`) && isSeason;
}

/** In its usual month only the usual days, which may reach into the next; in any other month every day of it. */
function isInMonth(day: string, month: string, isSeason: boolean, season: readonly [string, string]): boolean {
  const isUsual = season.some((end) => end.slice(0, 2) === month.slice(5));
  return isUsual ? isSeason && day.slice(0, 4) === month.slice(0, 4) : day.startsWith(month);
}
