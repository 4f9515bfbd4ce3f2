/** `docs/faults.md`, read: every fault of the matrix with the tests that make it happen, or the reason why none does. */
import { readFileSync } from "node:fs";
import { packagePath } from "../../src/package-root.ts";

export interface NamedTest {
  /** From the package's root. */
  file: string;
  /** Title of a test, or of a group of tests, as it stands in the file. */
  title: string;
}

export interface MatrixRow {
  /** `N01` */
  id: string;
  /** Heading that it stands under: `Network`. */
  group: string;
  fault: string;
  tests: NamedTest[];
  /** Why there is no test; null where there is one. */
  untested: string | null;
}

const UNTESTED = "no test: ";

/** @throws where a row is written otherwise than the document says. */
export function readMatrix(text: string = readFileSync(packagePath("docs/faults.md"), "utf8")): MatrixRow[] {
  const rows: MatrixRow[] = [];
  let group = "";
  for (const line of text.split("\n")) {
    group = /^## (.+)$/.exec(line)?.[1] ?? group;
    const cells = /^\| ([A-Z]{1,2}\d\d) \| (.+) \| (.+) \|$/.exec(line);
    if (cells === null) continue;
    const [, id = "", fault = "", said = ""] = cells;
    const untested = said.startsWith(UNTESTED) ? said.slice(UNTESTED.length) : null;
    const tests = untested === null ? said.split("<br>").map((one) => readNamedTest(one, id)) : [];
    rows.push({ id, group, fault, tests, untested });
  }
  return rows;
}

function readNamedTest(said: string, id: string): NamedTest {
  const [, file, title] = /^\s*`([^`]+)`: (.+?)\s*$/.exec(said) ?? [];
  if (file !== undefined && title !== undefined) return { file, title };
  throw new Error(`docs/faults.md, ${id}: ${JSON.stringify(said)} is no \`file\`: title`);
}

/** A title as it is when the test runs: what stands for a value there is any text here. */
export function patternOf(title: string): string {
  return title
    .split(/%[sdijo]|\$[\w.]+/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"))
    .join(".*?");
}
