/** A bundle on disk, kept by the same road as one that was downloaded. */
import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import type { DataSet, Publication } from "../catalogue/publications.ts";
import { SourceNotTrustedError, UsageError } from "../errors.ts";
import type { Archive } from "./archive.ts";
import { openFolderBundle, openZipBundle } from "./bundle.ts";
import { fileOf, type KeptDataSet, type KeptRelease, keepFile, localVersion } from "./release.ts";

/**
 * A bundle on disk, a folder or a zip, by the same road. Publication and release are told by its name, as EES lays
 * them out: `children-in-need_2022.zip`, or `children-in-need/2022/` with `data/` inside.
 * @throws UsageError when there is nothing there, or its release can't be told.
 */
export async function keepLocalRelease(
  from: string,
  publication: Publication,
  release: string | null,
  publishedAt: string | null,
  archive: Archive,
): Promise<KeptRelease> {
  const path = resolve(from);
  const found = await stat(path).catch(() => null);
  if (found === null) throw new UsageError("no-such-bundle", `${from} is not there; expected a folder or a zip`);
  const slug = release ?? releaseOfPath(path);
  if (slug === null) {
    throw new UsageError(
      "release-unknown",
      `${from} does not tell its release; name it with --release, such as --release 2022`,
    );
  }
  const bundle = found.isDirectory() ? await openFolderBundle(path) : await openZipBundle(path, from);
  const version = localVersion(slug, publishedAt);
  const files: KeptDataSet[] = [];
  const absent: DataSet[] = [];
  for (const dataSet of publication.dataSets) {
    const file = fileOf(dataSet, publication, bundle);
    if (file === undefined && dataSet.isOptional === true) continue;
    if (file === undefined) absent.push(dataSet);
    else files.push(await keepFile(dataSet, file, null, undefined, { publication, version }, archive));
  }
  if (files.length === 0) {
    const codes = publication.dataSets.map((dataSet) => dataSet.code).join(", ");
    throw new SourceNotTrustedError("no-data-sets", `${from} holds none of ${codes}`);
  }
  return { version, manifest: null, files, absent };
}

function releaseOfPath(path: string): string | null {
  const name = basename(path) === "data" ? basename(dirname(path)) : basename(path);
  return /(?:^|_)(\d{4}(?:-[a-z0-9-]+)?)(?:\.zip)?$/i.exec(name)?.[1]?.toLowerCase() ?? null;
}
