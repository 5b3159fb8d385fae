import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import type { Gpu } from "./gpus.js";

const TIMEOUT_MS = 3000;
const MIB = 1024 * 1024;

// The last fields of a line have no comma in them; the name, which comes first, may.
const FIELDS = ["name", "memory.total", "memory.free", "driver_version", "utilization.gpu", "compute_cap"];

/** NVIDIA's GPUs as `nvidia-smi` lists them, or the sentence that says why it could not. Never rejects. */
export async function nvidiaSmiGpus(
  path = process.env.PATH ?? "",
): Promise<{ readonly gpus: readonly Gpu[]; readonly error: string | null }> {
  const program = await find(path);
  if (program === null)
    return {
      gpus: [],
      error: "No nvidia-smi was found on the PATH; install the NVIDIA driver if there is an NVIDIA GPU here.",
    };
  try {
    return { gpus: parseNvidiaSmi(await query(program, FIELDS)), error: null };
  } catch (first) {
    try {
      // Drivers before 510 do not know `compute_cap` and then refuse the whole query.
      if (timedOut(first)) throw first;
      return { gpus: parseNvidiaSmi(await query(program, FIELDS.slice(0, -1)), false), error: null };
    } catch {
      return { gpus: [], error: explain(first) };
    }
  }
}

/**
 * Reads the lines that `nvidia-smi --format=csv,noheader,nounits` prints for the fields above, or for those without
 * `compute_cap`. Lines that are none, such as a warning before them, are left out; memory is given in MiB there.
 */
export function parseNvidiaSmi(output: string, withCapability = true): Gpu[] {
  const found: Gpu[] = [];
  for (const line of output.split(/\r?\n/)) {
    const cells = line.split(",").map((cell) => cell.trim());
    const capability = withCapability ? cells.pop() : undefined;
    const [total, free, driver, utilisation] = cells.slice(-4);
    const name = cells.slice(0, -4).join(", ");
    if (name === "" || total === undefined || free === undefined) continue;
    const totalBytes = mebibytes(total);
    const freeBytes = natural(free);
    const percent = natural(utilisation);
    found.push({
      vendor: "nvidia",
      name,
      totalBytes,
      freeBytes: totalBytes !== null && freeBytes !== null && freeBytes * MIB <= totalBytes ? freeBytes * MIB : null,
      driver: driver !== undefined && /^\d[\d.]*$/.test(driver) ? driver : null,
      utilisation: percent !== null && percent <= 100 ? percent : null,
      computeCapability: capability !== undefined && /^\d+\.\d+$/.test(capability) ? capability : null,
    });
  }
  return found;
}

function natural(cell: string | undefined): number | null {
  return cell !== undefined && /^\d{1,12}$/.test(cell) ? Number(cell) : null;
}

function mebibytes(cell: string): number | null {
  const number = natural(cell);
  return number === null || number === 0 ? null : number * MIB;
}

/** Absolute folders of the PATH only: a relative one, or Windows' own search, would look where the workspace is. */
async function find(path: string): Promise<string | null> {
  const windows = process.platform === "win32";
  const folders = path.split(delimiter).filter((folder) => isAbsolute(folder));
  const system = process.env.SystemRoot;
  if (windows && system !== undefined) folders.push(join(system, "System32"));
  for (const folder of folders) {
    const program = join(folder, windows ? "nvidia-smi.exe" : "nvidia-smi");
    try {
      await access(program, constants.X_OK);
      return program;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

function query(program: string, fields: readonly string[]): Promise<string> {
  const args = [`--query-gpu=${fields.join(",")}`, "--format=csv,noheader,nounits"];
  const options = { timeout: TIMEOUT_MS, killSignal: "SIGKILL", windowsHide: true, cwd: dirname(program) } as const;
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
}

function timedOut(error: unknown): boolean {
  return error instanceof Error && "killed" in error && error.killed === true;
}

function explain(error: unknown): string {
  if (timedOut(error)) return `nvidia-smi did not answer in ${TIMEOUT_MS / 1000} s; run it in a terminal to see why.`;
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
  return `nvidia-smi failed (code ${code}); run it in a terminal to see why.`;
}
