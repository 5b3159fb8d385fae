/**
 * The engine's own process: the only code that knows node-llama-cpp. It loads one model, runs one completion after
 * another, and dies with the channel to its parent, which gives all of its memory back.
 */
import { getLlama, type LlamaModel } from "node-llama-cpp";
import type { EngineErrorCode } from "../engine.js";
import { useBackendFolders } from "./backend-folders.js";
import { ContextExceeded, SequenceRunner } from "./completion.js";
import type { FromChild, LoadedModel, ToChild } from "./messages.js";

/** Models below this size in bytes are faster on one thread than on several. */
const SMALL_MODEL = 200_000_000;
/** Least context that is worth a start, in tokens. */
const LEAST_CONTEXT = 2048;
/** Array of prompt hashes in the GGUF metadata of a rehearsal model. */
const REHEARSAL_KEY = "prompts";

useBackendFolders();

type Complete = Extract<ToChild, { type: "complete" }>;

let runner: SequenceRunner | null = null;
const queue: Complete[] = [];
let running: number | null = null;
const cancelled = new Set<number>();
let busy = false;
const log: string[] = [];

function send(message: FromChild): void {
  process.send?.(message);
}

async function load(request: Extract<ToChild, { type: "load" }>): Promise<LoadedModel> {
  const llama = await getLlama({
    build: "never",
    skipDownload: true,
    progressLogs: false,
    gpu: request.gpu,
    logger: (level, message) => {
      if (level === "error" || level === "fatal") log.push(message.trim());
    },
  });
  const model = await llama.loadModel({
    modelPath: request.modelPath,
    onLoadProgress: (progress) => send({ type: "loading", progress }),
  });
  const threads = model.size < SMALL_MODEL ? 1 : Math.max(1, llama.cpuMathCores - 1);
  const context = await model.createContext({
    sequences: 1,
    contextSize: { min: LEAST_CONTEXT, max: Math.min(request.contextSize, model.trainContextSize) },
    threads,
  });
  runner = new SequenceRunner(model, context.getSequence());
  const gpus = llama.gpu === false ? [] : await llama.getGpuDeviceNames();
  return {
    name: metadataText(model, "name") ?? model.filename ?? "model",
    device: gpus.length > 0 ? `${gpus.join(", ")} (${llama.gpu})` : `CPU, ${threads} thread${threads === 1 ? "" : "s"}`,
    contextSize: context.contextSize,
    rehearsal: rehearsalPrompts(model),
  };
}

function metadataText(model: LlamaModel, key: "name"): string | null {
  return model.fileInfo.metadata.general?.[key] ?? null;
}

function rehearsalPrompts(model: LlamaModel): string[] | null {
  const metadata = model.fileInfo.metadata as { readonly qed?: { readonly rehearsal?: Record<string, unknown> } };
  const prompts = metadata.qed?.rehearsal?.[REHEARSAL_KEY];
  return Array.isArray(prompts) ? prompts.filter((hash) => typeof hash === "string") : null;
}

function loadFailure(error: unknown): { code: EngineErrorCode; detail: string } {
  const detail = [error instanceof Error ? error.message : String(error), ...log.slice(-3)].join(" | ");
  const name = error instanceof Error ? error.constructor.name : "";
  if (/NoBinaryFound/.test(name)) return { code: "engine.missing", detail };
  if (/InsufficientMemory/.test(name) || /\b(?:out of memory|VRAM|insufficient memory)\b/i.test(detail)) {
    return { code: "model.memory", detail };
  }
  return { code: "model.corrupt", detail };
}

async function drain(): Promise<void> {
  if (busy || runner === null) return;
  busy = true;
  for (let request = queue.shift(); request !== undefined; request = queue.shift()) {
    const { id } = request;
    running = id;
    send({ type: "started", id });
    try {
      const { reason, usage } = await runner.complete(
        request,
        {
          reading: (evaluated, total) => send({ type: "reading", id, evaluated, total }),
          text: (text, tokens) => send({ type: "text", id, text, tokens }),
        },
        () => cancelled.has(id),
      );
      send(reason === "cancelled" ? { type: "cancelled", id, usage } : { type: "end", id, reason, usage });
    } catch (error) {
      const code = error instanceof ContextExceeded ? "context.exceeded" : "engine.crashed";
      send({ type: "failed", id, code, detail: error instanceof Error ? error.message : String(error) });
    }
    cancelled.delete(id);
    running = null;
  }
  busy = false;
}

process.on("message", (message: ToChild) => {
  switch (message.type) {
    case "load":
      load(message).then(
        (model) => send({ type: "loaded", model }),
        (error) => send({ type: "load-failed", ...loadFailure(error) }),
      );
      break;
    case "complete":
      queue.push(message);
      void drain();
      break;
    case "cancel":
      // A cancel can come after the end, or twice: only what is still to be done is noted.
      if (message.id === running || queue.some(({ id }) => id === message.id)) cancelled.add(message.id);
      break;
  }
});
process.on("disconnect", () => process.exit(0));
