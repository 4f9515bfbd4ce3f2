/** `s21 export` */
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { EXIT } from "../errors.ts";
import { exportWarehouse } from "../export.ts";
import type { ExportFormat } from "../serve/export/metadata.ts";
import { formatTable } from "../serve/table.ts";

export interface ExportOptions {
  format: ExportFormat;
  force?: boolean;
}

export async function runExport(folder: string, options: ExportOptions, { terminal }: Context): Promise<number> {
  const report = await exportWarehouse(readConfig(), folder, options.format, options.force === true);
  if (terminal.json) {
    terminal.print(JSON.stringify(report));
    return EXIT.done;
  }
  const shown = report.tables.map(({ name, rows, files }) => ({ table: name, rows, files: files.length }));
  terminal.print(formatTable(shown, ["table", "rows", "files"]));
  terminal.print(`written to ${report.folder}, with datapackage.json`);
  return EXIT.done;
}
