import { approachOf } from "../prompt/different.js";
import type { RunStatement } from "../store/run.js";
import type { RunStore } from "../store/store.js";

/** Most earlier runs that are looked at, the latest first. */
const MOST_LOOKED_AT = 50;

/** The approaches that were taken to a statement so far, and the runs that took them, oldest first. */
export interface Approaches {
  readonly runs: readonly string[];
  readonly approaches: readonly string[];
}

/** What the runs on disk have tried for a statement of that text in its document. Runs without a proof tell none. */
export function approachesSoFar(store: RunStore, { uri, text }: RunStatement): Approaches {
  const found: { readonly id: string; readonly approach: string }[] = [];
  let looked = 0;
  for (const id of store.ids().toReversed()) {
    const summary = store.summary(id);
    if (!summary || "newer" in summary) continue;
    const { statement } = summary.header;
    if (statement.uri !== uri || statement.text !== text) continue;
    if (++looked > MOST_LOOKED_AT) break;
    const run = store.read(id)?.run;
    if (run?.outcome?.kind !== "proved" && run?.outcome?.kind !== "cut-short") continue;
    const approach = approachOf((run.answer?.text ?? "").slice(run.header.prefix.length));
    if (approach !== "" && !found.some((other) => other.approach === approach)) found.push({ id, approach });
  }
  found.reverse();
  return { runs: found.map(({ id }) => id), approaches: found.map(({ approach }) => approach) };
}
