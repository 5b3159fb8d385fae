/**
 * Nobody reads twice: a sequence that is to read a prompt first looks whether another one is reading its beginning now,
 * and whether a state of it is on disk. Both meet in the files of {@link StateCache}.
 */
import type { LlamaContextSequence } from "node-llama-cpp";
import type { Lane } from "../engine.js";
import { aborted } from "./completion.js";
import { commonTokens, type StateCache } from "./state-cache.js";

/** A shared beginning of fewer tokens, such as that of every prompt, is sooner read again than copied or kept. */
export const WORTH_TOKENS = 32;

/** Settings of {@link PrefixSharing}. */
export interface SharingOptions {
  /** Null where no states are kept. */
  readonly cache: StateCache | null;
  /** A prompt that took longer to read than this is kept, in milliseconds; a quarter is enough if another waits for it. */
  readonly afterMs: number;
  /** Bytes of the state of one token. */
  readonly tokenBytes: number;
}

/** One prompt that is being read. */
export interface Reading {
  /** All of it was read, in `ms` of work: the sequence holds it and nothing else. Resolves when the sequence may go on. */
  read(ms: number): Promise<void>;
  /** Whoever waits for it goes on. */
  end(): void;
}

/** What is to be read. */
export interface ToRead {
  readonly lane: Lane;
  readonly tokens: readonly number[];
  /** What a token takes to read; null if unknown. */
  readonly msPerToken: number | null;
}

interface Going {
  readonly tokens: readonly number[];
  readonly done: Promise<void>;
  waiters: number;
}

/** The prompts that the sequences of one model read. */
export class PrefixSharing {
  readonly #options: SharingOptions;
  readonly #going = new Set<Going>();

  constructor(options: SharingOptions) {
    this.#options = options;
  }

  /**
   * Brings the longest beginning of the tokens that is there into the sequence, unless it holds as much already, and
   * says that the rest is read from now on.
   */
  async begin(
    { lane, tokens, msPerToken }: ToRead,
    sequence: LlamaContextSequence,
    signal: AbortSignal,
  ): Promise<Reading> {
    const { cache } = this.#options;
    const own = commonTokens(sequence.contextTokens, tokens);
    // Typing waits for nobody: the others stand still for it.
    if (cache !== null && lane !== "typing") {
      for (
        let other = this.#reader(tokens, own);
        other !== null && !signal.aborted;
        other = this.#reader(tokens, own)
      ) {
        other.waiters++;
        await Promise.race([other.done, aborted(signal)]);
      }
    }
    let end = () => {};
    const done = new Promise<void>((resolve) => {
      end = resolve;
    });
    // No await since the last look at who reads: two never wait for each other.
    const going: Going = { tokens, done, waiters: 0 };
    this.#going.add(going);
    let finished: Promise<void> = Promise.resolve();
    if (cache !== null && !signal.aborted) await this.#load(cache, tokens, own, sequence, msPerToken);
    return {
      read: async (ms) => {
        const { afterMs, tokenBytes } = this.#options;
        if (cache === null || ms < (going.waiters > 0 ? afterMs / 4 : afterMs)) return;
        const saved = await cache.save(tokens, tokens.length * tokenBytes, (path) => sequence.saveStateToFile(path));
        finished = saved.finished;
      },
      end: () => {
        void finished.then(() => {
          this.#going.delete(going);
          end();
        });
      },
    };
  }

  /** Another sequence that reads more of these tokens than `own`. */
  #reader(tokens: readonly number[], own: number): Going | null {
    for (const going of this.#going) {
      if (commonTokens(going.tokens, tokens) >= own + WORTH_TOKENS) return going;
    }
    return null;
  }

  async #load(
    cache: StateCache,
    tokens: readonly number[],
    own: number,
    sequence: LlamaContextSequence,
    msPerToken: number | null,
  ): Promise<void> {
    const found = await cache.find(tokens, sequence.contextSize);
    if (found === null) return;
    const gain = found.common - own;
    const slow = msPerToken === null || gain * msPerToken >= this.#options.afterMs / 4;
    if (gain < WORTH_TOKENS || !slow || !(await cache.check(found))) return;
    try {
      await sequence.loadStateFromFile(found.path, { acceptRisk: true });
    } catch {
      await cache.remove(found.path);
    }
  }
}
