/**
 * `npm run bench:engine`: speed, reuse, cancels, idling and batching of the local engine. Parts at the 4B shape need a
 * GGUF file with random weights: its path in QED_4B; without it they are skipped. QED_BENCH names parts, by commas.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalEngine } from "../../server/src/engine/local/local-engine.js";
import { chatml } from "../../server/src/prompt/prompt.js";
import { piece } from "../prover/pieces.js";
import { childrenOf, fileText } from "../server/session.js";
import {
  Bare,
  complete,
  cpuMs,
  GREEDY,
  MINIATURE,
  median,
  never,
  openLocal,
  quantile,
  request,
  residentBytes,
  Table,
  words,
} from "./engine-pieces.js";
import { speed } from "./speed.js";
import { WholeServer } from "./whole-server.js";

const GIB = 2 ** 30;
const big = process.env.QED_4B ?? "";
const table = new Table();

/** Time of the processor that a token costs beyond the bare loop. */
async function addedCpu(): Promise<void> {
  const server = await WholeServer.start(
    { gpu: "off" },
    fileText("test/fixtures/rehearsal/long.tex"),
    "\\begin{theorem}",
  );
  const bare = new Bare(MINIATURE, 8192);
  try {
    await bare.ready;
    const { prompt } = piece("long.tex");
    await server.prove(8, 10_000);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let pair = 0; pair < 5; pair++) {
      const whole = await server.prove(8, 10_000);
      ours.push(whole.cpuMs / whole.tokens);
      const loop = await bare.run({ text: chatml(prompt), skip: 8, tokens: whole.tokens, sampling: GREEDY });
      theirs.push(loop.cpuMs / loop.tokens);
    }
    const added = median(ours) - median(theirs);
    const figure = `${median(ours).toFixed(2)} − ${median(theirs).toFixed(2)} = ${added.toFixed(2)} ms`;
    table.line("CPU a token, all our processes − bare loop (miniature)", figure, "≤ 1 ms", added <= 1);
  } finally {
    bare.end();
    await server.stop();
  }
}

/** How much of a prompt is read again. */
async function reuse(): Promise<void> {
  const engine = openLocal(MINIATURE);
  try {
    const asked = request(words(400, 1), 50);
    const first = (await complete(engine, asked)).usage;
    const second = (await complete(engine, asked)).usage;
    const part = second.evaluated / first.evaluated;
    const figure = `${second.evaluated} of ${first.evaluated} tokens`;
    table.line("second run on the same statement evaluates (miniature)", figure, "≤ 5 %", part <= 0.05);
  } finally {
    await engine.dispose();
  }
}

/** First token of a long prompt: cold, and after the model was let go and loaded again. */
async function reload(): Promise<void> {
  const stateDirectory = mkdtempSync(join(tmpdir(), "qed-bench-"));
  const limits = { idleMinutes: 0, cacheGB: 2 };
  const engine = openLocal(big, { stateDirectory, limits });
  try {
    const asked = request(words(1490, 2), 1);
    const timed = async () => {
      const began = performance.now();
      const { usage } = await complete(engine, asked);
      return { ms: performance.now() - began, usage };
    };
    const cold = await timed();
    engine.adjust({ ...limits, idleMinutes: 1e-4 });
    while (engine.pid !== null) await new Promise((resolve) => setTimeout(resolve, 20));
    engine.adjust(limits);
    const warm = await timed();
    const tokens = cold.usage.evaluated + cold.usage.reused;
    const figure = `${(cold.ms / 1000).toFixed(1)} s ÷ ${(warm.ms / 1000).toFixed(1)} s = ${(cold.ms / warm.ms).toFixed(1)}`;
    const what = `first token of ${tokens} cold ÷ after unload and reload, loading too (4B)`;
    table.line(what, figure, "≥ 10", cold.ms / warm.ms >= 10 && warm.usage.evaluated === 1);
  } finally {
    await engine.dispose();
    rmSync(stateDirectory, { recursive: true, force: true });
  }
}

/** From a cancel to the beginning of the next request on the only sequence. */
async function cancelled(
  engine: LocalEngine,
  message: string,
  when: (event: { type: string; tokens?: number }) => boolean,
) {
  const abort = new AbortController();
  const asked = request(message, 4000);
  const reached = (async () => {
    for await (const event of engine.complete(asked, abort.signal)) if (when(event)) return;
  })();
  await reached;
  const began = performance.now();
  abort.abort(new Error("bench"));
  for await (const event of engine.complete(request("Next.", 1), never)) if (event.type === "reading") break;
  return performance.now() - began;
}

