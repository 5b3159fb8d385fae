import type { CancellationToken } from "vscode-languageserver";
import { statementAt } from "../document/locate.js";
import { outOfDomain } from "../prompt/domain.js";
import type { ProveRequest, ProveSeveralRequest } from "../protocol.js";
import { randomSeed } from "../prover/run-header.js";
import { runProof } from "../prover/run-proof.js";
import type { Settings } from "../settings.js";
import type { ReadDocument } from "../workspace/open-documents.js";
import { type Attempt, attemptAt, samplesOf } from "./attempts.js";
import { macrosOf } from "./macros.js";
import { type ProverServices, refused, watched } from "./watched-run.js";

/** What a request comes to, if its statement is one that a run can be about. */
interface Asked {
  readonly settings: Settings;
  readonly read: ReadDocument;
  readonly attempt: Attempt;
}

/** Answers `qed/prove`: from a position to a run that has ended. */
export async function prove(
  services: ProverServices,
  params: ProveRequest.Params,
  token: CancellationToken,
): Promise<ProveRequest.Result> {
  const asked = await ask(services, params);
  return "outcome" in asked ? asked : run(services, asked, params, token);
}

/** Answers `qed/proveSeveral`: the same for several runs at once. */
export async function proveSeveral(
  services: ProverServices,
  params: ProveSeveralRequest.Params,
  token: CancellationToken,
): Promise<ProveSeveralRequest.Result> {
  const asked = await ask(services, params);
  if ("outcome" in asked) return { group: null, runs: [asked] };
  const { group, attempts } = samplesOf(asked.attempt, params.count);
  // One line of progress is enough for an editor that shows no more.
  const { workDoneToken, ...untold } = params;
  const runs = attempts.map((attempt, index) =>
    run(services, { ...asked, attempt }, index === 0 ? params : untold, token),
  );
  return { group, runs: await Promise.all(runs) };
}

async function ask(
  { documents, settings: settingsOf, store }: ProverServices,
  params: ProveRequest.Params,
): Promise<Asked | ProveRequest.Result> {
  const { uri } = params.textDocument;
  const settings = await settingsOf(uri);
  const read = await documents.getOrRead(uri);
  if (!read)
    return refused(
      "document.none",
      "This document is not open, or is neither LaTeX nor Markdown. Open a .tex or .md file.",
    );
  const { document, source } = read;
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
  const problem = params.force ? null : outOfDomain(document, statement);
  if (problem !== null) return refused("statement.out-of-domain", `${problem} It was not run.`);
  const thinkingBudget = params.budget ?? settings.thinkingBudget;
  const seed = params.seed ?? randomSeed();
  const about = { read, statement, uri };
  return {
    settings,
    read,
    attempt: attemptAt(about, { ...settings, thinkingBudget }, seed, store, params.differently === true),
  };
}

function run(
  services: ProverServices,
  { settings, read, attempt }: Asked,
  { workDoneToken, requestId, whenHeld }: ProveRequest.Params,
  token: CancellationToken,
): Promise<ProveRequest.Result> {
  const watcher = { settings, macros: macrosOf(read.macros), workDoneToken, requestId, whenHeld, token };
  return watched(services, watcher, (started) => runProof({ ...started, ...attempt }));
}
