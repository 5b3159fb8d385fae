import type { Run } from "../../server/src/store/run.js";
import { element, setShown, setText } from "./elements.js";
import { clock, elapsed, meanRate, Rate, rateText, tokensOf } from "./meter.js";
import type { RunState } from "./state.js";
import { button, progressRing, type ToolkitButton } from "./toolkit.js";
import { count, standing, statementTitle } from "./words.js";

/** The head of the page: what is proven, what the run is doing, the meter, and Stop. */
export class HeaderView {
  /** The header. */
  readonly root: HTMLElement;
  readonly #kind = element("span", "title-kind");
  readonly #name = element("span", "title-name");
  readonly #standing = element("span", "standing");
  readonly #ring = progressRing();
  readonly #tokens = element("span", "meter-item tokens");
  readonly #rate = element("span", "meter-item rate");
  readonly #elapsed = element("span", "meter-item elapsed");
  readonly #track = element("div", "track");
  readonly #fill = element("div", "track-fill");
  readonly #stop: ToolkitButton;
  readonly #meter = new Rate();
  #runId = "";
  #stopped = "";
  #progress: number | null = null;
  /** What must be added to the page's clock to get the host's, in milliseconds. */
  #skew = 0;

  /** @param stop the reader wants the run to stop */
  constructor(stop: (runId: string) => void) {
    this.#stop = button("Stop", "secondary", () => {
      this.#stopped = this.#runId;
      this.#showStop(true);
      stop(this.#runId);
    });
    const title = element("h1", "", this.#kind, " ", this.#name);
    this.#name.dir = "auto";
    const status = element(
      "div",
      "status",
      element("span", "phase", this.#ring, this.#standing),
      element("span", "meter", this.#tokens, this.#rate, this.#elapsed),
    );
    this.#track.setAttribute("role", "progressbar");
    this.#track.append(this.#fill);
    this.root = element("header", "head", element("div", "head-row", title, this.#stop), status, this.#track);
  }

  /** Takes what has arrived; `progress` is that of loading or reading, 0 to 1, where it is known. */
  update(state: RunState, progress: number | null, time: number): void {
    const { run, timing } = state;
    if (run.header.id !== this.#runId) {
      this.#runId = run.header.id;
      this.#meter.clear();
    }
    this.#meter.add(time, tokensOf(run));
    this.#skew = timing.now - Date.now();
    this.#progress = progress;
    const { kind, name } = statementTitle(run.header.statement);
    setText(this.#kind, kind);
    setText(this.#name, name);
    setText(this.#standing, standing(run));
    this.root.dataset.outcome = run.outcome?.kind ?? "running";
    setShown(this.#ring, run.outcome === null);
    this.#showStop(run.outcome === null);
    this.#showTrack(run);
    this.tick(state, time);
  }

  /** Shows the clock and the rate; called once a second while a run goes on. */
  tick({ run, timing }: RunState, time: number): void {
    const used = elapsed(run, timing, Date.now() + this.#skew);
    setText(this.#elapsed, used === null ? "" : clock(used));
    const generating = run.phase === "thinking" || run.phase === "writing";
    const rate = run.outcome ? meanRate(run, timing) : generating ? this.#meter.at(time) : null;
    setText(this.#rate, rate === null ? "" : rateText(rate));
    setText(this.#tokens, tokensText(run));
  }

  #showStop(running: boolean): void {
    const stopping = this.#stopped === this.#runId;
    setShown(this.#stop, running);
    this.#stop.disabled = stopping;
    setText(this.#stop, stopping ? "Stopping…" : "Stop");
  }

  #showTrack(run: Run): void {
    const { budget } = run.header;
    const shares = {
      thinking: run.thought.tokens / budget.thought,
      writing: (run.answer?.tokens ?? 0) / budget.answer,
      loading: this.#progress,
      reading: this.#progress,
      waiting: null,
      summarising: null,
      paused: null,
    };
    const share = run.outcome || !run.phase ? null : shares[run.phase];
    const known = share !== null && Number.isFinite(share);
    const percent = known ? Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10 : 0;
    this.#track.classList.toggle("idle", run.outcome !== null);
    this.#fill.style.inlineSize = `${percent}%`;
    this.#track.setAttribute("aria-label", standing(run));
    if (known) this.#track.setAttribute("aria-valuenow", String(Math.round(percent)));
    else this.#track.removeAttribute("aria-valuenow");
  }
}

function tokensText(run: Run): string {
  const { thought, answer, header, outcome } = run;
  if (!outcome && run.phase === "writing")
    return `${count(answer?.tokens ?? 0)} of ${count(header.budget.answer)} tokens`;
  if (!outcome && run.phase === "thinking") return `${count(thought.tokens)} of ${count(header.budget.thought)} tokens`;
  const tokens = tokensOf(run);
  return tokens === 0 ? "" : `${count(tokens)} tokens`;
}
