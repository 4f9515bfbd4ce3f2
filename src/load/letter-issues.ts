/** What a person should look at in letters, as issues: opened anew whenever a letter is read, but for those resolved. */
import { sql } from "kysely";
import { isDoubt } from "../catalogue/letter-problems.ts";
import type { LetterFinding } from "../transform/letter-observations.ts";
import type { RunStamp } from "./observations.ts";
import type { WriteSession } from "./warehouse.ts";

/** What the issues are about. `letterId` null: a document that gave no letter. */
export interface IssueSubject {
  letterId: string | null;
  fileName: string;
  sha256: string | null;
}

/** Opens issues for those findings that put something in doubt and that nobody has resolved yet. */
export async function openIssues(
  { db }: WriteSession,
  found: readonly { subject: IssueSubject; findings: readonly LetterFinding[] }[],
  stamp: RunStamp,
): Promise<void> {
  const doubted = found
    .map(({ subject, findings }) => ({ subject, doubts: findings.filter(({ code }) => isDoubt(code)) }))
    .filter(({ doubts }) => doubts.length > 0);
  if (doubted.length === 0) return;
  const settled = await resolvedKeys(
    { db },
    doubted.map(({ subject }) => subject),
  );
  const rows = doubted.flatMap(({ subject, doubts }) =>
    doubts
      .filter(({ code, line, found: said }) => !settled.has(keyOf(subject, code, line, said)))
      .map((doubt) => issueOf(subject, doubt, stamp)),
  );
  for (let start = 0; start < rows.length; start += 500) {
    await db
      .insertInto("issue")
      .values(rows.slice(start, start + 500))
      .execute();
  }
}

function issueOf(subject: IssueSubject, doubt: LetterFinding, stamp: RunStamp) {
  return {
    code: doubt.code,
    message: storable(describeFinding(subject.fileName, doubt)),
    letter_id: subject.letterId,
    question: doubt.question,
    part: doubt.part,
    source_file: subject.fileName,
    source_sha256: subject.sha256,
    source_line: doubt.line,
    source_column: null,
    found: doubt.found === null ? null : storable(doubt.found),
    expected: doubt.expected,
    publication: "",
    release: "",
    data_set: "",
    opened_at: stamp.loaded_at,
    run_id: stamp.run_id,
    resolved_at: null,
    resolution: null,
  };
}

/** What a person resolved of these letters and documents. */
async function resolvedKeys({ db }: Pick<WriteSession, "db">, subjects: readonly IssueSubject[]): Promise<Set<string>> {
  const letters = subjects.flatMap(({ letterId }) => letterId ?? []);
  const files = subjects.flatMap(({ letterId, sha256 }) => (letterId === null ? [sha256] : []));
  const hashes = files.filter((sha256) => sha256 !== null);
  const rows = await db
    .selectFrom("issue")
    .select(["code", "source_line", "found", "letter_id", "source_sha256"])
    .where("resolved_at", "is not", null)
    .where("publication", "=", "")
    .where(({ and, eb, or }) =>
      or([
        ...(letters.length === 0 ? [] : [eb("letter_id", "in", letters)]),
        ...(hashes.length === 0 ? [] : [and([eb("letter_id", "is", null), eb("source_sha256", "in", hashes)])]),
        ...(files.includes(null) ? [and([eb("letter_id", "is", null), eb("source_sha256", "is", null)])] : []),
      ]),
    )
    .execute();
  return new Set(
    rows.map((row) =>
      keyOf({ letterId: row.letter_id, sha256: row.source_sha256 }, row.code, row.source_line, row.found),
    ),
  );
}

function keyOf(
  { letterId, sha256 }: Pick<IssueSubject, "letterId" | "sha256">,
  code: string,
  line: number | null,
  found: string | null,
): string {
  return JSON.stringify([letterId, sha256, code, line, found]);
}

/** `reply.txt, line 12: several figures answer one question: 15.5 … 25; expected one figure` */
export function describeFinding(file: string, { line, message, expected }: LetterFinding): string {
  const where = `${file}${line === null ? "" : `, line ${line}`}`;
  const said = message.replace(/\s+/g, " ").replace(/[.\s]+$/, "");
  return `${where}: ${said}${expected === null ? "" : `; expected ${expected}`}`;
}

/** Text that Postgres can hold: no NUL, and no half of a character, which a broken PDF may give. */
export function storable(text: string): string {
  return text.replace(/\p{Surrogate}|\0/gu, "\ufffd");
}

/**
 * Replaces the issue of a document that gave no letter. @returns whether it is news.
 * Without a sha256 (the file was not read) it is known by its name.
 */
export async function saveSetAside(
  session: WriteSession,
  fileName: string,
  sha256: string | null,
  finding: LetterFinding,
  stamp: RunStamp,
): Promise<boolean> {
  const held = await session.db
    .selectFrom("issue")
    .select(["issue_id", "code"])
    .where("publication", "=", "")
    .where("letter_id", "is", null)
    .where("source_sha256", sha256 === null ? "is" : "=", sha256)
    .where(sql<boolean>`(${sha256}::text is not null or source_file = ${fileName})`)
    .execute();
  if (held.some((issue) => issue.code === finding.code)) return false;
  const ids = held.map((issue) => Number(issue.issue_id));
  if (ids.length > 0) {
    await session.db.deleteFrom("issue").where("issue_id", "in", ids).where("resolved_at", "is", null).execute();
  }
  await openIssues(session, [{ subject: { letterId: null, fileName, sha256 }, findings: [finding] }], stamp);
  return true;
}

/** Takes back that documents gave no letter: now they do. */
export async function removeSetAside({ db }: WriteSession, sha256: readonly string[]): Promise<void> {
  await db
    .deleteFrom("issue")
    .where("source_sha256", "in", sha256)
    .where("publication", "=", "")
    .where("letter_id", "is", null)
    .where("resolved_at", "is", null)
    .execute();
}
