/** `s21 verify` */

import type { Proof } from "../citation-proof.ts";
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { EXIT, exitCodeOf } from "../errors.ts";
import { cleanText, type Terminal } from "../serve/terminal.ts";
import { verifyCitations } from "../verify.ts";

/** Verifies each citation; the first failure's exit code is the command's. */
export async function runVerify(citations: string[], { terminal, signal }: Context): Promise<number> {
  const results: unknown[] = [];
  let exitCode: number = EXIT.done;
  for await (const result of verifyCitations(readConfig(), citations)) {
    signal.throwIfAborted();
    if (result.holds) {
      results.push(result);
      if (!terminal.json) printProof(result, terminal);
    } else {
      const { citation, error } = result;
      results.push({ citation, holds: false, code: error.code, message: error.message });
      if (exitCode === EXIT.done) exitCode = exitCodeOf(error);
      terminal.error(`does not hold, ${error.code}: ${error.message}`);
    }
  }
  if (terminal.json) terminal.print(JSON.stringify(citations.length === 1 ? results[0] : results));
  return exitCode;
}

/** What the citation names, and where it was read again. */
export function printProof(proof: Proof, terminal: Terminal) {
  const { area_name, what, period_label, value, value_text, status, file, line, column, release, note } = proof;
  const said = value ?? (value_text === null || value_text === "" ? status : `${value_text} (${status})`);
  const where = [file, `line ${line}`, ...(column === null ? [] : [`column ${column}`])].join(", ");
  const from = release === null ? "" : `, release ${release}`;
  terminal.print(cleanText(`holds: ${[area_name, what, period_label].filter(Boolean).join(", ")}: ${said}`));
  terminal.print(
    cleanText(`  ${where}${from}; the archived file has its sha256, and the warehouse's row is what it says`),
  );
  if (note !== null) terminal.print(cleanText(`  ${note}`));
}
