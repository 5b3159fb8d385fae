import { dirname } from "node:path";
import { type CancellationToken, type Connection, WorkDoneProgress } from "vscode-languageserver";
import { EngineError } from "../engine/engine.js";
import { openEngine } from "../engine/open-engine.js";
import { checkWith } from "../models/check-model.js";
import { readUnfinished } from "../models/chosen.js";
import { fitInWords } from "../models/fit.js";
import { carryOut } from "../models/set-up.js";
import { setUpContext } from "../models/set-up-context.js";
import { SetUpError } from "../models/set-up-error.js";
import { look, planSetUp, type SetUpContext, type SetUpRequest } from "../models/set-up-plan.js";
import { lookInWords, planInWords, progressInWords, progressShare, resultInWords } from "../models/set-up-words.js";
import type { SetUpLookRequest, SetUpParams, SetUpProblem, SetUpRunRequest } from "../protocol.js";
import type { Settings } from "../settings.js";

/** What a set-up needs from the server. */
export interface SetUpServices {
  readonly connection: Connection;
  readonly extensionRoot: string;
  readonly stateDirectory: string;
  readonly settings: (uri: null) => Promise<Settings>;
  /** Whether the client answers what its settings are. */
  readonly hasConfiguration: () => boolean | undefined;
}

/** Between two reports, in milliseconds. */
const REPORT_MS = 250;

/** Answers `qed/setup/look`. */
export async function lookForSetUp(
  services: SetUpServices,
  params: SetUpParams,
  token: CancellationToken,
): Promise<SetUpLookRequest.Result> {
  const { signal, stop } = signalOf(token);
  try {
    const seen = await look(services.extensionRoot);
    const { proposal } = seen;
    const choices = proposal.choices.map((fit) => ({
      type: fit.weights,
      fits: fit.fits,
      proposed: fit.weights === proposal.weights && proposal.fits,
      words: fitInWords(fit),
      time: fit.time,
    }));
    const unfinished = readUnfinished(services.stateDirectory);
    const head = { lines: lookInWords(seen), choices, unfinished };
    if (!params.source) return { ...head, plan: null };
    try {
      const plan = await planSetUp(requestOf(params), seen, await contextOf(services, params), signal);
      return { ...head, plan: { lines: planInWords(plan), folder: dirname(plan.model) } };
    } catch (error) {
      return { ...head, plan: problemOf(error, signal) };
    }
  } finally {
    stop();
  }
}

/** Answers `qed/setup/run`. */
export async function runSetUp(
  services: SetUpServices,
  params: SetUpRunRequest.Params,
  token: CancellationToken,
): Promise<SetUpRunRequest.Result> {
  const { connection, extensionRoot, settings } = services;
  const { workDoneToken } = params;
  const { signal, stop } = signalOf(token);
  const report = (value: object) => {
    if (workDoneToken === undefined) return;
    void connection.sendProgress(WorkDoneProgress.type, workDoneToken, value as never);
  };
  report({ kind: "begin", title: "QED: Set Up Model", cancellable: true, percentage: 0 });
  let reported = Number.NEGATIVE_INFINITY;
  let stage = "";
  try {
    const context = await contextOf(services, params);
    const plan = await planSetUp(requestOf(params), await look(extensionRoot), context, signal);
    const current = await settings(null);
    const open = (model: string, contextSize: number) =>
      openEngine(
        { ...current, engine: "local", model, contextSize },
        { extensionRoot, stateDirectory: services.stateDirectory },
      );
    const result = await carryOut(plan, context, checkWith(open), signal, (progress) => {
      const now = performance.now();
      if (progress.stage === stage && now - reported < REPORT_MS) return;
      stage = progress.stage;
      reported = now;
      const share = progressShare(progress);
      const percentage = share === null ? {} : { percentage: Math.floor(share * 100) };
      report({ kind: "report", message: progressInWords(progress), ...percentage });
    });
    return { model: result.model, contextSize: result.contextSize, lines: resultInWords(result) };
  } catch (error) {
    return problemOf(error, signal);
  } finally {
    report({ kind: "end" });
    stop();
  }
}

function requestOf({ source, type, directory }: SetUpParams): SetUpRequest {
  return { source: source ?? null, type: type ?? null, directory: directory || null };
}

async function contextOf(services: SetUpServices, { token }: SetUpParams): Promise<SetUpContext> {
  const { extensionRoot, stateDirectory, settings } = services;
  const { hub, backendPath } = await settings(null);
  const proxy = await proxyOf(services);
  const { env } = process;
  const allowHttp = false;
  return setUpContext({
    extensionRoot,
    stateDirectory,
    hub,
    backendPath,
    ...proxy,
    token: token || null,
    allowHttp,
    env,
  });
}

/** The editor's own settings for proxies, `http.proxy` and `http.noProxy`. */
async function proxyOf({ connection, hasConfiguration }: SetUpServices) {
  const section = hasConfiguration()
    ? await connection.workspace.getConfiguration({ section: "http" }).catch(() => null)
    : null;
  const { proxy, noProxy } = (section ?? {}) as { readonly proxy?: unknown; readonly noProxy?: unknown };
  return {
    proxy: typeof proxy === "string" ? proxy.trim() : "",
    noProxy: Array.isArray(noProxy) ? noProxy.filter((host) => typeof host === "string") : [],
  };
}

function problemOf(error: unknown, signal: AbortSignal): SetUpProblem {
  if (signal.aborted) {
    return { problem: 'Stopped. What has come is kept; "QED: Set Up Model" goes on from there.', code: "cancelled" };
  }
  if (error instanceof SetUpError) return { problem: error.message, code: error.code };
  if (error instanceof EngineError) return { problem: error.message, code: "check.failed" };
  return { problem: error instanceof Error ? error.message : String(error), code: "other" };
}

function signalOf(token: CancellationToken): { readonly signal: AbortSignal; readonly stop: () => void } {
  const abort = new AbortController();
  const cancel = () => abort.abort(new Error("cancelled by the editor"));
  const listener = token.onCancellationRequested(cancel);
  if (token.isCancellationRequested) cancel();
  return { signal: abort.signal, stop: () => listener.dispose() };
}
