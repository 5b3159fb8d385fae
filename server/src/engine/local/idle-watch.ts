/** Decides when an engine that has nothing to do lets its model go. It has timers only while it is idle and loaded. */

const MINUTE_MS = 60_000;
const MIB = 2 ** 20;
/** How often the GPU's memory is looked at, in milliseconds. */
const POLL_MS = 15_000;
/** Longest delay that a timer takes. */
const LONGEST_MS = 2 ** 31 - 1;
/** Another program needs memory when so little is free: this many bytes, or this part of all. */
const SHORT = { bytes: 768 * MIB, part: 0.04 };
/** And when this much less is free than when the idle time began: our own model is not another program. */
const TAKEN_BYTES = 256 * MIB;

/** Memory of a GPU in bytes. */
export interface GpuMemory {
  readonly free: number;
  readonly total: number;
}

/** Why a model is let go. */
export type LetGoReason = "idle" | "memory";

/** What the watch needs. */
export interface IdleWatchParts {
  /** Minutes without work after which the model is let go; 0 for never. */
  readonly minutes: () => number;
  /** The memory of the GPU that the model is on; null if nobody can tell. */
  readonly gpu: () => Promise<GpuMemory | null>;
  /** Called while idle only. */
  readonly letGo: (reason: LetGoReason) => void;
  readonly pollMs?: number;
}

/** The idle time of one engine. */
export class IdleWatch {
  readonly #parts: IdleWatchParts;
  #timer: NodeJS.Timeout | null = null;
  #poll: NodeJS.Timeout | null = null;
  /** Grows with each idle time: an answer about an earlier one is late. */
  #period = 0;

  constructor(parts: IdleWatchParts) {
    this.#parts = parts;
  }

  /** There is nothing to do from now on. `onGpu` if the model is on a GPU. */
  idle(onGpu: boolean): void {
    this.busy();
    const ms = this.#parts.minutes() * MINUTE_MS;
    if (ms > 0) this.#timer = setTimeout(() => this.#letGo("idle"), Math.min(ms, LONGEST_MS));
    // A server that ends does not wait for this.
    this.#timer?.unref();
    if (onGpu) this.#look(this.#period, null);
  }

  /** There is something to do, or nothing to let go. */
  busy(): void {
    this.#period++;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#poll !== null) clearTimeout(this.#poll);
    this.#timer = null;
    this.#poll = null;
  }

  #look(period: number, first: GpuMemory | null): void {
    void this.#parts
      .gpu()
      .catch(() => null)
      .then((memory) => {
        if (period !== this.#period) return;
        if (memory !== null && first !== null && isWanted(first, memory)) {
          this.#letGo("memory");
          return;
        }
        const start = first ?? memory;
        if (start === null) return;
        this.#poll = setTimeout(() => this.#look(period, start), this.#parts.pollMs ?? POLL_MS);
        this.#poll.unref();
      });
  }

  #letGo(reason: LetGoReason): void {
    this.busy();
    this.#parts.letGo(reason);
  }
}

function isWanted(first: GpuMemory, now: GpuMemory): boolean {
  const short = now.free < Math.max(SHORT.bytes, now.total * SHORT.part);
  return short && first.free - now.free >= TAKEN_BYTES;
}
