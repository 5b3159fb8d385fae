import type { LlamaContext, LlamaModel } from "node-llama-cpp";
import { type CompleteRequest, SequenceRunner, type SharedParts } from "./completion.js";
import type { Loaded } from "./load.js";
import { WORTH_TOKENS } from "./prefix-sharing.js";

/** A sequence that can be taken. The one for typing is made when it is used first. */
export interface Sequence {
  runner: SequenceRunner | null;
  readonly typing: boolean;
  taken: boolean;
  /** Whether its work was cancelled, so that it is free in a moment. */
  ending: boolean;
  /** A number that grows with each use. */
  used: number;
}

/** The sequences of a loaded model: those for runs and reviews, and one that is reserved for typing. */
export class Sequences {
  readonly #model: LlamaModel;
  readonly #shared: SharedParts;
  readonly #openTyping: () => Promise<LlamaContext>;
  readonly #all: Sequence[];
  #typing: Sequence | null = { runner: null, typing: true, taken: false, ending: false, used: 0 };
  #uses = 0;

  constructor({ model, context, openTyping }: Loaded, shared: SharedParts) {
    this.#model = model;
    this.#shared = shared;
    this.#openTyping = openTyping;
    this.#all = Array.from({ length: context.totalSequences }, () => ({
      runner: new SequenceRunner(model, context.getSequence(), shared),
      typing: false,
      taken: false,
      ending: false,
      used: 0,
    }));
  }

  /**
   * The free sequence that holds most of what a request needs; among equals an empty one, then that used longest ago.
   * Null if none is free, or if one that is free in a moment holds more: an edit of a text waits for the sequence that
   * was stopped for it.
   */
  take({ lane, text }: CompleteRequest): Sequence | null {
    if (lane === "typing" && this.#typing !== null) return this.#typing.taken ? null : this.#mark(this.#typing);
    const soon = this.#all.filter(({ taken, ending }) => !taken || ending);
    if (soon.every(({ taken }) => taken)) return null;
    if (this.#all.length === 1) return this.#mark(this.#all[0]!);
    const ranked = soon.map((sequence) => {
      const { runner, used, taken } = sequence;
      const keeps = runner?.keeps(text) ?? 0;
      return { sequence, keeps: keeps < WORTH_TOKENS ? 0 : keeps, taken, empty: runner?.held === 0, used };
    });
    ranked.sort(
      (a, b) =>
        b.keeps - a.keeps || Number(a.taken) - Number(b.taken) || Number(b.empty) - Number(a.empty) || a.used - b.used,
    );
    const best = ranked[0];
    return best && !best.taken ? this.#mark(best.sequence) : null;
  }

  /** Its work was cancelled. */
  end(sequence: Sequence): void {
    sequence.ending = true;
  }

  release(sequence: Sequence): void {
    sequence.taken = false;
    sequence.ending = false;
  }

  /** The runner of a taken sequence. Rejects if there is no memory for typing's: from then on it uses the others. */
  async runner(sequence: Sequence): Promise<SequenceRunner> {
    if (sequence.runner !== null) return sequence.runner;
    try {
      const context = await this.#openTyping();
      sequence.runner = new SequenceRunner(this.#model, context.getSequence(), this.#shared);
      return sequence.runner;
    } catch (error) {
      this.#typing = null;
      throw error;
    }
  }

  #mark(sequence: Sequence): Sequence {
    sequence.taken = true;
    sequence.used = ++this.#uses;
    return sequence;
  }
}
