import { type CancellationToken, type Connection, type ProgressToken, WorkDoneProgress } from "vscode-languageserver";
import type { EngineHost } from "../engine/engine-host.js";
import { type ProveRequest, RunEventsNotification, RunStartedNotification } from "../protocol.js";
import { failureOutcome } from "../prover/failure.js";
import { NotResumable, type RunServices } from "../prover/run-proof.js";
import { Steering } from "../prover/steering.js";
import { type Settings, storeLimits } from "../settings.js";
import type { Outcome, Run, RunEvent } from "../store/run.js";
import { RunBusy, type RunStore } from "../store/store.js";
import type { OpenDocuments } from "../workspace/open-documents.js";
import { EventBatcher } from "./event-batcher.js";
import type { LiveRuns } from "./live-runs.js";
import { remediesOf } from "./remedies.js";
import { offersOf } from "./run-offers.js";
import { RunProgress } from "./run-progress.js";
import { StatusTeller } from "./status-teller.js";
import { storeFailure } from "./store-failure.js";

/** What the requests about runs need from the server. */
export interface ProverServices {
  readonly connection: Connection;
  readonly documents: OpenDocuments;
  readonly engines: EngineHost;
  readonly store: RunStore;
  readonly live: LiveRuns;
  readonly settings: (uri: string) => Promise<Settings>;
}

/** Who has asked for a run, and how it is told of it. */
export interface Watcher {
  readonly settings: Settings;
  /** The document's macros: name with its backslash → body. */
  readonly macros: Readonly<Record<string, string>>;
  readonly workDoneToken?: number | string | undefined;
  readonly requestId?: string | undefined;
  /** What to do about a model that another window holds. */
  readonly whenHeld?: "wait" | "less" | undefined;
  readonly token: CancellationToken;
  /** Number of events that the run has on disk already. */
  readonly events?: number;
}

/** No run was begun, and why. */
export function refused(code: string, message: string): ProveRequest.Result {
  return { runId: null, outcome: { kind: "failed", code, message }, setUp: false, offers: [], remedies: [] };
}

/**
 * Lets a run go on and tells the editor of it: its start, its events in batches, a line of progress, the status. Answers
 * when it has ended; the cancel of the request stops it.
 * @param go begins or resumes the run; it must call `onStart`
 */
export async function watched(
  { connection, engines, store, live }: ProverServices,
  watcher: Watcher,
  go: (services: RunServices) => Promise<Run>,
): Promise<ProveRequest.Result> {
  const { settings, token, events: known = 0 } = watcher;
  const abort = new AbortController();
  const stop = () => abort.abort(new Error("stopped by the editor"));
  token.onCancellationRequested(stop);
  if (token.isCancellationRequested) stop();
  const progress = lineProgress(connection, watcher.workDoneToken);
  const status = new StatusTeller(connection);
  const steering = new Steering();
  let runId: string | null = null;
  let batches: EventBatcher | null = null;
  let answer: (result: ProveRequest.Result) => void = () => {};
  const ended = new Promise<ProveRequest.Result>((resolve) => {
    answer = resolve;
  });
  const settle = (result: ProveRequest.Result) => {
    answer(result);
    return result;
  };
  try {
    const engine = await engines.get(settings);
    const { whenHeld } = watcher;
    if (whenHeld !== undefined) {
      status.waiting(whenHeld);
      await engine.capabilities(abort.signal, undefined, whenHeld);
    }
    const run = await go({
      engine,
      store,
      steering,
      onStart: ({ id, ...header }) => {
        runId = id;
        live.add(id, { steering, stop, ended });
        const send = (first: number, events: readonly RunEvent[]) =>
          void connection.sendNotification(RunEventsNotification.type, { runId: id, first, events });
        batches = new EventBatcher(send, known);
        void connection.sendNotification(RunStartedNotification.type, {
          header: { ...header, id },
          macros: watcher.macros,
          requestId: watcher.requestId ?? null,
          events: known,
        });
      },
      onEvent: (event) => {
        batches?.add(event);
        progress.event(event);
        status.event(event);
      },
      signal: abort.signal,
    });
    // A run without an outcome was suspended: this server is ending.
    const outcome: Outcome = run.outcome ?? { kind: "cancelled", message: "Paused. It can be resumed." };
    return settle({ runId, outcome, ...remedied(outcome), offers: offersOf(run) });
  } catch (error) {
    const outcome = outcomeOf(error, abort.signal);
    status.event({ type: "outcome", outcome });
    return settle({ runId, outcome, ...remedied(outcome), offers: [] });
  } finally {
    if (runId !== null) live.remove(runId);
    (batches as EventBatcher | null)?.flush();
    progress.done();
    setImmediate(() => tidy(store, settings));
  }
}

/** Keeps the folder of runs within its bounds. What can't be done now is done after another run. */
function tidy(store: RunStore, settings: Settings): void {
  try {
    store.tidy(storeLimits(settings));
  } catch {
    // The folder can't be read or written: the next run says so.
  }
}

function outcomeOf(error: unknown, signal: AbortSignal): Outcome {
  if (error instanceof RunBusy) return { kind: "failed", code: "run.busy", message: error.message };
  if (error instanceof NotResumable) return { kind: "failed", code: "run.over", message: error.message };
  const unkept = storeFailure(error);
  return unkept === null ? failureOutcome(error, signal) : { kind: "failed", code: "store.failed", message: unkept };
}

function remedied(outcome: Outcome): Pick<ProveRequest.Result, "setUp" | "remedies"> {
  const remedies = remediesOf(outcome);
  return { setUp: remedies.includes("setUp"), remedies };
}

function lineProgress(
  connection: Connection,
  token: ProgressToken | undefined,
): { event(event: RunEvent): void; done(): void } {
  if (token === undefined) return { event: () => {}, done: () => {} };
  const send = (value: object) => void connection.sendProgress(WorkDoneProgress.type, token, value as never);
  send({ kind: "begin", title: "QED", cancellable: true });
  const progress = new RunProgress((message) => send({ kind: "report", message }));
  return { event: (event) => progress.event(event), done: () => send({ kind: "end" }) };
}
