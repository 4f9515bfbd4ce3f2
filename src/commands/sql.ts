/** `s21 sql` */
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { UsageError } from "../errors.ts";
import { openWarehouse } from "../load/warehouse.ts";
import { formatCsv, formatTable, rowsForJson } from "../serve/table.ts";

export async function runSql(query: string, options: { csv?: boolean }, context: Context): Promise<number> {
  const { terminal } = context;
  const warehouse = await openWarehouse(readConfig());
  try {
    // The embedded engine answers in this very thread. Nothing is written, and the folder is safe from any end.
    if (warehouse.kind === "embedded") context.endAtOnce();
    const { rows, fields } = await warehouse.query(query);
    const columns = fields.map((field) => field.name);
    refuseTwins(columns);
    const shown = rowsForJson(rows, fields);
    if (terminal.json) terminal.print(JSON.stringify(shown));
    else terminal.print(options.csv === true ? formatCsv(shown, columns) : formatTable(shown, columns));
    return 0;
  } finally {
    await warehouse.close();
  }
}

/** One of two columns of the same name would be lost, and the other shown twice. */
function refuseTwins(columns: string[]) {
  const twin = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twin === undefined) return;
  throw new UsageError("column-twice", `two columns are called ${JSON.stringify(twin)}; tell them apart with AS`);
}
