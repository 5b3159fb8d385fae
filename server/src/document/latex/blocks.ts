import type { Block } from "../blocks.js";
import { BlockBuilder, finish, type Mutable } from "./block-builder.js";
import type { EnvironmentTable } from "./environments.js";
import { type CounterStyle, type CountersAt, counterStyles, numbering, sameCounters } from "./numbering.js";
import type { Lexed } from "./tokens.js";

/** Blocks stand still at least this many tokens apart. */
const APART = 40;

/** A place between two tokens where nothing is open, and all that what follows hangs on. */
interface Rest {
  /** Index of the token after it. */
  readonly token: number;
  /** How many blocks stand before it. */
  readonly blocks: number;
  readonly inDocument: boolean;
  readonly counters: CountersAt;
}

/** The blocks of a text as they were read, so that those of the text after a change are read at little cost. */
export interface BlockReading {
  /** Theorem-like blocks, proofs and headings, in order of their starts. */
  readonly blocks: readonly Block[];
  /** The same with run-in heads that state nothing. */
  readonly all: readonly Block[];
  readonly rests: readonly Rest[];
  readonly table: EnvironmentTable;
  readonly theorems: Lexed["theorems"];
  readonly styles: ReadonlyMap<string, CounterStyle>;
}

/** Which tokens of a text stay as they were when it changes. */
export interface KeptTokens {
  /** As many from the first on. */
  readonly before: number;
  /** Those from this index on, in the text before; its number of tokens if none. */
  readonly from: number;
  /** Where they begin now. */
  readonly to: number;
  /** By how much they have moved, in UTF-16 units. */
  readonly delta: number;
}

/** Puts the tokens of a LaTeX text together to theorem-like blocks, proofs and headings, in order of their starts. */
export function latexBlocks(text: string, lexed: Lexed, table: EnvironmentTable): readonly Block[] {
  return readBlocks(text, lexed, table, null, null).blocks;
}

/** The same, given how it was before a change. */
export function readBlocks(
  text: string,
  lexed: Lexed,
  table: EnvironmentTable,
  reading: BlockReading | null,
  kept: KeptTokens | null,
): BlockReading {
  const { tokens, theorems } = lexed;
  const styles = counterStyles(lexed.macros);
  const before =
    reading?.table === table && reading.theorems === theorems && sameStyles(reading.styles, styles) ? reading : null;
  const first = before && kept ? before.rests.findLast(({ token }) => token <= kept.before) : undefined;
  const numbers = numbering(theorems, styles, first?.counters);
  const builder = new BlockBuilder(text, table, numbers, first?.inDocument ?? false);
  const all: Mutable<Block>[] = before && first ? before.all.slice(0, first.blocks) : [];
  const prefix = all.length;
  const rests: Rest[] = before && first ? before.rests.slice(0, before.rests.indexOf(first) + 1) : [];
  let due = (first?.token ?? 0) + APART;
  let again = before && kept ? before.rests.findIndex(({ token }) => token >= kept.from) : -1;
  let rejoined: Rest | null = null;
  for (let k = first?.token ?? 0; k < tokens.length; k++) {
    if (builder.isAtRest) {
      const was = before && kept && again >= 0 && k >= kept.to ? k - kept.to + kept.from : -1;
      while (was >= 0 && again < before!.rests.length && before!.rests[again]!.token < was) again++;
      const old = was < 0 ? undefined : before!.rests[again];
      if (old?.token === was && old.inDocument === builder.inDocument && sameCounters(old.counters, numbers.now())) {
        rejoined = old;
        break;
      }
      if (k >= due) {
        rests.push(restAt(k, prefix + builder.blocks.length, builder.inDocument, numbers.now()));
        due = k + APART;
      }
    }
    builder.take(tokens[k]!);
  }
  if (!rejoined) builder.finish(lexed.end);
  cutUnclosed(text, builder.blocks);
  for (const block of builder.blocks) all.push(block);
  if (rejoined) {
    const more = all.length - rejoined.blocks;
    const shift = kept!.to - kept!.from;
    for (let k = rejoined.blocks; k < before!.all.length; k++) all.push(moved(before!.all[k]!, kept!.delta));
    for (const { token, blocks, inDocument, counters } of before!.rests)
      if (token >= rejoined.token) rests.push(restAt(token + shift, blocks + more, inDocument, counters));
  }
  return { blocks: all.filter(isKept), all, rests, table, theorems, styles };
}

function sameStyles(a: ReadonlyMap<string, CounterStyle>, b: ReadonlyMap<string, CounterStyle>): boolean {
  return (
    a.size === b.size &&
    [...a].every(([name, { style, bare }]) => {
      const other = b.get(name);
      return other?.style === style && other.bare === bare;
    })
  );
}

function restAt(token: number, blocks: number, inDocument: boolean, counters: CountersAt): Rest {
  return { token, blocks, inDocument, counters };
}

/** A run-in head without a statement is a heading or a phrase. */
function isKept(block: Block): boolean {
  return block.markup !== "run-in" || block.role !== "statement" || block.body.end > block.body.start;
}

/** A block that was not closed ends where the next thing must begin: the next theorem, proof or heading after it. */
function cutUnclosed(text: string, blocks: readonly Mutable<Block>[]): void {
  for (let k = 0; k < blocks.length; k++) {
    const block = blocks[k]!;
    if (block.closed || block.markup === "run-in") continue;
    const next = blocks[k + 1];
    if (next && next.start < block.end) finish(text, block, next.start, next.start, false);
  }
}

// Written out: copying with `...` costs several times as much.
function moved(block: Block, delta: number): Block {
  if (delta === 0) return block;
  const { role, kind, name, title, labels, number, start, end, body, markup, closed, provable, level, proves } = block;
  return {
    role,
    kind,
    name,
    title,
    labels,
    number,
    start: start + delta,
    end: end + delta,
    body: { start: body.start + delta, end: body.end + delta },
    markup,
    closed,
    provable,
    level,
    proves,
  };
}
