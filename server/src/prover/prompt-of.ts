import type { Prompt } from "../prompt/prompt.js";
import { withSummary } from "../prompt/summary.js";
import type { Run } from "../store/run.js";
import { EARLY_STOP } from "./early-stop.js";

/**
 * What the engine has read and written of a run: the text after which it goes on, now or in another process. A thought
 * that was closed early ends in the early-stop text.
 */
export function promptOf({ header, thought, answer, summary }: Run): Prompt {
  const message = summary?.whole ? withSummary(header.prompt.message, summary.text) : header.prompt.message;
  if (answer === null && !thought.cut) return { message, thought: thought.text, answer: null };
  const closed = thought.text.trimEnd() + (thought.cut ? EARLY_STOP : "");
  return { message, thought: closed, answer: answer?.text ?? header.prefix };
}
