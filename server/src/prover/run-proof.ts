import { randomBytes } from "node:crypto";
import { normalise, plainText } from "../document/body.js";
import type { Document, Statement } from "../document/types.js";
import type { Engine } from "../engine/engine.js";
import { type PromptContext, provePrompt, writtenRange } from "../prompt/prove.js";
import { applyEvent, emptyRun } from "../store/fold.js";
import { type Budget, RUN_SCHEMA, type Run, type RunEvent, type RunHeader } from "../store/run.js";
import type { RunStore } from "../store/store.js";
import { runThoughtLoop } from "./thought-loop.js";

/** What is to be proved, by what, and who watches. */
export interface ProofRequest {
  readonly engine: Engine;
  readonly store: RunStore;
  readonly document: Document;
  readonly statement: Statement;
  /** What the other files of its project give for the prompt. */
  readonly context?: PromptContext;
  readonly uri: string;
  readonly budget: Budget;
  readonly seed: number;
  /** Called once the run's file is on disk. */
  readonly onStart?: (header: RunHeader) => void;
  /** Called with each event after it is on disk. */
  readonly onEvent?: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

/** A fresh 32-bit seed. */
export function randomSeed(): number {
  return randomBytes(4).readUInt32LE();
}

/**
 * One proof attempt from beginning to end, on disk as it happens. Rejects only if the run's file can't be written.
 */
export async function runProof(request: ProofRequest): Promise<Run> {
  const header = runHeader(request);
  const out = request.store.create(header);
  let run = emptyRun(header);
  try {
    request.onStart?.(header);
    const emit = (event: RunEvent) => {
      out.append(event);
      run = applyEvent(run, event);
      request.onEvent?.(event);
    };
    const { prompt, prefix, budget, seed } = header;
    await runThoughtLoop(request.engine, { prompt, prefix, budget, seed }, emit, request.signal);
    return run;
  } finally {
    out.close();
  }
}

function runHeader({ document, statement, context, uri, budget, seed }: ProofRequest): RunHeader {
  const { message, prefix } = provePrompt(document, statement, context);
  const written = writtenRange(statement);
  const time = new Date();
  return {
    type: "run",
    schema: RUN_SCHEMA,
    id: `${time.toISOString().slice(0, 19).replace(/[-:]/g, "")}-${randomBytes(4).toString("hex")}`,
    parent: null,
    time: time.toISOString(),
    statement: {
      uri,
      kind: statement.kind,
      title: statement.title,
      label: statement.label,
      start: statement.start,
      text: normalise(plainText(document, statement.body)),
      written: written ? document.text.slice(written.start, written.end) : "",
    },
    prompt: { message, thought: "", answer: null },
    prefix,
    seed,
    budget,
  };
}
