/** `npm run dictionary`, `npm run cookbook`: rewrites a page from an embedded warehouse of its own, loaded with the sample. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import { openWarehouse } from "../../src/load/warehouse.ts";
import { loadSample } from "./load-sample.ts";
import { COOKBOOK, DICTIONARY, writeDocument } from "./write-documents.ts";

const folder = mkdtempSync(join(tmpdir(), "s21-pages-"));
try {
  const config = readConfig({ S21_DATA_DIR: folder, S21_EES_API: "http://127.0.0.1:9/api", S21_ATTEMPTS: "1" });
  await loadSample(config);
  const warehouse = await openWarehouse(config);
  const path = process.argv[2] === "cookbook" ? COOKBOOK : DICTIONARY;
  await writeDocument(path, async (sql) => (await warehouse.query(sql)).rows);
  await warehouse.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
