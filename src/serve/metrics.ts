/** What Prometheus can ask a scheduler for. Names and labels are a contract with whoever has built a dashboard on them. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { JobResult } from "../job.ts";
import type { OperationalState } from "../load/operational-state.ts";

export interface Metrics {
  readonly contentType: string;
  /** Counts a run that has ended. */
  observe(result: JobResult): void;
  /** A slot that passed while its job was at work. */
  observeSkipped(job: string): void;
  /** What the warehouse says of itself. */
  setState(state: OperationalState): void;
  setActive(isActive: boolean): void;
  setNext(job: string, at: Date | null): void;
  print(): Promise<string>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const runs = new Counter({
    name: "s21_runs_total",
    help: "Runs of jobs that this scheduler has seen end, by outcome.",
    labelNames: ["job", "outcome"],
    registers,
  });
  const duration = new Histogram({
    name: "s21_run_duration_seconds",
    help: "How long runs took.",
    labelNames: ["job"],
    buckets: [0.5, 1, 2, 5, 15, 60, 300, 900, 3_600],
    registers,
  });
  const rows = new Counter({
    name: "s21_rows_total",
    help: "What runs counted: rows read, observations written, releases loaded, problems met.",
    labelNames: ["job", "what"],
    registers,
  });
  const skipped = new Counter({
    name: "s21_slots_skipped_total",
    help: "Slots that passed while the run before them was still at work.",
    labelNames: ["job"],
    registers,
  });
  const active = new Gauge({ name: "s21_scheduler_active", help: "1: works; 0: stands by.", registers });
  const next = new Gauge({
    name: "s21_next_run_timestamp_seconds",
    help: "When a job is next due.",
    labelNames: ["job"],
    registers,
  });
  const freshness = new Gauge({
    name: "s21_publication_timestamp_seconds",
    help: "When a publication was last checked, last changed here, and last published.",
    labelNames: ["publication", "what"],
    registers,
  });
  const success = new Gauge({
    name: "s21_last_success_timestamp_seconds",
    help: "When a job last went well, by the ledger.",
    labelNames: ["job"],
    registers,
  });
  const issues = new Gauge({
    name: "s21_open_issues",
    help: "Issues that wait for a person, by kind.",
    labelNames: ["code"],
    registers,
  });
  const observations = new Gauge({
    name: "s21_observations",
    help: "Rows of the table of observations, by source.",
    labelNames: ["source"],
    registers,
  });
  return {
    contentType: registry.contentType,
    observe({ job, status, started_at, ended_at, counts }) {
      runs.inc({ job, outcome: status });
      duration.observe({ job }, Math.max(0, Date.parse(ended_at) - Date.parse(started_at)) / 1_000);
      for (const [what, count] of Object.entries(counts)) if (count > 0) rows.inc({ job, what }, count);
    },
    observeSkipped: (job) => skipped.inc({ job }),
    setState(state) {
      for (const gauge of [freshness, success, issues, observations]) gauge.reset();
      for (const { publication, what, at } of state.publications) freshness.set({ publication, what }, seconds(at));
      for (const { job, at } of state.successes) success.set({ job }, seconds(at));
      for (const { code, open } of state.issues) issues.set({ code }, open);
      for (const { source, rows: count } of state.observations) observations.set({ source }, count);
    },
    setActive: (isActive) => active.set(isActive ? 1 : 0),
    setNext: (job, at) => (at === null ? next.remove({ job }) : next.set({ job }, at.getTime() / 1_000)),
    print: () => registry.metrics(),
  };
}

function seconds(iso: string): number {
  return Date.parse(iso) / 1_000;
}
