import { SUMMARY_TOKENS, summaryEnd, summaryPrompt } from "../prompt/summary.js";
import type { Outcome } from "../store/run.js";
import { Completion, type Context } from "./draft.js";
import { isKnown, UNKNOWN } from "./rehearsal.js";

/**
 * Writes the summary of the parent's thought, from which the run then begins anew. Returns null when it is whole or a
 * person asks for something; else how the run ends.
 */
export async function summarise(context: Context): Promise<Outcome | null> {
  const { draft, capabilities, phases, parent } = context;
  if (parent === null)
    return failed("The run whose thought was to be summarised is no longer on disk. Prove the statement again.");
  const asked = summaryPrompt(parent);
  const { text: begun = "", tokens: before = 0 } = draft.run.summary ?? {};
  const prompt = { ...asked, answer: asked.answer + begun };
  if (!isKnown(capabilities, prompt)) return UNKNOWN.summary;
  phases.report("summarising", null);
  const completion = new Completion(context, prompt, Math.max(1, SUMMARY_TOKENS - before));
  try {
    for (;;) {
      const event = await completion.next();
      if (event === null) return null;
      const { text = "", tokens = 0 } = draft.run.summary ?? {};
      if (event.type === "text") {
        phases.report("summarising", null);
        const end = summaryEnd(text + event.text);
        const more = end === null ? event.text : (text + event.text).slice(text.length, end);
        draft.emit({ type: "summary", text: more, tokens: before + event.tokens });
        if (end === null && before + event.tokens < SUMMARY_TOKENS) continue;
      } else if (event.type !== "end") {
        phases.reportEngine(event);
        continue;
      } else if (text.trim() === "" || tokens === 0) {
        return {
          kind: "no-proof",
          message: "The model wrote no summary of its thought. Prove the statement again with another seed.",
        };
      }
      draft.emit({ type: "summarised" });
      return null;
    }
  } finally {
    await completion.close();
  }
}

function failed(message: string): Outcome {
  return { kind: "failed", code: "run.missing", message };
}
