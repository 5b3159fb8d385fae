import { type CancellationToken, type Connection, type ProgressToken, WorkDoneProgress } from "vscode-languageserver";
import { statementAt } from "../document/locate.js";
import type { EngineHost } from "../engine/engine-host.js";
import { type ProveRequest, RunEventsNotification, RunStartedNotification, StatusNotification } from "../protocol.js";
import { failureOutcome } from "../prover/failure.js";
import { randomSeed, runProof } from "../prover/run-proof.js";
import type { Settings } from "../settings.js";
import type { Outcome, RunEvent } from "../store/run.js";
import type { RunStore } from "../store/store.js";
import type { OpenDocuments } from "../workspace/open-documents.js";
import { EventBatcher } from "./event-batcher.js";
import { RunProgress } from "./run-progress.js";
import { storeFailure } from "./store-failure.js";

/** What `qed/prove` needs from the server. */
export interface ProverServices {
  readonly connection: Connection;
  readonly documents: OpenDocuments;
  readonly engines: EngineHost;
  readonly store: RunStore;
  readonly settings: (uri: string) => Promise<Settings>;
}

/** Answers `qed/prove`: from a position to a run that has ended. */
export async function prove(
  services: ProverServices,
  params: ProveRequest.Params,
  token: CancellationToken,
): Promise<ProveRequest.Result> {
  const { connection, documents, engines, store } = services;
  const { uri } = params.textDocument;
  const settings = await services.settings(uri);
  const read = await documents.getOrRead(uri);
  if (!read)
    return refused(
      "document.none",
      "This document is not open, or is neither LaTeX nor Markdown. Open a .tex or .md file.",
    );
  const { document, macros, elsewhere, source } = read;
  const statement = statementAt(document, source.offsetAt(params.position));
  if (!statement) {
    return refused(
      "statement.none",
      document.statements.length === 0
        ? "There is no theorem-like statement in this file. Write one, then put the cursor into it."
        : "There is no statement at the cursor. Put the cursor into a theorem, lemma or the like.",
    );
  }
  if (!statement.provable) {
    return refused(
      "statement.not-provable",
      `There is nothing to prove in this ${statement.kind}. Put the cursor into a theorem, lemma or the like.`,
    );
  }
  const abort = new AbortController();
  token.onCancellationRequested(() => abort.abort(new Error("cancelled by the editor")));
  if (token.isCancellationRequested) abort.abort(new Error("cancelled by the editor"));
  const progress = lineProgress(connection, params.workDoneToken);
  const status = new StatusTeller(connection);
  let runId: string | null = null;
  let batches: EventBatcher | null = null;
  try {
    const engine = await engines.get(settings);
    if (params.whenHeld !== undefined) {
      status.waiting(params.whenHeld);
      await engine.capabilities(abort.signal, undefined, params.whenHeld);
    }
    const run = await runProof({
      engine,
      store,
      document,
      statement,
      context: { macros, cited: (label) => elsewhere.statement(label) },
      uri,
      budget: { thought: params.budget ?? settings.thinkingBudget, answer: settings.answerBudget },
      seed: params.seed ?? randomSeed(),
      onStart: (header) => {
        runId = header.id;
        batches = new EventBatcher(
          (first, events) =>
            void connection.sendNotification(RunEventsNotification.type, { runId: header.id, first, events }),
        );
        void connection.sendNotification(RunStartedNotification.type, {
          header,
          macros: Object.fromEntries(macros.map(({ name, body }) => [name, body])),
          requestId: params.requestId ?? null,
        });
      },
      onEvent: (event) => {
        batches?.add(event);
        progress.event(event);
        status.event(event);
      },
      signal: abort.signal,
    });
    const outcome = run.outcome ?? failureOutcome(new Error("no outcome"), abort.signal);
    return { runId, outcome, setUp: needsSetUp(outcome), remedies: remedies(outcome) };
  } catch (error) {
    const unkept = storeFailure(error);
    const outcome: Outcome =
      unkept === null ? failureOutcome(error, abort.signal) : { kind: "failed", code: "store.failed", message: unkept };
    status.event({ type: "outcome", outcome });
    return { runId, outcome, setUp: needsSetUp(outcome), remedies: remedies(outcome) };
  } finally {
    (batches as EventBatcher | null)?.flush();
    progress.done();
  }
}

function refused(code: string, message: string): ProveRequest.Result {
  return { runId: null, outcome: { kind: "failed", code, message }, setUp: false, remedies: [] };
}

/** Whether "Set Up Model" is the remedy. */
function needsSetUp(outcome: Outcome): boolean {
  if (outcome.kind === "unknown-to-rehearsal") return true;
  if (outcome.kind !== "failed" || remedies(outcome).length > 0) return false;
  return /^(?:model|endpoint\.invalid|endpoint\.unreachable)/.test(outcome.code);
}

/** What helps where setting up a model does not. */
function remedies(outcome: Outcome): readonly ProveRequest.Remedy[] {
  if (outcome.kind !== "failed") return [];
  switch (outcome.code) {
    case "model.held":
      return ["wait", "less"];
    case "model.full":
      return ["wait"];
    case "engine.crashed":
      return ["retry"];
    case "engine.unstable":
      return ["report"];
    default:
      return [];
  }
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

/** Turns the events of a run into `qed/status`. */
class StatusTeller {
  readonly #connection: Connection;
  #model = "";
  #rehearsal = false;
  #loading = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  event(event: RunEvent): void {
    if (event.type === "phase" && event.phase === "loading" && !this.#loading) {
      this.#loading = true;
      this.#tell("loading", "Loading the model.");
    } else if (event.type === "engine") {
      this.#model = event.model;
      this.#rehearsal = event.rehearsal;
      this.#tell("busy", `${event.model} on ${event.device}`);
    } else if (event.type === "outcome") {
      const failed = event.outcome.kind === "failed";
      this.#tell(
        failed ? "failed" : "ready",
        "message" in event.outcome ? event.outcome.message : "The model is ready.",
      );
    }
  }

  /** Before a run that waits for another window, or does with less. */
  waiting(whenHeld: "wait" | "less"): void {
    this.#loading = true;
    const message = "Waiting until another window lets its model go.";
    this.#tell("loading", whenHeld === "wait" ? message : "Loading the model with less memory.");
  }

  #tell(state: StatusNotification.Params["state"], message: string): void {
    void this.#connection.sendNotification(StatusNotification.type, {
      state,
      model: this.#model,
      rehearsal: this.#rehearsal,
      message,
    });
  }
}
