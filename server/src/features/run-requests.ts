import type { CancellationToken, ResponseError } from "vscode-languageserver";
import {
  BranchRequest,
  DeleteRunRequest,
  FinishNowRequest,
  HintRequest,
  PauseRequest,
  ProveRequest,
  ProveSeveralRequest,
  ResumeRequest,
  RunRequest,
  RunsRequest,
  StopRequest,
  SummariseRequest,
} from "../protocol.js";
import { NEWER } from "../prover/run-proof.js";
import { checkBranch, checkGoOn, checkHint, checkProve, checkProveSeveral, checkRun, checkRuns } from "./params.js";
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
    safely(checkRun, async ({ runId }: RunRequest.Params) => {
      const found = store.find(runId);
      if (found?.kind === "newer") throw new Error(NEWER);
      return found?.kind === "run" ? found.stored : null;
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
