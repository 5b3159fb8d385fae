import type { Document, Statement } from "../document/types.js";
import type { Engine } from "../engine/engine.js";
import type { PromptContext } from "../prompt/prove.js";
import { applyEvent, emptyRun } from "../store/fold.js";
import { canResume } from "../store/labels.js";
import type { FoundRun } from "../store/parse-run.js";
import type { Budget, Run, RunEvent, RunHeader, RunOrigin } from "../store/run.js";
import type { RunWriter } from "../store/run-file.js";
import type { RunStore } from "../store/store.js";
import { promptOf } from "./prompt-of.js";
import { newHeader } from "./run-header.js";
import type { Steering } from "./steering.js";
import { runThoughtLoop } from "./thought-loop.js";

/** By what a run is made, and who watches and steers it. */
export interface RunServices {
  readonly engine: Engine;
  readonly store: RunStore;
  /** Called once the run's file is on disk and open for its events. */
  readonly onStart?: (header: RunHeader) => void;
  /** Called with each event after it is on disk. */
  readonly onEvent?: (event: RunEvent) => void;
  readonly steering?: Steering;
  readonly signal: AbortSignal;
}

/** What is to be proved. */
export interface ProofRequest extends RunServices {
  readonly document: Document;
  readonly statement: Statement;
  /** What the other files of its project give for the prompt. */
  readonly context?: PromptContext;
  readonly uri: string;
  readonly budget: Budget;
  readonly seed: number;
  readonly origin?: RunOrigin;
  /** False lets the model go round in circles. */
  readonly loopGuard?: boolean;
}

/**
 * One proof attempt from beginning to end, on disk as it happens. Rejects only if the run's file can't be written. The
 * run that is returned has no outcome if it was suspended.
 */
export async function runProof(request: ProofRequest): Promise<Run> {
  return beginRun(request, newHeader(request));
}

/** The same for a run whose header is made from another run's (`branchHeader`, `summaryHeader`). */
export async function beginRun(services: RunServices, header: RunHeader): Promise<Run> {
  return goOn(services, emptyRun(header), services.store.create(header));
}

/** Why a run can't be resumed; the message is one sentence for the user. */
export class NotResumable extends Error {}

/**
 * Goes on with a run that was paused, stopped or failed, or whose process died, where it stood. Throws
 * {@link NotResumable}, and {@link RunBusy} if another process is writing it.
 */
export async function resumeRun(services: RunServices, id: string): Promise<Run> {
  const out = services.store.reopen(id);
  if (out === null) throw new NotResumable(GONE);
  try {
    return await goOn(services, resumable(services.store.find(id)), out, { type: "resumed" });
  } finally {
    out.close();
  }
}

function resumable(found: FoundRun | null): Run {
  if (found?.kind === "newer") throw new NotResumable(NEWER);
  if (found?.kind !== "run") throw new NotResumable(GONE);
  const { run } = found.stored;
  if (canResume(run.outcome)) return run;
  throw new NotResumable(
    "This run has come to its end. Prove the statement again, or branch the run where you want it to go on.",
  );
}

/** Said of a run that was deleted, or whose file holds none. */
export const GONE = "This run is no longer on disk. Prove the statement again.";

/** Said of a run that this version can't read. */
export const NEWER =
  "This run was written by a newer version of QED Copilot. Update QED Copilot to open it; until then it is left as it is.";

/** @param first what happens before the engine is asked */
async function goOn(services: RunServices, run: Run, out: RunWriter, first?: RunEvent): Promise<Run> {
  const { engine, store, onStart, onEvent, steering, signal } = services;
  try {
    onStart?.(run.header);
    const emit = (event: RunEvent) => {
      out.append(event);
      onEvent?.(event);
    };
    if (first) emit(first);
    const { origin, parent: parentId } = run.header;
    const parent = origin?.kind === "summary" && parentId !== null ? store.read(parentId) : null;
    const options = { ...(steering ? { steering } : {}), parent: parent && openThought(parent.run) };
    return await runThoughtLoop(engine, first ? applyEvent(run, first) : run, emit, signal, options);
  } finally {
    out.close();
  }
}

/** The text of a run's thought, without the early-stop text and what was written after it. */
function openThought(run: Run) {
  return { ...promptOf(run), thought: run.thought.text, answer: null };
}
