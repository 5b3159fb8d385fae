import type { CompletionEvent, Engine, EngineCapabilities } from "../engine/engine.js";
import type { Prompt } from "../prompt/prompt.js";
import { promptHash } from "../prompt/prompt-hash.js";
import type { Budget, Outcome, RunEvent } from "../store/run.js";
import { EARLY_STOP } from "./early-stop.js";
import { failureOutcome } from "./failure.js";
import { PhaseReporter } from "./phase-reporter.js";
import { sentenceEnds } from "./sentence.js";
import { END_OF_THOUGHT, ThoughtEnd } from "./thought-end.js";

/** Tokens after the thinking budget in which the thought may come to the end of its sentence. */
export const GRACE = 512;

/** What the loop is to do. */
export interface ThoughtTask {
  /** Where it begins: an open thought. */
  readonly prompt: Prompt;
  /** The beginning of the answer, once the thought is closed. */
  readonly prefix: string;
  readonly budget: Budget;
  /** 32 bits; the run is the same again with the same seed on the same engine. */
  readonly seed: number;
}

/** The end of a thought: it goes on in the same stream with `rest`, or the text was edited and is completed anew. */
type ThoughtClosed =
  | { readonly stream: "same"; readonly rest: string; readonly tokens: number }
  | { readonly stream: "new"; readonly thought: string };

/** What the steps of one run share. */
interface Context {
  readonly engine: Engine;
  readonly capabilities: EngineCapabilities;
  readonly task: ThoughtTask;
  readonly emit: (event: RunEvent) => void;
  readonly phases: PhaseReporter;
  readonly signal: AbortSignal;
}

type Stream = AsyncIterator<CompletionEvent>;

/**
 * Thinks, closes the thought at its end or at its budget, and answers: each time "stop, edit the text, complete again".
 * Every event goes to `emit` in order; the outcome is the last of them and the result. Never rejects.
 */
export async function runThoughtLoop(
  engine: Engine,
  task: ThoughtTask,
  emit: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  let outcome: Outcome;
  try {
    const phases = new PhaseReporter(emit);
    const capabilities = await engine.capabilities(signal, (progress) => phases.report("loading", progress));
    const { engine: kind, model, device, rehearsal, sampling } = capabilities;
    emit({ type: "engine", engine: kind, model, device, rehearsal: rehearsal !== null, ...sampling });
    outcome = await prove({ engine, capabilities, task, emit, phases, signal });
  } catch (error) {
    outcome = failureOutcome(error, signal);
  }
  emit({ type: "outcome", outcome });
  return outcome;
}

async function prove(context: Context): Promise<Outcome> {
  const { task, capabilities } = context;
  const { prompt, budget } = task;
  if (!isKnown(capabilities, prompt)) {
    return {
      kind: "unknown-to-rehearsal",
      message:
        'The rehearsal model has only memorised the sample theorems and can\'t prove this statement. Run "QED: Set Up Model" to use QED-Nano.',
    };
  }
  const stream = complete(context, prompt, budget.thought + GRACE + budget.answer);
  let closed: ThoughtClosed | Outcome;
  try {
    closed = await think(context, stream);
    if ("kind" in closed) return closed;
    if (closed.stream === "same") return await answer(context, stream, closed.rest, closed.tokens);
  } finally {
    await stream.return?.();
  }
  const edited: Prompt = { message: prompt.message, thought: closed.thought, answer: task.prefix };
  if (!isKnown(capabilities, edited)) {
    return {
      kind: "unknown-to-rehearsal",
      message:
        'The rehearsal model has not learned to end this thought early. Use a larger budget, or run "QED: Set Up Model".',
    };
  }
  context.signal.throwIfAborted();
  const second = complete(context, edited, budget.answer);
  try {
    return await answer(context, second, "", 0);
  } finally {
    await second.return?.();
  }
}

function complete({ engine, capabilities, task, signal }: Context, prompt: Prompt, maxTokens: number): Stream {
  const request = { lane: "run" as const, prompt, maxTokens, sampling: capabilities.sampling, seed: task.seed };
  return engine.complete(request, signal)[Symbol.asyncIterator]();
}

