import type { Run } from "../../server/src/store/run.js";
import type { RunTiming } from "./channel.js";

/** Milliseconds over which the live rate is taken: long enough to be steady, short enough to follow a slow-down. */
const WINDOW = 4000;

/** Tokens of thought and answer so far. */
export function tokensOf(run: Run): number {
  return run.thought.tokens + (run.answer?.tokens ?? 0);
}

/** Tokens a second over the last seconds, from the counts as they arrive. Times are milliseconds of any one clock. */
export class Rate {
  #samples: { readonly time: number; readonly tokens: number }[] = [];

  /** A count has arrived. A count that went down (another run) starts again. */
  add(time: number, tokens: number): void {
    const last = this.#samples.at(-1);
    if (last && tokens < last.tokens) this.#samples = [];
    if (last?.tokens === tokens) return;
    this.#samples.push({ time, tokens });
    while (this.#samples.length > 2 && (this.#samples[1]?.time ?? time) < time - WINDOW) this.#samples.shift();
  }

  /** Forgets everything. */
  clear(): void {
    this.#samples = [];
  }

  /** Tokens a second at `time`, or null while too little has arrived to tell. Falls when nothing comes any more. */
  at(time: number): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.time - first.time < 500) return null;
    const silent = time - last.time;
    const span = silent > WINDOW ? time - first.time : last.time - first.time;
    return ((last.tokens - first.tokens) / span) * 1000;
  }
}

/** Tokens a second over a run that has ended, or null if its times are not known. */
export function meanRate(run: Run, timing: RunTiming): number | null {
  if (timing.firstToken === null || timing.ended === null) return null;
  const span = timing.ended - timing.firstToken;
  return span < 500 ? null : (tokensOf(run) / span) * 1000;
}

/** Milliseconds that a run has taken at `now` (the host's clock), or null for an ended run whose end was not seen. */
export function elapsed(run: Run, timing: RunTiming, now: number): number | null {
  if (timing.ended !== null) return Math.max(0, timing.ended - timing.started);
  return run.outcome ? null : Math.max(0, now - timing.started);
}

/** `0:07`, `12:40`, `1:02:03`. */
export function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** `42 tok/s`, with one decimal where that matters. */
export function rateText(rate: number): string {
  return `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} tok/s`;
}
