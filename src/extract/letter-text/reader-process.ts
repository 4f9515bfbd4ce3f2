/**
 * The entry of a reader process: takes documents over the channel to its parent, one at a time, and answers with their lines
 * and, where that is asked for, with what they say as letters. It is given bytes, never a path, and has none of the parent's
 * environment.
 */
import type { DocumentLimits } from "./limits.ts";
import { type DocumentBytes, type ParsedDocument, parseDocument } from "./parse-document.ts";
import { sealProcess } from "./sealed-process.ts";

sealProcess();

/** What a reader process is asked. */
export interface ReaderJob {
  document: DocumentBytes;
  limits: DocumentLimits;
  /** Whether the texts are wanted as letters too. */
  letters: boolean;
}

process.on("message", (job: ReaderJob) => {
  void read(job).then((parsed) => process.send?.(parsed));
});
process.on("disconnect", () => process.exit());
process.send?.("ready");

async function read({ document, limits, letters }: ReaderJob): Promise<ParsedDocument> {
  const parsed = await parseDocument(document, limits);
  if (!letters || parsed.kind !== "read") return parsed;
  const { readOrSetAside } = await import("../../transform/letter-reading.ts");
  return { ...parsed, letters: parsed.texts.map((text) => readOrSetAside(text)) };
}
