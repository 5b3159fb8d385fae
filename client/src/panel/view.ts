import { applyEvent } from "../../../server/src/store/fold.js";
import type { Run, RunEvent } from "../../../server/src/store/run.js";
import type { HostMessage, PageMessage, Proposal, RunTiming, ShowOptions } from "../../../webview/src/channel.js";
import { CHANNEL_VERSION } from "../../../webview/src/channel.js";

/** What is to be shown: a run and how many of its events are folded into it. */
export interface Shown {
  readonly run: Run;
  readonly events: number;
  readonly options: ShowOptions;
}

/** What a {@link PanelView} needs from outside. */
export interface ViewCallbacks {
  /** Posts to the page; called only after the page has said `ready`. */
  post(message: HostMessage): void;
  /** The run as it is on disk, for the case that events were missed; null if it can't be read. */
  fetch(runId: string): Promise<{ readonly run: Run; readonly events: number } | null>;
  /** Loads the page again: it is of another version. */
  reload(): void;
  /** Milliseconds since 1970. */
  now(): number;
}

/**
 * What the panel shows, apart from the webview that shows it. It outlives the page: a page that is made again gets all
 * of it with one message. Nothing is posted to a page that hasn't said `ready`.
 *
 * Invariant: no import of 'vscode', so that it is tested without an editor.
 */
export class PanelView {
  readonly #callbacks: ViewCallbacks;
  #shown: Shown | null = null;
  #proposal: Proposal | null = null;
  #firstToken: number | null = null;
  #ended: number | null = null;
  #ready = false;
  #reloaded = false;
  /** Events that came while a gap was being filled. */
  #waiting: { first: number; events: readonly RunEvent[] }[] | null = null;

  constructor(callbacks: ViewCallbacks) {
    this.#callbacks = callbacks;
  }

  /** The run that is shown, or null. */
  get run(): Run | null {
    return this.#shown?.run ?? null;
  }

  /** Shows a run instead of whatever was shown. */
  show(shown: Shown): void {
    this.#shown = shown;
    this.#proposal = null;
    this.#waiting = null;
    this.#firstToken = null;
    this.#ended = null;
    this.#postAll();
  }

  /** Shows that there is no run. */
  clear(): void {
    this.#shown = null;
    this.#proposal = null;
    this.#waiting = null;
    this.#postAll();
  }

  /** More events. Those of another run are dropped, those that are known skipped, and a gap is filled by `fetch`. */
  events(runId: string, first: number, events: readonly RunEvent[]): void {
    const shown = this.#shown;
    if (!shown || shown.run.header.id !== runId) return;
    if (this.#waiting) {
      this.#waiting.push({ first, events });
      return;
    }
    if (first > shown.events) {
      this.#waiting = [{ first, events }];
      void this.#fillGap(runId, this.#waiting);
      return;
    }
    const fresh = events.slice(shown.events - first);
    if (fresh.length === 0) return;
    this.#shown = { ...shown, run: fresh.reduce(applyEvent, shown.run), events: shown.events + fresh.length };
    this.#clock(fresh);
    this.#post({ type: "events", runId, first: shown.events, events: fresh, timing: this.#timing(shown.run) });
  }

  /** What the editor can do with the proof. Dropped if it is about another run. */
  proposal(proposal: Proposal): void {
    if (this.#shown?.run.header.id !== proposal.runId) return;
    this.#proposal = proposal;
    this.#post({ type: "proposal", ...proposal });
  }

  /** What became of the proof. Dropped if it is about another run. */
  decided(runId: string, decision: "accepted" | "rejected"): void {
    const shown = this.#shown;
    if (!shown || shown.run.header.id !== runId) return;
    this.#shown = { ...shown, run: { ...shown.run, decision } };
    this.#post({ type: "decided", runId, decision });
  }

  /** A new page is being loaded; it will say `ready`. */
  pageGone(): void {
    this.#ready = false;
  }

  /** Takes what the channel itself needs; returns the message if it is for the editor, else null. */
  receive(message: PageMessage): Exclude<PageMessage, { type: "ready" }> | null {
    if (message.type === "ready") {
      if (message.version === CHANNEL_VERSION) {
        this.#ready = true;
        this.#postAll();
      } else if (!this.#reloaded) {
        // Once only: a page that stays of another version would be loaded for ever.
        this.#reloaded = true;
        this.#ready = false;
        this.#callbacks.reload();
      }
      return null;
    }
    if (message.type === "setUp") return message;
    return message.runId === this.#shown?.run.header.id ? message : null;
  }

  async #fillGap(runId: string, waiting: { first: number; events: readonly RunEvent[] }[]): Promise<void> {
    const found = await this.#callbacks.fetch(runId).catch(() => null);
    if (this.#waiting !== waiting || !this.#shown) return;
    this.#waiting = null;
    if (!found || found.run.header.id !== runId) return;
    this.#shown = { ...this.#shown, ...found };
    if (found.run.outcome && this.#ended === null) this.#ended = this.#callbacks.now();
    this.#postAll();
    for (const { first, events } of waiting) if (first <= this.#shown.events) this.events(runId, first, events);
  }

  #clock(events: readonly RunEvent[]): void {
    const now = this.#callbacks.now();
    if (events.some((event) => event.type === "thought" || event.type === "answer")) this.#firstToken ??= now;
    if (events.some((event) => event.type === "outcome")) this.#ended ??= now;
  }

  #timing(run: Run): RunTiming {
    const now = this.#callbacks.now();
    const started = Date.parse(run.header.time);
    return {
      now,
      started: Number.isNaN(started) ? now : started,
      firstToken: this.#firstToken,
      ended: this.#ended,
    };
  }

  #post(message: HostMessage): void {
    if (this.#ready) this.#callbacks.post(message);
  }

  #postAll(): void {
    const shown = this.#shown;
    if (!shown) {
      this.#post({ type: "none" });
      return;
    }
    const { run, events, options } = shown;
    this.#post({ type: "show", run, events, options, timing: this.#timing(run), proposal: this.#proposal });
  }
}
