import assert from "node:assert/strict";
import type { LlamaContextSequence, LlamaModel } from "node-llama-cpp";
import { ContextExceeded, SequenceRunner } from "../../server/src/engine/local/completion.js";
import { PrefixSharing } from "../../server/src/engine/local/prefix-sharing.js";
import { SliceMeter } from "../../server/src/engine/local/slices.js";

/** Tokens of the fake model: one a character, and these. */
const PIECES = { " so we": 0x200000, see: 0x200001, half: 0x200002, otherHalf: 0x200003, end: 0x200004 };
const { half: HALF, otherHalf: OTHER_HALF, end: END } = PIECES;

/** A model of which each evaluated token is counted; it writes `script` again and again. */
class FakeLlama {
  /** Tokens of the sequence's state. */
  readonly state: number[] = [];
  /** Number of tokens each time that a slice of a prompt is evaluated. */
  readonly slices: number[] = [];
  generated = 0;
  script: readonly number[] = [];

  constructor(readonly contextSize = 4096) {}

  runner(): SequenceRunner {
    return new SequenceRunner(this as unknown as LlamaModel, this as unknown as LlamaContextSequence, {
      meter: new SliceMeter(),
      prefixes: new PrefixSharing({ cache: null, afterMs: 0, tokenBytes: 1 }),
      standsBy: () => null,
    });
  }

  get contextTokens(): number[] {
    return [...this.state];
  }

  get nextTokenIndex(): number {
    return this.state.length;
  }

  tokenize(text: string): number[] {
    return Array.from(text, (character) => character.codePointAt(0)!);
  }

  detokenize(tokens: readonly number[]): string {
    const name = (token: number) => Object.entries(PIECES).find(([, id]) => id === token)?.[0];
    const text = tokens.map((token) => name(token) ?? String.fromCodePoint(token)).join("");
    return text.replaceAll("halfotherHalf", "💡").replaceAll(/half|otherHalf/g, "\ufffd");
  }

  isEogToken(token: number): boolean {
    return token === END;
  }

  async adaptStateToTokens(tokens: readonly number[]): Promise<void> {
    let same = 0;
    while (same < this.state.length && this.state[same] === tokens[same]) same++;
    this.state.length = same;
  }

  async evaluateWithoutGeneratingNewTokens(tokens: readonly number[]): Promise<void> {
    this.slices.push(tokens.length);
    this.state.push(...tokens);
  }

  async *evaluate(tokens: readonly number[]): AsyncGenerator<number, void, void> {
    this.state.push(...tokens);
    for (;;) {
      for (const token of this.script) {
        this.generated++;
        yield token;
        this.state.push(token);
      }
    }
  }
}

interface Asked {
  readonly maxTokens?: number;
  /** Looked at before each slice and each token. */
  readonly isCancelled?: (llama: FakeLlama) => boolean;
}

async function complete(llama: FakeLlama, runner: SequenceRunner, text: string, asked: Asked = {}) {
  const reading: [number, number][] = [];
  const texts: [string, number][] = [];
  const { maxTokens = 100, isCancelled = () => false } = asked;
  const sampling = { temperature: 0, topP: 1 };
  const signal = {
    get aborted() {
      return isCancelled(llama);
    },
  } as AbortSignal;
  const done = await runner.complete(
    { type: "complete", lane: "run", id: 1, text, maxTokens, sampling, seed: 1 },
    { reading: (...args) => reading.push(args), text: (...args) => texts.push(args) },
    signal,
  );
  return { ...done, reading, texts, text: texts.map(([piece]) => piece).join("") };
}

const tokens = (text: string) => Array.from(text, (character) => character.codePointAt(0)!);

