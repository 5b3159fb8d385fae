import type { LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import type { CompletionEnd, Lane, Usage } from "../engine.js";
import { type EvaluatedText, reusable } from "./evaluated-text.js";
import type { ToChild } from "./messages.js";
import type { PrefixSharing } from "./prefix-sharing.js";
import type { SliceMeter } from "./slices.js";

/** Slices of fewer tokens say little about the speed. */
const TELLING_SLICE = 8;
/** Most tokens that one character can be spread over; after that the bytes are no text. */
const MOST_TOKENS_A_CHARACTER = 8;

/**
 * The nucleus is looked for among so many tokens: it is never that large, and to sort all 151,936 of Qwen's took 10 ms a
 * token where this takes 0.6 (measured at the 4B shape).
 */
export const TOP_K = 1000;

/** A request as the process gets it. */
export type CompleteRequest = Extract<ToChild, { type: "complete" }>;

/** Where a completion reports to. */
export interface Report {
  reading(evaluated: number, total: number): void;
  text(text: string, tokens: number): void;
}

/** How a completion ended; `cancelled` if its signal was aborted. */
export interface Completed {
  readonly reason: CompletionEnd | "cancelled";
  readonly usage: Usage;
}

/** A request does not fit into the context. */
export class ContextExceeded extends Error {}

/** What the sequences of one model share. */
export interface SharedParts {
  readonly meter: SliceMeter;
  readonly prefixes: PrefixSharing;
  /** What a completion of this lane waits for before it goes on; null if it may. */
  standsBy(lane: Lane): Promise<void> | null;
}

/** One sequence of a context and what it holds; completions on it run one after another. */
export class SequenceRunner {
  readonly #model: LlamaModel;
  readonly #sequence: LlamaContextSequence;
  readonly #shared: SharedParts;
  #known: EvaluatedText<Token> = { tokens: [], text: "", marks: [] };

  constructor(model: LlamaModel, sequence: LlamaContextSequence, shared: SharedParts) {
    this.#model = model;
    this.#sequence = sequence;
    this.#shared = shared;
  }

  /** Tokens that the sequence holds. */
  get held(): number {
    return this.#sequence.nextTokenIndex;
  }

  /** How many of the tokens that the sequence holds a completion of this text would keep. */
  keeps(text: string): number {
    const tokens = this.#tokenize(text.normalize("NFC"));
    return Math.min(this.#sequence.compareContextTokens(tokens).firstDifferentIndex, tokens.length - 1);
  }

  /** Runs one completion. Throws {@link ContextExceeded} before anything is evaluated. */
  async complete(request: CompleteRequest, report: Report, signal: AbortSignal): Promise<Completed> {
    // llama.cpp does not normalise; the tokenizer that the model was trained with does.
    const text = request.text.normalize("NFC");
    const tokens = this.#tokenize(text);
    const room = this.#sequence.contextSize - tokens.length;
    if (room < 1) throw new ContextExceeded(`${tokens.length} tokens, ${this.#sequence.contextSize} fit`);

    this.#known = { tokens: [], text: "", marks: [] };
    const { evaluated, reused } = await this.#read(request.lane, tokens, report, signal);
    if (signal.aborted) return { reason: "cancelled", usage: { evaluated, reused, generated: 0 } };
    // The last token of the prompt is evaluated with the first that is generated.
    const usage = (generated: number): Usage => ({ evaluated: evaluated + 1, reused, generated });
    return this.#generate(request, text, tokens, Math.min(request.maxTokens, room), report, signal, usage);
  }

  /** Evaluates all tokens of a prompt but the last, as far as no state of them is there, or until a cancel. */
  async #read(
    lane: Lane,
    tokens: readonly Token[],
    report: Report,
    signal: AbortSignal,
  ): Promise<{ readonly evaluated: number; readonly reused: number }> {
    const { meter, prefixes } = this.#shared;
    const sequence = this.#sequence;
    const prefix = tokens.slice(0, -1);
    const reading = await prefixes.begin({ lane, tokens: prefix, msPerToken: meter.msPerToken }, sequence, signal);
    try {
      await sequence.adaptStateToTokens(prefix, false);
      const reused = sequence.nextTokenIndex;
      let position = reused;
      report.reading(reused, tokens.length);
      const began = performance.now();
      while (position < prefix.length) {
        await this.#turn(lane, signal);
        if (signal.aborted) return { evaluated: position - reused, reused };
        const slice = prefix.slice(position, position + meter.next());
        const sliceBegan = performance.now();
        await sequence.evaluateWithoutGeneratingNewTokens(slice);
        if (slice.length >= TELLING_SLICE) meter.measured(slice.length, performance.now() - sliceBegan);
        position += slice.length;
        report.reading(position, tokens.length);
      }
      if (!signal.aborted) await reading.read(performance.now() - began);
      return { evaluated: position - reused, reused };
    } finally {
      reading.end();
    }
  }

  async #generate(
    request: CompleteRequest,
    promptText: string,
    promptTokens: readonly Token[],
    maxTokens: number,
    report: Report,
    signal: AbortSignal,
    usage: (generated: number) => Usage,
  ): Promise<Completed> {
    const model = this.#model;
    const { temperature, topP } = request.sampling;
    const all = [...promptTokens];
    const marks = [{ count: promptTokens.length, length: promptText.length }];
    let text = promptText;
    let pending: Token[] = [];
    let generated = 0;
    let reason: Completed["reason"] = "length";
    const iterator = this.#sequence.evaluate(promptTokens.slice(-1), {
      temperature,
      topP,
      topK: TOP_K,
      seed: request.seed,
      yieldEogToken: true,
    });
    for await (const token of iterator) {
      if (signal.aborted) {
        reason = "cancelled";
        break;
      }
      generated++;
      if (model.isEogToken(token)) {
        reason = "end";
        break;
      }
      pending.push(token);
      const piece = model.detokenize(pending, true, all.slice(-16));
      all.push(token);
      if (piece.endsWith("\ufffd") && pending.length < MOST_TOKENS_A_CHARACTER && generated < maxTokens) continue;
      pending = [];
      text += piece;
      marks.push({ count: all.length, length: text.length });
      report.text(piece, generated);
      if (generated >= maxTokens) break;
      await this.#turn(request.lane, signal);
    }
    this.#known = { tokens: all, text, marks };
    return { reason, usage: usage(generated) };
  }

  /** Resolves when a completion of this lane may go on, or is cancelled. */
  async #turn(lane: Lane, signal: AbortSignal): Promise<void> {
    for (let wait = this.#shared.standsBy(lane); wait !== null && !signal.aborted; wait = this.#shared.standsBy(lane)) {
      await Promise.race([wait, aborted(signal)]);
    }
  }

  /** The tokens of a text: what the sequence holds already as far as that goes, the tokenizer's for the rest. */
  #tokenize(text: string): Token[] {
    const { keep, length } = reusable(this.#known, text);
    return [...this.#known.tokens.slice(0, keep), ...this.#model.tokenize(text.slice(length), true)];
  }
}

/** Resolves when a signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
