/** Who is told what, and what is never told. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { readConfig } from "../../src/config.ts";
import type { JobResult } from "../../src/job.ts";
import { createHider, openLog } from "../../src/serve/log.ts";
import {
  type Notification,
  notificationOf,
  rememberNotifications,
  sendNotification,
  signatureOf,
} from "../../src/serve/notification.ts";

const RESULT: JobResult = {
  job: "nightly-refresh",
  run_id: "r1",
  scheduled_for: "2027-03-28",
  status: "failed",
  exit_code: 4,
  started_at: "2027-03-28T01:30:00.000Z",
  ended_at: "2027-03-28T01:30:09.000Z",
  counts: {},
  problems: [{ code: "http-503", message: "EES answered 503" }],
  is_news: false,
  trace: null,
};
const NOW = new Date("2027-03-28T01:30:10Z");

function configOf(url: string) {
  return readConfig({ S21_NOTIFY_URL: url, S21_NOTIFY_SECRET: "CANARY-secret-long-enough" });
}

describe("a run", () => {
  it.each([
    ["done", 0, null],
    ["unchanged", 0, null],
    ["interrupted", 143, null],
    ["failed", 7, null],
    ["partial", 3, "needs-a-person"],
    ["failed", 5, "needs-a-person"],
    ["failed", 4, "run-failed"],
    ["failed", 1, "run-failed"],
  ] as const)("that is %s (exit %s) is told as %s", (status, exit_code, event) => {
    expect(notificationOf({ ...RESULT, status, exit_code })?.event ?? null).toBe(event);
  });
});

describe("the signature", () => {
  // echo -n '1742.{"a":1}' | openssl dgst -sha256 -hmac key
  it("is HMAC-SHA256 of time and body, as openssl makes it", () => {
    expect(signatureOf("key", 1742, '{"a":1}')).toBe(
      "t=1742,v1=966cbee8c40c1c66406251e73d685a8d0b6824f15b8402e2f50713f07df75c9d",
    );
  });
});

describe("a webhook", () => {
  async function receive(status: number) {
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.writeHead(status, { location: "http://127.0.0.1:9/CANARY" }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/CANARY-token`;
    const notification = notificationOf(RESULT);
    if (notification === null) throw new Error("nothing to tell");
    return { failure: await sendNotification(configOf(url), notification, NOW), requests: () => requests };
  }

  it("that takes it is told once", async () => {
    const { failure, requests } = await receive(204);
    expect([failure, requests()]).toEqual([null, 1]);
  });

  it("that redirects is not followed", async () => {
    const { failure, requests } = await receive(302);
    expect([failure, requests()]).toEqual(["the webhook answered 302", 1]);
  });

  it("that fails is tried three times, and told of without its address", async () => {
    const { failure, requests } = await receive(503);
    expect(requests()).toBe(3);
    expect(failure).toBe("the webhook answered 503");
  });

  it("that is away is told of without its address", async () => {
    const notification = notificationOf(RESULT);
    const failure = await sendNotification(configOf("http://127.0.0.1:9/CANARY-token"), notification as never, NOW);
    expect(failure).toMatch(/could not be reached/);
    expect(failure).not.toContain("CANARY");
  });
});

describe("what was told before", () => {
  const failed = notificationOf(RESULT) as Notification;
  const hoursLater = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);

  it("is told again after a day, or when it is otherwise, or after the job went well meanwhile", () => {
    const told = rememberNotifications();
    expect(told.isNews(failed, NOW)).toBe(true);
    expect(told.isNews({ ...failed, run_id: "r2", started_at: "later" }, hoursLater(2))).toBe(false);
    expect(told.isNews({ ...failed, exit_code: 5 }, hoursLater(3))).toBe(true);
    expect(told.isNews({ ...failed, exit_code: 5 }, hoursLater(26))).toBe(false);
    expect(told.isNews({ ...failed, exit_code: 5 }, hoursLater(28))).toBe(true);
    told.forget(failed.job);
    expect(told.isNews({ ...failed, exit_code: 5 }, hoursLater(29))).toBe(true);
  });

  it("is another matter for another job", () => {
    const told = rememberNotifications();
    expect(told.isNews(failed, NOW)).toBe(true);
    expect(told.isNews({ ...failed, job: "read-letters" }, NOW)).toBe(true);
  });
});

describe("the log", () => {
  const config = readConfig({
    DATABASE_URL: "postgres://s21:CANARY%20p%40ss@db.example/s21",
    S21_NOTIFY_URL: "https://hooks.example/CANARY-token",
    S21_NOTIFY_SECRET: "CANARY-secret-long-enough",
    S21_LOG: "json",
  });

  it.each(["json", "pretty"] as const)("in %s has a line for each event, and no secret", (log) => {
    const lines: string[] = [];
    const logger = openLog({ ...config, log }, { write: (line: string) => void lines.push(line) });
    logger.info({ event: "works", url: config.databaseUrl }, `connected to ${config.databaseUrl} as CANARY p@ss`);
    logger.error({ event: "not-notified", to: config.notify?.url }, `signed with ${config.notify?.secret}`);
    expect(lines).toHaveLength(2);
    expect(lines.join("")).not.toContain("CANARY");
    expect(lines.join("")).toContain("[secret]");
    if (log === "json") expect(JSON.parse(lines[0] as string)).toMatchObject({ level: 30, event: "works" });
  });

  it("hides nothing where there is no secret", () => {
    const hide = createHider({ databaseUrl: "postgres://s21@db.example/s21", notify: null });
    expect(hide("postgres://s21@db.example/s21 is away")).toBe("postgres://s21@db.example/s21 is away");
  });
});
