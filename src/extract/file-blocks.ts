/** A file's bytes for whoever reads it once, as fast as the disk gives them. */
import { open } from "node:fs/promises";

const BLOCK = 1_048_576;

/**
 * The bytes of a file in blocks of 1 MiB, the next one being read meanwhile. A block is overwritten when the one after
 * the next is asked for: who needs it longer copies it.
 */
export async function* readBlocks(path: string): AsyncGenerator<Buffer> {
  const blocks = [0, 1, 2].map(() => Buffer.allocUnsafeSlow(BLOCK));
  const handle = await open(path, "r");
  const readInto = (index: number) => handle.read(blocks[index % blocks.length] as Buffer, 0, BLOCK, null);
  let reading = readInto(0);
  try {
    for (let index = 1; ; index += 1) {
      const { buffer, bytesRead } = await reading;
      if (bytesRead === 0) return;
      reading = readInto(index);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await reading.catch(() => undefined); // nobody waits for it any more, or its error has been told
    await handle.close();
  }
}
