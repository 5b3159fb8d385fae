import type { Block } from "./blocks.js";
import { trimRange } from "./blocks.js";
import { holesOf } from "./holes.js";
import type { Paired } from "./paired.js";
import type { ProofReader, ReadProof } from "./read-proof.js";
import type { Proof, Statement } from "./types.js";

// Most statements have neither, and are made at each keystroke.
const NO_BLOCKS: readonly Block[] = [];
const NO_PROOFS: readonly Proof[] = [];

/** Joins paired blocks to statements with their proofs, steps and holes, in order of their starts. */
export function statementsOf(text: string, { blocks, children, pairs }: Paired, read: ProofReader): Statement[] {
  return pairs.map(({ statement: s, proof: p, others }) => {
    const block = blocks[s]!;
    const proofBlock = p < 0 ? null : blocks[p]!;
    const inside = p < 0 ? undefined : children.get(p);
    const nested = inside ? inside.map((child) => blocks[child]!) : NO_BLOCKS;
    const found = proofBlock && read(proofBlock.body);
    const holes = holesOf(block, found, nested);
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
      proof: proofBlock && found && proofOf(proofBlock, found),
      otherProofs: others.length === 0 ? NO_PROOFS : others.map((k) => proofOf(blocks[k]!, read(blocks[k]!.body))),
    };
  });
}

function proofOf(block: Block, { steps }: ReadProof): Proof {
  return {
    start: block.start,
    end: block.end,
    body: block.body,
    title: block.title,
    markup: block.markup,
    closed: block.closed,
    steps,
  };
}
