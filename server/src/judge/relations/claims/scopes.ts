import type { Document, TextRange } from "../../../document/types.js";

/** The text that says what letters mean in some place: ranges in order, not overlapping. */
export interface Place {
  readonly key: string;
  readonly ranges: readonly TextRange[];
}

/** How much loose text before and after a place belongs to it, in UTF-16 units. */
const BEFORE = 6_000;
const AFTER = 2_000;
/** Of the loose text just before a statement. */
const BEFORE_STATEMENT = 1_500;

/** Finds the place of an offset: its statement with the proof, or the loose text of its section. */
export class Scopes {
  readonly #document: Document;
  readonly #blocks: readonly { readonly ranges: readonly TextRange[] }[];
  readonly #heads: readonly number[];

  constructor(document: Document) {
    this.#document = document;
    const blocks = document.statements.map(({ start, end, proof }) => ({
      ranges: proof
        ? proof.start >= start && proof.end <= end
          ? [{ start, end }]
          : [{ start, end }, span(proof)]
        : [{ start, end }],
    }));
    this.#blocks = [...blocks, ...document.looseProofs.map((proof) => ({ ranges: [span(proof)] }))];
    this.#heads = headings(document);
  }

  /** The place of a range. */
  at({ start, end }: TextRange): Place {
    const own = this.#blocks.filter(({ ranges }) => ranges.some((range) => range.start <= start && end <= range.end));
    const section = this.#section(start);
    if (own.length === 0) {
      // Chunks, so that neighbours share a place.
      const from = Math.max(section.start, start - BEFORE - (start % 2_000));
      const to = Math.min(section.end, from + BEFORE + AFTER + 4_000);
      const ranges = this.#loose({ start: from, end: Math.max(to, end) });
      return { key: `${from}-${to}`, ranges };
    }
    const ranges = merge(own.flatMap((block) => block.ranges));
    const first = ranges[0]!.start;
    const before = this.#loose({ start: Math.max(section.start, first - BEFORE_STATEMENT), end: first });
    const all = merge([...before, ...ranges]);
    return { key: `s${own.map(({ ranges: [range] }) => range!.start).join("-")}`, ranges: all };
  }

  #section(at: number): TextRange {
    let start = 0;
    let end = this.#document.text.length;
    for (const head of this.#heads) {
      if (head <= at) start = head;
      else {
        end = head;
        break;
      }
    }
    return { start, end };
  }

  /** The parts of a range that no statement and no proof covers. */
  #loose(range: TextRange): TextRange[] {
    let parts: TextRange[] = [range];
    for (const block of this.#blocks) {
      for (const { start, end } of block.ranges) {
        if (end <= range.start || start >= range.end) continue;
        parts = parts.flatMap((part) =>
          end <= part.start || start >= part.end
            ? [part]
            : [
                { start: part.start, end: Math.max(part.start, start) },
                { start: Math.min(part.end, end), end: part.end },
              ].filter((piece) => piece.end > piece.start),
        );
      }
    }
    return parts;
  }
}

function span({ start, end }: TextRange): TextRange {
  return { start, end };
}

function merge(ranges: readonly TextRange[]): TextRange[] {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  const merged: { start: number; end: number }[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else merged.push(span(range));
  }
  return merged;
}

/** Where chapters and sections begin: what letters mean seldom outlives them. */
function headings({ text, syntax }: Document): number[] {
  const pattern =
    syntax === "latex" ? /\\(?:part|chapter|section|subsection|subsubsection)\*?\s*[[{]/g : /^ {0,3}#{1,2}\s+\S/gm;
  return [...text.matchAll(pattern)].map((match) => match.index);
}
