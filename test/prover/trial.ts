import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Document, Statement } from "../../server/src/document/types.js";
import type { Engine } from "../../server/src/engine/engine.js";
import { runProof } from "../../server/src/prover/run-proof.js";
import type { Budget, Run, RunEvent, RunHeader } from "../../server/src/store/run.js";
import { RunStore } from "../../server/src/store/store.js";

/** What a run is tried with, where that matters. */
export interface TrialOptions {
  readonly budget?: Budget;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Called after each event with the text of the run's file. */
  readonly onEvent?: (event: RunEvent, file: () => string) => void;
}

/** A run that is over: what was told, and what is on disk. */
export interface Trial {
  readonly run: Run;
  /** The run read back from its file. */
  readonly stored: Run;
  readonly events: readonly RunEvent[];
  /** The text of the run's file. */
  readonly file: string;
}

/** Proves a statement in a store of its own and looks at everything that it leaves behind. */
export async function prove(
  engine: Engine,
  { document, statement }: { readonly document: Document; readonly statement: Statement },
  options: TrialOptions = {},
): Promise<Trial> {
  const directory = mkdtempSync(join(tmpdir(), "qed-runs-"));
  const store = new RunStore(directory);
  const events: RunEvent[] = [];
  let header: RunHeader | null = null;
  const file = () => readFileSync(join(directory, readdirSync(directory)[0]!), "utf8");
  const run = await runProof({
    engine,
    store,
    document,
    statement,
    uri: "file:///paper.tex",
    budget: options.budget ?? { thought: 4000, answer: 2000 },
    seed: options.seed ?? 1,
    signal: options.signal ?? new AbortController().signal,
    onStart: (begun) => {
      header = begun;
    },
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event, file);
    },
  });
  const stored = store.read((header as RunHeader | null)?.id ?? "");
  if (stored === null) throw new Error("the run can't be read back");
  const whole = file();
  rmSync(directory, { recursive: true });
  return { run, stored: stored.run, events, file: whole };
}

/** All that was told of the thought, also what a cut took away again. */
export function toldThought(events: readonly RunEvent[]): string {
  return events.map((event) => (event.type === "thought" ? event.text : "")).join("");
}

/** The run failed with this code, on disk too, and its one sentence says all of `says`. */
export function assertFailed({ run, stored }: Trial, code: string, says: readonly string[]): void {
  assert.equal(run.outcome?.kind, "failed", JSON.stringify(run.outcome));
  const outcome = run.outcome as { readonly code: string; readonly message: string };
  assert.equal(outcome.code, code, outcome.message);
  assertSentence(outcome.message, says);
  assert.deepEqual(stored, run);
}

/** A message for the user: on one line, without a stack or the marks of a careless program, and it says all of `says`. */
export function assertSentence(message: string, says: readonly string[]): void {
  for (const part of says) assert.ok(message.includes(part), `${JSON.stringify(message)} says ${JSON.stringify(part)}`);
  assert.doesNotMatch(message, /[\n\r]|\bat .+:\d+:\d+|\[object|undefined/);
  assert.match(message, /\.$/);
}
