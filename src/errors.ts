/**
 * Every error class of s21: one per decision that a caller makes. Each has a stable `code`, the exit code that the
 * command ends with, and whether trying the same thing again later can help. A message says where, what was found
 * and what was expected.
 */

/** The exit codes that the commands promise; see the README. */
export const EXIT = {
  done: 0,
  fault: 1,
  usage: 2,
  partial: 3,
  sourceUnreachable: 4,
  sourceNotTrusted: 5,
  warehouse: 6,
  locked: 7,
  limit: 8,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The base of every error that s21 throws on purpose. */
export abstract class S21Error extends Error {
  /** Stable, kebab-case; printed with the message and kept in the ledger. */
  readonly code: string;
  abstract readonly exitCode: ExitCode;
  /** Whether the same call may succeed later without anybody changing anything. */
  abstract readonly retryable: boolean;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** A bad command, option or configuration: a person must change what was asked. Exit 2. */
export class UsageError extends S21Error {
  override readonly exitCode = EXIT.usage;
  override readonly retryable = false;
}

/** A source could not be reached, or stopped answering: network, status codes, withdrawn releases. Exit 4. */
export class SourceUnreachableError extends S21Error {
  override readonly exitCode = EXIT.sourceUnreachable;
  override readonly retryable = true;
}

/** A server answered, but not with what was asked for. 403, 404 and 500 may mean that a version was superseded. */
export class HttpStatusError extends SourceUnreachableError {
  readonly statusCode: number;

  constructor(statusCode: number, message: string, options?: { cause?: unknown }) {
    super(`http-${statusCode}`, message, options);
    this.statusCode = statusCode;
  }
}

/** A source was read and is not trusted: incomplete, damaged or of another structure. What was loaded stands. Exit 5. */
export class SourceNotTrustedError extends S21Error {
  override readonly exitCode = EXIT.sourceNotTrusted;
  override readonly retryable = false;
}

/** A release is too odd to be loaded unless a person accepts it. What was loaded before stands. Exit 5. */
export class HeldForReviewError extends SourceNotTrustedError {
  readonly doubts: readonly string[];

  constructor(release: string, doubts: readonly string[]) {
    super(
      "held-for-review",
      `release ${release} is held: ${doubts.join("; ")}. If that is right: s21 accept ${release}`,
    );
    this.doubts = doubts;
  }
}

/** The warehouse could not be reached, opened or written. Exit 6. */
export class WarehouseError extends S21Error {
  override readonly exitCode = EXIT.warehouse;
  override readonly retryable = true;
}

/** Another run holds the lock. Exit 7. */
export class LockedError extends S21Error {
  override readonly exitCode = EXIT.locked;
  override readonly retryable = true;
}

/** A disk, memory, size or time limit was met. Exit 8. */
export class LimitError extends S21Error {
  override readonly exitCode = EXIT.limit;
  override readonly retryable = false;
}

/** A signal asked the run to stop. Exit 130 (SIGINT) or 143 (SIGTERM). */
export class InterruptedError extends S21Error {
  override readonly exitCode: ExitCode;
  override readonly retryable = true;

  constructor(signal: "SIGINT" | "SIGTERM") {
    super("interrupted", `stopped by ${signal}`);
    this.exitCode = signal === "SIGINT" ? EXIT.interrupted : EXIT.terminated;
  }
}

/** The exit code of anything thrown: an error of ours names its own, anything else is a fault of ours. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof S21Error ? error.exitCode : EXIT.fault;
}

/** The message of anything thrown, for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
