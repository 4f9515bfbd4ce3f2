/** Observations into the real table with its real indexes: our transaction against `psql \copy` of the same rows. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DataSet, findPublication, type Publication } from "../src/catalogue/publications.ts";
import { readConfig } from "../src/config.ts";
import type { KeptRelease } from "../src/extract/release.ts";
import { loadRelease } from "../src/load/release.ts";
import { openForWriting } from "../src/load/warehouse.ts";
import { startPostgres } from "../test/support/postgres-server.ts";
import { makeC1 } from "./files.ts";
import type { Peers } from "./filtering.ts";
import { compareLines, type Group, type Line, medianOf } from "./measurements.ts";

const PUBLICATION = findPublication("children-in-need") as Publication;
const C1 = PUBLICATION.dataSets.find(({ code }) => code === "C1") as DataSet;
const STAMP = { run_id: "123e4567-e89b-12d3-a456-426614174000", loaded_at: "2022-10-27T08:30:00.000Z" };

function releaseOf(path: string, slug: string): KeptRelease {
  const fileName = "c1_children_in_need_referrals_and_rereferrals_2013_to_2022.csv";
  const url =
    "https://content.explore-education-statistics.service.gov.uk/api/releases/0f1e2d3c-0000-4000-8000-00000000c1c1/files";
  const sha256 = slug.padStart(64, "0");
  const file = {
    dataSet: C1,
    fileName,
    url,
    sha256,
    bytes: statSync(path).size,
    path,
    isNew: true,
    listedRows: null,
    fetchedAt: STAMP.loaded_at,
  };
  const version = {
    slug,
    id: "local",
    releaseId: null,
    title: null,
    publishedAt: `${slug}-10-27T08:30:00.000Z`,
    updateCount: null,
  } as const;
  return { version: { ...version, isLatest: false, nextRelease: null }, manifest: null, files: [file], absent: [] };
}

export interface Loaded {
  seconds: number;
  observations: number;
}

/** Loads a file as a release of its own, as `refresh` does, in a warehouse that is opened for it. */
export async function loadFile(env: Record<string, string>, path: string, slug = "2022"): Promise<Loaded> {
  const warehouse = await openForWriting(readConfig(env));
  try {
    const begun = performance.now();
    const release = releaseOf(path, slug);
    const { files, findings } = await loadRelease(warehouse, {
      publication: PUBLICATION,
      release,
      selection: "all",
      stamp: STAMP,
    });
    const seconds = (performance.now() - begun) / 1_000;
    if (findings.length > 0) throw new Error(`findings in what was made to be sound: ${findings[0]?.message}`);
    return { seconds, observations: Number(files[0]?.observations) };
  } finally {
    await warehouse.close();
  }
}

/** Everything but the schema goes. */
const EMPTY = "truncate observation, source_file, release_version, issue";

