/** How a download goes. */
export interface DownloadProgress {
  /**
   * `checking`: what is there already is read again; `downloading`; `waiting`: for a server that asked for patience or
   * for the next try; `following`: another window downloads this file.
   */
  readonly phase: "checking" | "downloading" | "waiting" | "following";
  /** Bytes of the file that are there. */
  readonly bytes: number;
  /** Bytes of the whole file, or null if nobody has said. */
  readonly total: number | null;
  /** Over the last seconds; null until that can be told. */
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/** Seconds over which speed is measured: long enough to be quiet, short enough to follow a change. */
const WINDOW_MS = 5_000;
const LEAST_MS = 400;
/** Between two reports. */
const PAUSE_MS = 200;

/** Turns counts of bytes into reports with speed and time left, at most five a second. */
export class RateMeter {
  readonly #report: (progress: DownloadProgress) => void;
  readonly #now: () => number;
  #samples: { readonly at: number; readonly bytes: number }[] = [];
  #phase: DownloadProgress["phase"] | null = null;
  #told = Number.NEGATIVE_INFINITY;

  constructor(report: (progress: DownloadProgress) => void, now: () => number = () => performance.now()) {
    this.#report = report;
    this.#now = now;
  }

  /** `bytes` are there now. A change of phase and the end are always told. */
  update(phase: DownloadProgress["phase"], bytes: number, total: number | null): void {
    const at = this.#now();
    const last = this.#samples.at(-1);
    if (phase !== this.#phase || (last !== undefined && bytes < last.bytes)) {
      this.#samples = [];
      this.#told = Number.NEGATIVE_INFINITY;
    }
    this.#phase = phase;
    this.#samples.push({ at, bytes });
    if (at - this.#told < PAUSE_MS && bytes !== total) return;
    this.#told = at;
    while (this.#samples.length > 2 && at - this.#samples[0]!.at > WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0]!;
    const rate = at - first.at < LEAST_MS ? null : ((bytes - first.bytes) * 1000) / (at - first.at);
    const left = total === null || rate === null || rate <= 0 ? null : (total - bytes) / rate;
    this.#report({ phase, bytes, total, bytesPerSecond: rate, secondsLeft: left });
  }
}
