import type { LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import type { CompletionEnd, Usage } from "../engine.js";
import { type EvaluatedText, reusable } from "./evaluated-text.js";
import type { ToChild } from "./messages.js";

/** How long a slice of a prompt may take, in milliseconds: a cancel is seen between slices. */
const SLICE_MS = 700;
/** Slices are between these numbers of tokens, whatever the speed. */
const SLICE_TOKENS = { first: 64, least: 16, most: 512 };
/** Most tokens that one character can be spread over; after that the bytes are no text. */
const MOST_TOKENS_A_CHARACTER = 8;

/** Where a completion reports to. */
export interface Report {
  reading(evaluated: number, total: number): void;
  text(text: string, tokens: number): void;
}

/** How a completion ended; `cancelled` if `isCancelled` said so. */
export interface Completed {
  readonly reason: CompletionEnd | "cancelled";
  readonly usage: Usage;
}

/** A request does not fit into the context. */
export class ContextExceeded extends Error {}

/** One sequence of the context and what it holds; completions on it run one after another. */
export class SequenceRunner {
  readonly #model: LlamaModel;
  readonly #sequence: LlamaContextSequence;
  #known: EvaluatedText<Token> = { tokens: [], text: "", marks: [] };
  /** Tokens a millisecond while reading, measured; 0 until then. */
  #readingSpeed = 0;

  constructor(model: LlamaModel, sequence: LlamaContextSequence) {
    this.#model = model;
    this.#sequence = sequence;
  }

  /** Runs one completion. Throws {@link ContextExceeded} before anything is evaluated. */
  async complete(
    request: Extract<ToChild, { type: "complete" }>,
    report: Report,
    isCancelled: () => boolean,
  ): Promise<Completed> {
    // llama.cpp does not normalise; the tokenizer that the model was trained with does.
    const text = request.text.normalize("NFC");
    const tokens = this.#tokenize(text);
    const room = this.#sequence.contextSize - tokens.length;
    if (room < 1) throw new ContextExceeded(`${tokens.length} tokens, ${this.#sequence.contextSize} fit`);

    this.#known = { tokens: [], text: "", marks: [] };
    await this.#sequence.adaptStateToTokens(tokens.slice(0, -1), false);
    const reused = this.#sequence.nextTokenIndex;
    let position = reused;
    const usage = (generated: number): Usage => ({ evaluated: position - reused, reused, generated });
    report.reading(reused, tokens.length);
    while (position < tokens.length - 1) {
      if (isCancelled()) return { reason: "cancelled", usage: usage(0) };
      const slice = tokens.slice(position, Math.min(position + this.#sliceSize(), tokens.length - 1));
      const began = performance.now();
      await this.#sequence.evaluateWithoutGeneratingNewTokens(slice);
      this.#readingSpeed = slice.length / Math.max(0.01, performance.now() - began);
      position += slice.length;
      report.reading(position, tokens.length);
    }
    if (isCancelled()) return { reason: "cancelled", usage: usage(0) };
    position = tokens.length;
    return this.#generate(request, text, tokens, Math.min(request.maxTokens, room), report, isCancelled, usage);
  }

  async #generate(
    request: Extract<ToChild, { type: "complete" }>,
    promptText: string,
    promptTokens: readonly Token[],
    maxTokens: number,
    report: Report,
    isCancelled: () => boolean,
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
      topK: 0,
      seed: request.seed,
      yieldEogToken: true,
    });
    for await (const token of iterator) {
      if (isCancelled()) {
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
    }
    this.#known = { tokens: all, text, marks };
    return { reason, usage: usage(generated) };
  }

  /** The tokens of a text: what the sequence holds already as far as that goes, the tokenizer's for the rest. */
  #tokenize(text: string): Token[] {
    const { keep, length } = reusable(this.#known, text);
    return [...this.#known.tokens.slice(0, keep), ...this.#model.tokenize(text.slice(length), true)];
  }

  #sliceSize(): number {
    if (this.#readingSpeed === 0) return SLICE_TOKENS.first;
    return Math.round(Math.min(SLICE_TOKENS.most, Math.max(SLICE_TOKENS.least, this.#readingSpeed * SLICE_MS)));
  }
}
