import { type Block, trimRange } from "../blocks.js";
import { detached } from "../detached.js";
import { readHead } from "../heads.js";
import { beamerBlock } from "./beamer.js";
import type { EnvironmentTable, EnvironmentUse } from "./environments.js";
import type { Numbering } from "./numbering.js";
import { bracketAfter, endsLine, qedRange, runInEnd, skipStop, starts } from "./run-in.js";
import { type Opening, readOpening } from "./titles.js";
import type { Token } from "./tokens.js";

/** The same with fields that may still be set. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Open {
  readonly name: string;
  readonly block: Mutable<Block> | null;
  readonly labels: string[];
  /** Open environments that are not theorem-like, inside this one: their labels are not the statement's. */
  inner: number;
}

const RUN_IN: ReadonlySet<string> = new Set(["document", "frame", "center", "quote", "multicols", "flushleft"]);

/** Puts the tokens of a LaTeX text together to blocks, one after another. */
export class BlockBuilder {
  /** In order of their starts; a block that is not closed yet has its end to come. */
  readonly blocks: Mutable<Block>[] = [];
  readonly #text: string;
  readonly #table: EnvironmentTable;
  readonly #numbers: Numbering;
  readonly #stack: Open[] = [];
  #runIn: Mutable<Block> | null = null;

  /** @param inDocument whether it begins inside of `\begin{document}` */
  constructor(text: string, table: EnvironmentTable, numbers: Numbering, inDocument: boolean) {
    this.#text = text;
    this.#table = table;
    this.#numbers = numbers;
    if (inDocument) this.#stack.push({ name: "document", block: null, labels: [], inner: 0 });
  }

  /** Whether nothing is open but the document itself, so that what comes hangs on nothing that was. */
  get isAtRest(): boolean {
    return this.#runIn === null && (this.#stack.length === 0 || this.inDocument);
  }

  /** Whether the document itself is open and nothing else. */
  get inDocument(): boolean {
    return this.#stack.length === 1 && this.#stack[0]!.name === "document";
  }

