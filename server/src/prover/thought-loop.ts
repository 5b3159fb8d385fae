import type { Engine } from "../engine/engine.js";
import { hintText, plainHint } from "../prompt/hint.js";
import type { Prompt } from "../prompt/prompt.js";
import type { Outcome, Run, RunEvent } from "../store/run.js";
import { type Context, Draft } from "./draft.js";
import { closingPlace, hintPlace } from "./edit-places.js";
import { failureOutcome } from "./failure.js";
import { PhaseReporter } from "./phase-reporter.js";
import { UNKNOWN_STEERING } from "./rehearsal.js";
import { type Command, Steering } from "./steering.js";
import { summarise } from "./summarise.js";
import { closeEarly, think } from "./think.js";
import { write } from "./write.js";

/** Who holds the reins of a run, and what it may need of another. */
export interface LoopOptions {
  readonly steering?: Steering;
  /** Where the run has got to whose thought this one summarises. */
  readonly parent?: Prompt | null;
}

/**
 * Goes on with a run from wherever it is: thinks, closes the thought at its end or at its budget, and answers, each time
 * "stop, edit the text, complete again". Every event goes to `emit` in order, the outcome last. Returns the run as it
 * then is; it has no outcome if it was suspended. Never rejects.
 */
export async function runThoughtLoop(
  engine: Engine,
  run: Run,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
  { steering = new Steering(), parent = null }: LoopOptions = {},
): Promise<Run> {
  const draft = new Draft(run, emit);
  const phases = new PhaseReporter((event) => draft.emit(event));
  let outcome: Outcome | null;
  try {
    const capabilities = await engine.capabilities(signal, (progress) => phases.report("loading", progress));
    const { engine: kind, model, device, rehearsal, sampling } = capabilities;
    const where = withoutQuery(device);
    draft.emit({ type: "engine", engine: kind, model, device: where, rehearsal: rehearsal !== null, ...sampling });
    outcome = await prove({ engine, capabilities, draft, phases, steering, signal, parent });
  } catch (error) {
    outcome = steering.isSuspended ? null : failureOutcome(error, signal);
    // Its engine was ended together with the server.
    if (outcome === null) phases.report("paused", null);
  }
  steering.end();
  if (outcome !== null) draft.emit({ type: "outcome", outcome });
  return draft.run;
}

/** Runs are kept and shared: what an address carries behind its path, or before its host, may be a secret. */
function withoutQuery(device: string): string {
  if (!/^https?:/i.test(device) || !URL.canParse(device)) return device;
  const { origin, pathname } = new URL(device);
  return /[?#@]/.test(device) ? origin + pathname : device;
}

/** null if the run is to be left as it is. */
async function prove(context: Context): Promise<Outcome | null> {
  const { draft, capabilities, steering, signal, phases } = context;
  if (!capabilities.edits && isBegun(draft.run)) return CANT_GO_ON;
  steering.attach((command) => problemOf(context, command));
  for (;;) {
    signal.throwIfAborted();
    if (steering.isWaiting && !steering.isSuspended) await obey(context, steering.take());
    if (steering.isSuspended) {
      phases.report("paused", null);
      return null;
    }
    if (steering.isWaiting) continue;
    const { run } = draft;
    if (run.header.origin?.kind === "summary" && !run.summary?.whole) {
      const outcome = await summarise(context);
      if (outcome !== null) return outcome;
    } else if (run.answer !== null || run.thought.cut) {
      const outcome = await write(context, null);
      if (outcome !== null) return outcome;
    } else {
      const thought = await think(context);
      if (thought.kind === "outcome") return thought.outcome;
      const outcome = thought.kind === "closed" ? await write(context, thought) : null;
      if (outcome !== null) return outcome;
    }
  }
}

/** Whether the engine would have to go on from a text. */
function isBegun({ header, thought, answer }: Run): boolean {
  return thought.text !== "" || answer !== null || header.origin?.kind === "summary";
}

/** Does what a person asked for, if it can still be done. */
async function obey(context: Context, command: Command | null): Promise<void> {
  const { draft, phases, steering, signal } = context;
  if (command === null || problemOf(context, command) !== null) return;
  switch (command.kind) {
    case "pause":
      phases.report("paused", null);
      await steering.resumed(signal);
      break;
    case "finishNow":
      closeEarly(context, "asked");
      break;
    case "hint": {
      const at = hintPlace(context, command.hint);
      if (at === null) break;
      const text = hintText(command.hint);
      draft.emit({ type: "hint", length: at, text, hint: plainHint(command.hint) });
    }
  }
}

/** Why a request can't be met now, in one sentence; null if it can. */
function problemOf(context: Context, command: Command): string | null {
  const { capabilities, draft } = context;
  const { run } = draft;
  if (!capabilities.edits) return CANT_STEER;
  if (command.kind === "pause") return null;
  if (run.header.origin?.kind === "summary" && !run.summary?.whole) {
    return "The last thought is being summarised. Try again once the model thinks.";
  }
  if (run.answer !== null || run.thought.cut) {
    return command.kind === "hint"
      ? "The thought is closed and the proof is being written, so a hint comes too late. Branch the thought to change it."
      : "The proof is being written already.";
  }
  if (command.kind === "hint") {
    if (plainHint(command.hint) === "") return "The hint is empty. Write a sentence.";
    return hintPlace(context, command.hint) === null ? UNKNOWN_STEERING : null;
  }
  return closingPlace(context) === null ? UNKNOWN_STEERING : null;
}

/** Why a run on a chat-only server can't be steered. */
const CANT_STEER =
  "This server can't go on from an edited text, so a run there can only be stopped. Use a server with raw text completion (/v1/completions) or a model on this machine.";

const CANT_GO_ON: Outcome = {
  kind: "failed",
  code: "engine.no-edits",
  message:
    "This server can't go on from a text that was begun. Prove the statement again there, or use a server with raw text completion (/v1/completions).",
};
