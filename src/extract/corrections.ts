/** Reads a person's file of corrections: CSV, one cell a line. */

import { isUtf8 } from "node:buffer";
import { CsvError, type Info, parse } from "csv-parse/sync";
import { messageOf, UsageError } from "../errors.ts";
import type { Correction } from "../transform/corrected-reading.ts";
import { readFileBytes } from "./letter-text/document-bytes.ts";

const REQUIRED = ["letter", "question", "part", "period", "printed", "meant", "because", "who"] as const;
const OPTIONAL = ["breakdown"] as const;
type Column = (typeof REQUIRED)[number] | (typeof OPTIONAL)[number];
const LARGEST = 25_000_000;

export interface CorrectionLine extends Omit<Correction, "breakdown"> {
  /** Line of the file, from 1, that the correction ends on. */
  line: number;
  /** A letter_id, a file name or a request reference. */
  letter: string;
  /** Null where the file has no such column: any breakdown of the cell is meant, where there is only one. */
  breakdown: string | null;
}

/** @throws UsageError naming every line that can't be meant: nothing is applied then. */
export async function readCorrections(path: string): Promise<CorrectionLine[]> {
  const records = parseRecords(await readText(path), path);
  const [header, ...rows] = records;
  const columns = readHeader(header?.record ?? [], path);
  const problems: string[] = [];
  const lines = rows.map(({ record, info }) => {
    const cell = (name: Column) => record[columns.indexOf(name)]?.trim() ?? "";
    for (const name of ["letter", "question", "meant", "because", "who"] as const) {
      if (cell(name) === "") problems.push(`${path}, line ${info.lines}: ${name} is empty`);
    }
    return {
      line: info.lines,
      letter: cell("letter"),
      question: cell("question"),
      part: cell("part").toLowerCase(),
      period_label: cell("period") === "" ? null : cell("period"),
      breakdown: columns.includes("breakdown") ? cell("breakdown") : null,
      printed: cell("printed"),
      meant: cell("meant"),
      because: cell("because"),
      who: cell("who"),
    };
  });
  if (problems.length > 0) throw new UsageError("bad-corrections", problems.join("\n"));
  return lines;
}

async function readText(path: string): Promise<string> {
  const { bytes } = await readFileBytes(path, LARGEST).catch((error: unknown) => {
    throw new UsageError("bad-corrections", `${path}: ${messageOf(error)}`, { cause: error });
  });
  if (isUtf8(bytes)) return new TextDecoder("utf-8").decode(bytes);
  throw new UsageError("bad-corrections", `${path} is not UTF-8; save it as "CSV UTF-8"`);
}

function parseRecords(text: string, path: string): { record: string[]; info: Info }[] {
  try {
    return parse(text, { bom: true, info: true, skip_empty_lines: true }) as unknown as {
      record: string[];
      info: Info;
    }[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UsageError("bad-corrections", `${path}: ${error.message}`, { cause: error });
  }
}

function readHeader(found: readonly string[], path: string): string[] {
  const columns = found.map((name) => name.trim().toLowerCase());
  const known: readonly string[] = [...REQUIRED, ...OPTIONAL];
  const missing = REQUIRED.filter((name) => !columns.includes(name));
  const odd = columns.filter((name, index) => !known.includes(name) || columns.indexOf(name) !== index);
  if (missing.length === 0 && odd.length === 0) return columns;
  const problems = [
    ...(missing.length > 0 ? [`it lacks ${missing.join(", ")}`] : []),
    ...(odd.length > 0 ? [`${odd.map((name) => JSON.stringify(name)).join(", ")} is not known, or there twice`] : []),
  ];
  throw new UsageError(
    "bad-corrections",
    `${path}, line 1: ${problems.join("; ")}; expected ${REQUIRED.join(",")}[,breakdown]`,
  );
}
