/** Clock changes of Europe/London: 28 March 2027, 01:00 to 02:00; 31 October 2027, 02:00 back to 01:00 (gov.uk/when-do-the-clocks-change). */
import { describe, expect, it } from "vitest";
import { createDailySlots, dayIn, instantOf, minuteIn } from "../../src/schedule/slot.ts";

const LONDON = "Europe/London";
const wall = (text: string) => Date.parse(`${text}Z`);
const iso = (date: Date | undefined) => date?.toISOString();

describe("a wall-clock time in London", () => {
  it.each([
    ["in winter is UTC", "2027-01-15T02:30:00", "2027-01-15T02:30:00.000Z"],
    ["in summer is an hour before", "2027-07-15T02:30:00", "2027-07-15T01:30:00.000Z"],
    ["that the clocks skip comes as long after the change", "2027-03-28T01:30:00", "2027-03-28T01:30:00.000Z"],
    ["that comes twice is the first of the two", "2027-10-31T01:30:00", "2027-10-31T00:30:00.000Z"],
    ["just before the clocks go back", "2027-10-31T00:59:00", "2027-10-30T23:59:00.000Z"],
    ["just after both", "2027-10-31T02:00:00", "2027-10-31T02:00:00.000Z"],
  ])("%s", (_, shown, instant) => expect(iso(instantOf(wall(shown), LONDON))).toBe(instant));

  it("is read back", () => {
    expect(dayIn(new Date("2027-07-14T23:30:00Z"), LONDON)).toBe("2027-07-15");
    expect(minuteIn(new Date("2027-07-14T23:30:00Z"), LONDON)).toBe(30);
  });
});

describe("slots", () => {
  it("have one instant on every day of a year, on both Sundays too", () => {
    for (const at of ["30 1 * * *", "30 2 * * *", "0 0 * * *", "59 23 * * *"]) {
      const slots = createDailySlots(at, LONDON);
      const days: string[] = [];
      let now = new Date("2026-12-31T23:59:59Z");
      for (let count = 0; count < 365; count += 1) {
        const next = slots.next(now);
        expect(next).not.toBeNull();
        days.push(next?.day ?? "");
        expect(slots.last(next?.at ?? now)).toEqual(next);
        now = next?.at ?? now;
      }
      expect(days).toEqual([...new Set(days)].sort());
      expect([days[0], days.at(-1)]).toEqual(["2027-01-01", "2027-12-31"]);
    }
  });

  it("keep to days of the week and of the month", () => {
    const weekly = createDailySlots("45 1 * * 0", LONDON);
    expect(weekly.next(new Date("2027-03-25T12:00:00Z"))?.day).toBe("2027-03-28");
    const monthly = createDailySlots("0 3 1 * *", LONDON);
    expect(monthly.last(new Date("2027-01-31T12:00:00Z"))?.day).toBe("2027-01-01");
  });

  it("are found for zones on the other side of the world", () => {
    const slots = createDailySlots("30 0 * * *", "Pacific/Auckland");
    expect(iso(slots.last(new Date("2027-01-10T12:00:00Z"))?.at)).toBe("2027-01-10T11:30:00.000Z");
    expect(slots.last(new Date("2027-01-10T12:00:00Z"))?.day).toBe("2027-01-11");
  });
});