async function cancelWriting(name: string, model: string, trials: number): Promise<void> {
  const engine = openLocal(model, { sequences: 1 });
  try {
    let last = 0;
    const gaps: number[] = [];
    for await (const event of engine.complete(request("Say something.", 24), never)) {
      if (event.type !== "text") continue;
      const now = performance.now();
      if (last > 0) gaps.push(now - last);
      last = now;
    }
    const token = quantile(gaps, 0.75);
    const times: number[] = [];
    for (let trial = 0; trial < trials; trial++) {
      const from = 3 + (trial % 5);
      times.push(
        await cancelled(engine, "Say something.", (event) => event.type === "text" && (event.tokens ?? 0) >= from),
      );
    }
    const goal = token + 50;
    const figure = `median ${median(times).toFixed(0)}, p95 ${quantile(times, 0.95).toFixed(0)} ms`;
    table.line(
      `cancel → idle while writing (${name})`,
      figure,
      `≤ ${goal.toFixed(0)} ms`,
      quantile(times, 0.95) <= goal,
    );
  } finally {
    await engine.dispose();
  }
}

async function cancelReading(): Promise<void> {
  const engine = openLocal(big, { sequences: 1, threads: 1 });
  try {
    await complete(engine, request(words(100, 3), 1));
    const times: number[] = [];
    for (let trial = 0; trial < 20; trial++) {
      const abort = new AbortController();
      let reading = false;
      const run = (async () => {
        for await (const event of engine.complete(request(words(600, 100 + trial), 1), abort.signal)) {
          if (event.type === "reading") reading = true;
        }
      })().catch(() => {});
      while (!reading) await new Promise((resolve) => setTimeout(resolve, 5));
      // At a moment that has nothing to do with the slices.
      await new Promise((resolve) => setTimeout(resolve, 1500 + ((trial * 613) % 2600)));
      const began = performance.now();
      abort.abort(new Error("bench"));
      for await (const event of engine.complete(request("Next.", 1), never)) if (event.type === "reading") break;
      times.push(performance.now() - began);
      await run;
    }
    const p95 = quantile(times, 0.95);
    const figure = `median ${(median(times) / 1000).toFixed(2)}, p95 ${(p95 / 1000).toFixed(2)} s`;
    table.line("cancel → idle while reading, one core, 20 trials (4B)", figure, "≤ 2 s p95", p95 <= 2000);
  } finally {
    await engine.dispose();
  }
}

/** What slices cost: the same number of tokens in one piece by the bare loop. */
async function readingCost(): Promise<void> {
  const engine = openLocal(big, { sequences: 1, threads: 1 });
  const bare = new Bare(big, 4096);
  try {
    await bare.ready;
    await complete(engine, request(words(60, 4), 1));
    await bare.run({ text: words(60, 4), skip: 0, tokens: 0, sampling: GREEDY });
    const ratios: number[] = [];
    const cpus: number[] = [];
    for (let pair = 0; pair < 5; pair++) {
      const text = words(300, 200 + pair);
      const ours = async () => {
        let began = 0;
        let first = 0;
        const used = cpuMs(engine.pid ?? 0);
        for await (const event of engine.complete(request(text, 1), never)) {
          if (event.type !== "reading") continue;
          if (began === 0) [began, first] = [performance.now(), event.evaluated];
          else if (event.evaluated === event.total - 1) {
            const count = event.evaluated - first;
            return { ms: (performance.now() - began) / count, cpu: (cpuMs(engine.pid ?? 0) - used) / count };
          }
        }
        throw new Error("nothing was read");
      };
      const theirs = async () => {
        const bareRun = await bare.run({ text, skip: 0, tokens: 0, sampling: GREEDY });
        return { ms: bareRun.ms / bareRun.tokens, cpu: bareRun.cpuMs / bareRun.tokens };
      };
      const [a, b] = pair % 2 === 0 ? [await ours(), await theirs()] : [await theirs(), await ours()];
      const [sliced, whole] = pair % 2 === 0 ? [a, b] : [b, a];
      ratios.push(sliced.ms / whole.ms - 1);
      cpus.push(sliced.cpu / whole.cpu - 1);
    }
    const cost = median(ratios);
    const figure = `${(100 * cost).toFixed(1)} % (${ratios.map((ratio) => (100 * ratio).toFixed(0)).join(", ")})`;
    table.line("slices cost in prompt speed, one core, 300 tokens (4B)", figure, "≤ 8 %", cost <= 0.08);
    table.line("  the same in time of the processor", `${(100 * median(cpus)).toFixed(1)} %`, "", null);
  } finally {
    bare.end();
    await engine.dispose();
  }
}

