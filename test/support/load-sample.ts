/** The bundled sample in a warehouse, as `s21 demo` loads it: two letters, and release 2022 of Children in need. */
import type { Config } from "../../src/config.ts";
import { addLetters } from "../../src/letters.ts";
import { packagePath } from "../../src/package-root.ts";
import { refresh } from "../../src/refresh.ts";
import { SAMPLE_BUNDLE } from "./sample-release.ts";

export async function loadSample(config: Config): Promise<void> {
  const quiet = { note: () => undefined, progress: () => undefined };
  await addLetters(config, { paths: [packagePath("sample/letters")] }, ["letters", "add"], quiet.note);
  const request = { publication: "children-in-need", release: ["2022"], las: [], allLas: false, recheck: false };
  const local = { from: SAMPLE_BUNDLE, publishedAt: "2022-10-27T08:30:00.000Z" };
  await refresh(config, { ...request, ...local }, ["refresh"], quiet);
}
