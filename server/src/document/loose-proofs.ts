import type { Block } from "./blocks.js";
import { citation } from "./citations.js";
import { holesOf } from "./holes.js";
import { type Pair, parents, sentenceAbove } from "./pairing.js";
import { splitSteps } from "./steps.js";
import type { LooseProof, Syntax } from "./types.js";

/**
 * The proofs that prove something which is not in this text, in order of their starts: those that were paired with
 * nothing, and those whose title cites labels that no statement here has.
 */
export function looseProofsOf(
  text: string,
  syntax: Syntax,
  blocks: readonly Block[],
  pairs: readonly Pair[],
): LooseProof[] {
  const paired = new Set(pairs.flatMap(({ proof, others }) => [proof, ...others]));
  if (blocks.every((block, k) => block.role !== "proof" || (paired.has(k) && block.title === null))) return [];
  const here = new Set(blocks.flatMap(({ role, labels }) => (role === "statement" ? labels : [])));
  const nested = new Map<number, Block[]>();
  const parent = parents(blocks);
  blocks.forEach((block, k) => {
    if (block.role === "heading") return;
    const list = nested.get(parent[k]!);
    if (list) list.push(block);
    else nested.set(parent[k]!, [block]);
  });
  const loose: LooseProof[] = [];
  let heading: Block | null = null;
  blocks.forEach((block, k) => {
    if (block.role === "heading") heading = block;
    if (block.role === "statement") heading = null;
    if (block.role !== "proof") return;
    const free = !paired.has(k);
    const labels = cited(text, blocks, k, free ? heading : null).filter((label) => !here.has(label));
    if (!free && labels.length === 0) return;
    const { start, end, body, title, markup, closed } = block;
    const holes = holesOf(text, syntax, { ...block, provable: true }, block, nested.get(k) ?? []);
    loose.push({ start, end, body, title, markup, closed, steps: splitSteps(text, body, syntax), labels, holes });
  });
  return loose;
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
