/** `s21 calibrate`: how far each DfE column is from what councils answered to the same words. */
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { openWarehouse } from "../load/warehouse.ts";
import { formatCsv, formatTable, type Row, rowsForJson } from "../serve/table.ts";
import { cleanText } from "../serve/terminal.ts";

const SQL = "select * from calibrated_column order by question_text, wording, place, measure";
const COLUMNS = ["used", "measure", "exact", "of", "within_two", "mean_percent", "largest_difference", "residuals"];
/** Columns shown for each question besides the one that is used. */
const NEAREST = 3;

export async function runCalibrate(options: { all?: boolean; csv?: boolean }, { terminal }: Context): Promise<number> {
  const warehouse = await openWarehouse(readConfig());
  try {
    const { rows, fields } = await warehouse.query(SQL);
    const shown = rowsForJson(rows, fields);
    const names = fields.map((field) => field.name);
    if (terminal.json) terminal.print(JSON.stringify(shown));
    else if (options.csv === true) terminal.print(formatCsv(shown, names));
    else if (shown.length === 0)
      terminal.print("(no council has answered a question that DfE's columns can be compared with)");
    for (const wording of terminal.json || options.csv === true ? [] : groupByWording(shown)) {
      const [first = {}] = wording;
      terminal.heading(
        `${cleanText(String(first.question_text))} (${first.questions} asked, ${first.councils} compared)`,
      );
      const near = wording.filter(
        (row) => options.all === true || row.is_used === true || Number(row.place) <= NEAREST,
      );
      terminal.print(
        formatTable(
          near.map((row) => ({ ...row, used: row.is_used ? "*" : "", of: row.cells })),
          COLUMNS,
        ),
      );
      terminal.print("");
    }
    return 0;
  } finally {
    await warehouse.close();
  }
}

function groupByWording(rows: Row[]): Row[][] {
  const groups = new Map<unknown, Row[]>();
  for (const row of rows) groups.set(row.wording, [...(groups.get(row.wording) ?? []), row]);
  return [...groups.values()];
}
