import type { CancellationToken } from "vscode-languageserver";
import type { BranchRequest, GoOnParams, HintRequest, ProveRequest, RunParams, SteerResult } from "../protocol.js";
import { BadCut, branchHeader, randomSeed, summaryHeader } from "../prover/run-header.js";
import { beginRun, GONE, NEWER, resumeRun } from "../prover/run-proof.js";
import type { Steering } from "../prover/steering.js";
import { budgetOf } from "../settings.js";
import type { StoredRun } from "../store/parse-run.js";
import type { RunHeader } from "../store/run.js";
import { RunBusy } from "../store/store.js";
import { macrosOf } from "./macros.js";
import { type ProverServices, refused, type Watcher, watched } from "./watched-run.js";

const NOT_HERE = "This run is not going on in this window.";

/** Answers `qed/run/finishNow`. */
export function finishNow(services: ProverServices, { runId }: RunParams): SteerResult {
  return steer(services, runId, (steering) => steering.finishNow());
}

/** Answers `qed/run/hint`. */
export function hint(services: ProverServices, params: HintRequest.Params): SteerResult {
  return steer(services, params.runId, (steering) => steering.hint(params.hint));
}

/** Answers `qed/run/pause`. */
export function pause(services: ProverServices, { runId }: RunParams): SteerResult {
  return steer(services, runId, (steering) => steering.pause());
}

/** Answers `qed/run/stop`. */
export function stop({ live }: ProverServices, { runId }: RunParams): SteerResult {
  const run = live.get(runId);
  run?.stop();
  return { problem: run ? null : NOT_HERE };
}

/** Answers `qed/run/delete`. */
export function remove({ store }: ProverServices, { runId }: RunParams): SteerResult {
  try {
    return { problem: store.delete(runId) ? null : "This run is no longer on disk." };
  } catch (error) {
    if (error instanceof RunBusy) return { problem: error.message };
    throw error;
  }
}

function steer({ live }: ProverServices, runId: string, ask: (steering: Steering) => string | null): SteerResult {
  const run = live.get(runId);
  return { problem: run ? ask(run.steering) : NOT_HERE };
}

/** Answers `qed/run/resume`: lets a run go on that is paused here, or that no process is writing. */
export async function resume(
  services: ProverServices,
  params: GoOnParams,
  token: CancellationToken,
): Promise<ProveRequest.Result> {
  const { runId } = params;
  const running = services.live.get(runId);
  if (running) {
    const problem = running.steering.resume();
    if (problem !== null) return refused("run.going", problem);
    token.onCancellationRequested(() => running.stop());
    return running.ended;
  }
  const stored = readRun(services, runId);
  if ("outcome" in stored) return stored;
  const watcher = await watcherOf(services, params, token, stored.run.header);
  return watched(services, { ...watcher, events: stored.events }, (run) => resumeRun(run, runId));
}

/** Answers `qed/run/branch`. */
export async function branch(
  services: ProverServices,
  params: BranchRequest.Params,
  token: CancellationToken,
): Promise<ProveRequest.Result> {
  services.live.get(params.runId)?.steering.pause();
  return child(services, params, token, ({ run }, watcher) =>
    branchHeader(run, params, budgetOf(watcher.settings), randomSeed()),
  );
}

/** Answers `qed/run/summarise`. */
export async function summarise(
  services: ProverServices,
  params: GoOnParams,
  token: CancellationToken,
): Promise<ProveRequest.Result> {
  const running = services.live.get(params.runId);
  running?.stop();
  await running?.ended;
  return child(services, params, token, ({ run }, watcher) =>
    summaryHeader(run, budgetOf(watcher.settings), randomSeed()),
  );
}

async function child(
  services: ProverServices,
  params: GoOnParams,
  token: CancellationToken,
  make: (parent: StoredRun, watcher: Watcher) => RunHeader,
): Promise<ProveRequest.Result> {
  const parent = readRun(services, params.runId);
  if ("outcome" in parent) return parent;
  const watcher = await watcherOf(services, params, token, parent.run.header);
  let header: RunHeader;
  try {
    header = make(parent, watcher);
  } catch (error) {
    if (error instanceof BadCut) return refused("run.cut", error.message);
    throw error;
  }
  return watched(services, watcher, (run) => beginRun(run, header));
}

function readRun({ store }: ProverServices, runId: string): StoredRun | ProveRequest.Result {
  const found = store.find(runId);
  if (found?.kind === "run") return found.stored;
  return found?.kind === "newer" ? refused("run.newer", NEWER) : refused("run.missing", GONE);
}

async function watcherOf(
  { documents, settings }: ProverServices,
  { workDoneToken, requestId, whenHeld }: GoOnParams,
  token: CancellationToken,
  { statement }: RunHeader,
): Promise<Watcher> {
  const read = await documents.getOrRead(statement.uri);
  return {
    settings: await settings(statement.uri),
    macros: read ? macrosOf(read.macros) : {},
    workDoneToken,
    requestId,
    whenHeld,
    token,
  };
}
