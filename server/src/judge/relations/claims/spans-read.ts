import type { Document } from "../../../document/types.js";
import { type Chain, chainsOf } from "../reading/chains.js";
import { type Expansions, expand } from "../reading/macros.js";
import { normalise } from "../reading/normalise.js";
import { type Span, spansOf } from "../reading/spans.js";
import { type MathToken, rawTokens } from "../reading/tokens.js";

/** A piece of mathematics with its tokens and chains. */
export interface ReadSpan {
  readonly span: Span;
  /** After macros, before normalisation: what sets and words stand in it. */
  readonly raw: readonly MathToken[];
  readonly chains: readonly Chain[];
}

/** All mathematics of a document; each piece is read once, when it is first asked for. */
export class Mathematics {
  readonly spans: readonly Span[];
  readonly #document: Document;
  readonly #expansions: Expansions;
  readonly #read: (ReadSpan | undefined)[];

  constructor(document: Document, expansions: Expansions) {
    this.#document = document;
    this.#expansions = expansions;
    this.spans = spansOf(document.text, document.syntax);
    this.#read = new Array(this.spans.length);
  }

  /** The piece with this index. */
  at(index: number): ReadSpan {
    const known = this.#read[index];
    if (known) return known;
    const { text, syntax } = this.#document;
    const span = this.spans[index]!;
    const lineStart = text.lastIndexOf("\n", span.start) + 1;
    const quoted = syntax === "markdown" && /^[ \t]*>/.test(text.slice(lineStart, span.start + 1));
    const raw = expand(rawTokens({ text, ...span.inner, quoted }), this.#expansions);
    const read = { span, raw, chains: chainsOf(normalise(raw, text), span.environment.startsWith("multline")) };
    this.#read[index] = read;
    return read;
  }

  /** Indices of the pieces that have a part in a range, in order. */
  touching(start: number, end: number): number[] {
    let from = this.#after(start);
    while (from > 0 && this.spans[from - 1]!.end > start) from--;
    const indices: number[] = [];
    for (let k = from; k < this.spans.length && this.spans[k]!.start < end; k++) indices.push(k);
    return indices;
  }

  /** Indices of the pieces that lie in a range, in order. */
  within(start: number, end: number): number[] {
    const indices: number[] = [];
    for (let k = this.#after(start); k < this.spans.length && this.spans[k]!.end <= end; k++) indices.push(k);
    return indices;
  }

  /** The index of the first piece that begins at or after an offset. */
  #after(offset: number): number {
    let [low, high] = [0, this.spans.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.spans[middle]!.start < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
