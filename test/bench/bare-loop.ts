/**
 * The yardstick: node-llama-cpp and nothing else, in a process of its own. `fork("bare-loop.ts", [MODEL, CONTEXT, GPU])`;
 * it answers "ready", then each {@link BareTask} with a {@link BareResult}.
 */
import { getLlama } from "node-llama-cpp";

/** Reads a text, then generates. */
export interface BareTask {
  readonly text: string;
  /** Tokens that are generated before the clock runs. */
  readonly skip: number;
  /** Tokens that are timed; 0 to time the reading of the text instead, all of it at once. */
  readonly tokens: number;
  /** As the engine that it is compared with samples. */
  readonly sampling: { readonly temperature: number; readonly topP: number; readonly topK: number };
}

/** What was timed: time of the wall and of the processor, in milliseconds. */
export interface BareResult {
  readonly ms: number;
  readonly cpuMs: number;
  readonly tokens: number;
}

/** As `load.ts` chooses them. */
const SMALL_MODEL = 200_000_000;

const [modelPath = "", contextSize = "4096", gpu = "off"] = process.argv.slice(2);
const llama = await getLlama({
  build: "never",
  skipDownload: true,
  progressLogs: false,
  gpu: gpu === "cuda" ? "cuda" : false,
  maxThreads: 0,
  logger: () => {},
});
const model = await llama.loadModel({ modelPath });
const threads = model.size < SMALL_MODEL ? 1 : Math.max(1, llama.cpuMathCores - 1);
const context = await model.createContext({ sequences: 1, contextSize: Number(contextSize), threads });
const sequence = context.getSequence();

async function run({ text, skip, tokens: wanted, sampling }: BareTask): Promise<BareResult> {
  const tokens = model.tokenize(text, true);
  await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
  const rest = tokens.slice(sequence.nextTokenIndex, -1);
  let began = performance.now();
  let cpu = process.cpuUsage();
  if (rest.length > 0) await sequence.evaluateWithoutGeneratingNewTokens(rest);
  const result = (count: number) => {
    const { user, system } = process.cpuUsage(cpu);
    return { ms: performance.now() - began, cpuMs: (user + system) / 1000, tokens: count };
  };
  if (wanted === 0) return result(rest.length);
  let generated = 0;
  for await (const token of sequence.evaluate(tokens.slice(-1), { ...sampling, seed: 1, yieldEogToken: true })) {
    generated++;
    if (generated === skip) {
      began = performance.now();
      cpu = process.cpuUsage();
    }
    if (model.isEogToken(token) || generated === skip + wanted) break;
  }
  return result(generated - skip);
}

process.on("message", (task: BareTask) => {
  void run(task).then((result) => process.send?.(result));
});
process.send?.("ready");
