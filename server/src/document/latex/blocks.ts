import { type Block, trimRange } from "../blocks.js";
import { readHead } from "../heads.js";
import type { StatementKind } from "../types.js";
import { type EnvironmentTable, type EnvironmentUse, environmentTable } from "./environments.js";
import type { Lexed, Token } from "./lex.js";
import { numberBlocks } from "./numbering.js";
import { note } from "./reach.js";
import { readOpening } from "./titles.js";

/** A block that is still being read. */
export type MutableBlock = Mutable<Block>;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An environment that is open. */
export interface Open {
  readonly name: string;
  readonly block: Mutable<Block> | null;
  readonly labels: string[];
  /** Open environments that are not theorem-like, inside this one: their labels are not the statement's. */
  inner: number;
}

/** What holds labels where no block does. */
export function outermost(): Open {
  return { name: "", block: null, labels: [], inner: 0 };
}

/** Environments in which run-in heads count. */
export const RUN_IN: ReadonlySet<string> = new Set(["document", "frame", "center", "quote", "multicols", "flushleft"]);

/** Puts the tokens of a LaTeX text together to theorem-like blocks, proofs and headings, in order of their starts. */
export function latexBlocks(text: string, lexed: Lexed, names: Readonly<Record<string, StatementKind>>): Block[] {
  const table = environmentTable(lexed, names);
  const builder = blockBuilder(text, table);
  for (const token of lexed.tokens) builder.take(token);
  const { blocks, counted } = builder;
  builder.finish(lexed.end);
  cutUnclosed(text, blocks);
  numberBlocks(
    blocks,
    (k) => counted.has(blocks[k]!),
    table,
    lexed.theorems,
    (k, number) => {
      blocks[k]!.number = number;
    },
  );
  return blocks.filter(isKept);
}

/** Whether a block that was read counts: a run-in statement that asserts nothing does not. */
export function isKept(block: Block): boolean {
  return block.markup !== "run-in" || block.role !== "statement" || block.body.end > block.body.start;
}

/** Reads blocks token by token. */
export interface BlockBuilder {
  /** All blocks so far, in order of their starts; those that are open are not finished. */
  readonly blocks: MutableBlock[];
  /** Those that take a number from a counter. */
  readonly counted: ReadonlySet<Block>;
  /** Environments that are open, outermost first. */
  readonly stack: readonly Open[];
  readonly consulted: Consulted;
  take(token: Token): void;
  /** Whether a run-in block is open. */
  inRunIn(): boolean;
  /** Ends all that is open where the text ends. */
  finish(end: number): void;
}

/** What of the environments around its tokens a builder has made use of. */
interface Consulted {
  /** Ends that ended nothing. */
  readonly freeEnds: string[];
  /** Whether it mattered which environments stand around a run-in head. */
  heads: boolean;
  /** Whether environments were counted out of the outermost level, where nothing counts them. */
  counts: boolean;
  /** Whether what stands around was closed or counted out. */
  changed: boolean;
}

/**
 * A builder for tokens inside the environments of `base`, outermost first. All positions are into `text`, of which
 * {@link reach} tells how far it was looked at. `root` takes the labels that no block holds.
 */
