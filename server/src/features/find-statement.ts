import { normalise, plainText } from "../document/body.js";
import type { Document, Statement } from "../document/types.js";
import type { RunStatement } from "../store/run.js";

/** The statement of a run in the document as it is now, or why it can't be told. */
export type FoundStatement = { readonly statement: Statement } | { readonly problem: string };

/**
 * Finds a run's statement again after edits: by its text, the nearest to where it was if there are several, its label
 * deciding first. A statement that says something else now is not the one that was proved.
 */
export function findStatement(document: Document, sought: RunStatement): FoundStatement {
  const same = document.statements.filter(
    (statement) => normalise(plainText(document, statement.body)) === sought.text,
  );
  const labelled = same.filter((statement) => statement.label === sought.label);
  const candidates = labelled.length > 0 ? labelled : same;
  const distance = (statement: Statement) => Math.abs(statement.start - sought.start);
  const [nearest] = [...candidates].sort((a, b) => distance(a) - distance(b));
  if (nearest) return { statement: nearest };
  const relabelled = sought.label !== null && document.statements.some((statement) => statement.label === sought.label);
  return {
    problem: relabelled
      ? "The statement has changed since this proof was begun, so it was not inserted. Run “Prove This Statement” again, or copy the proof from the panel."
      : "The statement of this proof is no longer in the document as it was, so it was not inserted. Copy the proof from the panel, or run “Prove This Statement” again.",
  };
}
