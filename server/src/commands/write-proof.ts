import { chmodSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { applyChanges } from "../features/placement.js";
import { proofEdit } from "../features/proof-edit.js";
import type { Run } from "../store/run.js";
import { type ParsedSource, readText, type SourceFile, UsageError } from "./io.js";

/** null where the file is gone: then it has changed too. */
function textNow(path: string): string | null {
  try {
    return readText(path);
  } catch {
    return null;
  }
}

/** Writes the proof of a run into its file, whole or not at all. Returns what was done, as a sentence. */
export function writeProof(source: SourceFile, parsed: ParsedSource, run: Run): string {
  if (textNow(source.path) !== source.text) {
    throw new UsageError(
      `${source.path} has changed meanwhile, so nothing was written. The proof is kept as run ${run.header.id}.`,
    );
  }
  const edit = proofEdit(parsed.document, run, parsed);
  if ("problem" in edit) throw new UsageError(edit.problem);
  // A link stays a link.
  const target = realpathSync(source.path);
  const temporary = `${target}.qed-${run.header.id}`;
  try {
    writeFileSync(temporary, applyChanges(source.text, edit.changes));
    chmodSync(temporary, statSync(target).mode);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new UsageError(
      `${source.path} can't be written (${(error as NodeJS.ErrnoException).code}). The proof is kept as run ${run.header.id}.`,
    );
  }
  const removed =
    edit.removed.length === 0
      ? ""
      : ` Removed, since it could do harm: ${edit.removed.map((piece) => JSON.stringify(piece)).join(", ")}.`;
  return `Written to ${source.path}; no step has been checked.${removed}`;
}