/** After the idle time: no process, its memory back, and a server that does nothing. */
async function idle(): Promise<void> {
  const settings = { gpu: "off", idleMinutes: 0.02 };
  const server = await WholeServer.start(settings, fileText("test/fixtures/rehearsal/long.tex"), "\\begin{theorem}");
  try {
    await server.prove(8, 10_000);
    const { pid } = server.session.client;
    const loaded = residentBytes(server.enginePid);
    const end = Date.now() + 20_000;
    while ((childrenOf(pid)?.length ?? 0) > 0 && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const children = childrenOf(pid)?.length ?? Number.NaN;
    table.line(
      "after idle: processes of the engine",
      `${children}, ${(loaded / GIB).toFixed(2)} GiB back`,
      "0",
      children === 0,
    );
    // V8 tidies up some eight seconds after the last allocation, twice, and then sleeps.
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    const before = cpuMs(pid);
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    const used = (cpuMs(pid) - before) / 10_000;
    table.line(
      "after idle: CPU of the server over 10 s, from the 15th on",
      `${(100 * used).toFixed(1)} %`,
      "0 %",
      used === 0,
    );
  } finally {
    await server.stop();
  }
}

/** Four reviews at once against one after another. */
async function reviews(name: string, model: string, tokens: number, goal: number | null): Promise<void> {
  const engine = openLocal(model);
  try {
    const asked = (seed: number) => request("Say whether this is right: two and two is four.", tokens, "review", seed);
    const all = [1, 2, 3, 4];
    // Each sequence has its prompt, so that writing alone is timed.
    await Promise.all(all.map((seed) => complete(engine, { ...asked(seed), maxTokens: 1 })));
    const ratios: number[] = [];
    const cpus: number[] = [];
    const used = () => cpuMs(engine.pid ?? 0);
    for (let pair = 0; pair < (goal === null ? 1 : 15); pair++) {
      let began = performance.now();
      const start = used();
      let written = 0;
      for (const seed of all) written += (await complete(engine, asked(seed))).usage.generated;
      const apart = written / (performance.now() - began);
      const between = used();
      began = performance.now();
      const ends = await Promise.all(all.map((seed) => complete(engine, asked(seed))));
      const together = ends.reduce((sum, { usage }) => sum + usage.generated, 0) / (performance.now() - began);
      ratios.push(together / apart);
      cpus.push((between - start) / (used() - between));
    }
    const ratio = median(ratios);
    const aim = goal === null ? "" : `≥ ${goal}`;
    table.line(
      `4 reviews at once ÷ one after another (${name})`,
      ratio.toFixed(2),
      aim,
      goal === null ? null : ratio >= goal,
    );
    table.line("  the same in time of the processor", median(cpus).toFixed(2), "", null);
  } finally {
    await engine.dispose();
  }
}

const parts: readonly (readonly [name: string, big: boolean, run: () => Promise<void>])[] = [
  ["cpu", false, addedCpu],
  ["reuse", false, reuse],
  ["cancel", false, () => cancelWriting("miniature", MINIATURE, 20)],
  ["idle", false, idle],
  ["reviews", false, () => reviews("miniature", MINIATURE, 200, 1.5)],
  ["speed", true, () => speed(table, big, "off")],
  ["cancel-4b", true, () => cancelWriting("4B", big, 10)],
  ["cancel-reading", true, cancelReading],
  ["reading", true, readingCost],
  ["reload", true, reload],
  ["reviews-4b", true, () => reviews("4B", big, 8, null)],
];
const chosen = process.env.QED_BENCH?.split(",") ?? null;
for (const [name, needsBig, run] of parts) {
  if (chosen !== null && !chosen.includes(name)) continue;
  if (needsBig && !existsSync(big)) table.skip(name, "set QED_4B to a GGUF file of the 4B shape");
  else await run();
}
table.end();
