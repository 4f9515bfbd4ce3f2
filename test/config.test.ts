import { isAbsolute } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig, redactUrl, VARIABLES } from "../src/config.ts";
import { EXIT, UsageError } from "../src/errors.ts";

/** The lines of the refusal, or none where the configuration was taken. */
function problemsOf(env: Record<string, string | undefined>): string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).exitCode).toBe(EXIT.usage);
    return (error as UsageError).message.split("\n");
  }
}

describe("defaults", () => {
  it("are the design's: embedded warehouse, ./.s21, the EES address, London time", () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      databaseUrl: null,
      eesApi: "https://content.explore-education-statistics.service.gov.uk/api",
      las: [],
      schedule: null,
      timeZone: "Europe/London",
      log: "pretty",
      color: true,
    });
    expect(isAbsolute(config.dataDir)).toBe(true);
    expect(config.dataDir.endsWith(".s21")).toBe(true);
    expect(config.download).toEqual({
      connect: 10_000,
      idle: 30_000,
      whole: 1_800_000,
      bytes: 1_073_741_824,
      attempts: 5,
    });
  });

  it("stand for variables that are empty or blank", () => {
    const blank = Object.fromEntries(VARIABLES.map((name) => [name, "  "]));
    expect(readConfig(blank)).toEqual(readConfig({}));
  });

  it("cannot be changed by whoever holds them", () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });
});

describe("variables", () => {
  it("are read", () => {
    const config = readConfig({
      DATABASE_URL: "postgres://analyst@db.example/s21",
      S21_DATA_DIR: "/var/lib/s21",
      S21_EES_API: "http://127.0.0.1:8100/api//",
      S21_LAS: "Bristol, City of; E08000026\n Hull ;;",
      S21_SCHEDULE: "0 10 * * *",
      S21_TZ: "UTC",
      S21_LETTERS_DIR: "/srv/letters",
      S21_WORKERS: "4",
      S21_LISTEN: "0.0.0.0:9321",
      S21_NOTIFY_URL: "https://hooks.example/s21?token=abc",
      S21_NOTIFY_SECRET: "sixteen or more characters",
      S21_LOG: "json",
      NO_COLOR: "1",
      S21_CONNECT_SECONDS: "0.5",
      S21_IDLE_SECONDS: "2",
      S21_DOWNLOAD_SECONDS: "60",
      S21_DOWNLOAD_MB: "1.5",
      S21_ATTEMPTS: "2",
    });
    expect(config).toEqual({
      databaseUrl: "postgres://analyst@db.example/s21",
      dataDir: "/var/lib/s21",
      eesApi: "http://127.0.0.1:8100/api",
      las: ["Bristol, City of", "E08000026", "Hull"],
      schedule: "0 10 * * *",
      timeZone: "UTC",
      lettersDir: "/srv/letters",
      workers: 4,
      listen: { host: "0.0.0.0", port: 9321 },
      notify: { url: "https://hooks.example/s21?token=abc", secret: "sixteen or more characters" },
      log: "json",
      color: false,
      download: { connect: 500, idle: 2_000, whole: 60_000, bytes: 1_572_864, attempts: 2 },
    });
  });

  it("are each told when bad, all at once, by name", () => {
    const problems = problemsOf({
      DATABASE_URL: "mysql://db/s21",
      S21_EES_API: "ftp://ees.example/api",
      S21_TZ: "Europe/Coventry",
      S21_LOG: "loud",
      S21_ATTEMPTS: "many",
    });
    for (const name of ["DATABASE_URL", "S21_EES_API", "S21_TZ", "S21_LOG", "S21_ATTEMPTS"]) {
      expect(problems.filter((line) => line.startsWith(name))).toHaveLength(1);
    }
    expect(problems).toHaveLength(5);
  });

  it.each(["0", "-1", "1e3", "0x10", "Infinity", "NaN", "1,5", "٣", "1 2"])("%j is no number of seconds", (found) => {
    expect(problemsOf({ S21_IDLE_SECONDS: found })).toEqual([expect.stringContaining("S21_IDLE_SECONDS")]);
  });

  // Node's timers hold 2^31 - 1 milliseconds, and end at once when given more.
  it.each(["S21_CONNECT_SECONDS", "S21_IDLE_SECONDS", "S21_DOWNLOAD_SECONDS"])(
    "%s beyond what a timer can hold is refused, not taken for no time at all",
    (name) => {
      expect(problemsOf({ [name]: "2147484" })).toEqual([expect.stringContaining(name)]);
      expect(problemsOf({ [name]: "2147483" })).toEqual([]);
    },
  );

  it("never shows a database address: it may hold a password", () => {
    const found = "postgre://analyst:CANARY-PASSWORD@db.example/s21?password=CANARY-TOKEN";
    expect(problemsOf({ DATABASE_URL: found }).join()).not.toContain("CANARY");
  });
});

