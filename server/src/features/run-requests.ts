import type { CancellationToken, ResponseError } from "vscode-languageserver";
import {
  BranchRequest,
  DecideRequest,
  DeleteRunRequest,
  FinishNowRequest,
  HintRequest,
  PauseRequest,
  ProofEditRequest,
  ProveRequest,
  ProveSeveralRequest,
  ResumeRequest,
  type RunParams,
  RunRequest,
  RunsRequest,
  StopRequest,
  SummariseRequest,
} from "../protocol.js";
import { NEWER } from "../prover/run-proof.js";
import { proofLabels } from "../store/labels.js";
import {
  checkBranch,
  checkDecision,
  checkGoOn,
  checkHint,
  checkProve,
  checkProveSeveral,
  checkRun,
  checkRuns,
} from "./params.js";
import { proofEdit } from "./proof-edit.js";
import { prove, proveSeveral } from "./prover-service.js";
import { listRuns, type RunListEntry } from "./run-list.js";
import { branch, finishNow, hint, pause, remove, resume, stop, summarise } from "./steer-service.js";
import type { ProverServices } from "./watched-run.js";

/** Makes a handler of a check and of what answers; its faults reach the user as one sentence. */
type Safely = <P, R>(
  check: (params: unknown) => void,
  handler: (params: P) => Promise<R>,
) => (params: P) => Promise<R | ResponseError<void>>;

/** Answers every request about runs. */
export function listenForRuns(services: ProverServices, safely: Safely): void {
  const { connection, store } = services;
  /** A request that is answered when a run has ended; its cancel stops the run. */
  const lasting =
    <P, R>(
      check: (params: unknown) => void,
      answer: (services: ProverServices, params: P, token: CancellationToken) => Promise<R>,
    ) =>
    (params: P, token: CancellationToken) =>
      safely(check, (given: P) => answer(services, given, token))(params);
  const quick = <P, R>(check: (params: unknown) => void, answer: (services: ProverServices, params: P) => R) =>
    safely(check, async (params: P) => answer(services, params));

  connection.onRequest(ProveRequest.type, lasting(checkProve, prove));
  connection.onRequest(ProveSeveralRequest.type, lasting(checkProveSeveral, proveSeveral));
  connection.onRequest(ResumeRequest.type, lasting(checkGoOn, resume));
  connection.onRequest(BranchRequest.type, lasting(checkBranch, branch));
  connection.onRequest(SummariseRequest.type, lasting(checkGoOn, summarise));
  connection.onRequest(FinishNowRequest.type, quick(checkRun, finishNow));
  connection.onRequest(HintRequest.type, quick(checkHint, hint));
  connection.onRequest(PauseRequest.type, quick(checkRun, pause));
  connection.onRequest(StopRequest.type, quick(checkRun, stop));
  connection.onRequest(DeleteRunRequest.type, quick(checkRun, remove));
  connection.onRequest(
    RunRequest.type,
    safely(checkRun, async ({ runId }: RunParams) => {
      const found = store.find(runId);
      if (found?.kind === "newer") throw new Error(NEWER);
      return found?.kind === "run" ? found.stored : null;
    }),
  );
  connection.onRequest(
    ProofEditRequest.type,
    safely(checkRun, async ({ runId }: RunParams) => proofEditOf(services, runId)),
  );
  connection.onRequest(
    DecideRequest.type,
    safely(checkDecision, async ({ runId, decision }: DecideRequest.Params) => {
      store.append(runId, { type: "decision", decision });
      return null;
    }),
  );
  // By its name: clients send this one with null, with {} or with nothing.
  connection.onRequest(
    RunsRequest.type.method,
    safely(checkRuns, async (params: RunsRequest.Params | null) => {
      const { uri, group } = params ?? {};
      const isWanted = ({ statement, origin }: RunListEntry) =>
        (uri === undefined || statement.uri === uri) &&
        (group === undefined || (origin?.kind === "sample" && origin.group === group));
      const all = uri === undefined && group === undefined;
      return listRuns(store).filter((entry) => all || (!("newer" in entry) && isWanted(entry)));
    }),
  );
}

async function proofEditOf(
  { store, documents, settings }: ProverServices,
  runId: string,
): Promise<ProofEditRequest.Result> {
  const found = store.find(runId);
  if (found?.kind === "newer") return { problem: NEWER };
  if (found?.kind !== "run") return { problem: "This run is no longer on disk. Run “Prove This Statement” again." };
  const { run } = found.stored;
  const { uri } = run.header.statement;
  const read = await documents.getOrRead(uri);
  if (!read) return { problem: "The document of this proof can't be read. Open it, then accept the proof again." };
  const edit = proofEdit(read.document, run, read, (await settings(uri)).provenance);
  if ("problem" in edit) return edit;
  const { source, version } = read;
  const edits = edit.changes.map(({ start, end, text }) => ({
    range: { start: source.positionAt(start), end: source.positionAt(end) },
    newText: text,
  }));
  return { uri, version, edits, removed: edit.removed, labels: proofLabels(run) };
}
