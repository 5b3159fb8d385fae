import type { EarlyReason, Outcome } from "../store/run.js";
import { GRACE, limitsOf, roomForThought } from "./budgets.js";
import { Completion, type Context } from "./draft.js";
import { closingPlace, settle } from "./edit-places.js";
import { LoopGuard } from "./loop-guard.js";
import { promptOf } from "./prompt-of.js";
import { UNKNOWN } from "./rehearsal.js";
import { sentenceEnds } from "./sentence.js";
import { ThoughtEnd } from "./thought-end.js";

/** What comes after a stretch of thinking. */
export type Thought =
  /** The text was edited, or a person asks for something: look at it anew. */
  | { readonly kind: "edited" }
  /** The thought came to its end and the answer goes on in the same stream, with `rest`, after `tokens` tokens. */
  | { readonly kind: "closed"; readonly completion: Completion; readonly rest: string; readonly tokens: number }
  | { readonly kind: "outcome"; readonly outcome: Outcome };

/** How much of a thought that goes on is looked at again for a loop, in characters. */
const LOOKED_BACK = 4000;

const EDITED: Thought = { kind: "edited" };

/** Goes on with the open thought of a run until it ends, is closed early, or a person asks for something. */
export async function think(context: Context): Promise<Thought> {
  const { draft, capabilities, phases } = context;
  const { header, thought } = draft.run;
  const limits = limitsOf(draft.run);
  const before = thought.tokens;
  if (capabilities.edits && before >= limits.thought) {
    return closeEarly(context, "budget") ? EDITED : { kind: "outcome", outcome: UNKNOWN.cut };
  }
  if (!settle(context, "thought")) {
    return { kind: "outcome", outcome: thought.text === "" ? UNKNOWN.statement : UNKNOWN.text };
  }
  const length = draft.run.thought.text.length;
  const guard = header.loopGuard === false ? null : new LoopGuard();
  const looked = Math.max(0, length - LOOKED_BACK);
  guard?.push(draft.run.thought.text.slice(looked));
  const end = new ThoughtEnd();
  const completion = new Completion(context, promptOf(draft.run), limits.thought - before + GRACE + limits.answer);
  let room = Number.POSITIVE_INFINITY;
  let tokens = before;
  /** Length of the thought when its budget was used up. */
  let spent: number | null = null;
  let handedOn = false;
  const text = () => draft.run.thought.text;
  const cut = (at: number, reason: EarlyReason): Thought => {
    draft.emit({ type: "cut", tokens, length: at, reason });
    return EDITED;
  };
  try {
    for (;;) {
      const event = await completion.next();
      if (event === null) return EDITED;
      if (event.type === "text") {
        phases.report("thinking", null);
        tokens = before + event.tokens;
        const split = end.push(event.text);
        if (split.thought !== "") draft.emit({ type: "thought", text: split.thought, tokens });
        if (split.rest !== null) {
          if (header.prefix === "" || !capabilities.edits) {
            handedOn = true;
            return { kind: "closed", completion, rest: split.rest, tokens: event.tokens };
          }
          phases.report("writing", null);
          draft.emit({ type: "answer", text: header.prefix, tokens: 0 });
          return EDITED;
        }
        const loop = guard?.push(split.thought) ?? null;
        if (loop !== null) {
          if (!capabilities.edits) return { kind: "outcome", outcome: WENT_ROUND };
          const firstRound = Math.min(looked + loop.firstRound, text().length);
          return cut(sentenceEnds(text(), firstRound)[0] ?? firstRound, "loop");
        }
        const limit = Math.min(limits.thought, room);
        if (tokens < limit || !capabilities.edits) continue;
        spent ??= text().length;
        const reason = room < limits.thought ? "room" : "budget";
        const [sentenceEnd] = sentenceEnds(text(), spent);
        if (sentenceEnd !== undefined) return cut(sentenceEnd, reason);
        if (tokens >= limit + GRACE) return cut(text().length, reason);
      } else if (event.type === "end") {
        // What is held back here is half a closing tag.
        if (event.reason === "length") {
          return capabilities.edits ? cut(text().length, "room") : { kind: "outcome", outcome: USED_UP };
        }
        const held = end.flush();
        if (held !== "") draft.emit({ type: "thought", text: held, tokens });
        return { kind: "outcome", outcome: NOT_CLOSED };
      } else {
        if (event.type === "reading") room = roomForThought(capabilities, event.total, before, limits.answer);
        phases.reportEngine(event);
      }
    }
  } finally {
    if (!handedOn) await completion.close();
  }
}

/** Closes an open thought after its last whole sentence. False if a rehearsal model has not learned to. */
export function closeEarly(context: Pick<Context, "draft" | "capabilities">, reason: EarlyReason): boolean {
  const { draft } = context;
  const at = closingPlace(context);
  if (at === null) return false;
  draft.emit({ type: "cut", tokens: draft.run.thought.tokens, length: at, reason });
  return true;
}

const NOT_CLOSED: Outcome = {
  kind: "no-proof",
  message: "The model ended without closing its thought, so there is no proof. Try another seed or a larger budget.",
};

const WENT_ROUND: Outcome = {
  kind: "no-proof",
  message: "The thought went round in circles and was stopped, so there is no proof. Try another seed.",
};

const USED_UP: Outcome = {
  kind: "no-proof",
  message:
    "The budget was used up before the thought was closed, so there is no proof: this server can't be made to end a thought. Use a larger budget, or a server with raw text completion.",
};
