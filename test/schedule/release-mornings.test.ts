/** Children in need came out at 9:30 on 28 October 2021, 27 October 2022, 26 October 2023, 31 October 2024 and 30 October 2025. */
import { describe, expect, it } from "vitest";
import { PUBLICATIONS } from "../../src/catalogue/publications.ts";
import { isReleaseMorning } from "../../src/schedule/release-mornings.ts";

const season = PUBLICATIONS[0]?.season as readonly [string, string];
const at = (instant: string, next: string | null) => isReleaseMorning(new Date(instant), next, season);

describe("a morning on which DfE may publish", () => {
  it.each(["2021-10-28", "2022-10-27", "2023-10-26", "2024-10-31", "2025-10-30"])(
    "was %s at 9:30 in the UK, whatever was known of the date",
    (day) => {
      const winter = day === "2024-10-31" || day === "2025-10-30";
      const half = `${day}T${winter ? "09" : "08"}:30:00Z`;
      for (const next of [day, day.slice(0, 7), day.slice(0, 4), null]) expect(at(half, next)).toBe(true);
      for (const next of [day, null]) expect(at(half.replace(":30:", ":20:"), next)).toBe(false);
      expect(at(`${day}T12:00:00Z`, day)).toBe(false);
    },
  );

  it.each([
    ["the day before the one that DfE names", "2026-10-28T09:30:00Z", "2026-10-29", false],
    ["the day itself", "2026-10-29T09:30:00Z", "2026-10-29", true],
    ["the Monday after, when it has not come", "2026-11-02T09:30:00Z", "2026-10-29", true],
    ["a month after", "2026-12-01T09:30:00Z", "2026-10-29", false],
    ["a Saturday", "2026-10-31T09:30:00Z", "2026-10", false],
    ["another month's weekday, where DfE names that month", "2026-06-09T08:30:00Z", "2026-06", true],
    ["the next month", "2026-07-09T08:30:00Z", "2026-06", false],
    ["early October, of which nothing came yet", "2026-10-05T08:30:00Z", "2026-10", false],
    ["the season of another year", "2026-10-29T09:30:00Z", "2027", false],
    ["words that are no date", "2026-10-29T09:30:00Z", "late autumn", true],
  ])("%s", (_, instant, next, expected) => expect(at(instant, next)).toBe(expected));
});
