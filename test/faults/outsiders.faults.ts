/** What a letter, a server, a neighbour on the machine or a careless shell could do to the program, and does not get to do. */
import { execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { EXIT } from "../../src/errors.ts";
import { packagePath } from "../../src/package-root.ts";
import { makeDocx, makeHtml, makePdf } from "../support/make-documents.ts";
import { SAMPLE_BUNDLE } from "../support/sample-release.ts";
import { query, runCommand, useWarehouse } from "../support/warehouses.ts";
import { type GoodLoad, inDamaged, makeGoodLoad, REFRESH } from "./good-load.ts";

const folder = mkdtempSync(join(tmpdir(), "s21-outsiders-"));
let load: GoodLoad;
beforeAll(async () => {
  load = await makeGoodLoad("postgres");
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await load.template.dispose();
});

function can(...words: string[]): boolean {
  try {
    execFileSync(words[0] as string, words.slice(1), { stdio: "pipe" });
    return true;
  } catch {
    // Told by the name of what is skipped.
    return false;
  }
}
const CAN_UNSHARE = can("unshare", "--net", "--mount", "true");

interface Ran {
  code: number | null;
  output: string;
}

/** Runs the command by way of other programs. */
function runBy(program: string[], words: string[], env: Record<string, string>, cwd = folder): Promise<Ran> {
  const [first = "", ...rest] = [...program, process.execPath, join(inject("compiledFolder"), "cli.js"), ...words];
  return new Promise((resolve, reject) => {
    const child = spawn(first, rest, { cwd, env: { PATH: process.env.PATH ?? "", NO_COLOR: "1", ...env } });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}

const LETTER = [
  "Leeds City Council",
  "Thank you for your request under the Freedom of Information Act 2000.",
  "1. How many referrals were there in 2020/21?",
  "Section 21: https://explore-education-statistics.service.gov.uk/find-statistics/characteristics-of-children-in-need/2021",
  "2. How many section 47 enquiries in 2020/21? 45",
];

describe.skipIf(!CAN_UNSHARE)("a letter (skipped without the right to make namespaces)", () => {
  test("S01 of every format is read and loaded where there is no network at all", async () => {
    const letters = join(folder, "letters");
    mkdirSync(letters, { recursive: true });
    writeFileSync(join(letters, "a.txt"), LETTER.join("\n"));
    writeFileSync(join(letters, "b.docx"), makeDocx(LETTER));
    writeFileSync(join(letters, "c.pdf"), makePdf(LETTER));
    writeFileSync(join(letters, "d.html"), makeHtml(LETTER));
    const setting = await useWarehouse("embedded");
    const { code, output } = await runBy(["unshare", "--net"], ["letters", "add", letters], setting.env);
    expect([EXIT.done, EXIT.partial], output).toContain(code);
    const rows = await query(setting.config, "select count(*)::int as n from observation where value_text = '45'");
    expect(Number(rows[0]?.n)).toBeGreaterThanOrEqual(1);
  });

  test("S01 with links, pictures, styles and entities asks nobody for anything", async () => {
    let visits = 0;
    const canary = createServer((_, response) => {
      visits += 1;
      response.end();
    });
    await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/x`;
    const letters = join(folder, "calling");
    mkdirSync(letters, { recursive: true });
    const page =
      `<html><head><base href="${address}"><meta http-equiv="refresh" content="0;url=${address}"><link rel="stylesheet" href="${address}">` +
      `<style>@import url(${address});</style></head><body background="${address}"><img src="${address}"><iframe src="${address}"></iframe>` +
      `<script src="${address}"></script>${LETTER.map((line) => `<p>${line}</p>`).join("")}<a href="${address}">here</a></body></html>`;
    writeFileSync(join(letters, "page.html"), page);
    const entity = `<!DOCTYPE x [<!ENTITY e SYSTEM "${address}"><!ENTITY % p SYSTEM "${address}"> %p;]>`;
    writeFileSync(
      join(letters, "entity.docx"),
      makeDocx(LETTER, { parts: { "word/styles.xml": `${entity}<x>&e;</x>` } }),
    );
    const relationship = `<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="${address}" TargetMode="External"/>`;
    writeFileSync(join(letters, "picture.docx"), makeDocx(LETTER, { relationships: relationship }));
    writeFileSync(join(letters, "links.txt"), [...LETTER, address].join("\n"));
    const setting = await useWarehouse("embedded");
    const { code, output } = await runBy([], ["letters", "add", letters], setting.env);
    expect([EXIT.done, EXIT.partial], output).toContain(code);
    expect(visits).toBe(0);
    await new Promise((resolve) => canary.close(resolve));
  });

  test.for([
    ["S02 the address of a cloud's metadata", "169.254.169.254"],
    ["S02 this machine", "127.0.0.1"],
    ["S02 a neighbour", "10.0.0.7"],
  ])("%s, by a name that leads there: refused before a connection", async ([, address]) => {
    const hosts = join(folder, `hosts-${address}`);
    writeFileSync(hosts, `127.0.0.1 localhost\n${address} content.example.gov.uk\n`);
    let visits = 0;
    const canary = createServer(() => (visits += 1));
    await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
    const api = `https://content.example.gov.uk:${(canary.address() as AddressInfo).port}/api`;
    const setting = await useWarehouse("postgres", { S21_EES_API: api });
    const inside = ["unshare", "--mount", "sh", "-c", `mount --bind ${hosts} /etc/hosts && exec "$@"`, "sh"];
    const began = Date.now();
    const { code, output } = await runBy(inside, REFRESH, setting.env);
    expect(code, output).toBe(EXIT.sourceUnreachable);
    expect(output).toContain(`content.example.gov.uk leads to ${address}; expected a public address`);
    expect(output).not.toContain("attempt 2");
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(visits).toBe(0);
    await new Promise((resolve) => canary.close(resolve));
  });
});

test.for([
  "http://169.254.169.254/api",
  "https://169.254.169.254/api",
  "https://2852039166/api",
  "https://0xa9fea9fe/api",
  "https://[::ffff:169.254.169.254]/api",
  "http://content.example.gov.uk/api",
  "file:///etc/passwd",
])("S02 %s is no address of EES: refused with 2, and nothing is asked", async (api) => {
  const { code, output } = await runBy([], REFRESH, { S21_DATA_DIR: folder, S21_EES_API: api });
  expect(code, output).toBe(EXIT.usage);
  expect(output).toContain("S21_EES_API");
});

test("S03 SQL in every word that a person types is data", async () => {
  const hostile = "x'; drop table observation; --";
  await inDamaged(load, {}, async ({ setting }) => {
    for (const words of [
      [...REFRESH, "--la", hostile],
      ["refresh", "--publication", hostile],
      ["refresh", "--release", hostile],
      ["answers", "--council", hostile],
      ["backfill", "--council", hostile],
      ["verify", hostile],
    ]) {
      const { code, stderr } = await runCommand(words, setting.env);
      expect(code, `${words.join(" ")}: ${stderr}`).toBe(EXIT.usage);
    }
    const rows = await query(setting.config, "select count(*) > 0 as there from observation");
    expect(rows).toEqual([{ there: true }]);
  });
});

test("S05 a password in the database's address is in no output and no ledger, whatever fails", async () => {
  await inDamaged(load, {}, async ({ ees, setting }) => {
    const url = new URL(setting.env.DATABASE_URL as string);
    url.password = "CANARY-PW";
    const env = { ...setting.env, DATABASE_URL: url.href };
    const closed = new URL(url);
    closed.port = "9";
    const wrong = new URL(url);
    wrong.pathname = "/no_such_database";
    const runs: [string[], Record<string, string>, string | null][] = [
      [REFRESH, env, "503"],
      [REFRESH, env, "html-200"],
      [REFRESH, env, "reset"],
      [REFRESH, env, "redirect"],
      [[...REFRESH, "--json"], env, "bad-json"],
      [REFRESH, { ...env, DATABASE_URL: closed.href }, null],
      [REFRESH, { ...env, DATABASE_URL: wrong.href }, null],
      [REFRESH, { ...env, DATABASE_URL: `${url.href} ` }, null],
      [["doctor", "--offline"], env, null],
      [["doctor", "--json"], { ...env, DATABASE_URL: closed.href }, null],
      [["sql", "select * from nothing"], env, null],
      [["status", "--json"], env, null],
      [["runs", "--json"], env, null],
      [REFRESH, { ...env, DATABASE_URL: "CANARY-PW" }, null],
    ];
    for (const [words, given, fault] of runs) {
      ees.clearFaults();
      if (fault !== null) ees.addFault({ fault: fault as "503" });
      const { stdout, stderr } = await runCommand(words, given);
      expect(stdout + stderr, words.join(" ")).not.toContain("CANARY");
    }
    const ledger = await query(setting.config, "select to_jsonb(r)::text as line from run r");
    expect(ledger.map((row) => row.line).join("\n")).not.toContain("CANARY");
  });
});

test("S06 what a crash prints holds no letter's words", async () => {
  const letter = join(folder, "private.txt");
  writeFileSync(letter, [...LETTER, "Signed, CANARY-NAME of 1 CANARY-STREET"].join("\n"));
  // The program is made to fail with what the letter says in its hands. The grammar is out of reach, in a sealed process.
  const hook = join(folder, "crash.mjs");
  writeFileSync(
    hook,
    "const { stringify } = JSON; JSON.stringify = (...given) => { const text = stringify(...given); if (text?.includes('CANARY')) throw new TypeError('broken on purpose'); return text; };",
  );
  const env = { S21_DATA_DIR: folder, NODE_OPTIONS: `--import=file://${hook}` };
  const { code, output } = await runBy([], ["letters", "read", letter, "--json"], env);
  expect(code, output).not.toBe(EXIT.done);
  expect(output).toContain("broken on purpose");
  expect(output).not.toContain("CANARY");
});

test("S10 files are for their owner alone, whatever the shell allows", async () => {
  const data = join(folder, "open");
  const letter = join(folder, "letter.txt");
  writeFileSync(letter, LETTER.join("\n"));
  const careless = ["sh", "-c", 'umask 000 && exec "$@"', "sh"];
  const env = { S21_DATA_DIR: data };
  const { code, output } = await runBy(careless, [...REFRESH, "--from", SAMPLE_BUNDLE], env);
  expect(code, output).toBe(EXIT.done);
  await runBy(careless, ["letters", "add", letter], env);
  expect(statSync(data).mode & 0o777).toBe(0o700);
  const archived = readdirSync(join(data, "archive"), { recursive: true, withFileTypes: true });
  expect(archived.filter((entry) => entry.isFile()).length).toBeGreaterThan(8);
  for (const entry of archived) {
    const { mode } = statSync(join(entry.parentPath, entry.name));
    expect(mode & 0o077, entry.name).toBe(0);
  }
});

test("S11 what lies in the current folder is not run and not read as configuration", async () => {
  const trap = join(folder, "trap");
  mkdirSync(trap);
  const touched = join(trap, "touched");
  const code = `require("node:fs").writeFileSync(${JSON.stringify(touched)}, "");`;
  for (const name of ["s21.config.js", "s21.config.cjs", ".s21rc.js", "index.js", "kysely.config.js"]) {
    writeFileSync(join(trap, name), code);
  }
  writeFileSync(join(trap, ".env"), "DATABASE_URL=postgres://127.0.0.1:9/trap\nNODE_OPTIONS=--require ./index.js\n");
  writeFileSync(join(trap, ".s21rc"), '{"databaseUrl":"postgres://127.0.0.1:9/trap"}');
  writeFileSync(join(trap, "package.json"), '{"type":"module","s21":{"databaseUrl":"postgres://127.0.0.1:9/trap"}}');
  mkdirSync(join(trap, "migrations"));
  writeFileSync(join(trap, "migrations", "0000-trap.sql"), "create table trap ()");
  const env = { S21_DATA_DIR: join(folder, "trapped") };
  const made = await runBy([], ["migrate"], env, trap);
  expect(made.code, made.output).toBe(EXIT.done);
  expect(existsSync(touched)).toBe(false);
  const { output } = await runBy([], ["sql", "select to_regclass('trap') is null as safe", "--json"], env, trap);
  expect(output).toContain('[{"safe":true}]');
});

test("L13 document readers start where node_modules is a link", async () => {
  const place = join(folder, "linked");
  mkdirSync(place);
  cpSync(inject("compiledFolder"), join(place, "dist"), { recursive: true });
  for (const name of ["package.json", "migrations"]) cpSync(packagePath(name), join(place, name), { recursive: true });
  symlinkSync(packagePath("node_modules"), join(place, "node_modules"));
  const letter = join(folder, "linked.docx");
  writeFileSync(letter, makeDocx(LETTER));
  const output = execFileSync(process.execPath, [join(place, "dist", "cli.js"), "letters", "read", "--json", letter], {
    env: { PATH: process.env.PATH ?? "" },
  }).toString();
  expect(JSON.parse(output)).toMatchObject([{ readable: true, questions: [{}, {}] }]);
  expect(readFileSync(letter).length).toBeGreaterThan(0);
});
