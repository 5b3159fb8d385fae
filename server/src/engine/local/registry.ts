/**
 * Who holds a model on this machine: one small file for each engine process, in a folder that all windows share. It is
 * looked at only when memory is short. A file whose process is gone counts for nothing and is removed.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "../../processes/alive.js";

/** One engine process that has a model loaded. */
export interface Holder {
  /** Process id of the server (a window, or a terminal). */
  readonly pid: number;
  /** Process id of the engine. */
  readonly enginePid: number;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly model: string;
  /** Bytes that it holds, about. */
  readonly bytes: number;
  /** Whether these are the GPU's. */
  readonly onGpu: boolean;
}

/** How often those who wait look whether a holder is gone, in milliseconds. */
const LOOK_MS = 500;

/** The holders that have written themselves down in `directory`. */
export class Registry {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Writes a holder down. Fails silently: then the others see only that memory is short. */
  async enter(holder: Holder): Promise<void> {
    const path = this.#path(holder.enginePid);
    const part = `${path}.part`;
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await writeFile(part, JSON.stringify(holder), { mode: 0o600 });
      await rename(part, path);
    } catch {
      await rm(part, { force: true }).catch(() => {});
    }
  }

  async leave(enginePid: number): Promise<void> {
    await rm(this.#path(enginePid), { force: true }).catch(() => {});
  }

  /** Those whose processes are there, without this server's own, in the order of their beginning. */
  async others(): Promise<Holder[]> {
    const holders: Holder[] = [];
    for (const name of await readdir(this.#directory).catch((): string[] => [])) {
      if (!/^\d+\.json$/.test(name)) continue;
      const path = join(this.#directory, name);
      const holder = await readHolder(path);
      if (holder === null || !isAlive(holder.pid) || !isAlive(holder.enginePid)) {
        await rm(path, { force: true }).catch(() => {});
      } else if (holder.pid !== process.pid) holders.push(holder);
    }
    return holders.sort((a, b) => a.since.localeCompare(b.since));
  }

  /** Resolves when one of these holders has let go, or the signal is aborted. */
  async change(holders: readonly Holder[], signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const now = await this.others();
      if (!holders.every(({ enginePid }) => now.some((other) => other.enginePid === enginePid))) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, LOOK_MS);
        function done(): void {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          resolve();
        }
        signal.addEventListener("abort", done, { once: true });
      });
    }
  }

  #path(enginePid: number): string {
    return join(this.#directory, `${enginePid}.json`);
  }
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    const { pid, enginePid, since, model, bytes, onGpu } = JSON.parse(await readFile(path, "utf8")) as Partial<Holder>;
    if (!isPid(pid) || !isPid(enginePid) || typeof since !== "string" || Number.isNaN(Date.parse(since))) return null;
    if (typeof model !== "string" || typeof bytes !== "number") return null;
    return { pid, enginePid, since, model, bytes, onGpu: onGpu === true };
  } catch {
    return null;
  }
}

function isPid(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0;
}
