import { earlyLabel } from "../store/labels.js";
import type { Outcome } from "../store/run.js";
import { limitsOf } from "./budgets.js";
import { Completion, type Context } from "./draft.js";
import { settle } from "./edit-places.js";
import { LoopGuard } from "./loop-guard.js";
import { promptOf } from "./prompt-of.js";
import { UNKNOWN } from "./rehearsal.js";
import { RepeatedPrefix } from "./repeated-prefix.js";
import { sentenceEnds } from "./sentence.js";
import { END_OF_THOUGHT } from "./thought-end.js";

/** A stream that has come to the answer: it goes on with `rest`, after `tokens` tokens. */
export interface Going {
  readonly completion: Completion;
  readonly rest: string;
  readonly tokens: number;
}

/**
 * Writes the answer of a run whose thought is closed, in the stream that goes on or in a new one. null if a person asks
 * for something.
 */
export async function write(context: Context, going: Going | null): Promise<Outcome | null> {
  const { draft, capabilities, phases } = context;
  const { header } = draft.run;
  const { prefix } = header;
  let completion = going?.completion ?? null;
  try {
    if (completion === null && !settle(context, "answer")) {
      return draft.run.thought.cut && draft.run.answer === null ? UNKNOWN.cut : UNKNOWN.text;
    }
    phases.report("writing", null);
    if (draft.run.answer === null) draft.emit({ type: "answer", text: prefix, tokens: 0 });
    const limit = limitsOf(draft.run).answer;
    const before = draft.run.answer!.tokens;
    const repeated = prefix !== "" && !capabilities.edits ? new RepeatedPrefix(prefix) : null;
    const guard = header.loopGuard === false ? null : new LoopGuard();
    completion ??= new Completion(context, promptOf(draft.run), Math.max(1, limit - before));
    const offset = draft.run.answer!.text.length;
    const written = () => draft.run.answer!.text.slice(prefix.length);
    let looped: number | null = null;
    let relapsed = false;
    /** The end of what was written: a tag can come in pieces. */
    let tail = "";
    const take = (text: string, tokens: number) => {
      // The template puts blank lines between thought and answer; they belong to neither.
      const trimmed = prefix === "" && draft.run.answer!.text === "" ? text.trimStart() : text;
      if (trimmed === "") return;
      draft.emit({ type: "answer", text: trimmed, tokens });
      tail = (tail + trimmed).slice(-trimmed.length - END_OF_THOUGHT.length);
      relapsed ||= tail.includes(END_OF_THOUGHT);
      const loop = guard?.push(trimmed) ?? null;
      if (loop !== null) looped ??= loop.firstRound;
    };
    const skipped = going?.tokens ?? 0;
    take(repeated?.push(going?.rest ?? "") ?? going?.rest ?? "", before);
    for (;;) {
      const event = await completion.next();
      if (event === null) return null;
      let tokens = draft.run.answer!.tokens;
      if (event.type === "text") {
        phases.report("writing", null);
        tokens = before + event.tokens - skipped;
        take(repeated?.push(event.text) ?? event.text, tokens);
      } else if (event.type === "end") {
        take(repeated?.flush() ?? "", tokens);
      } else {
        phases.reportEngine(event);
        continue;
      }
      if (relapsed) return WENT_BACK;
      const { text } = draft.run.answer!;
      if (looped !== null) {
        const firstRound = Math.min(offset + looped, text.length);
        draft.emit({ type: "trim", part: "answer", length: sentenceEnds(text, firstRound)[0] ?? firstRound });
        return { kind: "cut-short", message: REPEATED, ...early(context) };
      }
      const spent = event.type === "text" ? tokens >= limit : event.reason === "length";
      if (!spent && event.type === "text") continue;
      if (written().trim() === "") return EMPTY;
      return spent
        ? { kind: "cut-short", message: CUT_SHORT, ...early(context) }
        : { kind: "proved", ...early(context) };
    }
  } finally {
    await completion?.close();
  }
}

function early({ draft }: Context): { readonly early?: string } {
  const label = earlyLabel(draft.run.thought);
  return label === null ? {} : { early: label };
}

const WENT_BACK: Outcome = {
  kind: "no-proof",
  message: "The model went back to thinking in its answer. Try again with another seed.",
};

const EMPTY: Outcome = {
  kind: "no-proof",
  message: "The model wrote no proof after its thought. Try again with another seed.",
};

const CUT_SHORT = "The proof was cut short by its token budget. Finish it yourself, or try again with another seed.";

const REPEATED =
  "The proof began to repeat itself and was stopped after the first round. Finish it yourself, or try again with another seed.";
