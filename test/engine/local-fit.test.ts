import assert from "node:assert/strict";
import {
  type Fit,
  type FreeMemory,
  fit,
  type ModelShape,
  type NoFit,
  type Wish,
} from "../../server/src/engine/local/fit.js";
import { shapeOf } from "../../server/src/engine/local/load.js";
import { SliceMeter } from "../../server/src/engine/local/slices.js";
import { hasRehearsal, REHEARSAL } from "../prover/pieces.js";

const GIB = 2 ** 30;
const LAYERS = 36;

/** The 4B model as Q8_0, BF16 and Q4_K_M: the weights alone differ. */
const Q8: ModelShape = {
  weights: 4.28e9,
  layers: LAYERS,
  kvBytes: LAYERS * 8 * (128 + 128) * 2,
  quantisableKv: true,
  vocabulary: 151_936,
  trainContext: 262_144,
};
const BF16 = { ...Q8, weights: 8.05e9 };
const Q4 = { ...Q8, weights: 2.5e9 };

const WISH: Wish = { contextSize: 49_152, sequences: 4 };
const gpu = (vram: number, ram = 32): FreeMemory => ({ ram: ram * GIB, vram: vram * GIB });
const cpu = (ram: number): FreeMemory => ({ ram: ram * GIB, vram: null });

describe("what fits into memory", () => {
  const table: [string, ModelShape, FreeMemory, Partial<Fit>][] = [
    ["80 GB GPU: everything", Q8, gpu(79), { gpuLayers: 37, contextSize: 49_152, sequences: 4, kvType: "F16" }],
    ["80 GB GPU, BF16", BF16, gpu(79), { gpuLayers: 37, contextSize: 49_152, sequences: 4, kvType: "F16" }],
    ["24 GB GPU: fewer sequences", Q8, gpu(23.5), { gpuLayers: 37, contextSize: 49_152, sequences: 2, kvType: "F16" }],
    ["12 GB GPU: a smaller KV cache", Q8, gpu(11.2), { gpuLayers: 37, contextSize: 49_152, kvType: "Q8_0" }],
    ["8 GB GPU: less context", Q8, gpu(7.5), { gpuLayers: 37, sequences: 1, kvType: "Q8_0", reduced: true }],
    ["8 GB GPU, Q4_K_M: all of it", Q4, gpu(7.9), { gpuLayers: 37, contextSize: 49_152, reduced: false }],
    ["4 GB GPU: fewer layers", Q8, gpu(3.7), { sequences: 1, reduced: true }],
    ["1 GB GPU: the processor", Q8, gpu(0.9), { gpuLayers: 0, reduced: true }],
    ["64 GB of RAM, no GPU", Q8, cpu(64), { gpuLayers: 0, contextSize: 49_152, sequences: 2, reduced: false }],
    ["16 GB of RAM, no GPU", Q8, cpu(14), { gpuLayers: 0, contextSize: 49_152, sequences: 1, kvType: "Q8_0" }],
    ["8 GB of RAM, no GPU", Q8, cpu(7), { gpuLayers: 0, sequences: 1, kvType: "Q8_0", reduced: true }],
    ["6 GB of RAM, Q4_K_M", Q4, cpu(5.5), { gpuLayers: 0, sequences: 1, reduced: true }],
  ];
  for (const [name, model, free, expected] of table) {
    it(`${name}`, () => {
      const found = fit(model, free, WISH);
      assert.ok(found.fits, JSON.stringify(found));
      for (const [key, value] of Object.entries(expected))
        assert.equal(found[key as keyof Fit], value, JSON.stringify(found));
      assert.ok(found.ram < free.ram && found.vram < (free.vram ?? 1), "within what is free");
    });
  }

  it("gives less context before layers leave the GPU, and no less than 8192 before that", () => {
    let last: Fit | null = null;
    for (let vram = 16; vram >= 1; vram -= 0.1) {
      const found = fit(Q8, gpu(vram), WISH);
      assert.ok(found.fits);
      if (last !== null) {
        assert.ok(found.gpuLayers <= last.gpuLayers, `layers at ${vram}`);
        if (found.gpuLayers > 0) assert.ok(found.contextSize >= 8192, `context at ${vram}`);
      }
      last = found;
    }
  });

  it("refuses with the numbers when not even the least fits", () => {
    const found = fit(Q8, cpu(3), WISH) as NoFit;
    assert.equal(found.fits, false);
    assert.equal(found.free, 3 * GIB);
    assert.ok(found.needed > 4.5 * GIB && found.needed < 7 * GIB, String(found.needed));
    assert.ok(fit(Q8, { ram: found.needed * 1.01, vram: null }, WISH).fits, "what it asks for is enough");
  });

  it("takes no more context than is asked for, or than the model was trained on", () => {
    const asked = fit(Q8, cpu(64), { contextSize: 4096, sequences: 4 });
    assert.ok(asked.fits && asked.contextSize === 4096 && !asked.reduced);
    const trained = fit({ ...Q8, trainContext: 40_960 }, gpu(79), WISH);
    assert.ok(trained.fits && trained.contextSize === 40_960 && !trained.reduced);
  });

  it("quantises no KV cache whose heads can't be cut into blocks", () => {
    const found = fit({ ...Q8, quantisableKv: false }, gpu(11.2), WISH);
    assert.ok(found.fits && found.kvType === "F16" && found.contextSize < 49_152);
  });

  it("reads the sizes from a file", async function () {
    if (!hasRehearsal()) this.skip();
    const { layers, kvBytes, quantisableKv, vocabulary, trainContext } = await shapeOf(REHEARSAL);
    assert.deepEqual([layers, kvBytes, quantisableKv, trainContext], [3, 3 * 2 * 64 * 2, true, 40_960]);
    assert.ok(vocabulary > 256);
  });
});

describe("slices of a prompt", () => {
  function settled(tokensPerSecond: number): number {
    const meter = new SliceMeter();
    for (let slice = 0; slice < 5; slice++) {
      const tokens = meter.next();
      meter.measured(tokens, (tokens / tokensPerSecond) * 1000);
    }
    return meter.next();
  }

  it("are so short that 95 of 100 cancels wait less than two seconds", () => {
    for (const speed of [8, 12, 16, 20, 40, 100, 1000, 10_000]) {
      const seconds = settled(speed) / speed;
      assert.ok(seconds * 0.95 <= 2, `${seconds} s at ${speed} tokens a second`);
    }
  });

  it("are no shorter than that: at one core of the 4B shape 32, and 64 where the machine allows it", () => {
    assert.equal(settled(16), 32);
    assert.equal(settled(45), 64);
    assert.equal(settled(100), 64);
    assert.equal(settled(600), 296);
    assert.equal(settled(50_000), 512);
  });

  it("begin small, as long as nothing is known", () => {
    assert.equal(new SliceMeter().next(), 16);
    assert.equal(new SliceMeter().msPerToken, null);
  });
});
