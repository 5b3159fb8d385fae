/**
 * `npm run bench:gpu`: the local engine on CUDA: the same speed against a bare loop, time to the first token, tokens a
 * second at 1 and 8 sequences, memory. Needs an NVIDIA GPU, and in QED_4B a GGUF file of the 4B shape; says loudly what
 * is missing.
 */
import { existsSync } from "node:fs";
import { gpuMemory } from "../../server/src/engine/local/gpu-memory.js";
import type { GpuMemory } from "../../server/src/engine/local/idle-watch.js";
import { gpus } from "../../server/src/native/gpus.js";
import { complete, never, openLocal, ROOT, request, Table, words } from "./engine-pieces.js";
import { speed } from "./speed.js";

const GIB = 2 ** 30;
const SEQUENCES = 8;
const TOKENS = 256;
const table = new Table();

async function measure(model: string): Promise<void> {
  const before = await gpuMemory(ROOT);
  const engine = openLocal(model, { gpu: "cuda", contextSize: 8192, sequences: SEQUENCES });
  try {
    let began = performance.now();
    const { device, contextSize, parallel } = await engine.capabilities(never);
    table.line("device", device, "", null);
    table.line("load", `${((performance.now() - began) / 1000).toFixed(1)} s`, "", null);
    table.line("context of each sequence, sequences", `${contextSize}, ${parallel}`, "", null);
    table.line("memory of the GPU", taken(before, await gpuMemory(ROOT)), "", null);
    began = performance.now();
    const cold = await complete(engine, request(words(1490, 2), 1));
    const ms = performance.now() - began;
    const perSecond = (cold.usage.evaluated / ms) * 1000;
    table.line(
      `first token of ${cold.usage.evaluated} cold`,
      `${ms.toFixed(0)} ms, ${perSecond.toFixed(0)} tok/s`,
      "",
      null,
    );
    began = performance.now();
    await complete(engine, request(words(1490, 2), 1));
    table.line("first token of the same again", `${(performance.now() - began).toFixed(0)} ms`, "", null);
    for (const count of [1, SEQUENCES]) {
      const asked = Array.from({ length: count }, (_, seed) => request("Say something.", TOKENS, "review", seed));
      await Promise.all(asked.map((each) => complete(engine, { ...each, maxTokens: 1 })));
      began = performance.now();
      const ends = await Promise.all(asked.map((each) => complete(engine, each)));
      const written = ends.reduce((sum, { usage }) => sum + usage.generated, 0);
      const rate = (written / (performance.now() - began)) * 1000;
      table.line(`tokens a second at ${count} sequence${count === 1 ? "" : "s"}`, rate.toFixed(1), "", null);
    }
  } finally {
    await engine.dispose();
  }
  await speed(table, model, "cuda");
}

function taken(before: GpuMemory | null, after: GpuMemory | null): string {
  return before === null || after === null ? "not told" : `${((before.free - after.free) / GIB).toFixed(2)} GiB`;
}

const model = process.env.QED_4B ?? "";
const report = await gpus(ROOT);
const nvidia = report.gpus.some(({ vendor }) => vendor === "nvidia");
if (!nvidia) table.skip("bench:gpu", `there is no NVIDIA GPU here (${report.error ?? "none was found"})`);
else if (!existsSync(model)) table.skip("bench:gpu", "set QED_4B to a GGUF file of the 4B shape");
else await measure(model);
table.end();
