import assert from "node:assert/strict";
import { runtimeIn } from "../../server/src/models/cuda-runtime.js";
import { type Machine, propose } from "../../server/src/models/fit.js";
import { bytesInWords, timeInWords } from "../../server/src/models/quantities.js";

const GB = 1e9;
const GIB = 2 ** 30;

/** A PC with 32 GB and no GPU, changed as given. */
function machine(change: Partial<Machine>): Machine {
  return {
    platform: "linux",
    arch: "x64",
    gpus: [],
    cudaRuntime: null,
    cores: 8,
    memoryBytes: 32 * GIB,
    freeMemoryBytes: 24 * GIB,
    ...change,
  };
}

/** An NVIDIA GPU with so many GiB, 0.4 of them used by the screen. */
function nvidia(gib: number, name = `NVIDIA ${gib} GB`): Machine["gpus"][number] {
  return { vendor: "nvidia", name, totalBytes: gib * GIB, freeBytes: (gib - 0.4) * GIB };
}

const amd = (gib: number) => ({ ...nvidia(gib, `AMD ${gib} GB`), vendor: "amd" as const });
const cuda = (...gpus: Machine["gpus"]) => machine({ gpus, cudaRuntime: 13 });

describe("what fits a machine", () => {
  /** Machine → weights, backend, least and most context in thousands of tokens, layers on the GPU. */
  const table: readonly (readonly [string, Machine, string, string, number, number, number])[] = [
    ["4 GB GPU", cuda(nvidia(4)), "q4_k_m", "cuda", 8, 9, 29],
    ["6 GB GPU", cuda(nvidia(6)), "q4_k_m", "cuda", 14, 20, 37],
    ["8 GB GPU", cuda(nvidia(8)), "q4_k_m", "cuda", 28, 36, 37],
    ["12 GB GPU", cuda(nvidia(12)), "q8_0", "cuda", 43, 49.2, 37],
    ["16 GB GPU", cuda(nvidia(16)), "q8_0", "cuda", 49, 49.2, 37],
    ["24 GB GPU", cuda(nvidia(24)), "bf16", "cuda", 49, 49.2, 37],
    ["80 GB GPU", cuda(nvidia(80)), "bf16", "cuda", 49, 49.2, 37],
    ["two GPUs of 8 GB", cuda(nvidia(8), nvidia(8)), "q8_0", "cuda", 49, 49.2, 37],
    ["two GPUs of 24 GB", cuda(nvidia(24), nvidia(24)), "bf16", "cuda", 49, 49.2, 37],
    ["24 GB GPU without CUDA's libraries", machine({ gpus: [nvidia(24)] }), "bf16", "vulkan", 49, 49.2, 37],
    [
      "24 GB GPU under Windows",
      machine({ gpus: [nvidia(24)], cudaRuntime: 12, platform: "win32" }),
      "bf16",
      "cuda",
      49,
      49.2,
      37,
    ],
    ["16 GB GPU of AMD", machine({ gpus: [amd(16)] }), "q8_0", "vulkan", 49, 49.2, 37],
    ["8 GB GPU of AMD", machine({ gpus: [amd(8)] }), "q4_k_m", "vulkan", 28, 36, 37],
    ["24 GB GPU that is full", cuda({ ...nvidia(24), freeBytes: 0.5 * GIB }), "q4_k_m", "cpu", 49, 49.2, 0],
    ["24 GB GPU, half used", cuda({ ...nvidia(24), freeBytes: 12 * GIB }), "q8_0", "cuda", 43, 49.2, 37],
    ["2 GB GPU", cuda(nvidia(2)), "q4_k_m", "cpu", 49, 49.2, 0],
    ["24 GB GPU, free memory unknown", cuda({ ...nvidia(24), freeBytes: null }), "bf16", "cuda", 49, 49.2, 37],
    [
      "GPU that tells nothing",
      cuda({ ...nvidia(24), freeBytes: null, totalBytes: null }),
      "q4_k_m",
      "cpu",
      49,
      49.2,
      0,
    ],
    ["GPU on ARM Linux", machine({ gpus: [nvidia(24)], arch: "arm64" }), "q4_k_m", "cpu", 49, 49.2, 0],
    ["no GPU, 32 GB", machine({}), "q4_k_m", "cpu", 49, 49.2, 0],
    [
      "no GPU, 8 GB laptop, 6 free",
      machine({ memoryBytes: 8 * GIB, freeMemoryBytes: 6 * GIB }),
      "q4_k_m",
      "cpu",
      16,
      20,
      0,
    ],
    [
      "no GPU, 8 GB laptop, 4.7 free",
      machine({ memoryBytes: 8 * GIB, freeMemoryBytes: 4.7 * GIB }),
      "q4_k_m",
      "cpu",
      4,
      9,
      0,
    ],
    [
      "Mac with 16 GB",
      machine({ platform: "darwin", arch: "arm64", memoryBytes: 16 * GIB }),
      "q4_k_m",
      "metal",
      49,
      49.2,
      37,
    ],
    [
      "Mac with 64 GB",
      machine({ platform: "darwin", arch: "arm64", memoryBytes: 64 * GIB }),
      "bf16",
      "metal",
      49,
      49.2,
      37,
    ],
    [
      "Mac with 8 GB",
      machine({ platform: "darwin", arch: "arm64", memoryBytes: 8 * GIB, freeMemoryBytes: 4 * GIB }),
      "q4_k_m",
      "metal",
      12,
      18,
      37,
    ],
    ["Mac with Intel", machine({ platform: "darwin" }), "q4_k_m", "cpu", 49, 49.2, 0],
  ];
  for (const [what, given, weights, backend, least, most, layers] of table) {
    it(`${what}: ${weights} on ${backend}`, () => {
      const proposal = propose(given);
      const { contextSize, gpuLayers, fits } = proposal;
      assert.deepEqual([proposal.weights, proposal.backend, gpuLayers, fits], [weights, backend, layers, true]);
      assert.ok(contextSize >= least * 1000 && contextSize <= most * 1000, `${contextSize} tokens`);
    });
  }

  it("never proposes more than there is: weights, cache and margin stay below what is free", () => {
    for (let gib = 1; gib <= 48; gib += 0.25) {
      const proposal = propose(cuda({ ...nvidia(48), freeBytes: gib * GIB }));
      if (proposal.backend === "cpu") continue;
      const size = { bf16: 8.05, q8_0: 4.28, q4_k_m: 2.5 }[proposal.weights] * GB;
      const used = ((size + proposal.contextSize * 147_456) * proposal.gpuLayers) / 37;
      assert.ok(used + 0.5 * GB < gib * GIB, `${gib} GiB: ${bytesInWords(used)}`);
    }
  });

  it("more free memory never gives less context of the same weights, nor worse weights", () => {
    const order = ["q4_k_m", "q8_0", "bf16"];
    let before = propose(cuda({ ...nvidia(48), freeBytes: 4 * GIB }));
    for (let gib = 4; gib <= 48; gib += 0.5) {
      const now = propose(cuda({ ...nvidia(48), freeBytes: gib * GIB }));
      assert.ok(order.indexOf(now.weights) >= order.indexOf(before.weights));
      if (now.weights === before.weights)
        assert.ok(now.contextSize >= before.contextSize || now.gpuLayers > before.gpuLayers);
      before = now;
    }
  });

  it("says plainly how slow the processor is", () => {
    assert.equal(propose(machine({ cores: 2 })).time, "about 18 minutes for a 10,000-token thought");
    assert.equal(propose(machine({ cores: 1 })).time, "about 18 minutes for a 10,000-token thought");
    assert.equal(propose(machine({ cores: 16 })).time, "about 11 minutes for a 10,000-token thought");
    const choices = propose(machine({ cores: 2 })).choices;
    assert.equal(
      choices.find(({ weights }) => weights === "q8_0")!.time,
      "about 41 minutes for a 10,000-token thought",
    );
  });

  it("claims no speed of a GPU that nobody has measured", () => {
    const proposal = propose(cuda(nvidia(24)));
    assert.equal(proposal.seconds, null);
    assert.match(proposal.time, /^not measured on NVIDIA 24 GB/);
  });

  it("says that nothing fits where nothing does", () => {
    const proposal = propose(machine({ memoryBytes: 4 * GIB, freeMemoryBytes: 2 * GIB }));
    assert.equal(proposal.fits, false);
    assert.equal(proposal.contextSize, 0);
    assert.match(proposal.time, /does not fit/);
  });

  it("says why it is not CUDA where only its libraries are missing", () => {
    assert.match(
      propose(machine({ gpus: [nvidia(24)] })).reason,
      /^Vulkan runs on NVIDIA 24 GB; for CUDA, its runtime libraries \(cudart and cublas/,
    );
  });
});

describe("CUDA's libraries", () => {
  it("count only all together, the newest first", () => {
    assert.equal(runtimeIn(["libcudart.so.13", "libcublas.so.13", "libcudart.so.12", "libcublas.so.12"]), 13);
    assert.equal(runtimeIn(["libcudart.so.12.4.127", "libcublas.so.12"]), 12);
    assert.equal(runtimeIn(["libcudart.so.13", "libcublas.so.12"]), null);
    assert.equal(runtimeIn(["libcudart.so.11.0", "libcublas.so.11"]), null);
    assert.equal(runtimeIn(["cudart64_13.dll", "cublas64_13.dll"]), 13);
    assert.equal(runtimeIn(["cudart64_12.dll", "cublas64_12.dll", "cudart64_110.dll"]), 12);
    assert.equal(runtimeIn([]), null);
  });
});

describe("quantities in words", () => {
  it("are as people say them", () => {
    assert.deepEqual([0, 999, 1000, 4.28e9, 8.05e9, 12.3e9, 123e9].map(bytesInWords), [
      "0 bytes",
      "999 bytes",
      "1.00 kB",
      "4.28 GB",
      "8.05 GB",
      "12.3 GB",
      "123 GB",
    ]);
    assert.deepEqual([0.2, 40, 1050, 620, 3600, 5700, 7200].map(timeInWords), [
      "1 second",
      "40 seconds",
      "18 minutes",
      "11 minutes",
      "60 minutes",
      "1 hour 35 minutes",
      "2 hours",
    ]);
  });
});
