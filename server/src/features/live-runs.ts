import type { Steering } from "../prover/steering.js";

/** A run that goes on in this server. */
export interface LiveRun<Result> {
  readonly steering: Steering;
  /** Ends it; what was written is kept. */
  stop(): void;
  /** Its answer, once it has ended. */
  readonly ended: Promise<Result>;
}

/** The runs that go on in this server, by id. */
export class LiveRuns<Result> {
  readonly #runs = new Map<string, LiveRun<Result>>();

  get(id: string): LiveRun<Result> | null {
    return this.#runs.get(id) ?? null;
  }

  add(id: string, run: LiveRun<Result>): void {
    this.#runs.set(id, run);
  }

  remove(id: string): void {
    this.#runs.delete(id);
  }

  /** Leaves all of them paused on disk, for the next server to go on with; resolves once their files are closed. */
  async suspend(): Promise<void> {
    const all = [...this.#runs.values()];
    for (const { steering } of all) steering.suspend();
    await Promise.allSettled(all.map(({ ended }) => ended));
  }
}
