import type { Block } from "./blocks.js";

/** The first statement of each label. */
export function labelled(blocks: readonly Block[]): ReadonlyMap<string, number> {
  const byLabel = new Map<string, number>();
  blocks.forEach((block, k) => {
    if (block.role !== "statement") return;
    for (const label of block.labels) if (!byLabel.has(label)) byLabel.set(label, k);
  });
  return byLabel;
}

/** The statements of each number, and of each kind and number. */
export function numbered(blocks: readonly Block[]): ReadonlyMap<string, readonly number[]> {
  const byNumber = new Map<string, number[]>();
  blocks.forEach((block, k) => {
    if (block.role !== "statement" || block.number === null) return;
    for (const key of [block.number, `${block.kind} ${block.number}`]) {
      const list = byNumber.get(key);
      if (list) list.push(k);
      else byNumber.set(key, [k]);
    }
  });
  return byNumber;
}
