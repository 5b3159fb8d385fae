import type { Lane } from "../engine.js";

/** Order in which lanes are served. */
const ORDER: readonly Lane[] = ["typing", "run", "review"];

/** What waits for a sequence, or works on one. */
export interface Job {
  readonly id: number;
  readonly lane: Lane;
}

/** What the scheduler is given for its jobs. */
export interface SchedulerParts<J extends Job, Slot> {
  /** Takes a sequence that is free for this job out of those that are there; null if the job must wait. */
  take(job: J): Slot | null;
  /** Does the job to its end; never rejects. `signal` is its cancel. */
  run(job: J, slot: Slot, signal: AbortSignal): Promise<void>;
  /** The job on this sequence was cancelled: it is given back as soon as the job sees that. */
  ending(slot: Slot): void;
  /** Gives the sequence back. */
  release(slot: Slot): void;
  /** The job has to wait. */
  queued(job: J): void;
  /** The job was cancelled before it began. */
  dropped(job: J): void;
}

/**
 * Jobs on the sequences of one model: typing first, then runs, then reviews, each lane in the order of its coming.
 * While typing works, the others stand still between two of their tokens.
 */
export class Scheduler<J extends Job, Slot> {
  readonly #parts: SchedulerParts<J, Slot>;
  readonly #waiting: J[] = [];
  readonly #running = new Map<number, { readonly abort: AbortController; readonly slot: Slot }>();
  readonly #told = new WeakSet<J>();
  #typing = 0;
  #typingEnded: Array<() => void> = [];

  constructor(parts: SchedulerParts<J, Slot>) {
    this.#parts = parts;
  }

  /** Whether anything is to be done. */
  get busy(): boolean {
    return this.#running.size > 0 || this.#waiting.length > 0;
  }

  submit(job: J): void {
    this.#waiting.push(job);
    this.#serve();
    this.#tell();
  }

  /** Late and repeated cancels are nothing. */
  cancel(id: number): void {
    const index = this.#waiting.findIndex((job) => job.id === id);
    const [job] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (job) this.#parts.dropped(job);
    else {
      const running = this.#running.get(id);
      if (!running) return;
      running.abort.abort();
      this.#parts.ending(running.slot);
    }
  }

  /** What a job of this lane waits for before its next token; null if it may go on. */
  standsBy(lane: Lane): Promise<void> | null {
    if (lane === "typing" || this.#typing === 0) return null;
    return new Promise((resolve) => this.#typingEnded.push(resolve));
  }

  /** Tells the jobs that wait, but not for what is free in a moment. */
  #tell(): void {
    if ([...this.#running.values()].some(({ abort }) => abort.signal.aborted)) return;
    for (const job of this.#waiting) {
      if (this.#told.has(job)) continue;
      this.#told.add(job);
      this.#parts.queued(job);
    }
  }

  #serve(): void {
    for (const lane of ORDER) {
      for (const job of this.#waiting.filter((waiting) => waiting.lane === lane)) {
        const slot = this.#parts.take(job);
        if (slot === null) continue;
        this.#waiting.splice(this.#waiting.indexOf(job), 1);
        void this.#run(job, slot);
      }
    }
  }

  async #run(job: J, slot: Slot): Promise<void> {
    const abort = new AbortController();
    this.#running.set(job.id, { abort, slot });
    if (job.lane === "typing") this.#typing++;
    try {
      await this.#parts.run(job, slot, abort.signal);
    } finally {
      this.#running.delete(job.id);
      this.#parts.release(slot);
      if (job.lane === "typing" && --this.#typing === 0) {
        for (const goOn of this.#typingEnded.splice(0)) goOn();
      }
      this.#serve();
      this.#tell();
    }
  }
}
