/** Postgres's COPY text format: tabs between columns, `\N` for null, a backslash before what would be misread. */
const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** One row's columns in order, without the line end. */
export function copyLine<T extends object>(columns: readonly (keyof T)[], row: T): string {
  let line = "";
  for (const [index, column] of columns.entries()) {
    if (index > 0) line += "\t";
    const value = row[column];
    line += value === null ? "\\N" : escapeText(String(value));
  }
  return line;
}

function escapeText(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] as string) : text;
}