  /** The next token. */
  take(token: Token): void {
    switch (token.type) {
      case "begin":
        this.#begin(token);
        break;
      case "end":
        this.#end(token);
        break;
      case "label": {
        const holder = this.#owner();
        if (holder && holder.inner === 0) holder.labels.push(token.name);
        break;
      }
      case "section":
        if (token.level < 6 || !readHead(token.name)) {
          this.#endRunIn(token.start);
          this.#numbers.section(token.level, token.name.startsWith("*"));
          this.blocks.push(heading(token));
        }
        break;
      case "head":
        this.#head(token);
        break;
      case "proof":
        if (this.#owner()?.block?.role === "proof") break;
        this.#endRunIn(token.start, token.start, false, true);
        this.#open({
          ...heading(token),
          role: "proof",
          name: "proof",
          title: null,
          body: { start: token.end, end: token.end },
          level: 0,
        });
        break;
      case "endproof":
        if (this.#runIn?.role === "proof") this.#endRunIn(token.end, token.start, true);
        break;
      case "qed":
        if (this.#runIn?.role === "proof" && endsLine(this.#text, token)) {
          const mark = qedRange(this.#text, token);
          this.#endRunIn(mark.end, mark.start, true);
        }
        break;
    }
  }

  /** The end of the text, for TeX. */
  finish(end: number): void {
    this.#endRunIn(end);
    for (let m = this.#stack.length - 1; m >= 0; m--) close(this.#text, this.#stack[m]!, end, end, false);
  }

  #begin(token: Token): void {
    const table = this.#table;
    const use = table(token.name);
    const restated = token.name === "restatable" || token.name === "restatable*";
    const box = use ? null : beamerBlock(this.#text, token.name, token.start, token.end);
    if (!use && !restated && !box) {
      const holder = this.#owner();
      if (holder) holder.inner++;
      this.#stack.push({ name: token.name, block: null, labels: [], inner: 0 });
      return;
    }
    this.#endRunIn(token.start, token.start, false, (box ?? use ?? { role: "statement" }).role !== "statement");
    const block: Mutable<Block> | null = box ? { ...box } : open(this.#text, token, use, table);
    if (!block) {
      this.#stack.push({ name: token.name, block: null, labels: [], inner: 0 });
      return;
    }
    const declaration = table(block.name)?.declaration ?? null;
    if (block.role === "statement" && !box && !token.name.endsWith("*"))
      block.number ??= this.#numbers.next(declaration, block.kind);
    this.blocks.push(block);
    this.#stack.push({ name: token.name, block, labels: [...block.labels], inner: 0 });
  }

  #end(token: Token): void {
    const stack = this.#stack;
    let k = stack.length - 1;
    while (k >= 0 && stack[k]!.name !== token.name) k--;
    if (k < 0) return;
    this.#endRunIn(token.start);
    for (let m = stack.length - 1; m > k; m--) close(this.#text, stack[m]!, token.start, token.start, false);
    close(this.#text, stack[k]!, token.start, token.end, true);
    const isPlain = stack[k]!.block === null;
    stack.length = k;
    if (!isPlain) return;
    const holder = this.#owner();
    if (holder && holder.inner > 0) holder.inner--;
  }

  #head(token: Token): void {
    const text = this.#text;
    const top = this.#stack.at(-1);
    const inProof = this.#runIn === null && this.#owner()?.block?.role === "proof";
    if (this.#stack.some((entry) => entry.block) || inProof || (top && !RUN_IN.has(top.name))) return;
    const head = readHead(token.name);
    if (!head || !starts(text, token, head.terminated)) return;
    this.#endRunIn(token.start, token.start, false, head.role !== "statement");
    const after = bracketAfter(text, token.end);
    this.#open({
      role: head.role,
      kind: head.kind,
      name: head.name,
      title: head.title ?? after?.title ?? null,
      labels: [],
      number: head.number,
      start: token.start,
      end: token.end,
      body: { start: skipStop(text, after?.end ?? token.end), end: token.end },
      markup: "run-in",
      closed: false,
      provable: this.#table(head.name.toLowerCase())?.provable ?? false,
      level: 0,
      proves: [],
    });
  }

  #open(block: Mutable<Block>): void {
    this.#runIn = block;
    this.blocks.push(block);
  }

  #endRunIn(at: number, bodyEnd = at, closed = false, isProved = false): void {
    if (!this.#runIn) return;
    const stop = closed ? bodyEnd : runInEnd(this.#text, this.#runIn, at, isProved);
    finish(this.#text, this.#runIn, closed ? at : stop, stop, closed);
    this.#runIn = null;
  }

  /** The innermost open block that is theorem-like or a proof. */
  #owner(): Open | undefined {
    for (let k = this.#stack.length - 1; k >= 0; k--) if (this.#stack[k]!.block) return this.#stack[k];
    return undefined;
  }
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
  const opening = openingOf(text, token, outer);
  const name = (opening.inner ?? token.name).replace(/\*+$/, "");
  const use = opening.inner === null ? outer : table(opening.inner);
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

/** The arguments of an environment, as they were read before if they are those still. */
function openingOf(text: string, token: Token, use: EnvironmentUse | null): Opening {
  const { memory, end } = token;
  if (memory.opening?.use !== use || memory.opening === null) {
    const { title, labels, number, bodyStart, inner } = readOpening(text, end, use, token.name);
    const opening: Opening = {
      title: title === null ? null : detached(title),
      labels: labels.map(detached),
      number: number === null ? null : detached(number),
      bodyStart: bodyStart - end,
      inner: inner === null ? null : detached(inner),
    };
    memory.opening = { use, opening };
  }
  const { opening } = memory.opening;
  return { ...opening, bodyStart: opening.bodyStart + end };
}

function close(text: string, entry: Open, bodyEnd: number, end: number, closed: boolean): void {
  if (!entry.block) return;
  entry.block.labels = entry.labels;
  finish(text, entry.block, end, bodyEnd, closed);
}

/** Sets where a block ends. */
export function finish(text: string, block: Mutable<Block>, end: number, bodyEnd: number, closed: boolean): void {
  const to = Math.max(bodyEnd, block.body.start);
  block.closed = closed;
  block.body = trimRange(text, block.body.start, to);
  block.end = closed ? Math.max(end, to) : Math.max(block.body.end, trimRange(text, block.start, end).end);
}
