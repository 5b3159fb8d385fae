import type { CompletionEvent } from "../engine/engine.js";
import type { RunEvent, RunPhase } from "../store/run.js";

/** Tells what a run is doing when that changes, with its progress in hundredths. */
export class PhaseReporter {
  readonly #emit: (event: RunEvent) => void;
  #last = "";

  constructor(emit: (event: RunEvent) => void) {
    this.#emit = emit;
  }

  report(phase: RunPhase, progress: number | null): void {
    const rounded = progress === null ? null : Math.round(progress * 100) / 100;
    const key = `${phase} ${rounded}`;
    if (key === this.#last) return;
    this.#last = key;
    this.#emit({ type: "phase", phase, progress: rounded });
  }

  /** What an engine does before it writes. */
  reportEngine(event: Exclude<CompletionEvent, { type: "text" | "end" }>): void {
    if (event.type === "queued") this.report("waiting", null);
    else this.report("reading", event.total === 0 ? null : event.evaluated / event.total);
  }
}