async function think({ task, capabilities, emit, phases }: Context, stream: Stream): Promise<ThoughtClosed | Outcome> {
  const { budget, prefix } = task;
  const end = new ThoughtEnd();
  let thought = task.prompt.thought;
  let tokens = 0;
  let limit = budget.thought;
  /** Length of the thought when its budget was used up. */
  let spent: number | null = null;
  const cut = (length: number): ThoughtClosed => {
    emit({ type: "cut", tokens, length });
    return { stream: "new", thought: thought.slice(0, length).trimEnd() + EARLY_STOP };
  };
  const take = (text: string) => {
    if (text === "") return;
    thought += text;
    emit({ type: "thought", text, tokens });
  };
  for (;;) {
    const event = await nextEvent(stream);
    if (event.type === "text") {
      phases.report("thinking", null);
      tokens = event.tokens;
      const split = end.push(event.text);
      take(split.thought);
      if (split.rest !== null) {
        if (prefix === "") return { stream: "same", rest: split.rest, tokens };
        return { stream: "new", thought: thought.trimEnd() };
      }
      if (tokens < limit) continue;
      spent ??= thought.length;
      const [sentenceEnd] = sentenceEnds(thought, spent);
      if (sentenceEnd !== undefined) return cut(sentenceEnd);
      if (tokens >= limit + GRACE) return cut(thought.length);
    } else if (event.type === "end") {
      // What is held back here is half a closing tag.
      if (event.reason === "length") return cut(thought.length);
      take(end.flush());
      return {
        kind: "no-proof",
        message:
          "The model ended without closing its thought, so there is no proof. Try another seed or a larger budget.",
      };
    } else {
      if (event.type === "reading") limit = thoughtLimit(event.total, capabilities, budget);
      phases.reportEngine(event);
    }
  }
}

/** Less thought than the budget where the context would leave no room for the answer; at least one token. */
function thoughtLimit(promptTokens: number, { contextSize }: EngineCapabilities, budget: Budget): number {
  if (contextSize === null) return budget.thought;
  const forAnswer = Math.min(budget.answer, contextSize >> 2);
  return Math.max(1, Math.min(budget.thought, contextSize - promptTokens - forAnswer - GRACE));
}

/** Writes the answer from `stream`. `before` is the number of tokens that the stream has given already. */
async function answer({ task, emit, phases }: Context, stream: Stream, rest: string, before: number): Promise<Outcome> {
  const { prefix, budget } = task;
  phases.report("writing", null);
  emit({ type: "answer", text: prefix, tokens: 0 });
  let written = "";
  let relapsed = false;
  const take = (text: string, tokens: number) => {
    // The template puts blank lines between thought and answer; they belong to neither.
    const trimmed = written === "" && prefix === "" ? text.trimStart() : text;
    if (trimmed === "") return;
    written += trimmed;
    relapsed ||= written.slice(-trimmed.length - END_OF_THOUGHT.length).includes(END_OF_THOUGHT);
    emit({ type: "answer", text: trimmed, tokens });
  };
  take(rest, 0);
  for (;;) {
    const event = await nextEvent(stream);
    if (event.type === "text") {
      phases.report("writing", null);
      take(event.text, event.tokens - before);
    } else if (event.type !== "end") {
      phases.reportEngine(event);
      continue;
    }
    if (relapsed) {
      return {
        kind: "no-proof",
        message: "The model went back to thinking in its answer. Try again with another seed.",
      };
    }
    const spent = event.type === "text" ? event.tokens - before >= budget.answer : event.reason === "length";
    if (!spent && event.type === "text") continue;
    if (written.trim() === "") {
      return { kind: "no-proof", message: "The model wrote no proof after its thought. Try again with another seed." };
    }
    if (!spent) return { kind: "proved" };
    return {
      kind: "cut-short",
      message: "The proof was cut short by its token budget. Finish it yourself, or try again with another seed.",
    };
  }
}

async function nextEvent(stream: Stream): Promise<CompletionEvent> {
  const next = await stream.next();
  if (next.done) throw new Error("the engine's stream ended without an end event");
  return next.value;
}

function isKnown({ rehearsal }: EngineCapabilities, prompt: Prompt): boolean {
  return rehearsal === null || rehearsal.includes(promptHash(prompt));
}
