import type { EngineCapabilities } from "../engine/engine.js";
import type { Run } from "../store/run.js";

/** Tokens after the thinking budget in which the thought may come to the end of its sentence. */
export const GRACE = 512;

/** What is left for the proof of a small context, or of a small total budget: at most this part of it. */
const PART_FOR_ANSWER = 4;

/** Tokens that a run and those before it may generate but for its answer, and for its answer. */
export interface Limits {
  /** Of thought, what a branch has inherited included; at least 1. */
  readonly thought: number;
  /** Of answer; at least 1. */
  readonly answer: number;
}

/** The budgets of a run, less where its total budget asks for it. */
export function limitsOf({ header, thought, summary }: Run): Limits {
  const { budget, spent = 0, inherited } = header;
  if (budget.total === undefined) return { thought: budget.thought, answer: budget.answer };
  const own = Math.max(0, budget.total - spent - (summary?.tokens ?? 0));
  const before = inherited?.tokens ?? 0;
  const forAnswer = Math.min(budget.answer, Math.ceil(own / PART_FOR_ANSWER));
  return {
    thought: Math.max(1, Math.min(budget.thought, before + own - forAnswer)),
    answer: Math.max(1, Math.min(budget.answer, own - (thought.tokens - before))),
  };
}

/**
 * Tokens of thought for which the context has room, the answer's budget and the grace kept free.
 * @param tokens of the thought when the engine read its prompt of `promptTokens` tokens
 */
export function roomForThought(
  { contextSize }: EngineCapabilities,
  promptTokens: number,
  tokens: number,
  answer: number,
): number {
  if (contextSize === null) return Number.POSITIVE_INFINITY;
  const forAnswer = Math.min(answer, Math.floor(contextSize / PART_FOR_ANSWER));
  return Math.max(1, tokens + contextSize - promptTokens - forAnswer - GRACE);
}