describe("the schedule", () => {
  it.each(["30 2 * * *", "0 0 1 * *", "15 3 * * 1-5", "5 23 * 10 *"])("may be %s", (found) => {
    expect(readConfig({ S21_SCHEDULE: found }).schedule).toBe(found);
  });

  it.each([
    ["several times a day", "*/15 * * * *"],
    ["two hours", "30 2,14 * * *"],
    ["seconds", "0 30 2 * * *"],
    ["an hour that no day has", "30 25 * * *"],
    ["a nickname", "@daily"],
    ["words", "every night"],
  ])("may not be %s", (_, found) => {
    expect(problemsOf({ S21_SCHEDULE: found })).toEqual([expect.stringContaining("S21_SCHEDULE")]);
  });
});

describe("the scheduler's port", () => {
  it.each([
    ["127.0.0.1:9321", { host: "127.0.0.1", port: 9321 }],
    ["[::1]:80", { host: "::1", port: 80 }],
    ["off", null],
  ])("may be %s", (found, listen) => expect(readConfig({ S21_LISTEN: found }).listen).toEqual(listen));

  it.each(["9321", "localhost:99999", "0.0.0.0:", "on"])("may not be %s", (found) => {
    expect(problemsOf({ S21_LISTEN: found })).toEqual([expect.stringContaining("S21_LISTEN")]);
  });
});

describe("the webhook", () => {
  it("needs a secret to sign with, and shows neither", () => {
    const url = "https://hooks.example/CANARY";
    expect(problemsOf({ S21_NOTIFY_URL: url })).toEqual([expect.stringContaining("S21_NOTIFY_SECRET")]);
    const problems = problemsOf({ S21_NOTIFY_URL: "ftp://CANARY", S21_NOTIFY_SECRET: "CANARY-CANARY-CANARY" });
    expect(problems).toEqual([expect.stringContaining("S21_NOTIFY_URL")]);
    expect(problems.join()).not.toContain("CANARY");
  });
});

it("workers need the Postgres that their queue is in", () => {
  expect(problemsOf({ S21_WORKERS: "4" })).toEqual([expect.stringContaining("S21_WORKERS")]);
  const many = { S21_WORKERS: "1000", DATABASE_URL: "postgres://db.example/s21" };
  expect(problemsOf(many)).toEqual([expect.stringContaining("S21_WORKERS")]);
});

describe("the address of EES", () => {
  it.each([
    "https://content.explore-education-statistics.service.gov.uk/api",
    "https://mirror.example:8443/api",
    "http://127.0.0.1:8100/api",
    "http://127.9.9.9/api",
    "http://localhost:8100/api",
    "http://[::1]:8100/api",
  ])("may be %s", (found) => {
    expect(readConfig({ S21_EES_API: found }).eesApi).toBe(found);
  });

  it.each([
    ["plain http to a host", "http://content.explore-education-statistics.service.gov.uk/api"],
    ["another protocol", "file:///etc/passwd"],
    ["no address", "content.explore-education-statistics.service.gov.uk"],
    ["the metadata service", "http://169.254.169.254/latest"],
    ["it by https", "https://169.254.169.254/latest"],
    ["it in decimal", "https://2852039166/latest"],
    ["it in hexadecimal", "https://0xa9fea9fe/latest"],
    ["it in octal", "https://0251.0376.0251.0376/latest"],
    ["it mapped into IPv6", "https://[::ffff:169.254.169.254]/latest"],
    ["a private network", "https://10.0.0.1/api"],
    ["a host that only begins like loopback", "http://127.0.0.1.example/api"],
    ["a host that only begins like localhost", "http://localhost.example/api"],
    ["a user name and password", "https://alice:CANARY@ees.example/api"],
    ["a query", "https://ees.example/api?token=CANARY"],
    ["a fragment", "https://ees.example/api#CANARY"],
  ])("may not be %s", (_, found) => {
    const problems = problemsOf({ S21_EES_API: found });
    expect(problems).toEqual([expect.stringContaining("S21_EES_API")]);
    expect(problems.join()).not.toContain("CANARY");
  });
});

describe("addresses in messages", () => {
  it("lose user name, password, query and fragment", () => {
    expect(redactUrl("https://alice:CANARY@ees.example:8443/api/releases?token=CANARY#CANARY")).toBe(
      "https://ees.example:8443/api/releases",
    );
    expect(redactUrl("CANARY, no address")).not.toContain("CANARY");
  });
});
