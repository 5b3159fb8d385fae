import type { Block } from "../blocks.js";
import { blockBuilder, cutUnclosed, isKept, type Open, outermost, RUN_IN } from "../latex/blocks.js";
import type { EnvironmentTable } from "../latex/environments.js";
import { reach } from "../latex/reach.js";
import { detached, type Segment } from "./segments.js";
import { type BlockMemory, emptyMemory, type PlacedBlock } from "./statements.js";

/** The blocks of a segment at offsets from its start, and what they hang on. */
export interface SegmentBlocks {
  readonly table: EnvironmentTable;
  /** False if the segment opens or closes what it does not close or open, so that it can't be read on its own. */
  readonly alone: boolean;
  readonly blocks: readonly Block[];
  /** One for each block, the same for as long as what a proof says that stands there. */
  readonly memories: readonly BlockMemory[];
  readonly counted: ReadonlySet<Block>;
  /** Labels that belong to the block around the segment, if one is open. */
  readonly labels: readonly string[];
  /** Ends that ended nothing, and would if such an environment were open around the segment. */
  readonly freeEnds: readonly string[];
  /** What {@link surroundings} had to be for run-in heads; null if there are none. */
  readonly heads: number | null;
  /** Whether it holds only outside of all blocks. */
  readonly outside: boolean;
}

/** What is remembered of blocks that no segment holds, by the tokens that opened them. */
const LOOSE = new WeakMap<object, BlockMemory>();

function memoryOf(token: object): BlockMemory {
  const known = LOOSE.get(token);
  if (known) return known;
  const memory = emptyMemory();
  LOOSE.set(token, memory);
  return memory;
}

/** Reads the blocks of all segments in order; what a segment was read to is used again where it is still true. */
export function readBlocks(text: string, segments: readonly Segment[], table: EnvironmentTable): PlacedBlock[] {
  const live = blockBuilder(text, table, [], outermost());
  const placed: PlacedBlock[] = [];
  /** Where blocks that no segment holds stand in `placed`. */
  const loose: number[] = [];
  let taken = 0;
  let at = 0;
  for (const segment of segments) {
    const start = at;
    at += segment.length;
    if (segment.tokens.length === 0) continue;
    const read = live.inRunIn() ? null : blocksOf(text, segment, start, table, live.stack);
    if (read) {
      const owner = live.stack.findLast((entry) => entry.block !== null);
      if (owner && owner.inner === 0) owner.labels.push(...read.labels);
      for (const block of place(segment, read, start)) placed.push(block);
      continue;
    }
    for (const token of segment.tokens) {
      live.take({ ...token, start: token.start + start, end: token.end + start });
      for (; taken < live.blocks.length; taken++) {
        loose.push(placed.length);
        const block = live.blocks[taken]!;
        placed.push({ block, memory: memoryOf(token), whole: false, counted: live.counted.has(block) });
      }
    }
  }
  const last = segments.at(-1)!;
  live.finish(last.end === null ? text.length : at - last.length + last.end);
  if (loose.length === 0) return placed;
  for (const k of loose)
    cutUnclosed(
      text,
      placed.slice(k, k + 2).map(({ block }) => block),
    );
  return placed.filter(({ block, whole }) => whole || isKept(block));
}

/** The blocks of a segment inside of what is open around it; null if it can't be read on its own. */
function blocksOf(
  text: string,
  segment: Segment,
  start: number,
  table: EnvironmentTable,
  around: readonly Open[],
): SegmentBlocks | null {
  const known = segment.cache.blocks;
  if (known?.table === table) {
    if (!known.alone) return null;
    if (holds(known, around)) return known;
  }
  const read = readAlone(text, segment, start, table, around);
  if (read === null) return null;
  segment.cache.blocks = read;
  segment.cache.placed = null;
  return read.alone ? read : null;
}

function holds(blocks: SegmentBlocks, around: readonly Open[]): boolean {
  if (blocks.outside && around.some((entry) => entry.block !== null)) return false;
  if (blocks.heads !== null && blocks.heads !== surroundings(around)) return false;
  return blocks.freeEnds.length === 0 || !around.some((entry) => blocks.freeEnds.includes(entry.name));
}

/** All that a run-in head asks of the environments around it, as bits. */
function surroundings(around: readonly Open[]): number {
  const owner = around.findLast((entry) => entry.block !== null);
  const top = around.at(-1);
  return (owner ? 1 : 0) | (owner?.block?.role === "proof" ? 2 : 0) | (top && !RUN_IN.has(top.name) ? 4 : 0);
}

/** Null where it hangs on what is open around it, so that nothing can be remembered. */
function readAlone(
  text: string,
  segment: Segment,
  start: number,
  table: EnvironmentTable,
  around: readonly Open[],
): SegmentBlocks | null {
  // Copies: what the segment closes is closed once more where it is read in its place.
  const base = around.map(
    (entry): Open => ({
      ...entry,
      block: entry.block && { ...entry.block },
      labels: [],
      inner: 0,
    }),
  );
  const owner = base.findLast((entry) => entry.block !== null);
  const root = outermost();
  const window = detached(text, start, start + segment.length);
  const isLast = start + segment.length === text.length;
  reach.at = 0;
  const builder = blockBuilder(window, table, base, root);
  for (const token of segment.tokens) builder.take(token);
  const { consulted, stack, blocks, counted } = builder;
  if (consulted.changed || (owner && owner.inner !== 0)) return null;
  const known = segment.cache.blocks;
  const alone = !builder.inRunIn() && stack.length === base.length && (isLast || reach.at <= segment.length);
  if (alone) cutUnclosed(window, blocks);
  const kept = alone ? blocks.filter(isKept) : [];
  return {
    table,
    alone,
    blocks: kept,
    memories: known?.alone && sameRanges(known.blocks, kept) ? known.memories : kept.map(emptyMemory),
    counted,
    labels: (owner ?? root).labels,
    freeEnds: consulted.freeEnds,
    heads: consulted.heads ? surroundings(around) : null,
    outside: consulted.counts || root.inner !== 0,
  };
}

/** Whether blocks of the same text are the same to those who read proofs, whatever they are called. */
function sameRanges(a: readonly Block[], b: readonly Block[]): boolean {
  return (
    a.length === b.length &&
    a.every((block, k) => {
      const other = b[k]!;
      return (
        block.start === other.start &&
        block.end === other.end &&
        block.body.start === other.body.start &&
        block.body.end === other.body.end &&
        (block.role === "heading") === (other.role === "heading") &&
        block.title === other.title &&
        block.markup === other.markup &&
        block.closed === other.closed
      );
    })
  );
}

/** The blocks of a segment where it stands now. */
function place(segment: Segment, { blocks, memories, counted }: SegmentBlocks, start: number): readonly PlacedBlock[] {
  const known = segment.cache.placed;
  if (known?.start === start) return known.blocks;
  const placed = blocks.map((there, k): PlacedBlock => {
    const body = { start: there.body.start + start, end: there.body.end + start };
    const block = { ...there, start: there.start + start, end: there.end + start, body };
    return { block, memory: memories[k]!, whole: true, counted: counted.has(there) };
  });
  segment.cache.placed = { start, blocks: placed };
  return placed;
}
