/**
 * A citation names one value so that it can be read again: the archived file by its sha256, the line, the column, and the
 * rule by which it is read. The views make the same strings in SQL.
 *
 * `dfe:SHA256:LINE:COLUMN:MEASURE@RELEASE` – that column of that line, read as the catalogue's measure.
 * `letter:SHA256:LINE:QUESTION[PART]@PERIOD[//BREAKDOWN]` – the answer to that question for that period on that line.
 */
import { UsageError } from "../errors.ts";

export interface DfeCitation {
  kind: "dfe";
  sha256: string;
  line: number;
  /** As the file's header prints it. */
  column: string;
  measure: string;
  release: string;
}

export interface LetterCitation {
  kind: "letter";
  sha256: string;
  line: number;
  /** Number and part run together, as people write them: `5b`. */
  question: string;
  /** Label; empty where the answer has no period. */
  period: string;
  breakdown: string;
}

export type Citation = DfeCitation | LetterCitation;

const DFE = /^dfe:([0-9a-f]{64}):([1-9]\d{0,9}):([^\r\n]{1,300}):([a-z0-9_]{1,80})@([a-z0-9-]{1,80})$/;
const LETTER = /^letter:([0-9a-f]{64}):([1-9]\d{0,9}):([^@\r\n]{1,80})@([^\r\n]{0,4000})$/;
/** Periods hold slashes (`2017/18`), so the breakdown is set off by two. */
const BREAKDOWN = "//";

/** @throws UsageError where the text is no citation. */
export function parseCitation(text: string): Citation {
  const trimmed = text.trim();
  const dfe = DFE.exec(trimmed);
  if (dfe !== null) {
    const [, sha256 = "", line, column = "", measure = "", release = ""] = dfe;
    return { kind: "dfe", sha256, line: Number(line), column, measure, release };
  }
  const letter = LETTER.exec(trimmed);
  if (letter !== null) {
    const [, sha256 = "", line, question = "", rest = ""] = letter;
    const at = rest.indexOf(BREAKDOWN);
    const period = at < 0 ? rest : rest.slice(0, at);
    return {
      kind: "letter",
      sha256,
      line: Number(line),
      question,
      period,
      breakdown: at < 0 ? "" : rest.slice(at + BREAKDOWN.length),
    };
  }
  throw new UsageError(
    "not-a-citation",
    `${JSON.stringify(text.slice(0, 200))} is not a citation; expected dfe:SHA256:LINE:COLUMN:MEASURE@RELEASE or ` +
      "letter:SHA256:LINE:QUESTION@PERIOD, as the answers print them",
  );
}

/** The citation as text. */
export function formatCitation(citation: Citation): string {
  const { kind, sha256, line } = citation;
  if (kind === "dfe") return `dfe:${sha256}:${line}:${citation.column}:${citation.measure}@${citation.release}`;
  const breakdown = citation.breakdown === "" ? "" : `${BREAKDOWN}${citation.breakdown}`;
  return `letter:${sha256}:${line}:${citation.question}@${citation.period}${breakdown}`;
}
