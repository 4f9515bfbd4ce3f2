/** Compiles the byte scan, `npm run build:kernel`; with `--check` only says whether what is checked in is what comes out. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packagePath } from "../src/package-root.ts";

/** Not a dependency: it is some 100 MB, and wanted only when the scan changes. */
const COMPILER = "assemblyscript@0.28.20";
const OPTIONS = ["-O3", "--converge", "--runtime", "stub", "--noAssert", "--enable", "simd,bulk-memory"];
/** 4 MB, of which the longest record that is not left to csv-parse takes 256 KB; and it never grows. */
const MEMORY = ["--initialMemory", "64", "--maximumMemory", "64", "--memoryBase", "0", "--use", "abort="];
const WRITTEN = packagePath("src/extract/record-scan-wasm.ts");

function compile(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "s21-kernel-"));
  try {
    const out = join(folder, "scan.wasm");
    const words = ["--yes", `--package=${COMPILER}`, "--", "asc", packagePath("kernel/record-scan.ts"), "-o", out];
    execFileSync("npx", [...words, ...OPTIONS, ...MEMORY], { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
    return readFileSync(out);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const text = [
  `/** kernel/record-scan.ts, compiled by \`npm run build:kernel\` (${COMPILER}). Do not edit. */`,
  "export const RECORD_SCAN_WASM =",
  `  "${compile().toString("base64")}";`,
  "",
].join("\n");

if (process.argv.includes("--check")) {
  const same = readFileSync(WRITTEN, "utf8") === text;
  console.log(same ? "the compiled byte scan is its source's" : `${WRITTEN} is not what its source compiles to`);
  process.exitCode = same ? 0 : 1;
} else {
  writeFileSync(WRITTEN, text);
}
