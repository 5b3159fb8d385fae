import { splitSteps } from "../document/steps.js";
import { earlyLabel, proofLabels } from "../store/labels.js";
import type { Run, RunEvent } from "../store/run.js";

/** What `prove --json` prints. */
export interface ProveJson {
  /** The proof as the model wrote it (Markdown), what the author had written included; null if there is none. */
  readonly proof: string | null;
  readonly thought: { readonly text: string; readonly tokens: number; readonly cut: boolean };
  readonly outcome: string;
  readonly runId: string;
  readonly seed: number;
}

/** The result of a run for programs. A thought is never given as a proof. */
export function jsonResult({ header, thought, answer, outcome }: Run): ProveJson {
  const kind = outcome?.kind ?? "failed";
  const hasProof = kind === "proved" || kind === "cut-short";
  return {
    proof: hasProof ? (answer?.text ?? null) : null,
    thought: { text: thought.text, tokens: thought.tokens, cut: thought.cut },
    outcome: kind,
    runId: header.id,
    seed: header.seed,
  };
}

/** The proof for a person: step by step, each with its state, and what the reader must know of it. */
export function printProof({ header, engine, thought, answer, outcome }: Run): string {
  const text = answer?.text ?? "";
  const steps = splitSteps(text, { start: 0, end: text.length }, "markdown");
  const count = `${steps.length} step${steps.length === 1 ? "" : "s"}`;
  const notes = [
    ...proofLabels({ thought, outcome }),
    engine?.rehearsal ? "rehearsal model: it has memorised the sample theorems" : null,
  ].filter((note) => note !== null);
  const body = steps.map((step, index) => {
    const content = text.slice(step.start, step.end).replaceAll("\n", "\n     ");
    return `${String(index + 1).padStart(3)}  ${content}\n     [not checked]\n`;
  });
  return [
    `\nProof of the ${header.statement.kind}${header.statement.label === null ? "" : ` ${header.statement.label}`}: ${count}, none checked\n`,
    ...notes.map((note) => `(${note})\n`),
    "\n",
    body.join("\n"),
    `\nRun ${header.id}, seed ${header.seed}.\n`,
  ].join("");
}

/** Shows a run as it goes on: phases as lines, the thought and the answer as they stream. */
export class ProgressPrinter {
  readonly #out: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly #quiet: boolean;
  #began = 0;
  /** Tokens that were there when this stretch of thinking began. */
  #before = 0;
  #streaming: "thought" | "summary" | "answer" | null = null;
  #tokens = 0;
  #lastPhase = "";

  /** @param quiet shows nothing at all: programs are reading */
  constructor(out: NodeJS.WritableStream & { readonly isTTY?: boolean }, quiet: boolean) {
    this.#out = out;
    this.#quiet = quiet;
  }

  event(event: RunEvent): void {
    if (this.#quiet) return;
    switch (event.type) {
      case "engine":
        this.#line(
          `Model: ${event.model} on ${event.device}${event.rehearsal ? " (rehearsal model: it has memorised the sample theorems)" : ""}`,
        );
        break;
      case "phase":
        if (event.phase === "thinking" || event.phase === "writing" || event.phase === this.#lastPhase) break;
        this.#lastPhase = event.phase;
        this.#line(
          {
            loading: "Loading the model …",
            waiting: "Waiting for another run …",
            reading: "Reading the statement …",
            summarising: "Summarising the thought …",
            paused: "Paused.",
          }[event.phase],
        );
        break;
      case "thought":
        if (this.#streaming !== "thought") {
          this.#line("Thinking:");
          this.#began = performance.now();
          this.#before = event.tokens - 1;
        }
        this.#streaming = "thought";
        this.#tokens = event.tokens;
        this.#out.write(this.#dim(event.text));
        break;
      case "cut":
        this.#line(`[${earlyLabel({ tokens: event.tokens, cut: true, early: event.reason ?? "budget" })}]`);
        break;
      case "summary":
        if (this.#streaming !== "summary") this.#line("Summary:");
        this.#streaming = "summary";
        this.#out.write(this.#dim(event.text));
        break;
      case "answer":
        if (this.#streaming === "thought") this.#rate("thought");
        this.#streaming = "answer";
        break;
      default:
        break;
    }
  }

  /** After the last event: leaves the cursor at the beginning of a line. */
  end(): void {
    if (this.#streaming === "thought" || this.#streaming === "summary") this.#line("");
  }

  #rate(what: string): void {
    const seconds = Math.max(0.001, (performance.now() - this.#began) / 1000);
    this.#line(
      `[${this.#tokens} ${what} tokens, ${Math.round((this.#tokens - this.#before) / seconds)} tok/s] Writing the proof …`,
    );
  }

  #line(text: string): void {
    const lead = this.#streaming === "thought" || this.#streaming === "summary" ? "\n" : "";
    this.#streaming = null;
    this.#out.write(`${lead}${text}${text === "" ? "" : "\n"}`);
  }

  #dim(text: string): string {
    return this.#out.isTTY ? `\u001b[2m${text}\u001b[22m` : text;
  }
}
