import type { Block } from "./blocks.js";

/** The index of the innermost theorem-like or proof block around each block, -1 at the top; headings have none. */
export function parents(blocks: readonly Block[]): Int32Array {
  const result = new Int32Array(blocks.length).fill(-1);
  const open: number[] = [];
  blocks.forEach((block, k) => {
    while (open.length > 0 && blocks[open.at(-1)!]!.end <= block.start) open.pop();
    result[k] = open.at(-1) ?? -1;
    if (block.role !== "heading") open.push(k);
  });
  return result;
}

/** The theorem-like and proof blocks directly inside each block, by indices; those that hold none are left out. */
export type Children = ReadonlyMap<number, readonly number[]>;

/** The children of blocks whose {@link parents} are known. */
export function childrenOf(blocks: readonly Block[], parent: Int32Array): Children {
  const children = new Map<number, number[]>();
  blocks.forEach((block, k) => {
    const outer = parent[k]!;
    if (outer < 0 || block.role === "heading") return;
    const list = children.get(outer);
    if (list) list.push(k);
    else children.set(outer, [k]);
  });
  return children;
}
