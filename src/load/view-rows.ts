/** Rows of the warehouse's views, of one council or of all, for printing. */
import { type Row, rowsForJson } from "../serve/table.ts";
import type { Warehouse } from "./warehouse.ts";

export interface ViewRows {
  /** Numbers as numbers, dates as ISO text. */
  rows: Row[];
  /** Names of the view's columns, in its order. */
  columns: string[];
}

/** The views that letters' answers are read from, with the order in which people read them. */
const ORDER = {
  answer:
    "area_name nulls last, letter_id, length(question), question, part, period_end nulls last, period_start, breakdown",
  referral: "council_name nulls last, letter_id, length(question), question, part, period_end nulls last, breakdown",
  disagreement: "abs(difference) desc, letter_id, question, part, period_start",
  gap: "area_name nulls last, letter_id, length(question), question, part, period_end nulls last, breakdown",
} as const;
export type AnswerView = keyof typeof ORDER;

/** @param areaCodes ONS codes from the catalogue; null: every council, and letters whose council is not identified. */
export async function readView(
  warehouse: Warehouse,
  view: AnswerView,
  areaCodes: readonly string[] | null,
): Promise<ViewRows> {
  const codes = areaCodes?.map(quoteAreaCode).join(", ");
  const only = codes === undefined ? "" : `where area_code in (${codes})`;
  const { rows, fields } = await warehouse.query(`select * from ${view} ${only} order by ${ORDER[view]}`);
  return { rows: rowsForJson(rows, fields), columns: fields.map((field) => field.name) };
}

/** Codes of the catalogue are letters and digits; anything else is a fault of ours, not a filter. */
export function quoteAreaCode(code: string): string {
  if (!/^[A-Z]\d{8}$/.test(code)) throw new Error(`${JSON.stringify(code)} is no ONS code`);
  return `'${code}'`;
}
