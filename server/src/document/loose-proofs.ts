import type { Block } from "./blocks.js";
import { citation } from "./citations.js";
import { holesOf } from "./holes.js";
import { sentenceAbove } from "./lead-in.js";
import type { Paired } from "./paired.js";
import type { Pair } from "./pairing.js";
import type { ProofReader } from "./read-proof.js";
import type { LooseProof } from "./types.js";

/** A proof of something that is not in its text, by the index of its block. */
export interface LooseBlock {
  readonly block: number;
  /** Labels of what it proves. */
  readonly labels: readonly string[];
}

/**
 * The proofs that prove something which is not in this text, in order of their starts: those that were paired with
 * nothing, and those whose title cites labels that no statement here has.
 */
export function looseBlocks(text: string, blocks: readonly Block[], pairs: readonly Pair[]): LooseBlock[] {
  const paired = new Uint8Array(blocks.length);
  for (const { proof, others } of pairs) {
    if (proof >= 0) paired[proof] = 1;
    for (const other of others) paired[other] = 1;
  }
  if (blocks.every((block, k) => block.role !== "proof" || (paired[k] === 1 && block.title === null))) return [];
  // Most texts have few such proofs: what only they need is made when there is one.
  let here: ReadonlySet<string> | null = null;
  const isHere = (label: string) => {
    here ??= new Set(blocks.flatMap(({ role, labels }) => (role === "statement" ? labels : [])));
    return here.has(label);
  };
  const loose: LooseBlock[] = [];
  let heading: Block | null = null;
  blocks.forEach((block, k) => {
    if (block.role === "heading") heading = block;
    if (block.role === "statement") heading = null;
    if (block.role !== "proof") return;
    const free = paired[k] === 0;
    const labels = cited(text, blocks, k, free ? heading : null).filter((label) => !isHere(label));
    if (free || labels.length > 0) loose.push({ block: k, labels });
  });
  return loose;
}

/** What the loose proofs among the blocks say. */
export function looseProofsOf({ blocks, children, loose }: Paired, read: ProofReader): LooseProof[] {
  return loose.map(({ block, labels }) => {
    const { start, end, body, title, markup, closed } = blocks[block]!;
    const found = read(body);
    const nested = (children.get(block) ?? []).map((child) => blocks[child]!);
    const holes = holesOf({ provable: true, end }, found, nested);
    return { start, end, body, title, markup, closed, steps: found.steps, labels, holes };
  });
}

/** The labels of what a proof says that it proves: by its markup, its title, the heading or the sentence above it. */
function cited(text: string, blocks: readonly Block[], k: number, heading: Block | null): readonly string[] {
  const block = blocks[k]!;
  if (block.proves.length > 0) return block.proves;
  for (const title of [block.title, heading?.title ?? null]) {
    const found = title === null ? null : citation(title);
    if (found?.certain && found.labels.length > 0) return found.labels;
  }
  const sentence = sentenceAbove(text, blocks, k);
  return sentence === "" ? [] : (citation(sentence)?.labels ?? []);
}
