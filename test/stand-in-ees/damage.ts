import type { Readable } from "node:stream";
import { type BundleContents, streamBundle } from "./bundle.ts";
import type { Fault } from "./faults.ts";
export function damageBundle(contents: BundleContents, _fault: Fault): Promise<Readable> {
  return streamBundle(contents);
}
