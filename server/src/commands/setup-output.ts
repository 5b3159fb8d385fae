import type { SetUpProgress } from "../models/set-up.js";
import { progressInWords, progressShare } from "../models/set-up-words.js";
import { inTerminal } from "./terminal-words.js";

const BAR = 20;
/** Where nothing can be written over: milliseconds between two lines of one stage. */
const LINE_MS = 10_000;

/** Tells how a set-up goes: one line with a bar that is written over on a terminal, a line now and then elsewhere. */
export class SetUpPrinter {
  readonly #stream: NodeJS.WriteStream;
  readonly #quiet: boolean;
  #isOpen = false;
  #stage = "";
  #tenths = -1;
  #told = 0;

  /** `quiet` tells nothing but {@link note}. */
  constructor(stream: NodeJS.WriteStream, quiet: boolean) {
    this.#stream = stream;
    this.#quiet = quiet;
  }

  lines(lines: readonly string[]): void {
    if (this.#quiet) return;
    this.end();
    for (const line of lines) this.#stream.write(`${inTerminal(line)}\n`);
  }

  /** A line that is always told. */
  note(line: string): void {
    this.end();
    this.#stream.write(`${inTerminal(line)}\n`);
  }

  progress(progress: SetUpProgress): void {
    if (this.#quiet) return;
    const share = progressShare(progress);
    const words = progressInWords(progress);
    if (this.#stream.isTTY) {
      const full = Math.round(BAR * (share ?? 0));
      const bar = share === null ? "" : `[${"#".repeat(full)}${"-".repeat(BAR - full)}] ${Math.floor(share * 100)} % `;
      const width = Math.max(20, (this.#stream.columns ?? 80) - 1);
      this.#stream.write(`\r${(bar + words).slice(0, width)}\u001b[K`);
      this.#isOpen = true;
      return;
    }
    const stage = `${progress.stage} ${progress.stage === "download" ? progress.phase : ""}`;
    // Loading takes seconds; downloads and conversions take minutes.
    const tenths = progress.stage === "load" ? 0 : Math.floor((share ?? 0) * 10);
    const now = performance.now();
    if (stage === this.#stage && tenths === this.#tenths && now - this.#told < LINE_MS) return;
    this.#stage = stage;
    this.#tenths = tenths;
    this.#told = now;
    this.#stream.write(`${words}\n`);
  }

  /** Ends the line that is written over. */
  end(): void {
    if (this.#isOpen) this.#stream.write("\n");
    this.#isOpen = false;
  }
}
