import type { Run } from "../../server/src/store/run.js";
import { element, setShown, setText } from "./elements.js";
import { source } from "./mathematics.js";
import { append, NO_PARAGRAPHS, type Paragraphs, pendingMath } from "./paragraphs.js";
import { rich, showDirections } from "./rich.js";
import { thoughtText } from "./words.js";

/** How far outside the window a paragraph is set, so that a reader who scrolls doesn't see it happen. */
const AHEAD = "900px 0px";

/** Milliseconds of a frame that may go into setting paragraphs. */
const FRAME = 6;

/** Characters by which an edit of what is shown is noticed. */
const COMPARED = 200;

/** About the characters of a line, and its height in ems: how high a paragraph is taken to be before it is laid out. */
const LINE = 80;
const LINE_HEIGHT = 1.7;

/**
 * The thought: paragraphs in a section that folds. A finished paragraph is appended as source and set once, when it
 * comes near the window; only the last one is set again while it grows.
 */
export class ThoughtView {
  /** The section. */
  readonly root: HTMLDetailsElement;
  readonly #aside = element("span", "aside");
  readonly #text = element("div", "prose thought-text");
  readonly #open = element("div", "paragraph growing");
  readonly #observer: IntersectionObserver;
  readonly #source = new WeakMap<Element, string>();
  /** Paragraphs near the window that wait to be set. */
  readonly #due = new Set<Element>();
  #frame = 0;
  #paragraphs: Paragraphs = NO_PARAGRAPHS;
  #nodes: HTMLElement[] = [];
  /** Characters of the run's thought that are in `#paragraphs`. */
  #taken = 0;
  /** The end of those. */
  #lastTaken = "";
  #cut = false;
  #runId = "";
  #growing = "";
  #macros: Readonly<Record<string, string>> = {};

  /** @param onToggle the reader has folded or unfolded the thought */
  constructor(onToggle: (open: boolean) => void) {
    const summary = element("summary", "", element("h2", "", "Thought"), this.#aside);
    this.root = element("details", "thought", summary, this.#text);
    summary.addEventListener("click", () => onToggle(!this.root.open));
    this.root.addEventListener("toggle", () => this.#renderGrowing());
    this.#open.dir = "auto";
    this.#text.append(this.#open);
    this.#observer = new IntersectionObserver((entries) => this.#setVisible(entries), {
      root: document,
      rootMargin: AHEAD,
    });
  }

  /** Folds or unfolds. */
  fold(open: boolean): void {
    if (this.root.open !== open) this.root.open = open;
  }

  /** Shows the thought of a run. */
  update(run: Run, macros: Readonly<Record<string, string>>): void {
    const { text, cut } = run.thought;
    if (run.header.id !== this.#runId || macros !== this.#macros) this.#clear(run.header.id, macros);
    // A hint takes the end of the thought away and adds more than that.
    const edited = !text.startsWith(this.#lastTaken, this.#taken - this.#lastTaken.length);
    if (text.length < this.#taken || edited || cut !== this.#cut) {
      this.#paragraphs = NO_PARAGRAPHS;
      this.#taken = 0;
      this.#cut = cut;
    }
    if (text.length > this.#taken) {
      this.#paragraphs = append(this.#paragraphs, text.slice(this.#taken));
      this.#taken = text.length;
    }
    this.#lastTaken = text.slice(-COMPARED);
    this.#placeDone();
    this.#growing = this.#paragraphs.open;
    this.#open.classList.toggle("live", run.outcome === null && run.answer === null);
    this.#renderGrowing();
    setText(this.#aside, thoughtText(run));
    this.#aside.classList.toggle("cut", cut);
    setShown(this.root, text !== "");
  }

  #clear(runId: string, macros: Readonly<Record<string, string>>): void {
    this.#runId = runId;
    this.#macros = macros;
    this.#paragraphs = NO_PARAGRAPHS;
    this.#taken = 0;
    this.#lastTaken = "";
    this.#cut = false;
    for (const node of this.#nodes) this.#drop(node);
    this.#nodes = [];
  }

  /** Appends the paragraphs that are new; after a cut, drops those that are gone. */
  #placeDone(): void {
    const { done } = this.#paragraphs;
    let same = Math.min(this.#nodes.length, done.length);
    // Only the end of a thought is ever cut, so it's enough to look back from there.
    while (same > 0 && this.#source.get(this.#nodes[same - 1] as Element) !== done[same - 1]) same -= 1;
    for (const node of this.#nodes.splice(same)) this.#drop(node);
    const fresh = document.createDocumentFragment();
    for (const text of done.slice(same)) {
      const node = element("div", "paragraph raw", showDirections(text));
      node.dir = "auto";
      node.style.containIntrinsicBlockSize = `auto ${Math.ceil(text.length / LINE) * LINE_HEIGHT}em`;
      this.#source.set(node, text);
      this.#nodes.push(node);
      fresh.append(node);
      this.#observer.observe(node);
    }
    this.#text.insertBefore(fresh, this.#open);
  }

  #drop(node: HTMLElement): void {
    this.#observer.unobserve(node);
    this.#due.delete(node);
    node.remove();
  }

  #setVisible(entries: readonly IntersectionObserverEntry[]): void {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) this.#due.add(target);
      else this.#due.delete(target);
    }
    this.#renderDue();
  }

  /** Sets what is near the window, as much as a frame bears, and the rest in the next ones. */
  #renderDue(): void {
    const began = performance.now();
    for (const target of this.#due) {
      if (performance.now() - began > FRAME) break;
      this.#due.delete(target);
      this.#observer.unobserve(target);
      target.classList.remove("raw");
      target.replaceChildren(rich(this.#source.get(target) ?? "", { macros: this.#macros, level: 2 }));
    }
    if (this.#due.size === 0 || this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#renderDue();
    });
  }

  #renderGrowing(): void {
    if (!this.root.open) return;
    this.#open.replaceChildren(...growing(this.#growing, this.#macros, 2));
  }
}

/** A text that isn't finished: what is whole is set, the formula that is being written is shown as source. */
export function growing(text: string, macros: Readonly<Record<string, string>>, level: number): Node[] {
  const at = pendingMath(text);
  if (at === null) return [rich(text, { macros, level })];
  const head = rich(text.slice(0, at), { macros, level });
  const display = text.startsWith("\\[", at);
  const pending = source("", display);
  pending.classList.add("pending");
  pending.textContent = showDirections(text.slice(at));
  const last = head.lastElementChild;
  if (!display && last && (last.tagName === "P" || last.className === "paragraph")) {
    last.append(" ", pending);
    return [head];
  }
  return [head, pending];
}
