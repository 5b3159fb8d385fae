import { randomBytes } from "node:crypto";
import { normalise, plainText } from "../document/body.js";
import type { Document, Statement } from "../document/types.js";
import { provePrompt, writtenRange } from "../prompt/prove.js";
import { MOST_ROUNDS, roundOf } from "../store/labels.js";
import { type Budget, RUN_SCHEMA, type Run, type RunHeader, type RunPart, type RunStatement } from "../store/run.js";
import { promptOf } from "./prompt-of.js";
import type { ProofRequest } from "./run-proof.js";

/** A fresh 32-bit seed. */
export function randomSeed(): number {
  return randomBytes(4).readUInt32LE();
}

/** The header of a new attempt: an open, empty thought. */
export function newHeader(request: Omit<ProofRequest, "engine" | "store" | "signal">): RunHeader {
  const { document, statement, context, uri, budget, seed, origin, loopGuard } = request;
  const { message, prefix } = provePrompt(document, statement, context);
  return {
    ...fresh(),
    parent: null,
    statement: noted(document, statement, uri),
    prompt: { message, thought: "", answer: null },
    prefix,
    seed,
    budget,
    ...(origin ? { origin } : {}),
    ...(loopGuard === false ? { loopGuard } : {}),
  };
}

/** What a run notes of its statement, as that is now. */
export function noted(document: Document, statement: Statement, uri: string): RunStatement {
  const { kind, title, label, start, body } = statement;
  const written = writtenRange(statement);
  return {
    uri,
    kind,
    title,
    label,
    start,
    text: normalise(plainText(document, body)),
    written: written ? document.text.slice(written.start, written.end) : "",
  };
}

/** Where a run is cut, and what comes there instead of its rest. */
export interface Cut {
  readonly part: RunPart;
  /** Offset in `run.thought.text` or `run.answer.text`, UTF-16. */
  readonly offset: number;
  /** What is put there; may be empty. */
  readonly text: string;
}

/** A branch or a round that can't be made; the message is one sentence for the user. */
export class BadCut extends Error {}

/**
 * The header of a run that goes on from a parent's text, cut and changed. A cut in the thought opens it again; one in the
 * answer keeps the thought closed. The budget is that of a new run, what is kept of the thought not counted. Throws
 * {@link BadCut}.
 */
export function branchHeader(run: Run, cut: Cut, budget: Budget, seed: number): RunHeader {
  const { header, thought, answer } = run;
  const { part, offset } = cut;
  const text = part === "thought" ? thought.text : answer?.text;
  if (text === undefined) throw new BadCut("This run has no proof yet, so it can only be cut in its thought.");
  if (offset > text.length) throw new BadCut(`The ${part} of this run has only ${text.length} characters.`);
  if (part === "answer" && offset < header.prefix.length) {
    throw new BadCut("The beginning of this proof is your own text. Change it in the document, then prove again.");
  }
  // Half a surrogate pair is no text.
  const at = /[\udc00-\udfff]/.test(text[offset] ?? "") ? offset - 1 : offset;
  const kept = text.slice(0, Math.max(0, at)) + cut.text.replace(/<\/?think>/gi, "");
  const share = thought.text.length === 0 ? 1 : Math.min(1, offset / thought.text.length);
  const tokens = part === "thought" ? Math.round(thought.tokens * share) : thought.tokens;
  const { message } = promptOf(run);
  return {
    ...next(header),
    prompt:
      part === "thought" ? { message, thought: kept, answer: null } : { message, thought: thought.text, answer: kept },
    seed,
    budget: { ...budget, thought: budget.thought + tokens },
    origin: { kind: "branch", part, offset },
    inherited: { tokens, early: part === "answer" && thought.cut ? (thought.early ?? "budget") : null },
  };
}

/**
 * The header of the next round of a run: its thought is summarised and the question is asked again with the summary.
 * Throws {@link BadCut}.
 */
export function summaryHeader(run: Run, budget: Budget, seed: number): RunHeader {
  const { header, thought, answer, summary } = run;
  if (roundOf(run) >= MOST_ROUNDS) {
    throw new BadCut(`This is round ${MOST_ROUNDS} of a statement already. Prove it again with another seed.`);
  }
  if (thought.text.trim() === "") {
    throw new BadCut("This run has no thought to summarise. Prove the statement again.");
  }
  const own = thought.tokens - (header.inherited?.tokens ?? 0) + (answer?.tokens ?? 0) + (summary?.tokens ?? 0);
  return {
    ...next(header),
    prompt: { message: header.prompt.message, thought: "", answer: null },
    seed,
    budget,
    origin: { kind: "summary", round: roundOf(run) + 1 },
    spent: (header.spent ?? 0) + own,
  };
}

function next({ statement, prefix, loopGuard, id }: RunHeader) {
  return { ...fresh(), parent: id, statement, prefix, ...(loopGuard === false ? { loopGuard } : {}) };
}

function fresh(): Pick<RunHeader, "type" | "schema" | "id" | "time"> {
  const time = new Date();
  return {
    type: "run",
    schema: RUN_SCHEMA,
    id: `${time.toISOString().slice(0, 19).replace(/[-:]/g, "")}-${randomBytes(4).toString("hex")}`,
    time: time.toISOString(),
  };
}
