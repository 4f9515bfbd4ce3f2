/** Verifies a citation of a DfE file: its line is read again by the transform that loads files. */
import { measureByCode } from "./catalogue/measures.ts";
import { findPublication } from "./catalogue/publications.ts";
import { compareRows, noSuchCell, type Proof, proofOf } from "./citation-proof.ts";
import { readBlocks } from "./extract/file-blocks.ts";
import { openTable } from "./extract/table.ts";
import { isMasked, readCitedDfeRows } from "./load/cited-rows.ts";
import type { SourceFileTable } from "./load/tables.ts";
import type { Warehouse } from "./load/warehouse.ts";
import type { Observation } from "./observation.ts";
import type { DfeCitation } from "./resolve/citation.ts";
import { observationsFrom, startReading } from "./transform/dfe-observations.ts";

/** @param path the archived file, its bytes already proven. @throws UsageError `no-such-cell`; WarehouseError where the row is not it. */
export async function verifyDfe(
  warehouse: Warehouse,
  citation: DfeCitation,
  file: SourceFileTable,
  path: string,
): Promise<Proof> {
  const [archived] = (await readDfeLine(citation, file, path)).filter(
    (one) => one.measure === citation.measure && one.source_column === citation.column,
  );
  if (archived === undefined) throw noSuchCell(citation, `${file.file_name}, line ${citation.line}`);
  const held = await readCitedDfeRows(warehouse, citation);
  const [row] = held;
  compareRows(citation, [archived], held);
  if (row === undefined) throw new Error("rows were compared, and there are none");
  const masked = await isMasked(warehouse, row);
  const note = masked ? "the figure holds; DfE has since suppressed it, so it is not shown" : null;
  return {
    ...proofOf(citation, row, measureByCode(citation.measure).code, note),
    ...(masked ? { status: "suppressed", value: null, value_text: null } : {}),
  };
}

/** The observations of one line, by the transform that loads files. */
async function readDfeLine(citation: DfeCitation, file: SourceFileTable, path: string): Promise<Observation[]> {
  const publication = findPublication(file.publication);
  const dataSet = publication?.dataSets.find((one) => one.code === file.data_set);
  if (publication === undefined || dataSet === undefined) {
    throw new Error(`the ledger has ${file.publication} ${file.data_set}, which the catalogue has not`);
  }
  const table = await openTable(readBlocks(path), file.file_name);
  const source = {
    publication,
    release: file.release,
    releaseVersionId: file.release_version_id ?? "",
    publishedAt: file.published_at,
    dataSet,
    fileName: file.file_name,
    sha256: file.sha256,
    url: file.url,
  };
  try {
    for await (const observations of observationsFrom(table, source, "all", startReading())) {
      const last = observations.at(-1)?.source_line;
      if (last === undefined || last < citation.line) continue;
      return observations.filter((one) => one.source_line === citation.line);
    }
    return [];
  } finally {
    await table.close();
  }
}
