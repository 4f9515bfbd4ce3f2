/** `s21 migrate` */
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { openForWriting } from "../load/warehouse.ts";

export async function runMigrate({ terminal }: Context): Promise<number> {
  const warehouse = await openForWriting(readConfig());
  try {
    const { applied, views } = warehouse.migrated;
    if (terminal.json) {
      terminal.print(JSON.stringify({ warehouse: warehouse.location, applied, views }));
      return 0;
    }
    terminal.print(
      `${warehouse.location}: ${applied.length === 0 ? "no migration was pending" : `ran ${applied.join(", ")}`}`,
    );
    if (views.length > 0) terminal.print(`made anew: ${views.join(", ")}`);
    return 0;
  } finally {
    await warehouse.close();
  }
}