describe("a completion in the engine's process", () => {
  it("reads its prompt in slices, and tells how far it is", async () => {
    const llama = new FakeLlama();
    llama.script = [END];
    const { reading, usage } = await complete(llama, llama.runner(), "x".repeat(1000));
    assert.ok(llama.slices.length > 1 && llama.slices.every((slice) => slice <= 512), String(llama.slices));
    assert.deepEqual(reading[0], [0, 1000]);
    assert.deepEqual(reading.at(-1), [999, 1000]);
    assert.deepEqual(usage, { evaluated: 1000, reused: 0, generated: 1 });
  });

  it("reads no further slice after a cancel", async () => {
    const llama = new FakeLlama();
    const isCancelled = ({ slices }: FakeLlama) => slices.length >= 2;
    const { reason, usage, texts } = await complete(llama, llama.runner(), "x".repeat(3000), { isCancelled });
    assert.equal(reason, "cancelled");
    assert.equal(llama.slices.length, 2);
    assert.deepEqual(usage, { evaluated: llama.slices[0]! + llama.slices[1]!, reused: 0, generated: 0 });
    assert.deepEqual([texts, llama.generated], [[], 0]);
  });

  it("evaluates nothing when it was cancelled before it began", async () => {
    const llama = new FakeLlama();
    const { reason, usage } = await complete(llama, llama.runner(), "xyz", { isCancelled: () => true });
    assert.deepEqual([reason, usage], ["cancelled", { evaluated: 0, reused: 0, generated: 0 }]);
    assert.deepEqual(llama.state, []);
  });

  it("writes no further token after a cancel", async () => {
    const llama = new FakeLlama();
    llama.script = tokens("abc");
    const isCancelled = ({ generated }: FakeLlama) => generated > 5;
    const { reason, usage, text } = await complete(llama, llama.runner(), "x", { isCancelled });
    assert.deepEqual([reason, text, usage.generated], ["cancelled", "abcab", 5]);
    assert.equal(llama.generated, 6, "the one that was on its way");
  });

  it("ends by the end token, which is no text", async () => {
    const llama = new FakeLlama();
    llama.script = [...tokens("ab"), END];
    const { reason, texts, usage } = await complete(llama, llama.runner(), "x");
    assert.deepEqual(texts, [
      ["a", 1],
      ["b", 2],
    ]);
    assert.deepEqual([reason, usage.generated], ["end", 3]);
  });

  it("ends by its length, or by that of its context", async () => {
    const llama = new FakeLlama(10);
    llama.script = tokens("ab");
    const short = await complete(llama, llama.runner(), "xyz", { maxTokens: 4 });
    assert.deepEqual([short.reason, short.text], ["length", "abab"]);
    const full = await complete(llama, llama.runner(), "xyz", { maxTokens: 4000 });
    assert.deepEqual([full.reason, full.text], ["length", "abababa"]);
  });

  it("is refused before anything is evaluated when its prompt fills the context", async () => {
    const llama = new FakeLlama(10);
    await assert.rejects(complete(llama, llama.runner(), "x".repeat(10)), ContextExceeded);
    assert.deepEqual([llama.state, llama.slices], [[], []]);
  });

  it("holds a character back until all of its tokens are there", async () => {
    const llama = new FakeLlama();
    llama.script = [...tokens("a"), HALF, OTHER_HALF, END];
    const { texts } = await complete(llama, llama.runner(), "x");
    assert.deepEqual(texts, [
      ["a", 1],
      ["💡", 3],
    ]);
  });

  it("does not wait for ever for the rest of a character", async () => {
    const llama = new FakeLlama();
    llama.script = [HALF];
    const { text, usage } = await complete(llama, llama.runner(), "x", { maxTokens: 20 });
    assert.equal(usage.generated, 20);
    assert.match(text, /^\ufffd+$/);
  });

  it("keeps the tokens that it wrote itself, though the tokenizer would split their text in another way", async () => {
    const llama = new FakeLlama();
    const runner = llama.runner();
    llama.script = [PIECES[" so we"], ...tokens(" "), PIECES.see, ...tokens("."), PIECES[" so we"], END];
    const first = await complete(llama, runner, "Hm.");
    assert.equal(first.text, " so we see. so we");
    llama.script = [END];
    const { usage } = await complete(llama, runner, "Hm. so we see. so we do");
    // "Hm.", and " so we", " ", "see", ".", " so we" as single tokens.
    assert.equal(usage.reused, 3 + 5);
    assert.equal(usage.evaluated, " do".length);
  });

  it("evaluates anew what no longer agrees", async () => {
    const llama = new FakeLlama();
    const runner = llama.runner();
    llama.script = [PIECES[" so we"], END];
    await complete(llama, runner, "Hm.");
    const { usage } = await complete(llama, runner, "Hm. so it is");
    assert.deepEqual(usage, { evaluated: 9, reused: 3, generated: 2 });
    assert.equal(llama.detokenize(llama.state.slice(0, 12)), "Hm. so it is");
  });

  it("asks in Unicode's composed form, as the model was trained", async () => {
    const llama = new FakeLlama();
    llama.script = [END];
    await complete(llama, llama.runner(), "e\u0301");
    assert.deepEqual(llama.state, [0xe9]);
  });
});
