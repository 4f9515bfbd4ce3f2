/**
 * When a day's run is due. node-cron reads the expression and matches days; the instant is found here, since a wall-clock time that
 * a clock change skips would otherwise never come, and one that it repeats would come twice.
 */
import { createTask, parse } from "node-cron";

/** When the nightly job runs where `S21_SCHEDULE` does not say: outside the hour that clock changes skip or repeat. */
export const NIGHTLY_BY_DEFAULT = "30 2 * * *";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** One run: the day whose run it is, and the instant from which it is due. */
export interface Slot {
  /** `2027-03-28` */
  day: string;
  at: Date;
}

export interface DailySlots {
  /** The newest slot that has come; null where none came in the last five weeks. */
  last(now: Date): Slot | null;
  /** The next one. */
  next(now: Date): Slot | null;
}

/** As far as slots are looked for: a monthly schedule has one within. In days. */
const HORIZON = 35;

/** @param expression cron with one time a day, as the configuration has checked. */
export function createDailySlots(expression: string, timeZone: string): DailySlots {
  const { minute, hour } = parse(expression);
  const time = { hour: hour[0] as number, minute: minute[0] as number };
  // Days are matched as if there were no time zones: 2027-03-28 is the same day everywhere.
  const matcher = createTask(expression, () => undefined, { timezone: "UTC" });
  const known = new Map<string, Slot | null>();
  const slotOf = (day: string): Slot | null => {
    const found = known.get(day);
    if (found !== undefined) return found;
    const wall = Date.parse(`${day}T00:00:00Z`) + (time.hour * 60 + time.minute) * MINUTE;
    const slot = matcher.match(new Date(wall)) ? { day, at: instantOf(wall, timeZone) } : null;
    if (known.size > 1_000) known.clear();
    known.set(day, slot);
    return slot;
  };
  const search = (now: Date, step: 1 | -1, fits: (slot: Slot) => boolean): Slot | null => {
    // From a day on the other side: near midnight, and far from Greenwich, today's date is not enough.
    let day = shiftDay(dayIn(now, timeZone), -step);
    for (let count = 0; count < HORIZON; count += 1) {
      const slot = slotOf(day);
      if (slot !== null && fits(slot)) return slot;
      day = shiftDay(day, step);
    }
    return null;
  };
  return {
    last: (now) => search(now, -1, (slot) => slot.at <= now),
    next: (now) => search(now, 1, (slot) => slot.at > now),
  };
}

/**
 * The instant at which the wall clock first shows this time, given as if it were UTC. Of a time that is repeated, the first;
 * for one that is skipped, as long after the change as it would have been.
 */
export function instantOf(wall: number, timeZone: string): Date {
  // Whichever offsets hold around that time.
  const offsets = [offsetAt(wall - DAY, timeZone), offsetAt(wall + DAY, timeZone)];
  const candidates = [...new Set(offsets)].map((offset) => wall - offset).sort((one, other) => one - other);
  const shown = candidates.find((instant) => instant + offsetAt(instant, timeZone) === wall);
  return new Date(shown ?? wall - (offsets[0] as number));
}

/** How far the zone is ahead of UTC at that instant, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  return wallOf(new Date(instant), timeZone) - instant;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the wall clock shows, as if it were UTC; to the second. */
function wallOf(instant: Date, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
    formats.set(timeZone, format);
  }
  const milliseconds = ((instant.getTime() % 1_000) + 1_000) % 1_000;
  return Date.parse(`${format.format(instant).replace(" ", "T")}Z`) + milliseconds;
}

/** The date there, `2027-03-28`. */
export function dayIn(instant: Date, timeZone: string): string {
  return new Date(wallOf(instant, timeZone)).toISOString().slice(0, 10);
}

/** Minutes since midnight there. */
export function minuteIn(instant: Date, timeZone: string): number {
  const wall = new Date(wallOf(instant, timeZone));
  return wall.getUTCHours() * 60 + wall.getUTCMinutes();
}

export function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}
