/**
 * Writes what is made from the database: `docs/dictionary.md` from its COMMENTs (`npm run dictionary`), the results in
 * `docs/cookbook.md` from the sample (`npm run cookbook`). Tests compare both with what they hold.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { packagePath } from "../../src/package-root.ts";

/** Runs one query; numerics and dates as text. */
export type RunQuery = (sql: string) => Promise<Record<string, unknown>[]>;

const COLUMNS = `
  select s.name as relation, s.kind, a.attname as name, format_type(a.atttypid, null) as type,
    obj_description(c.oid, 'pg_class') as meaning, col_description(c.oid, a.attnum) as comment
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join (
    select name, kind from schema_file where kind in ('view', 'materialized view')
    union all
    select table_name, 'table' from information_schema.tables
    where table_schema = current_schema() and table_type = 'BASE TABLE'
  ) s on s.name = c.relname
  where c.relnamespace = current_schema()::regnamespace
  order by s.kind = 'table', s.name collate "C", a.attnum`;

const FUNCTIONS = `
  select p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name, obj_description(p.oid, 'pg_proc') as comment
  from pg_proc p join schema_file s on s.kind = 'function' and s.name = p.proname
  where p.pronamespace = current_schema()::regnamespace order by p.proname collate "C"`;

/** The dictionary of an empty warehouse. @throws where anything has no COMMENT. */
export async function makeDictionary(run: RunQuery): Promise<string> {
  const lines = [
    "# Dictionary",
    "",
    "Every view, function and table, made from the COMMENTs in the database (`npm run dictionary`). Units are those of the column `unit` in the same row unless said otherwise.",
    "",
  ];
  let relation = "";
  for (const row of await run(COLUMNS)) {
    if (row.comment === null || row.meaning === null) throw new Error(`${row.relation}.${row.name} has no COMMENT`);
    if (row.relation !== relation) {
      relation = String(row.relation);
      lines.push(...(lines.at(-1) === "" ? [] : [""]), `## ${relation} (${row.kind})`, "", String(row.meaning), "");
      lines.push("| column | type | meaning |", "| --- | --- | --- |");
    }
    lines.push(`| \`${row.name}\` | ${row.type} | ${escapeCell(row.comment)} |`);
  }
  lines.push("", "## Functions", "", "| function | meaning |", "| --- | --- |");
  for (const row of await run(FUNCTIONS)) lines.push(`| \`${row.name}\` | ${escapeCell(row.comment)} |`);
  return `${lines.join("\n")}\n`;
}

function escapeCell(value: unknown): string {
  return String(value).replaceAll("|", "\\|");
}

/** A question of the cookbook. */
export interface Recipe {
  title: string;
  sql: string;
  /** As the page prints it. */
  result: string;
}

const RECIPE = /^## (.+)\n[\s\S]*?```sql\n([\s\S]*?)\n```\n\n(?:\|[\s\S]*?)?(?=\n*^## |\n*$(?![\s\S]))/gm;

export function readRecipes(page: string): Recipe[] {
  return [...page.matchAll(RECIPE)].map(([whole, title = "", sql = ""]) => {
    const end = whole.lastIndexOf("```\n\n") + 5;
    return { title, sql, result: whole.slice(end).trim() };
  });
}

/** Rows as a Markdown table, or words where there are none. */
export function formatResult(rows: Record<string, unknown>[]): string {
  const [first] = rows;
  if (first === undefined) return "| (no rows) |\n| --- |";
  const names = Object.keys(first);
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const cellOf = (value: unknown) => (value === null ? "" : escapeCell(value).replaceAll("\n", " "));
  return [
    line(names),
    line(names.map(() => "---")),
    ...rows.map((row) => line(names.map((name) => cellOf(row[name])))),
  ].join("\n");
}

/** The page with every result as the warehouse gives it. */
export async function fillCookbook(page: string, run: RunQuery): Promise<string> {
  let filled = page;
  for (const { sql, result } of readRecipes(page)) {
    const wanted = formatResult(await run(sql));
    const block = `\`\`\`sql\n${sql}\n\`\`\`\n\n`;
    filled = filled.replace(`${block}${result}`, () => `${block}${wanted}`);
  }
  return filled;
}

export const DICTIONARY = packagePath("docs/dictionary.md");
export const COOKBOOK = packagePath("docs/cookbook.md");

/** Rewrites one of the pages. */
export async function writeDocument(path: string, run: RunQuery): Promise<void> {
  const text = path === DICTIONARY ? await makeDictionary(run) : await fillCookbook(readFileSync(path, "utf8"), run);
  writeFileSync(path, text);
}
