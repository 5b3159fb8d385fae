import { randomBytes } from "node:crypto";
import type { CancellationToken } from "vscode-languageserver";
import { normalise, plainText } from "../document/body.js";
import { statementAt } from "../document/locate.js";
import type { Statement } from "../document/types.js";
import { outOfDomain } from "../prompt/domain.js";
import type { ProveRequest, ProveSeveralRequest } from "../protocol.js";
import { approachesSoFar } from "../prover/earlier-runs.js";
import { randomSeed } from "../prover/run-header.js";
import { runProof } from "../prover/run-proof.js";
import { budgetOf, type Settings } from "../settings.js";
import type { RunOrigin } from "../store/run.js";
import type { ReadDocument } from "../workspace/open-documents.js";
import { macrosOf } from "./macros.js";
import { type ProverServices, refused, watched } from "./watched-run.js";

/** A statement that a run can be about. */
interface Asked {
  readonly settings: Settings;
  readonly read: ReadDocument;
  readonly statement: Statement;
}

/** Answers `qed/prove`: from a position to a run that has ended. */
export async function prove(
  services: ProverServices,
  params: ProveRequest.Params,
  token: CancellationToken,
): Promise<ProveRequest.Result> {
  const asked = await ask(services, params);
  if ("outcome" in asked) return asked;
  return attempt(services, asked, params, token, params.seed ?? randomSeed());
}

/** Answers `qed/proveSeveral`: the same for several runs at once. */
export async function proveSeveral(
  services: ProverServices,
  params: ProveSeveralRequest.Params,
  token: CancellationToken,
): Promise<ProveSeveralRequest.Result> {
  const asked = await ask(services, params);
  if ("outcome" in asked) return { group: null, runs: [asked] };
  const group = randomBytes(8).toString("hex");
  const first = params.seed ?? randomSeed();
  const of = params.count;
  const runs = Array.from({ length: of }, (_, index) => {
    const origin: RunOrigin = { kind: "sample", group, index, of };
    // One line of progress is enough for an editor that shows no more.
    const { workDoneToken, ...rest } = params;
    const told = index === 0 && workDoneToken !== undefined ? { ...rest, workDoneToken } : rest;
    return attempt(services, asked, told, token, (first + index) % 2 ** 32, origin);
  });
  return { group, runs: await Promise.all(runs) };
}

async function ask(
  { documents, settings: settingsOf }: ProverServices,
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
  return { settings, read, statement };
}

function attempt(
  services: ProverServices,
  { settings, read, statement }: Asked,
  params: ProveRequest.Params,
  token: CancellationToken,
  seed: number,
  sample?: RunOrigin,
): Promise<ProveRequest.Result> {
  const { document, macros, elsewhere } = read;
  const { uri } = params.textDocument;
  const budget = budgetOf(settings);
  const { workDoneToken, requestId, whenHeld } = params;
  const told = params.differently
    ? approachesSoFar(services.store, uri, normalise(plainText(document, statement.body)))
    : { runs: [], approaches: [] };
  const different: RunOrigin = { kind: "different", avoids: told.runs };
  const origin = sample ?? (params.differently ? different : undefined);
  return watched(services, { settings, macros: macrosOf(macros), workDoneToken, requestId, whenHeld, token }, (run) =>
    runProof({
      ...run,
      document,
      statement,
      context: { macros, cited: (label) => elsewhere.statement(label), avoid: told.approaches },
      uri,
      budget: { ...budget, thought: params.budget ?? budget.thought },
      seed,
      ...(origin ? { origin } : {}),
      loopGuard: settings.loopGuard,
    }),
  );
}
