import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

/** Libraries that the CUDA backend is linked against and that come with CUDA, not with the driver; see `readelf -d`. */
const NEEDED = ["cudart", "cublas"] as const;

/**
 * The newest major version of the CUDA runtime of which all needed libraries are installed: 13, 12, or null. The
 * backend's package is built for 13, its extension package for 12.
 */
export async function cudaRuntime(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
): Promise<12 | 13 | null> {
  if (platform !== "linux" && platform !== "win32") return null;
  const names = (await Promise.all(folders(platform, env).map((folder) => readdir(folder).catch(() => [])))).flat();
  const known = platform === "linux" ? [...names, ...(await linkerCache())] : names;
  return runtimeIn(known);
}

/** The same for the names of files that are there. */
export function runtimeIn(names: readonly string[]): 12 | 13 | null {
  const has = (library: string, version: number) =>
    names.some((name) => {
      const match = /^(?:lib)?([a-z]+?)(?:64)?(?:_(\d\d)\d*)?(?:\.so\.(\d+)(?:\..*)?|\.dll)$/i.exec(name);
      return match?.[1]?.toLowerCase() === library && Number(match[2] ?? match[3]) === version;
    });
  return ([13, 12] as const).find((version) => NEEDED.every((library) => has(library, version))) ?? null;
}

function folders(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string[] {
  const cuda = Object.entries(env).flatMap(([name, value]) =>
    /^CUDA_(?:PATH|HOME)(?:_V\d+_\d+)?$/i.test(name) ? [value!] : [],
  );
  const below = platform === "win32" ? ["bin", join("bin", "x64")] : ["lib64", join("targets", "x86_64-linux", "lib")];
  const roots = platform === "win32" ? cuda : [...cuda, "/usr/local/cuda", "/opt/cuda"];
  const search = (platform === "win32" ? (env.PATH ?? env.Path) : env.LD_LIBRARY_PATH) ?? "";
  const system = platform === "win32" ? [] : ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib/wsl/lib"];
  // A relative folder would be looked for where a workspace is.
  return [
    ...roots.flatMap((root) => below.map((folder) => join(root, folder))),
    ...search.split(delimiter),
    ...system,
  ].filter(isAbsolute);
}

/** Names of the libraries that the dynamic linker knows; empty if it can't be asked. */
function linkerCache(): Promise<string[]> {
  return new Promise((resolve) => {
    execFile("/sbin/ldconfig", ["-p"], { timeout: 5_000, maxBuffer: 8 << 20 }, (error, stdout) => {
      resolve(error ? [] : [...stdout.matchAll(/^\s+(\S+) \(/gm)].map((match) => match[1]!));
    });
  });
}
