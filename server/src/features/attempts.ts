import { randomBytes } from "node:crypto";
import type { Statement } from "../document/types.js";
import { approachesSoFar } from "../prover/earlier-runs.js";
import { noted } from "../prover/run-header.js";
import type { ProofRequest, RunServices } from "../prover/run-proof.js";
import { budgetOf, type Settings } from "../settings.js";
import type { RunStore } from "../store/store.js";
import type { ReadDocument } from "../workspace/open-documents.js";

/** Most runs at once for one statement. */
export const MOST_RUNS = 8;

/** What is to be proved, whoever runs it. */
export type Attempt = Omit<ProofRequest, keyof RunServices>;

/** A statement where it stands. */
export interface StatementIn {
  readonly read: Pick<ReadDocument, "document" | "macros" | "elsewhere">;
  readonly statement: Statement;
  readonly uri: string;
}

/** An attempt at a statement. `differently` has it avoid the approaches of the runs so far. */
export function attemptAt(
  { read: { document, macros, elsewhere }, statement, uri }: StatementIn,
  settings: Settings,
  seed: number,
  store: RunStore,
  differently: boolean,
): Attempt {
  const told = differently ? approachesSoFar(store, noted(document, statement, uri)) : null;
  return {
    document,
    statement,
    context: { macros, cited: (label) => elsewhere.statement(label), avoid: told?.approaches ?? [] },
    uri,
    budget: budgetOf(settings),
    seed,
    ...(told ? { origin: { kind: "different", avoids: told.runs } } : {}),
    loopGuard: settings.loopGuard,
  };
}

/** The same attempt several times at once, in one group, each with a seed of its own from `attempt.seed` on. */
export function samplesOf(
  attempt: Attempt,
  of: number,
): { readonly group: string; readonly attempts: readonly Attempt[] } {
  const group = randomBytes(8).toString("hex");
  const attempts = Array.from({ length: of }, (_, index): Attempt => {
    return { ...attempt, seed: (attempt.seed + index) % 2 ** 32, origin: { kind: "sample", group, index, of } };
  });
  return { group, attempts };
}
