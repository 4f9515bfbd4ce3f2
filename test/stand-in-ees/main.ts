/** Runs the stand-in by hand: `npx tsx test/stand-in-ees/main.ts --root DIR [--port N] [--fault JSON]…` prints its address. */
import { parseArgs } from "node:util";
import { type Fault, startStandInEes } from "./server.ts";

const { values } = parseArgs({
  options: { root: { type: "string" }, port: { type: "string" }, fault: { type: "string", multiple: true } },
});
if (values.root === undefined) {
  console.error("usage: main.ts --root DIR [--port N] [--fault JSON]…");
  process.exit(2);
}
const faults = (values.fault ?? []).map((text) => JSON.parse(text) as Fault);
const ees = await startStandInEes({ root: values.root, port: Number(values.port ?? "0"), faults });
console.log(ees.url);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void ees.close());
