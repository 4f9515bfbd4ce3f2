/** What a user can type, set or meet is in the README. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { VARIABLES } from "../src/config.ts";
import { EXIT } from "../src/errors.ts";
import { packagePath } from "../src/package-root.ts";

const readme = readFileSync(packagePath("README.md"), "utf8");

describe("the README names", () => {
  const cli = readFileSync(packagePath("src/cli.ts"), "utf8");
  const own = [...cli.matchAll(/\badd\("([a-z]+)/g)].map((match) => match[1] as string);
  const ofLetters = [...cli.matchAll(/addTo\(\s*letters,\s*"([a-z]+)/g)].map((match) => `letters ${match[1]}`);
  const commands = [...own, ...ofLetters];

  it("has commands to look for", () => {
    expect(commands).toEqual(
      expect.arrayContaining([
        "refresh",
        "sql",
        "migrate",
        "runs",
        "status",
        "doctor",
        "demo",
        "letters read",
        "letters correct",
      ]),
    );
  });
  it.each(commands)("the command %s", (command) => expect(readme).toContain(`s21 ${command}`));
  it.each(VARIABLES)("the variable %s", (variable) => expect(readme).toContain(`\`${variable}\``));
  it.each(Object.values(EXIT))("the exit code %s", (code) =>
    expect(readme).toMatch(new RegExp(`^\\|[^|]*\\b${code}\\b`, "m")),
  );
  it.each(readdirSync(packagePath("migrations/views")).map((file) => file.replace(".sql", "")))("the view %s", (view) =>
    expect(readme).toContain(`\`${view}`),
  );
});

describe("the README's first two commands", () => {
  const commands = [...readme.matchAll(/```sh\n(.+)\n```/g)].map((match) => match[1]);

  it("install, build and run the demonstration; install and test", () => {
    expect(commands.slice(0, 2)).toEqual(["npm ci && npm run build && node dist/cli.js demo", "npm ci && npm test"]);
  });
  it("are what continuous integration runs", () => {
    expect(readFileSync(packagePath(".ci/run"), "utf8")).toContain(`\n${commands[1]}\n`);
  });
});
