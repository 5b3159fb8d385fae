import type { Syntax } from "../document/types.js";
import { proofLabels } from "../store/labels.js";
import type { Run } from "../store/run.js";

/** Longest name of a model that is written, in characters. */
const MOST_NAME = 80;

/**
 * The comment that says where an inserted proof comes from: `% qed: by MODEL, N thinking tokens, not checked`. One line;
 * the name of the model is a stranger's text, so only plain characters of it are kept.
 */
export function provenanceLine(run: Run, syntax: Syntax): string {
  const { engine, thought } = run;
  const name = (engine?.model ?? "")
    .replace(/[^\p{L}\p{N} ._:/+-]+/gu, "")
    .replace(/-{2,}/g, "-")
    .trim();
  const model = `${name.slice(0, MOST_NAME) || "an unnamed model"}${engine?.rehearsal ? " (rehearsal model)" : ""}`;
  const labels = proofLabels(run);
  const thinking = thought.cut ? [] : [`${thought.tokens.toLocaleString("en-US")} thinking tokens`];
  const words = `qed: by ${[model, ...thinking, ...labels, "not checked"].join(", ")}`;
  return syntax === "latex" ? `% ${words}` : `<!-- ${words} -->`;
}
