/** The version of the program that reads letters: a letter in the warehouse is read again when it changes. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MODULE_EXTENSION, MODULES } from "./package-root.ts";

/** Everything that a reading depends on: documents, grammar, catalogue, and how a letter becomes rows. */
const PARTS = [
  /^extract\/letter-text/,
  /^transform\/letter/,
  /^catalogue\//,
  /^load\/letter-identity\./,
  /^letter-documents\./,
];

/** Fingerprint of the program's own files, so that nobody has to remember to count a version up. */
export function fingerprintReader(): string {
  const files = readdirSync(MODULES, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter(
      (name) => name.endsWith(MODULE_EXTENSION) && !name.endsWith(".d.ts") && PARTS.some((part) => part.test(name)),
    )
    .sort();
  const hash = createHash("sha256");
  for (const name of files) hash.update(`${name}\n`).update(readFileSync(join(MODULES, name)));
  return hash.digest("hex").slice(0, 16);
}
