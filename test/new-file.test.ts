import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeNewFile } from "../src/new-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "s21-new-file-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a new file is this user's alone, and nothing else is left", async () => {
  await writeNewFile(join(folder, "a.html"), "one", false);
  expect(readFileSync(join(folder, "a.html"), "utf8")).toBe("one");
  expect(statSync(join(folder, "a.html")).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["a.html"]);
});

test("a file that is there stays, unless it is to be replaced", async () => {
  const path = join(folder, "a.html");
  writeFileSync(path, "old");
  await expect(writeNewFile(path, "new", false)).rejects.toMatchObject({ code: "file-exists", exitCode: 2 });
  expect(readFileSync(path, "utf8")).toBe("old");
  await writeNewFile(path, "new", true);
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(readdirSync(folder)).toEqual(["a.html"]);
});

test("a symbolic link is not followed", async () => {
  writeFileSync(join(folder, "target"), "precious");
  symlinkSync(join(folder, "target"), join(folder, "a.html"));
  await expect(writeNewFile(join(folder, "a.html"), "new", false)).rejects.toMatchObject({ code: "file-exists" });
  await writeNewFile(join(folder, "a.html"), "new", true);
  expect(readFileSync(join(folder, "target"), "utf8")).toBe("precious");
});

test("a folder that is not there is told", async () => {
  const path = join(folder, "no", "a.html");
  await expect(writeNewFile(path, "x", false)).rejects.toMatchObject({ code: "cannot-write", exitCode: 2 });
});
