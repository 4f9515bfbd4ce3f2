/** `s21 report`: what the pages show, as one file. */
import { resolve } from "node:path";
import { areaCodeOf } from "../catalogue/authorities.ts";
import type { Context } from "../cli.ts";
import { readConfig } from "../config.ts";
import { EXIT } from "../errors.ts";
import { openArchive } from "../extract/archive.ts";
import { closeReaders } from "../extract/letter-text.ts";
import { openWarehouse } from "../load/warehouse.ts";
import { readAuthorities } from "../named-authorities.ts";
import { writeNewFile } from "../new-file.ts";
import { openArchivedReader } from "../serve/pages/archived.ts";
import { readWarehouse, startMemory } from "../serve/pages/reading.ts";
import { writeReport } from "../serve/pages/report.ts";

export interface ReportOptions {
  council: string[];
  out: string;
  force?: boolean;
}

export async function runReport({ council, out, force }: ReportOptions, { terminal }: Context): Promise<number> {
  const councils = council.length > 0 ? readAuthorities(council, terminal) : null;
  const config = readConfig();
  const warehouse = await openWarehouse(config);
  try {
    const archived = openArchivedReader(openArchive(config.dataDir));
    const request = { areaCodes: councils?.map(areaCodeOf) ?? null };
    const report = await readWarehouse(warehouse, startMemory(), (reading) => writeReport(reading, archived, request));
    const path = resolve(out);
    await writeNewFile(path, report, force === true);
    const bytes = Buffer.byteLength(report);
    terminal.print(terminal.json ? JSON.stringify({ file: path, bytes }) : `${path} (${Math.ceil(bytes / 1024)} KB)`);
    return EXIT.done;
  } finally {
    closeReaders();
    await warehouse.close();
  }
}
