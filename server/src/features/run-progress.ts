import type { RunEvent } from "../store/run.js";

/** At most one report in this many milliseconds. */
const REPORT_MS = 250;

/** The state of a run in a few words, for editors that show only a line: "thinking 1,240 tokens at 38 tok/s". */
export class RunProgress {
  readonly #report: (message: string) => void;
  readonly #now: () => number;
  #thinkingSince: number | null = null;
  /** Tokens that the thought had when that began: a run that is resumed has some. */
  #before = 0;
  #reported = Number.NEGATIVE_INFINITY;

  constructor(report: (message: string) => void, now: () => number = () => performance.now()) {
    this.#report = report;
    this.#now = now;
  }

  event(event: RunEvent): void {
    switch (event.type) {
      case "phase":
        this.#tell(phaseWords(event.phase, event.progress), true);
        break;
      case "thought":
        if (this.#thinkingSince === null) {
          this.#thinkingSince = this.#now();
          this.#before = event.tokens - 1;
        }
        this.#tell(`thinking ${count(event.tokens)}${this.#rate(event.tokens)}`, false);
        break;
      case "answer":
        this.#tell(`writing the proof, ${count(event.tokens)}`, false);
        break;
      default:
        break;
    }
  }

  #rate(tokens: number): string {
    const seconds = (this.#now() - (this.#thinkingSince ?? this.#now())) / 1000;
    return seconds < 0.5 ? "" : ` at ${Math.round((tokens - this.#before) / seconds)} tok/s`;
  }

  #tell(message: string, now: boolean): void {
    const time = this.#now();
    if (!now && time - this.#reported < REPORT_MS) return;
    this.#reported = time;
    this.#report(message);
  }
}

function count(tokens: number): string {
  return `${tokens.toLocaleString("en")} token${tokens === 1 ? "" : "s"}`;
}

function phaseWords(phase: Extract<RunEvent, { type: "phase" }>["phase"], progress: number | null): string {
  const percent = progress === null ? "" : ` ${Math.round(progress * 100)} %`;
  switch (phase) {
    case "loading":
      return `loading the model${percent}`;
    case "waiting":
      return "waiting for another run";
    case "reading":
      return `reading the statement${percent}`;
    case "thinking":
      return "thinking";
    case "writing":
      return "writing the proof";
    case "summarising":
      return "summarising the thought";
    case "paused":
      return "paused";
  }
}
