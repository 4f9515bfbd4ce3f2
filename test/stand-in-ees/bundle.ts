/** The "all files" zip: written as it is sent, so sizes and CRCs stand behind each entry and in the directory only. */
import type { Readable } from "node:stream";
import type { Archiver, ArchiverOptions } from "archiver";
import * as archiverModule from "archiver";
import { writeGuidance } from "./guidance.ts";
import { type HeldFile, openContent } from "./holdings.ts";

// The installed types describe archiver 8, which exports classes; archiver 7 exports a function.
const { default: createArchive } = archiverModule as unknown as {
  default: (format: "zip", options: ArchiverOptions) => Archiver;
};

export interface BundleContents {
  publication: string;
  release: string;
  files: HeldFile[];
  /** Date of the entries. */
  date: Date;
}

/** A stream of the zip. Files are opened one after the other; none is held in memory. */
export async function streamBundle(
  contents: BundleContents,
  options: { forceZip64?: boolean } = {},
): Promise<Readable> {
  const archive = createArchive("zip", { zlib: { level: 6 }, ...options });
  for (const file of contents.files) {
    archive.append(openContent(file), { name: `data/${file.name}`, date: contents.date });
  }
  if (contents.files.length > 0) {
    const guidance = await writeGuidance(contents.publication, contents.release, contents.files);
    archive.append(guidance, { name: "data-guidance/data-guidance.txt", date: contents.date });
  }
  archive.finalize().catch((error: Error) => archive.destroy(error));
  return archive;
}