export function blockBuilder(
  text: string,
  table: EnvironmentTable,
  base: readonly Open[] = [],
  root: Open = outermost(),
): BlockBuilder {
  const blocks: Mutable<Block>[] = [];
  const counted = new Set<Block>();
  const stack: Open[] = [...base];
  const consulted: Consulted = { freeEnds: [], heads: false, counts: false, changed: false };
  let runIn: Mutable<Block> | null = null;

  const endRunIn = (at: number, bodyEnd = at, closed = false) => {
    if (!runIn) return;
    finish(text, runIn, at, bodyEnd, closed);
    runIn = null;
  };
  const owner = (): Open | undefined => {
    for (let k = stack.length - 1; k >= 0; k--) if (stack[k]!.block) return stack[k];
    return undefined;
  };
  const ownerIsOutside = () => {
    const holder = owner();
    return holder === undefined || base.includes(holder);
  };

  const take = (token: Token) => {
    switch (token.type) {
      case "begin": {
        const use = useOf(table, token.name);
        const restated = token.name === "restatable" || token.name === "restatable*";
        if (!use && !restated) {
          (owner() ?? root).inner++;
          stack.push({ name: token.name, block: null, labels: [], inner: 0 });
          break;
        }
        endRunIn(token.start);
        const block = open(text, token, use, table);
        if (!block) {
          stack.push({ name: token.name, block: null, labels: [], inner: 0 });
          break;
        }
        if (block.role === "statement" && !token.name.endsWith("*")) counted.add(block);
        blocks.push(block);
        stack.push({ name: token.name, block, labels: [...block.labels], inner: 0 });
        break;
      }
      case "end": {
        let k = stack.length - 1;
        while (k >= 0 && stack[k]!.name !== token.name) k--;
        if (k < 0) {
          consulted.freeEnds.push(token.name);
          break;
        }
        if (k < base.length) consulted.changed = true;
        endRunIn(token.start);
        for (let m = stack.length - 1; m > k; m--) close(text, stack[m]!, token.start, token.start, false);
        close(text, stack[k]!, token.start, token.end, true);
        stack.length = k;
        if (!useOf(table, token.name)) {
          const holder = owner() ?? root;
          if (holder.inner > 0) holder.inner--;
          else if (holder === root) consulted.counts = true;
          else if (base.includes(holder)) consulted.changed = true;
        }
        break;
      }
      case "label": {
        const holder = owner() ?? root;
        if (holder.inner === 0) holder.labels.push(token.name);
        break;
      }
      case "section": {
        if (token.level < 6 || !readHead(token.name)) {
          endRunIn(token.start);
          blocks.push(heading(token));
        }
        break;
      }
      case "head": {
        const top = stack.at(-1);
        if (ownerIsOutside()) consulted.heads = true;
        const inProof = runIn === null && owner()?.block?.role === "proof";
        if (stack.some((entry) => entry.block) || inProof || (top && !RUN_IN.has(top.name))) break;
        const head = readHead(token.name);
        note(token.end + 20);
        if (!head || !starts(text, token, head.terminated)) break;
        endRunIn(token.start);
        note(token.end + 160);
        runIn = {
          role: head.role,
          kind: head.kind,
          name: head.name,
          title: head.title ?? bracketAfter(text, token.end)?.title ?? null,
          labels: [],
          number: head.number,
          start: token.start,
          end: token.end,
          body: { start: skipStop(text, bracketAfter(text, token.end)?.end ?? token.end), end: token.end },
          markup: "run-in",
          closed: false,
          provable: useOf(table, head.name.toLowerCase())?.provable ?? false,
          level: 0,
          proves: [],
        };
        blocks.push(runIn);
        break;
      }
      case "proof": {
        if (ownerIsOutside()) consulted.heads = true;
        if (owner()?.block?.role === "proof") break;
        endRunIn(token.start);
        runIn = {
          ...heading(token),
          role: "proof",
          name: "proof",
          title: null,
          body: { start: token.end, end: token.end },
          level: 0,
        };
        blocks.push(runIn);
        break;
      }
      case "endproof":
        if (runIn?.role === "proof") endRunIn(token.end, token.start, true);
        break;
      case "qed":
        note(token.end + 12);
        if (runIn?.role === "proof" && endsLine(text, token)) {
          const mark = qedRange(text, token);
          endRunIn(mark.end, mark.start, true);
        }
        break;
    }
  };
  const finishAll = (end: number) => {
    endRunIn(end);
    for (let m = stack.length - 1; m >= 0; m--) close(text, stack[m]!, end, end, false);
  };
  return { blocks, counted, stack, consulted, take, inRunIn: () => runIn !== null, finish: finishAll };
}

function useOf(table: EnvironmentTable, name: string): EnvironmentUse | null {
  return table(name);
}

