/** `s21 run` */
import { JOBS } from "../../jobs/index.ts";
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { findJob, type JobResult, runJob } from "../job.ts";
import { notificationOf, sendNotification } from "../serve/notification.ts";
import { formatTable } from "../serve/table.ts";

export async function runRun(name: string, { terminal, signal, words }: Context): Promise<number> {
  const config = readConfig();
  const job = findJob(JOBS, name);
  const now = () => new Date();
  const result = await runJob(config, job, { words, scheduledFor: null, note: terminal.note, now, signal });
  const { trace, ...printed } = result;
  if (terminal.json) terminal.print(JSON.stringify(printed));
  else terminal.print(describe(result));
  for (const problem of result.problems) terminal.error(`${problem.code}: ${problem.message}`);
  if (trace !== null) terminal.error(trace);
  const notification = notificationOf(result);
  const failure = notification === null ? null : await sendNotification(config, notification, now());
  if (failure !== null) terminal.error(failure);
  return result.exit_code;
}

/** For `s21 run` without a name. */
export async function runListJobs({ terminal }: Context): Promise<number> {
  const rows = JOBS.map(({ name, when, does }) => ({ job: name, when: describeWhen(when), does }));
  terminal.print(terminal.json ? JSON.stringify(rows) : formatTable(rows, ["job", "when", "does"]));
  return 0;
}

function describeWhen(when: (typeof JOBS)[number]["when"]): string {
  if (when.kind === "by-hand") return "by hand";
  return when.kind === "every" ? `every ${when.minutes} minutes` : `daily, ${when.at}`;
}

function describe({ job, status, counts }: JobResult): string {
  const counted = Object.entries(counts).filter(([, count]) => count !== 0);
  const words = counted.map(([name, count]) => `${count} ${name.replaceAll("_", " ")}`).join(", ");
  return `${job}: ${status}${words === "" ? "" : ` (${words})`}`;
}
