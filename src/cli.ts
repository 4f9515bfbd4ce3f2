/** The commands: parse, call, print, exit code. What a command does is loaded only when it is called. */
import { setMaxListeners } from "node:events";
import { Command, CommanderError, Option } from "commander";
import { EXIT, exitCodeOf, InterruptedError, messageOf, S21Error, UsageError } from "./errors.ts";
import { packageVersion } from "./package-root.ts";
import { failureJson, type Terminal, terminalOf } from "./serve/terminal.ts";

// Until a command has ended well, however it ends: an event loop that runs dry must not look like success.
process.exitCode = EXIT.fault;

/** What every command is given besides its own options. */
export interface Context {
  terminal: Terminal;
  /** Aborted by SIGINT and SIGTERM. */
  signal: AbortSignal;
  /** From here on a signal ends the process at once: for work that keeps this thread, so that no signal would be heard. */
  endAtOnce(): void;
  /** The words after `s21`, for the ledger. */
  words: readonly string[];
}

type Action<O> = (options: O, context: Context) => Promise<number>;

const words = process.argv.slice(2);
const signal = abortOnSignals();

function buildProgram(): Command {
  const program = new Command("s21")
    .description("Follows the directions that councils give under section 21: letters and DfE statistics in one table.")
    .version(packageVersion())
    .showHelpAfterError("(s21 COMMAND --help tells more)")
    .exitOverride();
  const addTo = (parent: Command, name: string, description: string) =>
    parent
      .command(name)
      .description(description)
      .option("--json", "print JSON on stdout")
      .option("--quiet", "print results and errors only");
  const add = (name: string, description: string) => addTo(program, name, description);

  add("demo", "the whole road on the bundled sample, offline, in an embedded warehouse of its own").action((options) =>
    act(options, async (_, context) => (await import("./commands/demo.ts")).runDemo(context)),
  );
  add("refresh", "find, download, prove, filter and load DfE releases")
    .option("--publication <slug>", "publication, by its old or new slug", "children-in-need")
    .option("--release <slugs>", "latest, all, or slugs separated by commas: 2022,2023", "latest")
    .option("--la <name|code>", "keep this authority, with its region and England; may be repeated", collect, [])
    .addOption(new Option("--all-las", "keep every authority and region").conflicts("la"))
    .option("--from <dir|zip>", "read a local bundle instead of downloading; may be repeated", collect, [])
    .option("--published <date>", "when the local bundle was published: 2022-10-27")
    .option("--recheck", "download again even where nothing seems to have changed")
    .action((options) =>
      act(options, async (o, context) => (await import("./commands/refresh.ts")).runRefresh(o, context)),
    );
  const letters = program.command("letters").description("councils' replies: read, load and correct them");
  addTo(
    letters,
    "read <path...>",
    "print what letters say, touching no warehouse; files, folders, or - for stdin",
  ).action((paths, options) =>
    act(options, async (_, context) => (await import("./commands/letters.ts")).runLettersRead(paths, context)),
  );
  addTo(letters, "add <path...>", "read and load letters; files, folders, or - for standard input").action(
    (paths, options) =>
      act(options, async (_, context) => (await import("./commands/letters.ts")).runLettersAdd(paths, context)),
  );
  addTo(letters, "correct <file>", "apply a person's corrections, a CSV of cells; they survive re-reading").action(
    (file, options) =>
      act(options, async (_, context) => (await import("./commands/letters.ts")).runLettersCorrect(file, context)),
  );
  add("backfill", "resolve referrals and gaps, and load the releases that they need")
    .option("--council <name|code>", "only this council's letters; may be repeated", collect, [])
    .action((options) =>
      act(options, async (o, context) => (await import("./commands/backfill.ts")).runBackfill(o, context)),
    );
  const view = (name: string, description: string) =>
    add(name, description)
      .option("--council <name|code>", "only this council; may be repeated", collect, [])
      .option("--csv", "print CSV on stdout");
  view("answers", "the final answers: questions down, years across, and who answered each").action((options) =>
    act(options, async (o, context) => (await import("./commands/answers.ts")).runAnswers(o, context)),
  );
  view("referrals", "the truth test: was the figure where the letter points, on its date?")
    .option("--review", "write a request for an internal review of what fails")
    .action((options) =>
      act(options, async (o, context) => (await import("./commands/answers.ts")).runReferrals(o, context)),
    );
  view("disagreements", "cells that a council and DfE reported differently, the largest first").action((options) =>
    act(options, async (o, context) => (await import("./commands/answers.ts")).runDisagreements(o, context)),
  );
  view("gaps", "cells that nobody answers, why, and what can help").action((options) =>
    act(options, async (o, context) => (await import("./commands/answers.ts")).runGaps(o, context)),
  );
  add("calibrate", "how far each DfE column is from what councils answered to the same words")
    .option("--all", "every column, not only the nearest")
    .option("--csv", "print CSV on stdout")
    .action((options) =>
      act(options, async (o, context) => (await import("./commands/calibrate.ts")).runCalibrate(o, context)),
    );
  view("revisions", "what changed from one release to the next, by kind; one by one with --council")
    .option("--release <slug>", "only what changed with this release")
    .action((options) =>
      act(options, async (o, context) => (await import("./commands/revisions.ts")).runRevisions(o, context)),
    );
  add("verify <citation...>", "read a cited value again from the archive, offline, and compare").action(
    (citations, options) =>
      act(options, async (_, context) => (await import("./commands/verify.ts")).runVerify(citations, context)),
  );
  add("sql <query>", "run one read-only query")
    .option("--csv", "print CSV on stdout")
    .action((query, options) =>
      act(options, async (o, context) => (await import("./commands/sql.ts")).runSql(query, o, context)),
    );
  add("export <dir>", "write what analysts may see as files, with their metadata")
    .addOption(
      new Option("--format <format>", "csv, parquet or xlsx").choices(["csv", "parquet", "xlsx"]).makeOptionMandatory(),
    )
    .option("--force", "replace an earlier export")
    .action((folder, options) =>
      act(options, async (o, context) => (await import("./commands/export.ts")).runExport(folder, o, context)),
    );
  add("psql", "open a port for psql, DBeaver or R on a copy of the embedded warehouse, until it is interrupted")
    .option("--port <n>", "port on loopback; by default any that is free")
    .action((options) => act(options, async (o, context) => (await import("./commands/psql.ts")).runPsql(o, context)));
  add("run [job]", "run one job now; without a name, list them").action((job, options) =>
    act(options, async (_, context) => {
      const { runListJobs, runRun } = await import("./commands/run.ts");
      return job === undefined ? runListJobs(context) : runRun(job, context);
    }),
  );
  add("schedule", "run the jobs by themselves, until a signal").action((options) =>
    act(options, async (_, context) => (await import("./commands/schedule.ts")).runSchedule(context)),
  );
  add("work", "load releases from the queue that workers share, until a signal")
    .option("--until-empty", "end when the queue is empty")
    .action((options) => act(options, async (o, context) => (await import("./commands/work.ts")).runWork(o, context)));
  add("accept <release>", "load a release that was held for a person")
    .option("--publication <slug>", "publication, by its old or new slug", "children-in-need")
    .action((release, options) =>
      act(options, async (o, context) => (await import("./commands/accept.ts")).runAccept(release, o, context)),
    );
  add("rebuild", "load everything that the archive holds into an empty warehouse, offline").action((options) =>
    act(options, async (_, context) => (await import("./commands/rebuild.ts")).runRebuild(context)),
  );
  add("report", "what the pages show, as one self-contained HTML file")
    .option("--council <name|code>", "only this council, with DfE's series and revisions; may be repeated", collect, [])
    .requiredOption("--out <file>", "where to write it")
    .option("--force", "replace the file that is there")
    .action((options) =>
      act(options, async (o, context) => (await import("./commands/report.ts")).runReport(o, context)),
    );
  add("directions <file>", "what DfE already answers of a request, and directions to it; - for standard input")
    .requiredOption("--council <name|code>", "the council that was asked")
    .option("--csv", "print CSV on stdout")
    .action((file, options) =>
      act(options, async (o, context) => (await import("./commands/directions.ts")).runDirections(file, o, context)),
    );
  add("serve", "pages for people, until it is stopped; on this machine only unless told otherwise")
    .option("--port <n>", "port to listen on; 0: any that is free", "8021")
    .option("--host <address>", "address to listen on; there is no password", "127.0.0.1")
    .action((options) =>
      act(options, async (o, context) => (await import("./commands/serve.ts")).runServe(o, context)),
    );
  add("runs", "the ledger of runs, newest first")
    .option("--last <n>", "how many", "20")
    .option("--job <name>", "only runs of this job")
    .action((options) => act(options, async (o, context) => (await import("./commands/runs.ts")).runRuns(o, context)));
  add("status", "what is loaded, how fresh it is, and what waits for a person").action((options) =>
    act(options, async (_, context) => (await import("./commands/status.ts")).runStatus(context)),
  );
  add("migrate", "bring the warehouse's schema up to this version")
    .option("--analyst-role", "make the role s21_analyst, which may read what analysts may see and write nothing")
    .action((options) =>
      act(options, async (o, context) => (await import("./commands/migrate.ts")).runMigrate(o, context)),
    );
  add("doctor", "what is configured, and what of it can be reached")
    .option("--offline", "do not try to reach EES")
    .action((options) =>
      act(options, async (o, context) => (await import("./commands/doctor.ts")).runDoctor(o, context)),
    );
  return program;
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

interface CommonOptions {
  json?: boolean;
  csv?: boolean;
  quiet?: boolean;
}

/** Runs a command, prints what it threw, and sets the exit code. */
async function act<O extends CommonOptions>(options: O, action: Action<O>): Promise<void> {
  const terminal = terminalOf(process, { json: options.json === true, quiet: options.quiet === true });
  try {
    process.exitCode = await action(options, { terminal, signal, endAtOnce, words });
  } catch (error) {
    fail(error, terminal);
  } finally {
    terminal.endProgress();
  }
}

function fail(thrown: unknown, terminal: Terminal) {
  const error = signal.aborted && !(thrown instanceof S21Error) ? signal.reason : thrown;
  process.exitCode = exitCodeOf(error);
  if (terminal.json) terminal.print(failureJson(error));
  terminal.error(messageOf(error));
  // A fault of ours: the trace is what whoever mends it needs. It holds code, never a letter's text.
  if (!(error instanceof S21Error) && error instanceof Error) terminal.error(error.stack ?? "");
}

/** What a run may take to end cleanly once it is told to. */
const GRACE = 6_000;

/** The first signal asks the run to end cleanly; the second, or no end in time, ends it at once. */
function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // every request listens
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      const reason = new InterruptedError(name);
      if (controller.signal.aborted) process.exit(reason.exitCode);
      controller.abort(reason);
      setTimeout(() => process.exit(reason.exitCode), GRACE).unref();
    });
  }
  return controller.signal;
}

/** The system's own way: the exit status is that of the signal. */
function endAtOnce() {
  for (const name of ["SIGINT", "SIGTERM"] as const) process.removeAllListeners(name);
}

/** Nobody reads our notes any more, or the disk that they went to is full: the run goes on without them. */
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE" && error.code !== "ENOSPC") throw error;
});

/** `s21 … | head` closes our stdout: that is no fault. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.done);
  throw error;
});

try {
  await buildProgram().parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
  else if (error instanceof UsageError) fail(error, terminalOf(process, { json: false, quiet: false }));
  else throw error;
}
