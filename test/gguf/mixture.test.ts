import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { getLlama } from "node-llama-cpp";
import { FORMATS, type Format } from "../../server/src/gguf/formats.js";
import { kernels } from "../../server/src/gguf/kernels.js";
import { readSafetensors } from "../../server/src/gguf/safetensors.js";
import { writeWideCheckpoint } from "../fixtures/wide-checkpoint.js";
import { Folder, REHEARSAL } from "./folders.js";
import { readGguf } from "./read.js";
import { openUpstream, ROOT, type Upstream } from "./upstream.js";

describe("A checkpoint with rows of whole blocks", function () {
  this.timeout(120_000);
  const folder = new Folder();
  let upstream: Upstream | null = null;
  before(async () => {
    await writeWideCheckpoint(REHEARSAL, folder.checkpoint);
    const opened = openUpstream();
    if (typeof opened === "string") console.log(`NOT TESTED: files against the engine's own quantisers: ${opened}`);
    else upstream = opened;
  });
  after(() => {
    upstream?.close();
    folder.close();
  });

  /** A tensor's values as singles, from the safetensors file. */
  async function values(): Promise<ReadonlyMap<string, Float32Array>> {
    const { tensors } = await readSafetensors(join(folder.checkpoint, "model.safetensors"));
    const bytes = readFileSync(join(folder.checkpoint, "model.safetensors"));
    return new Map(
      tensors.map(({ name, offset, bytes: size }) => {
        const halves = Uint8Array.from(bytes.subarray(offset, offset + size));
        const bits = Uint32Array.from(new Uint16Array(halves.buffer), (half) => half << 16);
        return [name, new Float32Array(bits.buffer)];
      }),
    );
  }

  const HUB: Readonly<Record<string, string>> = {
    attn_q: "self_attn.q_proj",
    attn_k: "self_attn.k_proj",
    attn_v: "self_attn.v_proj",
    attn_output: "self_attn.o_proj",
    ffn_gate: "mlp.gate_proj",
    ffn_up: "mlp.up_proj",
    ffn_down: "mlp.down_proj",
  };

  for (const [type, expected] of [
    ["q8_0", { Q8_0: 57, F32: 33 }],
    ["q4_k_m", { Q4_K: 48, Q6_K: 9, F32: 33 }],
  ] as const) {
    it(`as ${type} has every tensor as the engine's own quantiser gives it`, async function () {
      if (upstream === null) this.skip();
      await folder.convert(type, "out.gguf", kernels(ROOT));
      const source = await values();
      const counts: Record<string, number> = {};
      for (const { name, dtype, data } of (await readGguf(folder.at("out.gguf"))).tensors.values()) {
        const format = (Object.keys(FORMATS) as Format[]).find((key) => FORMATS[key].id === dtype)!;
        counts[format] = (counts[format] ?? 0) + 1;
        if (format === "F32") continue;
        const [, layer, part] = /^blk\.(\d+)\.(\w+)\.weight$/.exec(name) ?? [];
        const hub = part === undefined ? "model.embed_tokens.weight" : `model.layers.${layer}.${HUB[part]}.weight`;
        const row = upstream.quantise(format, source.get(hub)!);
        assert.ok(data.subarray(0, row.length).equals(row), `${name} as ${format}`);
      }
      assert.deepEqual(counts, expected);
    });
  }

  it("has its own output layer where the checkpoint has one, and loads in the engine", async () => {
    const other = new Folder();
    try {
      await writeWideCheckpoint(REHEARSAL, other.checkpoint, { tied: false });
      await other.convert("q4_k_m", "out.gguf", kernels(ROOT));
      const { tensors } = await readGguf(other.at("out.gguf"));
      assert.equal(tensors.get("output.weight")?.dtype, FORMATS.Q6_K.id);
      assert.equal(tensors.get("token_embd.weight")?.dtype, FORMATS.Q4_K.id);
      const llama = await getLlama({
        build: "never",
        skipDownload: true,
        gpu: false,
        maxThreads: 1,
      });
      const model = await llama.loadModel({ modelPath: other.at("out.gguf"), checkTensors: true });
      assert.equal(model.tokenize("<|im_end|>", true).length, 1);
      await llama.dispose();
    } finally {
      other.close();
    }
  });
});
