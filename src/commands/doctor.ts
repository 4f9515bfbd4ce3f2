/** `s21 doctor`: what is configured, and what of it can be reached. */
import { access, constants, mkdir, statfs } from "node:fs/promises";
import { findPublication } from "../catalogue/publications.ts";
import type { Context } from "../cli.ts";
import { type Config, readConfig, redactUrl } from "../config.ts";
import { EXIT, exitCodeOf, messageOf } from "../errors.ts";
import { findReleases } from "../extract/ees.ts";
import { openAnyWarehouse } from "../load/warehouse.ts";
import { packageVersion } from "../package-root.ts";
import { formatTable } from "../serve/table.ts";

interface Check {
  what: string;
  state: "good" | "bad" | "skipped";
  detail: string;
  exitCode: number;
}

/** Below this a bundle may not fit. */
const LEAST_FREE = 2 * 1024 ** 3;

export async function runDoctor(options: { offline?: boolean }, { terminal }: Context): Promise<number> {
  const config = readConfig();
  const checks = [
    good("version", `s21 ${packageVersion()}, Node ${process.version}`),
    await checkDataDir(config),
    await checkWarehouse(config),
    options.offline === true
      ? { ...good("EES", "not tried (--offline)"), state: "skipped" as const }
      : await checkEes(config),
    good(
      "authorities",
      config.las.length > 0 ? `S21_LAS: ${config.las.join("; ")}` : "S21_LAS is not set: councils with letters",
    ),
  ];
  if (terminal.json) terminal.print(JSON.stringify(checks.map(({ exitCode: _, ...check }) => check)));
  else terminal.print(formatTable(checks as unknown as Record<string, unknown>[], ["what", "state", "detail"]));
  return checks.find((check) => check.exitCode !== 0)?.exitCode ?? EXIT.done;
}

function good(what: string, detail: string): Check {
  return { what, state: "good", detail, exitCode: EXIT.done };
}

function bad(what: string, error: unknown): Check {
  return { what, state: "bad", detail: messageOf(error), exitCode: exitCodeOf(error) };
}

async function checkDataDir({ dataDir }: Config): Promise<Check> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.W_OK);
    const { bavail, bsize } = await statfs(dataDir);
    const free = `${((bavail * bsize) / 1024 ** 3).toFixed(1)} GB free`;
    if (bavail * bsize >= LEAST_FREE) return good("data folder", `${dataDir}, ${free}`);
    return { what: "data folder", state: "bad", detail: `${dataDir} has only ${free}`, exitCode: EXIT.limit };
  } catch (error) {
    return { ...bad("data folder", error), exitCode: EXIT.usage };
  }
}

async function checkWarehouse(config: Config): Promise<Check> {
  try {
    const warehouse = await openAnyWarehouse(config);
    try {
      const { rows } = await warehouse.query(
        "select current_setting('server_version') as version, to_regclass('observation') is not null as there",
      );
      const schema = rows[0]?.there === true ? "schema is there" : "no schema yet: run s21 migrate";
      return good("warehouse", `${warehouse.location}, Postgres ${rows[0]?.version}, ${schema}`);
    } finally {
      await warehouse.close();
    }
  } catch (error) {
    return bad("warehouse", error);
  }
}

async function checkEes(config: Config): Promise<Check> {
  const publication = findPublication("children-in-need");
  if (publication === undefined) throw new Error("the catalogue has lost children-in-need");
  try {
    const ees = { api: config.eesApi, fetching: { limits: { ...config.download, attempts: 1 } } };
    const { slug, releases } = await findReleases(ees, publication);
    return good(
      "EES",
      `${redactUrl(config.eesApi)}: ${slug} has ${releases.length} releases, newest ${releases[0]?.slug}`,
    );
  } catch (error) {
    return bad("EES", error);
  }
}
