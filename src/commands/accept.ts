/** `s21 accept` */
import { acceptRelease } from "../accept.ts";
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { describeByDataSet } from "../release-summary.ts";

export async function runAccept(
  release: string,
  { publication }: { publication: string },
  { terminal, signal, words }: Context,
): Promise<number> {
  const report = await acceptRelease(readConfig(), publication, release.toLowerCase(), words, terminal.note, signal);
  const { exitCode, ...printed } = report;
  if (terminal.json) terminal.print(JSON.stringify(printed));
  else {
    for (const one of report.releases) {
      const changes = one.changes === undefined ? "" : `: ${describeByDataSet(one.changes)}`;
      terminal.print(`${one.publication} ${one.release}: ${one.status}${changes}`);
    }
  }
  for (const problem of report.problems) terminal.error(`${problem.code}: ${problem.message}`);
  return exitCode;
}
