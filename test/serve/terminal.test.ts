import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { LockedError } from "../../src/errors.ts";
import { cleanText, failureJson, terminalOf } from "../../src/serve/terminal.ts";

/** Both ends of a pretended process; `isTTY`: as if a person looked. */
function pretend(isTTY: boolean, options: { json: boolean; quiet: boolean }) {
  const stdout = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 80, rows: 24 });
  const terminal = terminalOf({ stdout, stderr } as unknown as NodeJS.Process, options);
  const read = (stream: PassThrough) => String(stream.read() ?? "");
  return { terminal, readOut: () => read(stdout), readErr: () => read(stderr) };
}

test("results go to stdout, notes and errors to stderr", () => {
  const { terminal, readOut, readErr } = pretend(false, { json: false, quiet: false });
  terminal.print("result");
  terminal.note("a note");
  terminal.error("an error\nof two lines");
  expect(readOut()).toBe("result\n");
  expect(readErr()).toBe("a note\nan error\nof two lines\n");
});

test("--quiet leaves results and errors", () => {
  const { terminal, readOut, readErr } = pretend(true, { json: false, quiet: true });
  terminal.print("result");
  terminal.note("a note");
  terminal.progress("downloading 2022", 1_048_576, null);
  terminal.error("an error");
  terminal.endProgress();
  expect(readOut()).toBe("result\n");
  expect(readErr()).toBe("an error\n");
});

test("progress is drawn where a person looks, and nowhere else", () => {
  const piped = pretend(false, { json: false, quiet: false });
  piped.terminal.progress("downloading 2022", 1_048_576, null);
  piped.terminal.progress("loading 2022 C1", 500, 1_800);
  piped.terminal.endProgress();
  expect(piped.readErr()).toBe("");
  const looked = pretend(true, { json: false, quiet: false });
  looked.terminal.progress("downloading 2022", 3_145_728, null);
  expect(looked.readErr()).toContain("downloading 2022 3.0 MB");
  looked.terminal.note("a note");
  expect(looked.readErr()).toMatch(/\[Ka note\n$/);
});

test("notes and errors show no control characters of a file's text", () => {
  const { terminal, readErr } = pretend(false, { json: false, quiet: false });
  terminal.note("took \u001b[31mCoventry\u0007");
  terminal.error("line\u202E3: \u009b2J");
  expect(readErr()).toBe("took \\u001b[31mCoventry\\u0007\nline\\u202e3: \\u009b2J\n");
});

test("clean text keeps tabs and, where asked, line ends", () => {
  expect(cleanText("a\tb\nc\r")).toBe("a\tb\\u000ac\\u000d");
  expect(cleanText("a\nb", true)).toBe("a\nb");
});

test("a failure as JSON tells its code and exit code; a fault of ours is told as one", () => {
  expect(JSON.parse(failureJson(new LockedError("locked", "another run")))).toEqual({
    status: "failed",
    exit_code: 7,
    problems: [{ code: "locked", message: "another run" }],
  });
  expect(JSON.parse(failureJson(new TypeError("oops")))).toMatchObject({ exit_code: 1, problems: [{ code: "fault" }] });
});
