/** Results on stdout, everything else on stderr; tables, progress and colour only where a person looks. */
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
  /** Bytes so far of a download; drawn only where stderr is a terminal. */
  progress(name: string, bytes: number): void;
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
  update(name: string, bytes: number): void;
  clear(): void;
}

/**
 * One line with the bytes so far of every download. No bar: EES streams its archives without saying how long they are,
 * so there is no whole to draw a part of.
 */
function createProgress(stderr: NodeJS.WriteStream, enabled: boolean): Progress {
  const bytesOf = new Map<string, number>();
  let drawn = 0;
  return {
    update(name, bytes) {
      if (!enabled) return;
      bytesOf.set(name, bytes);
      if (Date.now() - drawn < 100) return;
      drawn = Date.now();
      const parts = [...bytesOf].map(([release, count]) => `${release} ${(count / 1_048_576).toFixed(1)} MB`);
      stderr.write(`\r\u001b[Kdownloading ${parts.join(", ")}`);
    },
    clear() {
      if (drawn > 0) stderr.write("\r\u001b[K");
      drawn = 0;
      bytesOf.clear();
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
