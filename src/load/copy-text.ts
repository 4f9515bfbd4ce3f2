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

/** Neighbouring columns that mostly change together, if at all, from one row to the next. */
interface Group<T> {
  columns: readonly (keyof T)[];
  /** Of the row before. */
  values: unknown[];
  text: string;
}

/**
 * Lines as `copyLine` writes them, of rows that are much like the row before: what did not change is not written anew.
 * @param groups the columns in order, in one group those that change together.
 */
export function createCopyLines<T extends object>(groups: readonly (readonly (keyof T)[])[]): (row: T) => string {
  const written = groups.map((columns): Group<T> => ({ columns, values: [], text: "" }));
  return (row) => {
    let line = "";
    for (const group of written) {
      if (changes(group, row)) {
        group.values = group.columns.map((column) => row[column]);
        group.text = copyLine(group.columns, row);
      }
      line = group === written[0] ? group.text : `${line}\t${group.text}`;
    }
    return line;
  };
}

function changes<T extends object>({ columns, values }: Group<T>, row: T): boolean {
  if (values.length === 0) return true;
  for (let index = 0; index < columns.length; index += 1) {
    if (row[columns[index] as keyof T] !== values[index]) return true;
  }
  return false;
}

function escapeText(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] as string) : text;
}
