import { normalise } from "../document/body.js";
import type { Document } from "../document/types.js";
import { writtenRange } from "../prompt/prove.js";
import type { Run } from "../store/run.js";
import { findStatement } from "./find-statement.js";
import { type Placement, placeProof } from "./placement.js";
import { provenanceLine } from "./provenance.js";
import { type Surroundings, standingAlone } from "./surroundings.js";

/**
 * How the proof of a run goes into its document as that is now, or one sentence why it can't: the statement is found
 * again, and what the author has written meanwhile is never overwritten.
 * @param project what the other files of the document's project say
 * @param provenance whether a comment says where the proof comes from
 */
export function proofEdit(
  document: Document,
  run: Run,
  project: Surroundings = standingAlone(document),
  provenance = false,
): Placement | { readonly problem: string } {
  const { outcome, answer, header } = run;
  if (answer === null || (outcome?.kind !== "proved" && outcome?.kind !== "cut-short")) {
    return { problem: "This run has no proof to insert. Run “Prove This Statement” again." };
  }
  const found = findStatement(document, header.statement);
  if ("problem" in found) return found;
  const { statement } = found;
  const written = writtenRange(statement);
  const now = written ? document.text.slice(written.start, written.end) : "";
  // Only the words count: an editor may have changed indentation or line ends.
  if (normalise(now) !== normalise(header.statement.written)) {
    return {
      problem:
        header.statement.written.trim() === ""
          ? "The statement has a proof now, so nothing was inserted. Copy the proof from the panel if you want both."
          : "The proof in the document has changed since this run was begun, so nothing was inserted. Copy the proof from the panel, or run “Prove This Statement” again.",
    };
  }
  const note = provenance ? provenanceLine(run, document.syntax) : null;
  return placeProof(document, statement, answer.text, header.prefix, project, note);
}
