/** `s21 migrate` */
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { openForWriting } from "../load/warehouse.ts";

export async function runMigrate(options: { analystRole?: boolean }, { terminal }: Context): Promise<number> {
  const warehouse = await openForWriting(readConfig());
  try {
    const { applied, views } = warehouse.migrated;
    const open = options.analystRole === true ? await warehouse.makeAnalystRole() : [];
    for (const one of open) terminal.note(one);
    if (terminal.json) {
      terminal.print(JSON.stringify({ warehouse: warehouse.location, applied, views }));
      return 0;
    }
    terminal.print(
      `${warehouse.location}: ${applied.length === 0 ? "no migration was pending" : `ran ${applied.join(", ")}`}`,
    );
    if (views.length > 0) terminal.print(`made anew: ${views.join(", ")}`);
    if (options.analystRole === true) terminal.print("s21_analyst may read what analysts may see, and write nothing");
    return 0;
  } finally {
    await warehouse.close();
  }
}
