/** `s21 runs` */
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { UsageError } from "../errors.ts";
import { openWarehouse } from "../load/warehouse.ts";
import { formatTable } from "../serve/table.ts";

const COLUMNS = [
  "started_at",
  "ended_at",
  "command",
  "job",
  "scheduled_for",
  "status",
  "exit_code",
  "started_by",
  "problem",
];

export async function runRuns(options: { last: string; job?: string }, { terminal }: Context): Promise<number> {
  if (!/^[1-9]\d{0,5}$/.test(options.last)) {
    throw new UsageError("bad-number", `--last is ${JSON.stringify(options.last)}; expected a number from 1`);
  }
  const warehouse = await openWarehouse(readConfig());
  try {
    const rows = await warehouse.db
      .selectFrom("run")
      .selectAll()
      .$if(options.job !== undefined, (query) => query.where("job", "=", options.job ?? null))
      .orderBy("started_at", "desc")
      .limit(Number(options.last))
      .execute();
    terminal.print(
      terminal.json ? JSON.stringify(rows) : formatTable(rows as unknown as Record<string, unknown>[], COLUMNS),
    );
    return 0;
  } finally {
    await warehouse.close();
  }
}
