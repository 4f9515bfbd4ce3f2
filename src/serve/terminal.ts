/** Results on stdout, everything else on stderr; tables, progress and colour only where a person looks. */
import { SingleBar } from "cli-progress";
import pc from "picocolors";
import { exitCodeOf, messageOf, S21Error } from "../errors.ts";

export interface Terminal {
  readonly json: boolean;
  /** A result, on stdout, as it is. */
  print(text: string): void;
  /** A heading on stdout; emphasised where stdout is a terminal with colour. */
  heading(text: string): void;
  /** What is going on, on stderr; silent under --quiet and --json on a pipe. */
  note(text: string): void;
  error(text: string): void;
  /** How far something is: rows of `total`, or bytes where no total is known. Drawn only where stderr is a terminal. */
  progress(name: string, done: number, total: number | null): void;
  endProgress(): void;
}

export function terminalOf(
  { stdout, stderr }: Pick<NodeJS.Process, "stdout" | "stderr">,
  { json, quiet }: { json: boolean; quiet: boolean },
): Terminal {
  const colors = pc.createColors(stdout.isTTY === true && pc.isColorSupported);
  const bar = createProgress(stderr, stderr.isTTY === true && !quiet);
  return {
    json,
    print: (text) => void stdout.write(`${text}\n`),
    heading: (text) => void stdout.write(`${colors.bold(cleanText(text))}\n`),
    note(text) {
      bar.clear();
      if (!quiet) stderr.write(`${cleanText(text)}\n`);
    },
    error(text) {
      bar.clear();
      stderr.write(`${cleanText(text, true)}\n`);
    },
    progress: bar.update,
    endProgress: bar.clear,
  };
}

interface Progress {
  update(name: string, done: number, total: number | null): void;
  clear(): void;
}

const BAR = {
  format: "{name} {bar} {percentage}% of {total} rows",
  barCompleteChar: "█",
  barIncompleteChar: "░",
  barsize: 30,
  hideCursor: true,
  clearOnComplete: true,
  fps: 10,
};

/**
 * A bar where the whole is known (the rows that EES lists for a file), and bytes so far where it is not: EES streams
 * its archives without saying how long they are.
 */
function createProgress(stderr: NodeJS.WriteStream, enabled: boolean): Progress {
  let bar: SingleBar | null = null;
  let named = "";
  let drawn = 0;
  const clear = () => {
    bar?.stop();
    if (drawn > 0) stderr.write("\r\u001b[K");
    bar = null;
    drawn = 0;
  };
  return {
    clear,
    update(name, done, total) {
      if (!enabled) return;
      if (total === null) {
        if (bar !== null) clear();
        if (Date.now() - drawn < 100) return;
        drawn = Date.now();
        stderr.write(`\r\u001b[K${name} ${(done / 1_048_576).toFixed(1)} MB`);
        return;
      }
      if (bar === null || named !== name) {
        clear();
        named = name;
        bar = new SingleBar({ ...BAR, stream: stderr });
        bar.start(total, done, { name });
      }
      bar.update(done);
    },
  };
}

/** Text from a file or letter, fit for a terminal: no control characters, nothing that turns the writing direction. */
export function cleanText(text: string, keepNewlines = false): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f]/gu, (character) => {
    if (character === "\t" || (keepNewlines && character === "\n")) return character;
    return `\\u${character.codePointAt(0)?.toString(16).padStart(4, "0")}`;
  });
}

/** An error as JSON, for `--json`. */
export function failureJson(error: unknown): string {
  const code = error instanceof S21Error ? error.code : "fault";
  return JSON.stringify({
    status: "failed",
    exit_code: exitCodeOf(error),
    problems: [{ code, message: messageOf(error) }],
  });
}
