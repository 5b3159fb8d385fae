import { hintText } from "../prompt/hint.js";
import type { RunPart } from "../store/run.js";
import type { Context } from "./draft.js";
import { promptOf } from "./prompt-of.js";
import { isKnown, lastSentence } from "./rehearsal.js";

/** A run whose text is to be edited, and the engine that is to go on from it. */
type Edited = Pick<Context, "draft" | "capabilities">;

/** Where an open thought can be closed: after its last whole sentence; null if a rehearsal model has not learned to. */
export function closingPlace({ draft: { run }, capabilities }: Edited): number | null {
  const { thought } = run;
  return lastSentence(thought.text, capabilities, (text) =>
    promptOf({ ...run, thought: { ...thought, text, cut: true } }),
  );
}

/** Where a hint goes in an open thought: after its last whole sentence; null if a rehearsal model does not know it. */
export function hintPlace({ draft: { run }, capabilities }: Edited, hint: string): number | null {
  const { thought } = run;
  const hinted = (kept: string) => promptOf({ ...run, thought: { ...thought, text: kept.trimEnd() + hintText(hint) } });
  const at = lastSentence(thought.text, capabilities, hinted);
  if (at === null || !isKnown(capabilities, hinted(thought.text.slice(0, at)))) return null;
  return thought.text.slice(0, at).trimEnd().length;
}

/**
 * Makes the text of a run one that its engine may be asked to go on with: a rehearsal model goes on only from the ends of
 * sentences, and what stands after the last of them is written again. False if there is no such place.
 */
export function settle({ draft, capabilities }: Edited, part: RunPart): boolean {
  const { run } = draft;
  if (isKnown(capabilities, promptOf(run))) return true;
  const written = run[part];
  if (written === null) return false;
  const least = part === "answer" ? run.header.prefix.length : 0;
  const kept = (text: string) => promptOf({ ...run, [part]: { ...written, text } });
  const at = lastSentence(written.text, capabilities, kept, least);
  if (at === null) return false;
  draft.emit({ type: "trim", part, length: at });
  return true;
}
