import { type Block, trimRange } from "../blocks.js";
import { holesOf } from "../holes.js";
import { type PairingAids, pair, parents } from "../pairing.js";
import { proofOf } from "../statements.js";
import type { Hole, Proof, Statement, Syntax, TextRange } from "../types.js";

/** A block in its place in the text, and what stays of it when the text before it changes. */
export interface PlacedBlock {
  readonly block: Block;
  /** The same object for as long as nothing that the block hangs on has changed, even if the block moves. */
  readonly memory: BlockMemory;
  /** Whether the text of the block is surely the same for as long as its memory. */
  readonly whole: boolean;
  readonly counted: boolean;
}

/** A proof as it was read, where it stood then. */
interface ReadProof {
  readonly proof: Proof;
  /** Holes of a statement that is to be proved by it; null before the first such statement. */
  holes: readonly Hole[] | null;
  /** What it was read from, for blocks whose memory does not tell. */
  readonly source: string | null;
}

/** What was read from a block: its proof with steps and holes, and the statement as it stood. */
export interface BlockMemory {
  proof: ReadProof | null;
  block: Block | null;
  statement: Statement | null;
}

/** Nothing remembered yet. */
export function emptyMemory(): BlockMemory {
  return { proof: null, block: null, statement: null };
}

/** The statements of the blocks, as `statementsOf` gives them, with what is remembered of those that are as before. */
export function rememberedStatements(
  text: string,
  syntax: Syntax,
  placed: readonly PlacedBlock[],
  aids: PairingAids,
): Statement[] {
  const blocks = placed.map(({ block }) => block);
  const pairs = pair(text, blocks, aids);
  let parent: Int32Array | null = null;

  const nestedIn = (p: number): TextRange[] => {
    parent ??= parents(blocks);
    const nested: Block[] = [];
    for (let k = p + 1; k < blocks.length && blocks[k]!.start < blocks[p]!.end; k++)
      if (parent[k] === p && blocks[k]!.role !== "heading") nested.push(blocks[k]!);
    return nested;
  };

  const readProof = (p: number): ReadProof => {
    const { block, memory, whole } = placed[p]!;
    const known = memory.proof;
    const source = whole ? null : sourceOf(text, block, nestedIn(p));
    if (known && known.source === source) {
      if (known.proof.start === block.start) return known;
      const moved = moveProof(known, block);
      memory.proof = moved;
      return moved;
    }
    const read = { proof: proofOf(text, syntax, block), holes: null, source: source && detach(source) };
    memory.proof = read;
    return read;
  };

  return pairs.map(({ statement: s, proof: p }) => {
    const { block, memory } = placed[s]!;
    const proofBlock = p < 0 ? null : blocks[p]!;
    const read = p < 0 ? null : readProof(p);
    if (memory.block === block && memory.statement?.proof === (read?.proof ?? null)) return memory.statement!;
    let holes: readonly Hole[];
    if (!read || !block.provable) holes = holesOf(text, syntax, block, proofBlock, []);
    else {
      read.holes ??= holesOf(text, syntax, block, proofBlock, nestedIn(p));
      holes = read.holes;
    }
    const inner =
      proofBlock && proofBlock.start >= block.body.start && proofBlock.end <= block.end
        ? proofBlock.start
        : block.body.end;
    const statement: Statement = {
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
      proof: read?.proof ?? null,
    };
    memory.block = block;
    memory.statement = statement;
    return statement;
  });
}

/** All that the steps and holes of a proof hang on, as one string. */
function sourceOf(text: string, block: Block, nested: readonly TextRange[]): string {
  const { start, end, body, title, markup, closed } = block;
  const ranges = [end, body.start, body.end, ...nested.flatMap((range) => [range.start, range.end])];
  return `${ranges.map((at) => at - start).join()}|${markup}|${closed}|${JSON.stringify(title)}|${text.slice(body.start, body.end)}`;
}

/** A copy of a string that does not keep a longer one in memory. */
function detach(source: string): string {
  return Buffer.from(source, "utf16le").toString("utf16le");
}

function moveProof({ proof, holes, source }: ReadProof, block: Block): ReadProof {
  const delta = block.start - proof.start;
  return {
    proof: {
      ...proof,
      start: block.start,
      end: block.end,
      body: block.body,
      title: block.title,
      steps: proof.steps.map(({ start, end, hash }) => ({ start: start + delta, end: end + delta, hash })),
    },
    holes: holes?.map(({ kind, start, end }) => ({ kind, start: start + delta, end: end + delta })) ?? null,
    source,
  };
}
