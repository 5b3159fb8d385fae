import type { CompletionEnd, Engine } from "../../engine/engine.js";
import type { Prompt } from "../../prompt/prompt.js";
import { heal } from "./healing.js";

/** Tokens that one request may write: a paragraph or two. */
const MOST_TOKENS = 256;
/** The most likely text: the same each time, so that what is cached is what would come. */
const GREEDY = { temperature: 0, topP: 1 };

/** What a stream is asked for. */
export interface StreamTask {
  /** Names the question and the model. */
  readonly asked: string;
  /** The beginning that was given. */
  readonly given: string;
  readonly prompt: Prompt;
}

/** One request to an engine in its typing lane. It goes on after somebody was answered, until it is ended. */
export class TypingStream {
  readonly task: StreamTask;
  readonly #abort = new AbortController();
  readonly #onEnd: (stream: TypingStream) => void;
  readonly #waiting = new Set<() => void>();
  #text = "";
  #end: CompletionEnd | null = null;
  #failure: unknown = null;
  #over = false;

  /** Begins at once. @param onEnd called when the engine has nothing more to do for it, in whichever way it ended */
  constructor(engine: Engine, task: StreamTask, onEnd: (stream: TypingStream) => void) {
    this.task = task;
    this.#onEnd = onEnd;
    void this.#run(engine);
  }

  /** What was written so far. */
  get text(): string {
    return this.#text;
  }

  /** Whether nothing more will be written. */
  get over(): boolean {
    return this.#over;
  }

  /** Whether the model ended by itself. */
  get complete(): boolean {
    return this.#end === "end";
  }

  /** Why it failed; null if it did not, and when it was ended. */
  get failure(): unknown {
    return this.#abort.signal.aborted ? null : this.#failure;
  }

  /** Whether what is written now is what it was given and what it wrote, as far as both go. */
  agrees(asked: string, before: string): boolean {
    if (asked !== this.task.asked || this.#abort.signal.aborted) return false;
    const all = this.task.given + this.#text;
    if (all.startsWith(before)) return true;
    // Who types faster than it writes may be ahead of it by a word.
    const ahead = !this.#over && this.#text.trim() !== "" && before.startsWith(all);
    return ahead && heal(before).given.length <= all.length;
  }

  /** Resolves at its next text or its end, or when the signal is aborted. */
  async next(signal: AbortSignal): Promise<void> {
    if (this.#over || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        signal.removeEventListener("abort", done);
        this.#waiting.delete(done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener("abort", done, { once: true });
    });
  }

  /** Ends it; the engine sees that at once. */
  abort(): void {
    this.#abort.abort(new Error("something else was typed"));
  }

  async #run(engine: Engine): Promise<void> {
    try {
      const request = {
        lane: "typing",
        prompt: this.task.prompt,
        maxTokens: MOST_TOKENS,
        sampling: GREEDY,
        seed: 0,
      } as const;
      for await (const event of engine.complete(request, this.#abort.signal)) {
        if (event.type === "text") this.#text += event.text;
        else if (event.type === "end") this.#end = event.reason;
        else continue;
        this.#wake();
      }
    } catch (error) {
      this.#failure = error;
    }
    this.#over = true;
    this.#onEnd(this);
    this.#wake();
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}
