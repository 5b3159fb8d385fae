/** What the benches of the engine share: engines, prompts, clocks, and the table. */
import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CompletionEvent, CompletionRequest, Lane } from "../../server/src/engine/engine.js";
import { TOP_K } from "../../server/src/engine/local/completion.js";
import { LocalEngine, type LocalEngineOptions } from "../../server/src/engine/local/local-engine.js";
import type { BareResult, BareTask } from "./bare-loop.js";

/** Root of the repository. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** The miniature. */
export const MINIATURE = join(ROOT, "models/rehearsal.gguf");
/** Nobody cancels. */
export const never = new AbortController().signal;

/** An engine on the built process. */
export function openLocal(modelPath: string, options: Partial<LocalEngineOptions> = {}): LocalEngine {
  return new LocalEngine({
    childPath: join(ROOT, "dist/engine-child.js"),
    extensionRoot: ROOT,
    modelPath,
    gpu: false,
    contextSize: 4096,
    sampling: { temperature: 0, topP: 1 },
    stateDirectory: null,
    limits: { idleMinutes: 0, cacheGB: 0 },
    ...options,
  });
}

/** A request that no rehearsal gate sees: what is written here is nonsense, and never shown. */
export function request(message: string, maxTokens: number, lane: Lane = "run", seed = 1): CompletionRequest {
  return {
    lane,
    prompt: { message, thought: "", answer: null },
    maxTokens,
    sampling: { temperature: 0, topP: 1 },
    seed,
  };
}

/** Runs a request to its end and gives that. */
export async function complete(engine: LocalEngine, asked: CompletionRequest) {
  let end: Extract<CompletionEvent, { type: "end" }> | null = null;
  for await (const event of engine.complete(asked, never)) if (event.type === "end") end = event;
  if (end === null) throw new Error("no end");
  return end;
}

/** Words that are about `tokens` tokens long in the real tokenizer, other ones for each seed. */
export function words(tokens: number, seed: number): string {
  const list = [
    "let",
    "sum",
    "of",
    "even",
    "prime",
    "then",
    "we",
    "have",
    "that",
    "for",
    "all",
    "such",
    "so",
    "is",
    "a",
    "the",
  ];
  let state = seed * 2654435761 + 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return list[state % list.length]!;
  };
  return Array.from({ length: tokens }, next).join(" ");
}

/** Greedy, for the bare loop. */
export const GREEDY = { temperature: 0, topP: 1, topK: TOP_K };

/** The yardstick. */
export class Bare {
  readonly #child: ChildProcess;
  readonly ready: Promise<void>;

  constructor(model: string, contextSize: number, gpu: "off" | "cuda" = "off") {
    const script = join(ROOT, "test/bench/bare-loop.ts");
    this.#child = fork(script, [model, String(contextSize), gpu], { execArgv: ["--import", "tsx"], cwd: ROOT });
    this.ready = new Promise((resolve) => this.#child.once("message", () => resolve()));
  }

  run(task: BareTask): Promise<BareResult> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error("the bare loop has ended"));
      this.#child.once("exit", ended);
      this.#child.once("message", (result) => {
        this.#child.removeListener("exit", ended);
        resolve(result as BareResult);
      });
      this.#child.send(task);
    });
  }

  end(): void {
    this.#child.removeAllListeners("exit");
    this.#child.kill("SIGKILL");
  }
}

/** Time of the processor that a process has used so far, in milliseconds, to 10 ms. Linux only. */
export function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Memory of a process that no other shares, and all that it has mapped, in bytes. Linux only. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) * 1024;
}

/** The value below which a part of all values lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Lines of figures with their goals, printed as they come. */
export class Table {
  #lines = 0;
  missed = 0;
  skipped = 0;

  /** `met` null where there is no goal. */
  line(what: string, figure: string, goal: string, met: boolean | null): void {
    this.#lines++;
    if (met === false) this.missed++;
    const verdict = met === null ? "" : met ? "met" : "MISSED";
    console.log(`${what.padEnd(64)} ${figure.padStart(26)}   ${goal.padEnd(12)} ${verdict}`);
  }

  skip(what: string, why: string): void {
    this.skipped++;
    console.log(`SKIPPED: ${what}: ${why}`);
  }

  /** Says how it went and sets the exit code. */
  end(): void {
    const skipped = this.skipped > 0 ? ` ${this.skipped} parts were skipped.` : "";
    const verdict = this.missed > 0 ? `${this.missed} goals were missed.` : "All goals were met.";
    console.log(`${this.#lines === 0 ? "Nothing was measured." : verdict}${skipped}`);
    process.exitCode = this.missed > 0 ? 1 : 0;
  }
}
