import { join } from "node:path";
import { type PinnedBackends, packagesIn, SCOPE } from "../engine/local/backend-packages.js";
import type { Backend, Machine } from "./fit.js";
import { BACKEND_NAMES } from "./fit.js";

/** Bytes of what npm downloads: measured at 3.22.1, that of the extension package reckoned from its unpacked size. */
const PACKED_BYTES: Readonly<Record<string, number>> = { cuda: 143e6, "cuda-ext": 270e6, vulkan: 24e6 };

/** Names of the packages of a backend for a platform; empty if there are none. */
export function backendPackages(
  backend: Backend,
  { platform, arch, cudaRuntime }: Pick<Machine, "platform" | "arch" | "cudaRuntime">,
): string[] {
  const system = platform === "darwin" ? "mac" : platform === "win32" ? "win" : platform;
  const name = (suffix: string) => `${SCOPE}/${system}-${arch === "arm" ? "armv7l" : arch}${suffix}`;
  switch (backend) {
    case "cpu":
      return [platform === "darwin" && arch === "arm64" ? name("-metal") : name("")];
    case "metal":
      return platform === "darwin" && arch === "arm64" ? [name("-metal")] : [];
    case "vulkan":
      return arch === "x64" && platform !== "darwin" ? [name("-vulkan")] : [];
    case "cuda":
      if (arch !== "x64" || platform === "darwin") return [];
      // The package itself is linked against CUDA 13; what comes with the other one, against 12.
      return cudaRuntime === 12 ? [name("-cuda"), name("-cuda-ext")] : [name("-cuda")];
  }
}

/** About how many bytes npm downloads for packages. */
export function packedBytes(packages: readonly string[]): number {
  return packages.reduce(
    (sum, name) => sum + (PACKED_BYTES[/-(cuda-ext|cuda|vulkan)$/.exec(name)?.[1] ?? ""] ?? 30e6),
    0,
  );
}

/** Where a backend was found. */
export type BackendState =
  | { readonly there: true; readonly where: string }
  | { readonly there: false; readonly why: string };

/** What there is of each backend on this machine, and why not what is not. Loads nothing. */
export function backendStates(
  machine: Machine,
  pinned: PinnedBackends | null,
  extensionRoot: string,
  folders: readonly string[],
): Readonly<Record<Backend, BackendState>> {
  const own = join(extensionRoot, "node_modules");
  const state = (backend: Backend): BackendState => {
    const packages = backendPackages(backend, machine);
    if (packages.length === 0) return { there: false, why: `not made for ${machine.platform}-${machine.arch}` };
    if (pinned === null) return { there: false, why: "the build is incomplete: install the extension again" };
    const missing = (place: Map<string, string>) => packages.filter((name) => !place.has(name));
    const inExtension = packagesIn(own, pinned.version);
    if (missing(inExtension).length === 0) return { there: true, where: "in the extension" };
    for (const folder of folders) {
      if (missing(packagesIn(folder, pinned.version)).length === 0) return { there: true, where: `in ${folder}` };
    }
    if (backend === "cuda") return { there: false, why: cudaMissing(machine) };
    return { there: false, why: "its package is not there: install the extension again" };
  };
  return { cuda: state("cuda"), vulkan: state("vulkan"), metal: state("metal"), cpu: state("cpu") };
}

/**
 * One line for a report: which backend will run under the setting, as far as can be told without loading, and why not
 * each better one.
 */
export function backendsInWords(
  machine: Machine,
  gpu: "auto" | "cuda" | "vulkan" | "metal" | false,
  states: Readonly<Record<Backend, BackendState>>,
): string {
  const order: readonly Backend[] = machine.platform === "darwin" ? ["metal", "cpu"] : ["cuda", "vulkan", "cpu"];
  const wanted: readonly Backend[] = gpu === "auto" ? order : gpu === false ? ["cpu"] : [gpu];
  const parts: string[] = [];
  let runs: Backend | null = null;
  for (const backend of order) {
    const state = states[backend];
    const why = !wanted.includes(backend)
      ? `"qed.gpu" is ${gpu === false ? "off" : gpu}`
      : !state.there
        ? state.why
        : cannotUse(backend, machine);
    if (runs === null && why === null) {
      runs = backend;
      parts.unshift(`${BACKEND_NAMES[backend]} runs (${state.there ? state.where : ""})`);
    } else if (runs === null) parts.push(`${BACKEND_NAMES[backend]} does not: ${why}`);
    else
      parts.push(
        `${BACKEND_NAMES[backend]} is there as well`.replace("is there", state.there ? "is there" : "is not there"),
      );
  }
  return runs === null ? `none can run; ${parts.join("; ")}` : parts.join("; ");
}

function cudaMissing({ gpus, cudaRuntime }: Machine): string {
  if (!gpus.some(({ vendor }) => vendor === "nvidia")) return "no NVIDIA GPU was found";
  if (cudaRuntime === null) return "its runtime libraries (cudart and cublas, version 12 or 13) are not installed";
  return 'its package has not been fetched: "QED: Set Up Model" does it';
}

/** Why a backend that is there is of no use here; null if it should be. */
function cannotUse(backend: Backend, { gpus, cudaRuntime }: Machine): string | null {
  if (backend === "cuda") {
    if (!gpus.some(({ vendor }) => vendor === "nvidia")) return "no NVIDIA GPU was found";
    if (cudaRuntime === null) return "its runtime libraries (cudart and cublas, version 12 or 13) are not installed";
  }
  if (backend === "vulkan" && gpus.length === 0) return "no GPU was found";
  return null;
}