export async function measureLoading(observations: number, times: number, peers: Peers): Promise<Group[]> {
  const path = await makeC1(observations);
  const home = mkdtempSync(join(tmpdir(), "s21-bench-"));
  const server = await startPostgres();
  const psql = (...statements: string[]) =>
    execFileSync("psql", [server.url, "-qAtX", ...statements.flatMap((one) => ["-c", one])], {
      encoding: "utf8",
    }).trim();
  const runs: Record<"copy" | "s21" | "embedded", number[]> = { copy: [], s21: [], embedded: [] };
  try {
    const env = { DATABASE_URL: server.url, S21_DATA_DIR: join(home, "data") };
    const first = await loadFile(env, path);
    if (peers.psql === null) psql(`\\copy observation to '${join(home, "rows.txt")}'`);
    const sizes = peers.psql === null ? sizesOf(psql) : "";
    const width = peers.psql === null ? measureWidth(psql, home) : [];
    for (let round = 0; round < Math.min(times, 3); round += 1) {
      if (peers.psql === null) {
        psql(EMPTY, "vacuum observation");
        const begun = performance.now();
        psql(`\\copy observation from '${join(home, "rows.txt")}'`);
        runs.copy.push((performance.now() - begun) / 1_000);
        psql(EMPTY, "vacuum observation");
      }
      const loaded = await loadFile(env, path, peers.psql === null ? "2022" : String(2022 + round));
      if (loaded.observations !== first.observations) throw new Error("another number of rows was loaded");
      runs.s21.push(loaded.seconds);
    }
    for (let round = 0; round < Math.min(times, 2); round += 1) {
      const data = join(home, `embedded-${round}`);
      const loaded = await loadFile({ S21_DATA_DIR: data }, path);
      if (loaded.observations !== first.observations) throw new Error("another number of rows was loaded");
      runs.embedded.push(loaded.seconds);
      rmSync(data, { recursive: true, force: true });
    }
    const lines = [
      lineOf("psql \\copy of the same rows", runs.copy, peers.psql ?? ""),
      lineOf("s21 on Postgres", runs.s21, "reading the CSV, one transaction, rows counted and proven to be no doubles"),
      lineOf("s21 on the embedded warehouse", runs.embedded, ""),
    ];
    const verdicts = [
      compareLines(lines, "s21 on Postgres", 1.3, "psql \\copy of the same rows"),
      compareLines(lines, "s21 on the embedded warehouse", 3, "s21 on Postgres"),
    ];
    const about = `${first.observations.toLocaleString("en-GB")} observations into the empty table \`observation\` with its indexes, ${server.version}. ${sizes}`;
    return [{ title: "Loading", about, lines, base: "psql \\copy of the same rows", verdicts }, ...width];
  } finally {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

function lineOf(name: string, seconds: number[], note: string): Line {
  return { name, seconds: medianOf(seconds), megabytes: Number.NaN, note };
}

type Psql = (...statements: string[]) => string;

function sizesOf(psql: Psql, table = "observation"): string {
  const [size, indexes] = psql(
    `select pg_size_pretty(pg_table_size('${table}')), pg_size_pretty(pg_indexes_size('${table}'))`,
  ).split("|");
  return `On disk: ${size}, indexes ${indexes}.`;
}

/** Columns that are the same in every row of a file. */
const PER_FILE = [
  ...["source", "exemption", "publication", "release", "release_version_id", "data_set", "published_at", "letter_id"],
  ...[
    "question",
    "part",
    "question_text",
    "source_file",
    "source_sha256",
    "source_url",
    "licence",
    "loaded_at",
    "run_id",
  ],
];
const QUESTION =
  "select count(*), sum(value) from %s where area_code = 'E08000026' and measure = 'referrals' and source = 'dfe' and release = '2022'";

/** The table as it is against one that keeps per-file columns once, under a view of the same columns. */
function measureWidth(psql: Psql, home: string): Group[] {
  const columns = psql(
    "select attname from pg_attribute where attrelid = 'observation'::regclass and attnum > 0 order by attnum",
  );
  const all = columns.split("\n");
  const own = all.filter((name) => !PER_FILE.includes(name));
  const indexes = psql(
    "select indexdef from pg_indexes where tablename = 'observation' and indexdef not like '%source_sha256%' and indexdef not like '%letter_id%' and indexdef not like '%source %'",
  ).split("\n");
  psql(
    "drop schema if exists narrow cascade",
    "create schema narrow",
    `create table narrow.file as select 1 as file_id, ${PER_FILE.join()} from observation limit 1`,
    `create table narrow.row as select 1 as file_id, ${own.join()} from observation limit 0`,
    "create index on narrow.row (file_id)",
    ...indexes.map((definition) => definition.replace(/INDEX \S+ ON \S+/, "INDEX ON narrow.row")),
    `create view narrow.observation as select ${all.join()} from narrow.row join narrow.file using (file_id)`,
    `\\copy (select 1, ${own.join()} from observation) to '${join(home, "narrow.txt")}'`,
  );
  const time = (...statements: string[]) => {
    const begun = performance.now();
    psql(...statements);
    return (performance.now() - begun) / 1_000;
  };
  const repeat = (work: () => number) => medianOf([work(), work(), work()]);
  const narrow = repeat(() => {
    psql("truncate narrow.row");
    return time(`\\copy narrow.row from '${join(home, "narrow.txt")}'`);
  });
  const wide = repeat(() => {
    psql("truncate observation");
    return time(`\\copy observation from '${join(home, "rows.txt")}'`);
  });
  psql("analyze observation", "analyze narrow.row", "analyze narrow.file");
  const asked = (table: string) =>
    repeat(() => time(...Array.from({ length: 20 }, () => QUESTION.replace("%s", table))));
  const lines: Line[] = [
    { name: "\\copy, as it is", seconds: wide, megabytes: Number.NaN, note: sizesOf(psql) },
    {
      name: "\\copy, per-file columns kept once",
      seconds: narrow,
      megabytes: Number.NaN,
      note: sizesOf(psql, "narrow.row"),
    },
    { name: "20 questions, as it is", seconds: asked("observation"), megabytes: Number.NaN, note: "" },
    {
      name: "20 questions, per-file columns kept once",
      seconds: asked("narrow.observation"),
      megabytes: Number.NaN,
      note: "",
    },
  ];
  psql("drop schema narrow cascade");
  const about = `The same rows in the table as it is, and in one without the ${PER_FILE.length} columns that say the same in every row of a file, which a view joins to them.`;
  return [{ title: "Width of the table", about, lines, base: "\\copy, as it is", verdicts: [] }];
}