function heading(token: Token): Mutable<Block> {
  return {
    role: "heading",
    kind: "other",
    name: token.name,
    title: token.name.replace(/^\*/, ""),
    labels: [],
    number: null,
    start: token.start,
    end: token.end,
    body: { start: token.start, end: token.end },
    markup: "run-in",
    closed: true,
    provable: false,
    level: token.level,
    proves: [],
  };
}

function open(
  text: string,
  token: Token,
  outer: EnvironmentUse | null,
  table: EnvironmentTable,
): Mutable<Block> | null {
  const opening = readOpening(text, token.end, outer, token.name);
  const name = (opening.inner ?? token.name).replace(/\*+$/, "");
  const use = opening.inner === null ? outer : useOf(table, opening.inner);
  if (!use) return null;
  // elsarticle: \newproof{pot}{Proof of Theorem \ref{x}} says in its caption what it proves.
  const declared =
    use.role === "proof" && / (?:of|for) /.test(use.declaration?.caption ?? "") ? use.declaration!.caption : null;
  return {
    role: use.role,
    kind: use.kind,
    name,
    title: opening.title ?? declared,
    labels: opening.labels,
    number: null,
    start: token.start,
    end: token.end,
    body: { start: opening.bodyStart, end: opening.bodyStart },
    markup: "environment",
    closed: false,
    provable: use.provable,
    level: 0,
    proves: [],
  };
}

function close(text: string, entry: Open, bodyEnd: number, end: number, closed: boolean): void {
  if (!entry.block) return;
  entry.block.labels = entry.labels;
  finish(text, entry.block, end, bodyEnd, closed);
}

function finish(text: string, block: Mutable<Block>, end: number, bodyEnd: number, closed: boolean): void {
  const to = Math.max(bodyEnd, block.body.start);
  block.closed = closed;
  block.body = trimRange(text, block.body.start, to);
  block.end = closed ? Math.max(end, to) : Math.max(block.body.end, trimRange(text, block.start, end).end);
}

/** A block that was not closed ends where the next thing must begin: the next theorem, proof or heading after it. */
export function cutUnclosed(text: string, blocks: readonly Mutable<Block>[]): void {
  for (let k = 0; k < blocks.length; k++) {
    const block = blocks[k]!;
    if (block.closed || block.markup === "run-in") continue;
    const next = blocks[k + 1];
    if (next && next.start < block.end) finish(text, block, next.start, next.start, false);
  }
}

function bracketAfter(text: string, at: number): { title: string; end: number } | null {
  const match = /^[\s.:]{0,3}\(([^()\n]{1,120}(?:\([^()\n]*\)[^()\n]*)?)\)(?=\s*[.:]|\s)/.exec(
    text.slice(at, at + 160),
  );
  return match && /^[A-Z]/.test(match[1]!) ? { title: match[1]!, end: at + match[0].length } : null;
}

function skipStop(text: string, at: number): number {
  const match = /^\s*[.:]+(?:\\?\s)?/.exec(text.slice(at, at + 10));
  return match ? at + match[0].trimEnd().length : at;
}

/** "{\bf Theorem 3} shows that" is a mention, "{\bf Theorem 3.} Let" a head. */
function starts(text: string, token: Token, terminated: boolean): boolean {
  if (terminated) return true;
  return /^\s*(?:[.:([—–]|[A-Z$\\]|\n|$)/.test(text.slice(token.end, token.end + 20));
}

function endsLine(text: string, token: Token): boolean {
  return /^\s*\$?\s*[.}]*\s*(?:%|\n|\\|$)/.test(text.slice(token.end, token.end + 12));
}

function qedRange(text: string, token: Token): { start: number; end: number } {
  const dollar = text.charCodeAt(token.start - 1) === 36 && text.charCodeAt(token.end) === 36;
  let start = dollar ? token.start - 1 : token.start;
  const end = dollar ? token.end + 1 : token.end;
  const fill = /\\(?:hfill|hspace\*?\{\\fill\}|quad|qquad)\s*$/.exec(text.slice(Math.max(0, start - 30), start));
  if (fill) start -= fill[0].length;
  return { start, end };
}
