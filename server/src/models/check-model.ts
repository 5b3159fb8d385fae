import type { Engine } from "../engine/engine.js";
import type { CheckModel } from "./set-up.js";

/** Tokens that are enough to see the speed. */
const TOKENS = 24;
const PROMPT = {
  message: "Generate a rigorous proof to the following question:\n\n1 + 1 = 2.",
  thought: "",
  answer: null,
};

/**
 * A check by loading with engines that `open` makes. A model that is no rehearsal model writes a few tokens, so that its
 * speed on this machine is known.
 */
export function checkWith(open: (model: string, contextSize: number) => Engine): CheckModel {
  return async (model, contextSize, signal, onProgress) => {
    const engine = open(model, contextSize);
    try {
      const { device, contextSize: given, rehearsal, sampling } = await engine.capabilities(signal, onProgress);
      const size = given ?? contextSize;
      if (rehearsal !== null) return { device, contextSize: size, tokensPerSecond: null };
      const seen: { readonly at: number; readonly tokens: number }[] = [];
      const request = { lane: "run", prompt: PROMPT, maxTokens: TOKENS, sampling, seed: 1 } as const;
      for await (const event of engine.complete(request, signal)) {
        if (event.type === "text") seen.push({ at: performance.now(), tokens: event.tokens });
      }
      const [first, last] = [seen[0], seen.at(-1)];
      const rate =
        first && last && last.at > first.at ? ((last.tokens - first.tokens) * 1000) / (last.at - first.at) : null;
      return { device, contextSize: size, tokensPerSecond: rate };
    } finally {
      await engine.dispose();
    }
  };
}
