import { gpus } from "../../native/gpus.js";
import type { GpuMemory } from "./idle-watch.js";

/** Memory of all GPUs together; null if none tells. `extensionRoot` holds `native/`. Never rejects. */
export async function gpuMemory(extensionRoot: string): Promise<GpuMemory | null> {
  let known = 0;
  let free = 0;
  let total = 0;
  for (const { freeBytes, totalBytes } of (await gpus(extensionRoot)).gpus) {
    if (freeBytes === null || totalBytes === null) continue;
    known++;
    free += freeBytes;
    total += totalBytes;
  }
  return known === 0 ? null : { free, total };
}
