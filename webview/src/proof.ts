import { splitSteps } from "../../server/src/document/steps.js";
import type { Run } from "../../server/src/store/run.js";
import { element, setShown, setText } from "./elements.js";
import { rich } from "./rich.js";
import { growing } from "./thought.js";
import { NOT_CHECKED, stepsText, YOURS_NOT_CHECKED } from "./words.js";

/** A piece of an answer: a step, or what stands between steps (a heading, a rule). */
interface Piece {
  readonly text: string;
  readonly step: boolean;
  /** Whether the author had written it before the run. */
  readonly yours: boolean;
}

interface Placed {
  readonly piece: Piece;
  readonly node: HTMLElement;
  /** Whether it was shown as still growing. */
  readonly live: boolean;
}

/** The proof by steps, each with its state in words. What is unchanged keeps its nodes. */
export class ProofView {
  /** The section. */
  readonly root: HTMLElement;
  readonly #aside = element("span", "aside");
  readonly #list = element("div", "steps");
  #placed: Placed[] = [];
  #runId = "";
  #text = "";
  #live = false;
  #macros: Readonly<Record<string, string>> = {};

  constructor() {
    const heading = element("h2", "proof-title", "Proof");
    heading.id = "proof-heading";
    this.root = element("section", "proof", element("div", "section-head", heading, this.#aside), this.#list);
    this.root.setAttribute("aria-labelledby", heading.id);
  }

  /** Puts what is said about the proof above its steps. */
  hold(notices: HTMLElement): void {
    if (notices.parentElement !== this.root) this.root.insertBefore(notices, this.#list);
  }

  /** Shows the answer of a run, if there is one. */
  update(run: Run, macros: Readonly<Record<string, string>>): void {
    const text = run.answer?.text ?? "";
    const live = run.outcome === null;
    const other = run.header.id !== this.#runId || macros !== this.#macros;
    setShown(this.root, run.answer !== null);
    if (!other && text === this.#text && live === this.#live) return;
    if (other) this.#keep(0);
    this.#runId = run.header.id;
    this.#macros = macros;
    this.#text = text;
    this.#live = live;
    const pieces = piecesOf(text, run.header.prefix.length);
    this.#place(pieces, live);
    setText(this.#aside, stepsText(pieces.filter(({ step }) => step).length, live));
  }

  #place(pieces: readonly Piece[], live: boolean): void {
    const last = pieces.length - 1;
    let same = 0;
    while (same < this.#placed.length && same < pieces.length && this.#unchanged(same, pieces, live)) same += 1;
    this.#keep(same);
    let number = pieces.slice(0, same).filter(({ step }) => step).length;
    for (let index = same; index < pieces.length; index += 1) {
      const piece = pieces[index] as Piece;
      if (piece.step) number += 1;
      const grows = live && index === last;
      const content = grows
        ? growing(piece.text, this.#macros, 2)
        : [rich(piece.text, { macros: this.#macros, level: 2 })];
      const node = piece.step ? stepNode(number, content, piece.yours) : interludeNode(content);
      this.#list.append(node);
      this.#placed.push({ piece, node, live: grows });
    }
  }

  #unchanged(index: number, pieces: readonly Piece[], live: boolean): boolean {
    const before = this.#placed[index];
    const piece = pieces[index];
    const grows = live && index === pieces.length - 1;
    return (
      before !== undefined &&
      piece !== undefined &&
      before.live === grows &&
      before.piece.step === piece.step &&
      before.piece.yours === piece.yours &&
      before.piece.text === piece.text
    );
  }

  #keep(length: number): void {
    for (const { node } of this.#placed.splice(length)) node.remove();
  }
}

/** The pieces of an answer, in order; all of its text but white space between pieces is in one of them. */
function piecesOf(text: string, written: number): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const between = (end: number) => {
    const gap = text.slice(at, end);
    if (gap.trim() !== "") pieces.push({ text: gap, step: false, yours: end <= written });
  };
  for (const { start, end } of splitSteps(text, { start: 0, end: text.length }, "markdown")) {
    between(start);
    pieces.push({ text: text.slice(start, end), step: true, yours: end <= written });
    at = end;
  }
  between(text.length);
  return pieces;
}

function stepNode(number: number, content: readonly Node[], yours: boolean): HTMLElement {
  const state = yours ? YOURS_NOT_CHECKED : NOT_CHECKED;
  const text = element("div", "step-text prose", ...content);
  text.dir = "auto";
  const node = element("div", "step", element("span", "step-mark"), text, element("div", "step-state", state));
  node.setAttribute("role", "group");
  node.setAttribute("aria-label", `Step ${number}`);
  return node;
}

function interludeNode(content: readonly Node[]): HTMLElement {
  const node = element("div", "interlude prose", ...content);
  node.dir = "auto";
  return node;
}
