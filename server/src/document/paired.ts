import type { Block } from "./blocks.js";
import type { TextChange } from "./changes.js";
import { LOOKS_ABOVE } from "./lead-in.js";
import { type LooseBlock, looseBlocks } from "./loose-proofs.js";
import { type Children, childrenOf, parents } from "./nesting.js";
import { type Pair, pair } from "./pairing.js";

/** The blocks of a text with what proves what. */
export interface Paired {
  readonly blocks: readonly Block[];
  readonly children: Children;
  readonly pairs: readonly Pair[];
  /** Proofs of what is not in the text. */
  readonly loose: readonly LooseBlock[];
}

/** Pairs the blocks of a text. */
export function paired(text: string, blocks: readonly Block[]): Paired {
  const parent = parents(blocks);
  const pairs = pair(text, blocks, parent);
  return { blocks, children: childrenOf(blocks, parent), pairs, loose: looseBlocks(text, blocks, pairs) };
}

/** The same after a change: what was paired before, if the change is inside of a block and leaves all that is asked. */
export function pairedAgain(text: string, blocks: readonly Block[], before: Paired, change: TextChange): Paired {
  if (!isSame(blocks, before.blocks, change)) return paired(text, blocks);
  return { ...before, blocks };
}

function isSame(now: readonly Block[], before: readonly Block[], change: TextChange): boolean {
  if (now.length !== before.length) return false;
  const delta = change.start + change.inserted - change.end;
  for (let k = 0; k < now.length; k++) {
    const a = before[k]!;
    const b = now[k]!;
    // The text above a block may say what it proves.
    if (a.start >= change.start && a.start - LOOKS_ABOVE <= change.end) return false;
    if (a !== b && !isMoved(a, b, change, delta)) return false;
  }
  return true;
}

function isMoved(a: Block, b: Block, change: TextChange, delta: number): boolean {
  return (
    b.start === moved(a.start, change, delta) &&
    b.end === moved(a.end, change, delta) &&
    b.body.start === moved(a.body.start, change, delta) &&
    b.body.end === moved(a.body.end, change, delta) &&
    a.role === b.role &&
    a.kind === b.kind &&
    a.title === b.title &&
    a.number === b.number &&
    a.level === b.level &&
    a.provable === b.provable &&
    sameWords(a.labels, b.labels) &&
    sameWords(a.proves, b.proves)
  );
}

/** Where an offset is after a change; not a number inside of it. */
function moved(offset: number, { start, end }: TextChange, delta: number): number {
  return offset <= start ? offset : offset >= end ? offset + delta : Number.NaN;
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((word, k) => word === b[k]));
}
