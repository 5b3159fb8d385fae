import { availableParallelism, freemem, totalmem } from "node:os";
import { type GpuReport, gpus } from "../native/gpus.js";
import { cudaRuntime } from "./cuda-runtime.js";
import type { Machine } from "./fit.js";

/** Looks at this machine: GPUs by the native probe, CUDA's libraries, cores, memory. Loads nothing and never rejects. */
export async function lookAtMachine(
  extensionRoot: string,
): Promise<{ readonly machine: Machine; readonly report: GpuReport }> {
  const [report, runtime] = await Promise.all([gpus(extensionRoot), cudaRuntime()]);
  const machine: Machine = {
    platform: process.platform,
    arch: process.arch,
    gpus: report.gpus,
    cudaRuntime: runtime,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    // What a container may use can be less than what the machine has.
    freeMemoryBytes: Math.min(freemem(), process.availableMemory?.() ?? Number.POSITIVE_INFINITY),
  };
  return { machine, report };
}
