/**
 * The entry of a reader process: takes documents over the channel to its parent, one at a time, and answers with their lines.
 * It is given bytes, never a path, and has none of the parent's environment.
 */
import type { DocumentLimits } from "./limits.ts";
import { type DocumentBytes, parseDocument } from "./parse-document.ts";
import { sealProcess } from "./sealed-process.ts";

sealProcess();

process.on("message", (job: { document: DocumentBytes; limits: DocumentLimits }) => {
  void parseDocument(job.document, job.limits).then((parsed) => process.send?.(parsed));
});
process.on("disconnect", () => process.exit());
process.send?.("ready");
