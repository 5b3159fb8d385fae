import type { Block } from "./blocks.js";
import { trimRange } from "./blocks.js";
import { holesOf } from "./holes.js";
import { type Pair, parents } from "./pairing.js";
import { splitSteps } from "./steps.js";
import type { Proof, Statement, Syntax } from "./types.js";

/** Joins paired blocks to statements with their proofs, steps and holes, in order of their starts. */
export function statementsOf(
  text: string,
  syntax: Syntax,
  blocks: readonly Block[],
  pairs: readonly Pair[],
): Statement[] {
  const parent = parents(blocks);
  const children = new Map<number, Block[]>();
  blocks.forEach((block, k) => {
    const outer = parent[k]!;
    if (outer < 0 || block.role === "heading") return;
    const list = children.get(outer);
    if (list) list.push(block);
    else children.set(outer, [block]);
  });
  return pairs.map(({ statement: s, proof: p, others }) => {
    const block = blocks[s]!;
    const proofBlock = p < 0 ? null : blocks[p]!;
    const nested = p < 0 ? [] : (children.get(p) ?? []);
    const holes = holesOf(text, syntax, block, proofBlock, nested);
    // What is asserted ends where its own proof or solution begins, if that stands inside it.
    const inner =
      proofBlock && proofBlock.start >= block.body.start && proofBlock.end <= block.end
        ? proofBlock.start
        : block.body.end;
    return {
      kind: block.kind,
      name: block.name,
      title: block.title,
      label: block.labels[0] ?? null,
      start: block.start,
      end: block.end,
      body: inner < block.body.end ? trimRange(text, block.body.start, inner) : block.body,
      markup: block.markup,
      provable: block.provable,
      hole: holes.length > 0,
      holes,
      proof: proofBlock && proofOf(text, syntax, proofBlock),
      otherProofs: others.map((other) => proofOf(text, syntax, blocks[other]!)),
    };
  });
}

function proofOf(text: string, syntax: Syntax, block: Block): Proof {
  return {
    start: block.start,
    end: block.end,
    body: block.body,
    title: block.title,
    markup: block.markup,
    closed: block.closed,
    steps: splitSteps(text, block.body, syntax),
  };
}
