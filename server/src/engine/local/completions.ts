import { chatml } from "../../prompt/prompt.js";
import type { CompletionEvent, CompletionRequest } from "../engine.js";
import { EventQueue } from "../event-queue.js";
import type { EngineProcess } from "./engine-process.js";
import { contextError, crashError } from "./failures.js";
import type { FromChild } from "./messages.js";

/** What became of a completion so far. */
export class Asked {
  readonly queue = new EventQueue<CompletionEvent>();
  /** Whether it was sent to a process. */
  sent = false;
  /** Whether the process has said anything about it. */
  heard = false;
}

/** The completions that an engine's process works on. */
export class Completions {
  readonly #running = new Map<number, Asked>();
  readonly #onEnd: () => void;
  #nextId = 1;

  /** @param onEnd called when one has come to its end */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  get size(): number {
    return this.#running.size;
  }

  /** Asks the process and streams what it answers, until the end, a cancel or a failure. */
  async *stream(
    process: EngineProcess,
    request: CompletionRequest,
    signal: AbortSignal,
    asked: Asked,
  ): AsyncGenerator<CompletionEvent, void, void> {
    const id = this.#nextId++;
    const { queue } = asked;
    this.#running.set(id, asked);
    const cancel = () => {
      process.send({ type: "cancel", id });
      queue.fail(signal.reason);
    };
    signal.addEventListener("abort", cancel, { once: true });
    let ended = false;
    try {
      signal.throwIfAborted();
      const { lane, maxTokens, sampling, seed } = request;
      process.owes = true;
      asked.sent = true;
      process.send({ type: "complete", id, lane, text: chatml(request.prompt), maxTokens, sampling, seed });
      for await (const event of queue) {
        ended = event.type === "end";
        yield event;
      }
    } finally {
      signal.removeEventListener("abort", cancel);
      this.#running.delete(id);
      // The reader stopped early: the engine must not go on for nobody.
      if (!ended) process.send({ type: "cancel", id });
    }
  }

  /** What the process says, to whom it concerns. */
  take(message: FromChild): void {
    if (!("id" in message)) return;
    const asked = this.#running.get(message.id);
    if (asked === undefined) return;
    const { queue } = asked;
    asked.heard = true;
    switch (message.type) {
      case "started":
      case "cancelled":
        break;
      case "queued":
        queue.push({ type: "queued" });
        break;
      case "reading":
        queue.push({ type: "reading", evaluated: message.evaluated, total: message.total });
        break;
      case "texts":
        for (const [text, tokens] of message.pieces) queue.push({ type: "text", text, tokens });
        break;
      case "end":
        this.#onEnd();
        queue.push({ type: "end", reason: message.reason, usage: message.usage });
        queue.end();
        break;
      case "failed":
        queue.fail(
          message.code === "context.exceeded"
            ? contextError(message.detail)
            : crashError({ detail: message.detail, hung: false, unexpected: true }, false),
        );
        break;
    }
  }

  /** The process has ended: all of them fail. */
  fail(error: Error): void {
    for (const { queue } of this.#running.values()) queue.fail(error);
  }
}
