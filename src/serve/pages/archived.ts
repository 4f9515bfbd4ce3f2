/** What archived files say, for the pages that show a citation: lines of letters, rows of DfE's files. */
import { createReadStream } from "node:fs";
import { type Archive, hashFile } from "../../extract/archive.ts";
import { readDocument } from "../../extract/letter-text.ts";
import { openTable } from "../../extract/table.ts";
import type { Line } from "../../letter.ts";
import { identifyLetter } from "../../load/letter-identity.ts";

/** `absent`: not in this archive. `changed`: its bytes are not those that were read. `unread`: it can't be read now. */
export type Archived<T> = { kind: "read"; content: T } | { kind: "absent" | "changed" | "unread" };

export interface ArchivedReader {
  /** The lines of a letter. @param sha256 of the file that it was read from. */
  letterLines(letterId: string, sha256: string): Promise<Archived<Line[]>>;
  /** Header and cells of one line. */
  row(sha256: string, line: number): Promise<Archived<ArchivedRow>>;
}

export interface ArchivedRow {
  header: string[];
  cells: string[];
}

/** Letters whose lines are kept in memory: a person clicks from cell to cell of one letter. */
const MOST_LETTERS = 50;

export function openArchivedReader(archive: Pick<Archive, "find">): ArchivedReader {
  const letters = new Map<string, Promise<Archived<Line[]>>>();
  return {
    async letterLines(letterId, sha256) {
      const path = archive.find(sha256);
      if (path === null) return { kind: "absent" };
      if ((await hashFile(path)) !== sha256) return { kind: "changed" };
      const known = letters.get(letterId);
      if (known !== undefined) return known;
      const lines = readLines(path, letterId);
      if (letters.size >= MOST_LETTERS) letters.delete([...letters.keys()][0] as string);
      letters.set(letterId, lines);
      lines.catch(() => letters.delete(letterId));
      return lines;
    },
    async row(sha256, line) {
      const path = archive.find(sha256);
      if (path === null) return { kind: "absent" };
      if ((await hashFile(path)) !== sha256) return { kind: "changed" };
      return readRow(path, line);
    },
  };
}

/** An e-mail's file holds several texts; the letter is the one with its identity. */
async function readLines(path: string, letterId: string): Promise<Archived<Line[]>> {
  const reading = await readDocument(path);
  if (reading.kind === "set_aside") return { kind: "unread" };
  const text = reading.texts.find(({ lines }) => identifyLetter(lines)?.letterId === letterId);
  return text === undefined ? { kind: "unread" } : { kind: "read", content: text.lines };
}

async function readRow(path: string, line: number): Promise<Archived<ArchivedRow>> {
  const stream = createReadStream(path);
  try {
    const table = await openTable(stream, "the archived file");
    for await (const record of table.records) {
      if (record.line === line) return { kind: "read", content: { header: table.header, cells: record.cells } };
      if (record.line > line) break;
    }
    return { kind: "unread" };
  } finally {
    stream.destroy();
  }
}

const PROBLEMS: Readonly<Record<Exclude<Archived<unknown>["kind"], "read">, string>> = {
  absent: "The file is not in this archive, so only what the warehouse holds can be shown.",
  changed: "The archived file is not the one that was read: its bytes have changed. It is not shown.",
  unread: "The archived file could not be read again, so only what the warehouse holds can be shown.",
};

export function describeArchiveProblem(kind: Exclude<Archived<unknown>["kind"], "read">): string {
  return PROBLEMS[kind];
}
