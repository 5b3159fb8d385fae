import type { CompletionEvent, CompletionRequest, Engine, EngineCapabilities } from "../../server/src/engine/engine.js";

/** What an engine does for one request: texts, one token each, then the end. */
export interface Written {
  readonly texts: Iterable<string>;
  readonly reason?: "end" | "length";
}

/** An engine that writes what it is told for each request in turn, keeps to `maxTokens`, and what it was asked. */
export function engineOf(written: readonly Written[], capabilities: Partial<EngineCapabilities> = {}) {
  const requests: CompletionRequest[] = [];
  const state = { open: 0, given: 0 };
  const engine: Engine = {
    capabilities: async () => ({
      engine: "http",
      model: "m",
      device: "d",
      contextSize: null,
      rehearsal: null,
      sampling: { temperature: 0.6, topP: 0.95 },
      edits: true,
      parallel: 1,
      ...capabilities,
    }),
    async *complete(request, signal): AsyncGenerator<CompletionEvent, void, void> {
      const { texts, reason = "end" } = written[requests.length] ?? { texts: [] };
      requests.push(request);
      state.open++;
      try {
        yield { type: "reading", evaluated: 0, total: 10 };
        let tokens = 0;
        let end = reason;
        for (const text of texts) {
          if (tokens >= request.maxTokens) {
            end = "length";
            break;
          }
          signal.throwIfAborted();
          state.given++;
          yield { type: "text", text, tokens: ++tokens };
        }
        yield { type: "end", reason: end, usage: { evaluated: 10, reused: 0, generated: tokens } };
      } finally {
        state.open--;
      }
    },
    dispose: async () => {},
  };
  return { engine, requests, state };
}

/** Words as tokens, each with the blank before it. */
export function words(text: string): string[] {
  return text.match(/\s*\S+/g) ?? [];
}
