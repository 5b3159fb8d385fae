import assert from "node:assert/strict";
import { formatOf } from "../../server/src/gguf/file-types.js";

/** Q4_K_M of a model with the given layers: the layers whose tensor gets six bits. */
function precise(part: string, layers: number, columns = 2560): number[] {
  return Array.from({ length: layers }, (_, layer) => layer).filter((layer) => {
    const role = { name: `blk.${layer}.${part}.weight`, dimensions: [columns, 1024], layer };
    return formatOf(role, "q4_k_m", layers, true) === "Q6_K";
  });
}

const embedding = { name: "token_embd.weight", dimensions: [2560, 151_936], layer: null };
const output = { name: "output.weight", dimensions: [2560, 151_936], layer: null };

describe("The formats of a file's tensors", () => {
  it("give the layers of the 4B model six bits where llama.cpp's quantiser does", () => {
    // The first and the last eighth, and every third between.
    const expected = [0, 1, 2, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 31, 32, 33, 34, 35];
    assert.deepEqual(precise("attn_v", 36), expected);
    assert.deepEqual(precise("ffn_down", 36), expected);
    for (const part of ["attn_q", "attn_k", "attn_output", "ffn_gate", "ffn_up"]) {
      assert.deepEqual(precise(part, 36), [], part);
    }
  });

  it("give the output layer six bits: the embedding, if they are one", () => {
    assert.equal(formatOf(embedding, "q4_k_m", 36, true), "Q6_K");
    assert.equal(formatOf(embedding, "q4_k_m", 36, false), "Q4_K");
    assert.equal(formatOf(output, "q4_k_m", 36, false), "Q6_K");
  });

  it("keep vectors as singles in every type", () => {
    for (const type of ["bf16", "q8_0", "q4_k_m"] as const) {
      assert.equal(formatOf({ name: "output_norm.weight", dimensions: [2560], layer: null }, type, 36, true), "F32");
    }
  });

  it("fall back for rows that can't be cut into blocks", () => {
    const columns = (count: number, part = "attn_q", layer = 5) =>
      formatOf({ name: `blk.${layer}.${part}.weight`, dimensions: [count, 64], layer }, "q4_k_m", 36, true);
    assert.equal(columns(256), "Q4_K");
    assert.equal(columns(192), "Q5_0");
    assert.equal(columns(192, "attn_v", 0), "Q8_0");
    assert.equal(columns(200), "F16");
    assert.equal(formatOf({ ...embedding, dimensions: [192, 1520] }, "q4_k_m", 3, true), "Q8_0");
    assert.equal(formatOf({ ...embedding, dimensions: [200, 1520] }, "q8_0", 3, true), "F16");
  });
});
