import { type Block, trimRange } from "../blocks.js";
import { readHead } from "../heads.js";
import type { StatementKind } from "../types.js";
import { beamerBlock } from "./beamer.js";
import { type EnvironmentTable, type EnvironmentUse, environmentTable } from "./environments.js";
import type { Lexed, Token } from "./lex.js";
import { numbering } from "./numbering.js";
import { readOpening } from "./titles.js";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Open {
  readonly name: string;
  readonly block: Mutable<Block> | null;
  readonly labels: string[];
  /** Open environments that are not theorem-like, inside this one: their labels are not the statement's. */
  inner: number;
}

const RUN_IN: ReadonlySet<string> = new Set(["document", "frame", "center", "quote", "multicols", "flushleft"]);

/** Puts the tokens of a LaTeX text together to theorem-like blocks, proofs and headings, in order of their starts. */
export function latexBlocks(text: string, lexed: Lexed, names: Readonly<Record<string, StatementKind>>): Block[] {
  const table = environmentTable(lexed, names);
  const numbers = numbering(lexed.theorems, lexed.macros);
  const blocks: Mutable<Block>[] = [];
  const stack: Open[] = [];
  let runIn: Mutable<Block> | null = null;

  const endRunIn = (at: number, bodyEnd = at, closed = false, isProved = false) => {
    if (!runIn) return;
    const stop = closed ? bodyEnd : runInEnd(text, runIn, at, isProved);
    finish(text, runIn, closed ? at : stop, stop, closed);
    runIn = null;
  };
  const owner = (): Open | undefined => {
    for (let k = stack.length - 1; k >= 0; k--) if (stack[k]!.block) return stack[k];
    return undefined;
  };

  for (const token of lexed.tokens) {
    switch (token.type) {
      case "begin": {
        const use = useOf(table, token.name);
        const restated = token.name === "restatable" || token.name === "restatable*";
        const box = use ? null : beamerBlock(text, token.name, token.start, token.end);
        if (!use && !restated && !box) {
          const holder = owner();
          if (holder) holder.inner++;
          stack.push({ name: token.name, block: null, labels: [], inner: 0 });
          break;
        }
        endRunIn(token.start, token.start, false, (box ?? use ?? { role: "statement" }).role !== "statement");
        const block = box ? { ...box } : open(text, token, use, table);
        if (!block) {
          stack.push({ name: token.name, block: null, labels: [], inner: 0 });
          break;
        }
        const declaration = useOf(table, block.name)?.declaration ?? null;
        if (block.role === "statement" && !box && !token.name.endsWith("*"))
          block.number ??= numbers.next(declaration, block.kind);
        blocks.push(block);
        stack.push({ name: token.name, block, labels: [...block.labels], inner: 0 });
        break;
      }
      case "end": {
        let k = stack.length - 1;
        while (k >= 0 && stack[k]!.name !== token.name) k--;
        if (k < 0) break;
        endRunIn(token.start);
        for (let m = stack.length - 1; m > k; m--) close(text, stack[m]!, token.start, token.start, false);
        close(text, stack[k]!, token.start, token.end, true);
        const plain = stack[k]!.block === null;
        stack.length = k;
        if (plain) {
          const holder = owner();
          if (holder && holder.inner > 0) holder.inner--;
        }
        break;
      }
      case "label": {
        const holder = owner();
        if (holder && holder.inner === 0) holder.labels.push(token.name);
        break;
      }
      case "section": {
        if (token.level < 6 || !readHead(token.name)) {
          endRunIn(token.start);
          numbers.section(token.level, token.name.startsWith("*"));
          blocks.push(heading(token));
        }
        break;
      }
      case "head": {
        const top = stack.at(-1);
        const inProof = runIn === null && owner()?.block?.role === "proof";
        if (stack.some((entry) => entry.block) || inProof || (top && !RUN_IN.has(top.name))) break;
        const head = readHead(token.name);
        if (!head || !starts(text, token, head.terminated)) break;
        endRunIn(token.start, token.start, false, head.role !== "statement");
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
        if (owner()?.block?.role === "proof") break;
        endRunIn(token.start, token.start, false, true);
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
        if (runIn?.role === "proof" && endsLine(text, token)) {
          const mark = qedRange(text, token);
          endRunIn(mark.end, mark.start, true);
        }
        break;
    }
  }
  endRunIn(lexed.end);
  for (let m = stack.length - 1; m >= 0; m--) close(text, stack[m]!, lexed.end, lexed.end, false);
  cutUnclosed(text, blocks);
  return blocks.filter(
    (block) => block.markup !== "run-in" || block.role !== "statement" || block.body.end > block.body.start,
  );
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
    number: opening.number,
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
function cutUnclosed(text: string, blocks: readonly Mutable<Block>[]): void {
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

/** Spacing that belongs to the head that comes after a run-in block. */
const LEAD = /(?:\s|\\(?:noindent|par|medskip|bigskip|smallskip|indent)(?![A-Za-z])|\\vspace\*?\{[^{}]*\})+$/;

/**
 * Where a run-in block that ends before `at` has its end: all that stands before its proof is taken for a statement,
 * but only its first paragraph, with displays and lists that go on with it, if no proof follows.
 */
function runInEnd(text: string, block: Block, at: number, isProved: boolean): number {
  const from = block.body.start;
  const near = Math.max(from, at - 200);
  const end = Math.max(from, at - (LEAD.exec(text.slice(near, at))?.[0].length ?? 0));
  if (isProved || block.role !== "statement") return end;
  const source = text.slice(from, end);
  for (const gap of source.matchAll(/\n[ \t\r]*\n\s*/g)) {
    const before = source.slice(Math.max(0, gap.index - 80), gap.index).trimEnd();
    const after = source.slice(gap.index + gap[0].length, gap.index + gap[0].length + 40);
    if (/[\p{L}\d$\\]/u.test(before) && !/[:,]$/.test(before) && !/^(?:\p{Ll}|\$\$|\\\[|\\begin|\\item)/u.test(after))
      return from + gap.index;
  }
  return end;
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
