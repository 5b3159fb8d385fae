import type { ProveRequest } from "../protocol.js";
import type { Steering } from "../prover/steering.js";

/** A run that goes on in this server. */
export interface LiveRun {
  readonly steering: Steering;
  /** Ends it; what was written is kept. */
  stop(): void;
  /** Its answer, once it has ended. */
  readonly ended: Promise<ProveRequest.Result>;
}

/** The runs that go on in this server, by id. */
export class LiveRuns {
  readonly #runs = new Map<string, LiveRun>();

  get(id: string): LiveRun | null {
    return this.#runs.get(id) ?? null;
  }

  add(id: string, run: LiveRun): void {
    this.#runs.set(id, run);
  }

  remove(id: string): void {
    this.#runs.delete(id);
  }

  /**
   * Leaves all of them paused on disk, for the next server to go on with. Resolves once their files are closed, or after
   * `limit` milliseconds: a run whose model is being loaded hears of it only when its engine ends.
   */
  async suspend(limit: number): Promise<void> {
    const all = [...this.#runs.values()];
    for (const { steering } of all) steering.suspend();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limit);
    });
    await Promise.race([Promise.allSettled(all.map(({ ended }) => ended)), late]);
    clearTimeout(timer);
  }
}
