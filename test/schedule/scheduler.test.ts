/** A year of nights under an injected clock. What counts is the ledger: which day's run was done, and when. */
import { describe, expect, it } from "vitest";
import type { Job, JobResult } from "../../src/job.ts";
import type { Clock } from "../../src/schedule/clock.ts";
import { createScheduler, type Scheduler, type SchedulerOptions } from "../../src/schedule/scheduler.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A job that does nothing: what it would do is the options' `run`. */
function makeJob(name: string, when: Job["when"], onReleaseMornings = false): Job {
  const run = () => Promise.reject(new Error("not run in these tests"));
  return { name, does: name, when, onReleaseMornings, run };
}

const NIGHTLY = makeJob("nightly-refresh", { kind: "daily", at: "S21_SCHEDULE" });

/** A machine with a wall clock that tests may set, and what its ledger holds. */
class Machine {
  time: number;
  ledger: { job: string; day: string | null; at: string; exit: number }[] = [];
  skipped: string[] = [];
  /** How long a run takes, and how it ends. */
  takes = () => 1_000;
  exits = () => 0;
  isMorning: SchedulerOptions["isReleaseMorning"] = () => false;
  isNews = () => false;
  scheduler: Scheduler;
  readonly jobs: Job[];
  readonly schedule: string;

  constructor(start: string, schedule = "30 1 * * *", jobs: Job[] = [NIGHTLY]) {
    this.time = Date.parse(start);
    this.jobs = jobs;
    this.schedule = schedule;
    this.scheduler = this.boot();
  }

  /** A fresh process: what it knew is gone, the ledger stays. */
  boot(): Scheduler {
    const clock: Clock = {
      now: () => new Date(this.time),
      sleep: async (milliseconds) => {
        this.time += milliseconds;
      },
    };
    this.scheduler = createScheduler({
      jobs: this.jobs,
      schedule: this.schedule,
      timeZone: "Europe/London",
      clock,
      run: async (job, day) => this.run(job, day),
      isReleaseMorning: (now) => this.isMorning(now),
      pollMinutes: 5,
      onSkipped: (_, day) => void this.skipped.push(day),
    });
    return this.scheduler;
  }

  run(job: Job, day: string | null): JobResult {
    const started_at = new Date(this.time).toISOString();
    const isDone = day !== null && this.ledger.some((one) => one.job === job.name && one.day === day && one.exit === 0);
    const exit = isDone ? 0 : this.exits();
    if (!isDone) {
      this.ledger.push({ job: job.name, day, at: started_at, exit });
      this.time += this.takes();
    }
    return {
      job: job.name,
      run_id: null,
      scheduled_for: day,
      status: isDone ? "already" : exit === 0 ? "done" : "failed",
      exit_code: exit as JobResult["exit_code"],
      started_at,
      ended_at: new Date(this.time).toISOString(),
      counts: {},
      problems: [],
      is_news: this.isNews(),
      trace: null,
    };
  }

  /** Lets time pass, asking as often as the real one does, or less often to be quick. */
  async pass(milliseconds: number, step = 30_000) {
    for (const end = this.time + milliseconds; this.time < end; this.time += step) await this.scheduler.tick();
  }
}

describe("a year in Europe/London", () => {
  // 1:30 is skipped on 28 March 2027 and comes twice on 31 October 2027.
  it.each(["30 1 * * *", "30 2 * * *", "15 0 * * *", "45 23 * * *"])("at %s has one run each day", async (schedule) => {
    const machine = new Machine("2027-01-01T00:00:00Z", schedule);
    await machine.pass(365 * DAY, 10 * MINUTE);
    const days = machine.ledger.map((one) => one.day);
    const year = days.filter((day) => day?.startsWith("2027"));
    expect(new Set(days).size).toBe(days.length);
    expect(year).toHaveLength(365);
    expect(days).toEqual(expect.arrayContaining(["2027-03-28", "2027-10-31"]));
    expect(machine.skipped).toEqual([]);
  });

  it("has one run each day whatever the process goes through", async () => {
    const machine = new Machine("2027-01-01T00:00:00Z");
    let seed = 21;
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const end = Date.parse("2028-01-01T00:00:00Z");
    while (machine.time < end) {
      await machine.pass(random() * 5 * 60 * MINUTE, 5 * MINUTE);
      const fate = random();
      if (fate < 0.1)
        machine.time += random() * 10 * 60 * MINUTE; // down, or busy, or a step forward
      else if (fate < 0.2) machine.time -= random() * 4 * 60 * MINUTE; // a step back
      if (random() < 0.2) machine.boot();
    }
    await machine.pass(DAY);
    const days = machine.ledger.map((one) => one.day as string);
    expect(days).toEqual([...new Set(days)].sort());
    const year = days.filter((day) => day.startsWith("2027"));
    expect(year).toHaveLength(365);
  });
});

