/**
 * `npm run bench:cancel`: how long an engine goes on after a cancel. Prints a table; exits with 1 if a goal is missed.
 *
 * Local: from the abort to the first event of the next request, less what the same request takes on an idle engine.
 * Server: from the abort to the moment at which the server sees its socket closed.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CompletionRequest, Engine } from "../../server/src/engine/engine.js";
import { HttpEngine } from "../../server/src/engine/http/http-engine.js";
import { LocalEngine } from "../../server/src/engine/local/local-engine.js";
import { startScriptedServer } from "../fixtures/scripted-server.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TRIALS = 20;
/** One token's time and 50 ms: the token of the miniature is about 1 ms. */
const GOAL_MS = 51;
const SAMPLING = { temperature: 0, topP: 1 };

function request(words: string): CompletionRequest {
  // No rehearsal gate below the prover: what the miniature writes here is nonsense, and never shown.
  return {
    lane: "run",
    prompt: { message: words, thought: "", answer: null },
    maxTokens: 2000,
    sampling: SAMPLING,
    seed: 1,
  };
}

/** Runs a request until it has written some text, aborts it, and waits for its stream to end. */
async function abortMidway(engine: Engine, words: string): Promise<number> {
  const abort = new AbortController();
  let aborted = 0;
  try {
    for await (const event of engine.complete(request(words), abort.signal)) {
      if (event.type === "text" && event.tokens >= 20 && aborted === 0) {
        aborted = performance.now();
        abort.abort(new Error("bench"));
      }
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  }
  return aborted;
}

async function firstEvent(engine: Engine, words: string): Promise<number> {
  const began = performance.now();
  for await (const event of engine.complete(request(words), new AbortController().signal)) {
    if (event.type !== "queued") break;
  }
  return performance.now() - began;
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

async function local(): Promise<number[]> {
  const engine = new LocalEngine({
    childPath: join(ROOT, "dist/engine-child.js"),
    extensionRoot: ROOT,
    stateDirectory: null,
    limits: { idleMinutes: 10, cacheGB: 0 },
    modelPath: join(ROOT, "models/rehearsal.gguf"),
    gpu: false,
    contextSize: 8192,
    // The next request must wait for the end of the one before.
    sequences: 1,
    sampling: SAMPLING,
  });
  try {
    const idle: number[] = [];
    const after: number[] = [];
    await firstEvent(engine, "warm up");
    for (let trial = 0; trial < TRIALS; trial++) {
      idle.push(await firstEvent(engine, `idle ${trial}`));
      const aborted = await abortMidway(engine, `long ${trial}`);
      await firstEvent(engine, `next ${trial}`);
      after.push(performance.now() - aborted);
    }
    return after.map((time) => Math.max(0, time - quantile(idle, 0.5)));
  } finally {
    await engine.dispose();
  }
}

async function http(): Promise<number[]> {
  let closed: (() => void) | null = null;
  const server = await startScriptedServer(async function* () {
    try {
      for (let token = 0; token < 2000; token++) {
        yield { do: "text", text: "word " } as const;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    } finally {
      closed?.();
    }
  });
  const engine = new HttpEngine({
    endpoint: server.endpoint,
    model: null,
    apiKey: null,
    sampling: SAMPLING,
    silenceSeconds: 10,
  });
  try {
    const times: number[] = [];
    for (let trial = 0; trial < TRIALS; trial++) {
      const seen = new Promise<number>((resolve) => {
        closed = () => resolve(performance.now());
      });
      const aborted = await abortMidway(engine, `long ${trial}`);
      times.push((await seen) - aborted);
    }
    return times;
  } finally {
    await engine.dispose();
    await server.close();
  }
}

let missed = false;
console.log(`engine   trials   median ms   p95 ms   goal p95 ms`);
for (const [name, run] of [
  ["local", local],
  ["http", http],
] as const) {
  const times = await run();
  const p95 = quantile(times, 0.95);
  missed ||= !(p95 <= GOAL_MS);
  console.log(
    [
      name.padEnd(8),
      String(TRIALS).padStart(6),
      quantile(times, 0.5).toFixed(1).padStart(11),
      p95.toFixed(1).padStart(8),
      String(GOAL_MS).padStart(13),
    ].join(" "),
  );
}
console.log(missed ? "A goal was missed." : "All goals were met (rehearsal model; nothing is said about a 4B model).");
process.exitCode = missed ? 1 : 0;
