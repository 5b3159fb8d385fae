import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Document, Statement } from "../../server/src/document/types.js";
import type { Engine } from "../../server/src/engine/engine.js";
import type { PromptContext } from "../../server/src/prompt/prove.js";
import { branchHeader, type Cut, summaryHeader } from "../../server/src/prover/run-header.js";
import { beginRun, type RunServices, resumeRun, runProof } from "../../server/src/prover/run-proof.js";
import { Steering } from "../../server/src/prover/steering.js";
import type { Budget, Run, RunEvent, RunHeader, RunOrigin } from "../../server/src/store/run.js";
import { RunStore } from "../../server/src/store/store.js";

/** How a run is made here, where that matters. */
export interface DeskOptions {
  readonly budget?: Budget;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly context?: PromptContext;
  readonly origin?: RunOrigin;
  readonly loopGuard?: boolean;
  /** Called after each event, with the reins. */
  readonly onEvent?: (event: RunEvent, steering: Steering, events: readonly RunEvent[]) => void;
}

/** What came of it. */
export interface Done {
  readonly run: Run;
  readonly events: readonly RunEvent[];
}

const BUDGET: Budget = { thought: 4000, answer: 2000 };

/** A store of its own, and runs that are steered. */
export class Desk {
  readonly #folder = mkdtempSync(join(tmpdir(), "qed-desk-"));
  readonly directory = join(this.#folder, "runs");
  readonly store = new RunStore(this.directory);

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }

  prove(
    engine: Engine,
    { document, statement }: { readonly document: Document; readonly statement: Statement },
    options: DeskOptions = {},
  ): Promise<Done> {
    const { budget = BUDGET, seed = 1, context, origin, loopGuard } = options;
    return this.#watch(engine, options, (services) =>
      runProof({
        ...services,
        document,
        statement,
        uri: "file:///paper.tex",
        budget,
        seed,
        ...(context ? { context } : {}),
        ...(origin ? { origin } : {}),
        ...(loopGuard === undefined ? {} : { loopGuard }),
      }),
    );
  }

  resume(engine: Engine, run: Run, options: DeskOptions = {}): Promise<Done> {
    return this.#watch(engine, options, (services) => resumeRun(services, run.header.id));
  }

  branch(engine: Engine, run: Run, cut: Cut, options: DeskOptions = {}): Promise<Done> {
    return this.begin(engine, branchHeader(run, cut, options.budget ?? BUDGET, options.seed ?? 1), options);
  }

  summarise(engine: Engine, run: Run, options: DeskOptions = {}): Promise<Done> {
    return this.begin(engine, summaryHeader(run, options.budget ?? BUDGET, options.seed ?? 1), options);
  }

  begin(engine: Engine, header: RunHeader, options: DeskOptions = {}): Promise<Done> {
    return this.#watch(engine, options, (services) => beginRun(services, header));
  }

  async #watch(engine: Engine, options: DeskOptions, go: (services: RunServices) => Promise<Run>): Promise<Done> {
    const steering = new Steering();
    const events: RunEvent[] = [];
    const run = await go({
      engine,
      store: this.store,
      steering,
      signal: options.signal ?? new AbortController().signal,
      onEvent: (event) => {
        events.push(event);
        options.onEvent?.(event, steering, events);
      },
    });
    return { run, events };
  }
}
