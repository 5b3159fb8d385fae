/** For bench/stream.ts, in a process of its own: a scripted server that thinks TOKENS tokens as fast as they are taken. */
import { startScriptedServer } from "../fixtures/scripted-server.js";

const tokens = Number(process.argv[2]);

/** A thought that never repeats itself: about four characters a token, as the real tokenizer has them. */
function* thought(): Generator<string> {
  let state = 1;
  for (let token = 0; token < tokens; token++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    yield token % 12 === 11 ? ".\n" : ` ${(state >>> 8).toString(36).slice(0, 4)}`;
  }
}

const server = await startScriptedServer(
  function* () {
    for (const text of thought()) yield { do: "text", text } as const;
    for (const text of ["\n", "</think>", "\n\n", "Clear", "."]) yield { do: "text", text } as const;
    yield { do: "finish", reason: "stop" } as const;
    yield { do: "done" } as const;
  },
  { models: [{ id: "stream", max_model_len: 1_000_000 }] },
);
process.send?.(server.endpoint);
process.once("disconnect", () => process.exit(0));