describe("a slot", () => {
  it("is caught up within five minutes by a process that was down", async () => {
    const machine = new Machine("2027-02-01T00:00:00Z");
    await machine.pass(3 * 60 * MINUTE);
    machine.time = Date.parse("2027-02-02T08:00:00Z");
    machine.boot();
    await machine.pass(5 * MINUTE);
    expect(machine.ledger.map((one) => one.day)).toEqual(["2027-01-31", "2027-02-01", "2027-02-02"]);
    expect(machine.ledger.at(-1)?.at).toBe("2027-02-02T08:00:00.000Z");
  });

  it("is caught up once after a week, not seven times", async () => {
    const machine = new Machine("2027-02-01T03:00:00Z");
    await machine.pass(10 * MINUTE);
    machine.time += 7 * DAY;
    await machine.pass(DAY);
    expect(machine.ledger.map((one) => one.day)).toEqual(["2027-02-01", "2027-02-08", "2027-02-09"]);
  });

  it("is run late, not lost, by an event loop that was busy over it", async () => {
    const machine = new Machine("2027-02-01T01:29:50Z");
    await machine.scheduler.tick();
    machine.time += 5 * MINUTE;
    await machine.scheduler.tick();
    expect(machine.ledger.at(-1)).toMatchObject({ day: "2027-02-01", at: "2027-02-01T01:34:51.000Z" }); // the catch-up of the night before took a second
  });

  it("is run once by a clock that steps over it, and not again by one that is set back", async () => {
    const machine = new Machine("2027-02-01T01:00:00Z");
    await machine.pass(5 * MINUTE);
    machine.time = Date.parse("2027-02-01T05:00:00Z");
    await machine.pass(5 * MINUTE);
    machine.time = Date.parse("2027-02-01T01:20:00Z");
    await machine.pass(60 * MINUTE);
    machine.time = Date.parse("2027-01-29T00:00:00Z");
    machine.boot();
    await machine.pass(2 * 60 * MINUTE);
    const ofFirst = machine.ledger.filter((one) => one.day === "2027-02-01");
    expect(ofFirst).toEqual([expect.objectContaining({ at: "2027-02-01T05:00:00.000Z" })]);
  });

  it("that passes while its own job is at work is skipped, and said", async () => {
    const machine = new Machine("2027-02-01T01:00:00Z");
    await machine.pass(20 * MINUTE);
    machine.takes = () => 26 * 60 * MINUTE;
    await machine.pass(30 * MINUTE);
    machine.takes = () => 1_000;
    await machine.pass(DAY);
    expect(machine.skipped).toEqual(["2027-02-02"]);
    expect(machine.ledger.map((one) => one.day)).toEqual(["2027-01-31", "2027-02-01", "2027-02-03"]);
  });

  it("that passes while the night before is caught up is run all the same", async () => {
    const machine = new Machine("2027-02-01T01:29:50Z");
    machine.takes = () => 2 * MINUTE;
    await machine.pass(20 * MINUTE);
    expect(machine.ledger.map((one) => one.day)).toEqual(["2027-01-31", "2027-02-01"]);
    expect(machine.skipped).toEqual([]);
  });

  it("whose run failed is tried again, later each time, until it goes well", async () => {
    const machine = new Machine("2027-02-01T01:30:00Z");
    machine.exits = () => (machine.ledger.length < 3 ? 4 : 0);
    await machine.pass(DAY - MINUTE);
    const minutes = machine.ledger.map((one) => (Date.parse(one.at) - Date.parse("2027-02-01T01:30:00Z")) / MINUTE);
    expect(machine.ledger.map((one) => one.exit)).toEqual([4, 4, 4, 0]);
    // Five minutes after it failed, then ten, then twenty.
    expect(minutes.map(Math.round)).toEqual([0, 5, 15, 35]);
  });

  it("whose run met another one at work is tried again a minute later", async () => {
    const machine = new Machine("2027-02-01T01:30:00Z");
    machine.exits = () => (machine.ledger.length < 3 ? 7 : 0);
    await machine.pass(10 * MINUTE);
    const minutes = machine.ledger.map((one) =>
      Math.round((Date.parse(one.at) - Date.parse("2027-02-01T01:30:00Z")) / MINUTE),
    );
    expect(machine.ledger.map((one) => one.exit)).toEqual([7, 7, 7, 0]);
    expect(minutes.at(-1)).toBeLessThanOrEqual(5);
  });

  it.each([2, 5])("whose run needs a person (exit %s) waits for the next night", async (exit) => {
    const machine = new Machine("2027-02-01T01:30:00Z");
    machine.exits = () => exit;
    await machine.pass(2 * DAY);
    expect(machine.ledger.map((one) => one.day)).toEqual(["2027-02-01", "2027-02-02"]);
  });
});

describe("jobs that come every few minutes", () => {
  const letters = makeJob("read-letters", { kind: "every", minutes: 10 });

  it("run that often, and go on when the clock is set back", async () => {
    const machine = new Machine("2027-02-01T01:00:00Z", "30 1 * * *", [letters]);
    await machine.pass(60 * MINUTE);
    expect(machine.ledger).toHaveLength(6);
    machine.time -= 12 * 60 * MINUTE;
    await machine.pass(60 * MINUTE);
    expect(machine.ledger).toHaveLength(12);
  });

  it("are told when they come next", async () => {
    const machine = new Machine("2027-02-01T01:00:00Z", "30 1 * * *", [letters, NIGHTLY]);
    await machine.scheduler.tick();
    expect(machine.scheduler.next(letters)?.toISOString()).toBe("2027-02-01T01:10:00.000Z");
    expect(machine.scheduler.next(NIGHTLY)?.toISOString()).toBe("2027-02-01T01:30:00.000Z");
  });
});

describe("a release morning", () => {
  it("is polled every five minutes, until the release has come", async () => {
    const polled = makeJob("nightly-refresh", { kind: "daily", at: "S21_SCHEDULE" }, true);
    const machine = new Machine("2026-10-29T09:00:00Z", "30 2 * * *", [polled]);
    machine.isMorning = (now) => now.getUTCHours() === 9 && now.getUTCMinutes() >= 25;
    machine.isNews = () => machine.time >= Date.parse("2026-10-29T09:36:00Z");
    await machine.pass(3 * 60 * MINUTE);
    const polls = machine.ledger.filter((one) => one.day === null).map((one) => one.at.slice(11, 16));
    expect(polls).toEqual(["09:25", "09:30", "09:35", "09:40"].slice(0, polls.length));
    expect(polls.length).toBeGreaterThanOrEqual(3);
    expect(machine.ledger.filter((one) => one.day !== null)).toHaveLength(1);
  });
});
