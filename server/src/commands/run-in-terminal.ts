import { resolve } from "node:path";
import { openEngine } from "../engine/open-engine.js";
import type { RunServices } from "../prover/run-proof.js";
import { type Settings, storeLimits } from "../settings.js";
import { stateDirectory } from "../store/directory.js";
import { canResume, canSummarise } from "../store/labels.js";
import type { Outcome, Run } from "../store/run.js";
import { RunStore } from "../store/store.js";
import { EXIT } from "./io.js";
import { jsonResult, ProgressPrinter, printProof } from "./prove-output.js";
import { inTerminal } from "./terminal-words.js";

/** The runs of this user. */
export function userStore(): RunStore {
  return new RunStore(resolve(stateDirectory(), "runs"));
}

/**
 * Runs something with an engine, shown on standard error unless programs are reading; Ctrl+C stops it and keeps what was
 * written. Ends the engine in any case.
 * @param go is given what a run needs; several runs at once print no thought
 */
export async function inTerminalRun<T>(
  settings: Settings,
  extensionRoot: string,
  quiet: boolean,
  go: (services: RunServices, printer: ProgressPrinter) => Promise<T>,
): Promise<T> {
  const engine = openEngine(settings, { extensionRoot, stateDirectory: stateDirectory() });
  const store = userStore();
  const abort = new AbortController();
  const onSignal = () => abort.abort(new Error("interrupted"));
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, onSignal);
  const printer = new ProgressPrinter(process.stderr, quiet);
  try {
    const onEvent: RunServices["onEvent"] = (event) => printer.event(event);
    return await go({ engine, store, onEvent, signal: abort.signal }, printer);
  } finally {
    printer.end();
    for (const signal of signals) process.removeListener(signal, onSignal);
    await engine.dispose();
    try {
      store.tidy(storeLimits(settings));
    } catch {
      // What can't be tidied now is tidied after another run.
    }
  }
}

/**
 * Tells how a run ended: programs by JSON, a person by its proof and what can be done next. Returns the exit code.
 * @param printer has shown the run as it went on
 */
export function tellRun(run: Run, json: boolean, printer: ProgressPrinter): number {
  const { outcome, header } = run;
  printer.end();
  if (json) process.stdout.write(`${JSON.stringify(jsonResult(run))}\n`);
  else {
    if (outcome?.kind === "proved" || outcome?.kind === "cut-short") process.stdout.write(printProof(run));
    if (canSummarise(run)) {
      process.stderr.write(`To let the model summarise its thought and begin anew: qed runs summarise ${header.id}\n`);
    }
    if (outcome && canResume(outcome)) process.stderr.write(`To go on with it: qed runs resume ${header.id}\n`);
  }
  if (outcome && "message" in outcome) process.stderr.write(`${inTerminal(outcome.message)}\n`);
  return exitCode(outcome);
}

/** The exit code for an outcome. */
export function exitCode(outcome: Outcome | null): number {
  if (outcome?.kind === "proved") return EXIT.done;
  if (outcome?.kind === "failed") return outcome.code === "model.missing" ? EXIT.usage : EXIT.engine;
  return EXIT.noProof;
}
