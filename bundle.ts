/**
 * Puts the compiled program and its libraries into few files, so that `s21` starts without looking up 500. `npm run build` runs
 * it after the compiler, over `dist/cli.js`. What a command loads only when it is called stays a file of its own. The modules
 * stay in `dist/src` too: the letters' readers are started from there. See docs/decisions/2026-11-22-bundle.md.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { packagePath } from "./src/package-root.ts";

/** Left where npm put them. */
const OUTSIDE = [
  "@electric-sql/pglite", // reads its WebAssembly from beside its own files
  "graphile-worker", // looks for its configuration and tasks by path
  "pino", // starts its writer thread from a file of its own
  "pino-pretty",
  "@aws-sdk/client-s3", // of unzipper, and pg-native of pg: asked for only where somebody has installed them
  "pg-native",
];

/** Over `cli.js` in a folder of compiled modules; what else it takes is in `parts`. @throws when anything in it is odd. */
export async function bundleProgram(folder: string) {
  rmSync(join(folder, "parts"), { recursive: true, force: true });
  const { warnings } = await build({
    absWorkingDir: packagePath("."),
    entryPoints: ["cli.ts"],
    outdir: folder,
    chunkNames: "parts/[name]-[hash]",
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    external: OUTSIDE,
    sourcemap: true,
    sourcesContent: false,
    legalComments: "linked",
    // As Node says of itself from 21 on. Where nobody says it, pg makes a Response to find out, and so loads all of fetch (28 ms).
    define: { navigator: JSON.stringify({ userAgent: "Node.js" }) },
    // Of the libraries, those that are CommonJS ask for Node's own modules by `require`.
    banner: {
      js: `import { createRequire as createRequireOfBundle } from "node:module"; const require = createRequireOfBundle(import.meta.url);`,
    },
    logLevel: "warning",
  });
  if (warnings.length > 0) throw new Error("the bundle has warnings: see above");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleProgram(packagePath("dist"));
