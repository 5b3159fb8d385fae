import type { Block } from "./blocks.js";
import { citation, isSecondProof, sameName } from "./citations.js";
import type { StatementKind } from "./types.js";

/** A statement block with its proof, both as indices into the blocks that were paired; `proof` is -1 without one. */
export interface Pair {
  readonly statement: number;
  readonly proof: number;
}

const ASKS: ReadonlySet<StatementKind> = new Set<StatementKind>([
  "problem",
  "exercise",
  "question",
  "example",
  "algorithm",
]);
/** Blocks that may stand between a theorem and its proof. */
const ASIDES: ReadonlySet<StatementKind> = new Set<StatementKind>([
  "remark",
  "note",
  "example",
  "definition",
  "notation",
  "algorithm",
  "assumption",
  "axiom",
]);

/** The index of the innermost theorem-like or proof block around each block, -1 at the top; headings have none. */
function parents(blocks: readonly Block[]): Int32Array {
  const result = new Int32Array(blocks.length).fill(-1);
  const open: number[] = [];
  blocks.forEach((block, k) => {
    while (open.length > 0 && blocks[open.at(-1)!]!.end <= block.start) open.pop();
    result[k] = open.at(-1) ?? -1;
    if (block.role !== "heading") open.push(k);
  });
  return result;
}

/** The theorem-like and proof blocks directly inside each block, by its index. */
export function childrenOf(blocks: readonly Block[]): ReadonlyMap<number, readonly Block[]> {
  const parent = parents(blocks);
  const children = new Map<number, Block[]>();
  blocks.forEach((block, k) => {
    const outer = parent[k]!;
    if (outer < 0 || block.role === "heading") return;
    const list = children.get(outer);
    if (list) list.push(block);
    else children.set(outer, [block]);
  });
  return children;
}

/**
 * Pairs each proof with what it proves, as a reader would: what its title cites (`\ref`, "Theorem 3", "the lemma", a
 * name), else what a sentence just above it or its heading cites, else the nearest statement before it at the same depth
 * that has none, else the block that holds it. Solutions go to problems. Blocks must be in order of their starts.
 * A solution that answers nothing is listed as a statement of kind `solution`; a proof of nothing here is left out.
 */
export function pair(text: string, blocks: readonly Block[]): Pair[] {
  const parent = parents(blocks);
  const proofOf = new Int32Array(blocks.length).fill(-1);
  const used = new Uint8Array(blocks.length);
  let labels: ReadonlyMap<string, number> | null = null;
  let numbers: ReadonlyMap<string, readonly number[]> | null = null;
  const byLabel = (label: string) => {
    labels ??= labelled(blocks);
    return labels.get(label);
  };
  const before: number[] = [];
  const barriers = barriersOf(blocks);

  const assign = (statement: number, proof: number) => {
    if (proofOf[statement] === -1) proofOf[statement] = proof;
    used[proof] = 1;
  };
  const free = (k: number) => proofOf[k] === -1;

  const byCitation = (proof: number, title: string): boolean | null => {
    const cited = citation(title);
    if (!cited) return null;
    if (cited.labels.length > 0) {
      const targets = cited.labels.map(byLabel).filter((k) => k !== undefined);
      if (targets.length === 0) return cited.certain ? false : null;
      for (const target of targets) assign(target, proof);
      return true;
    }
    if (cited.number !== null) {
      numbers ??= numbered(blocks);
      const found = (numbers.get(`${cited.kind} ${cited.number}`) ?? numbers.get(cited.number) ?? []).filter(free);
      const target = found.findLast((k) => k < proof) ?? found[0];
      if (target === undefined) return null;
      assign(target, proof);
      return true;
    }
    const named =
      cited.name === null ? undefined : before.findLast((k) => free(k) && sameName(blocks[k]!.title, cited.name!));
    const target =
      named ?? (cited.kind === null ? undefined : before.findLast((k) => free(k) && blocks[k]!.kind === cited.kind));
    if (target === undefined) return null;
    assign(target, proof);
    return true;
  };

  let heading = -1;
  blocks.forEach((block, k) => {
    if (block.role === "heading") {
      heading = k;
      return;
    }
    if (block.role === "statement") {
      before.push(k);
      return;
    }
    const proved = block.proves.map(byLabel).filter((target) => target !== undefined);
    if (proved.length > 0) {
      for (const target of proved) assign(target, k);
      return;
    }
    const outer = parent[k]!;
    let cited: boolean | null = null;
    if (block.title !== null) {
      if (isSecondProof(block.title) && hasProvedBefore(k)) return;
      cited = byCitation(k, block.title);
    }
    if (cited === null) {
      const sentence = sentenceAbove(text, blocks, k);
      if (sentence !== "") cited = byCitation(k, sentence);
    }
    const above = heading >= 0 && (before.at(-1) ?? -1) < heading ? blocks[heading]! : null;
    if (cited === null && above?.title) cited = byCitation(k, above.title);
    if (cited !== null) return;
    const target = byPosition(k, outer);
    if (target >= 0) assign(target, k);
    else if (outer >= 0 && blocks[outer]!.role === "statement" && free(outer)) assign(outer, k);
  });

  return blocks.flatMap((block, k) =>
    block.role === "statement" || (block.role === "solution" && used[k] === 0)
      ? [{ statement: k, proof: proofOf[k]! }]
      : [],
  );

  function hasProvedBefore(k: number): boolean {
    const last = before.findLast((s) => parent[s] === parent[k]);
    return last !== undefined && !free(last);
  }

  function byPosition(k: number, outer: number): number {
    const solution = blocks[k]!.role === "solution";
    let aside = -1;
    let hops = 0;
    for (let b = before.length - 1; b >= 0 && hops < 8; b--) {
      const s = before[b]!;
      if (s < outer) break;
      if (parent[s] !== outer) continue;
      if (headingBetween(s, k)) break;
      hops++;
      const { kind, provable } = blocks[s]!;
      if (!free(s)) {
        if (aside >= 0 || (solution && hops === 1)) return aside;
        continue;
      }
      if (solution ? ASKS.has(kind) || provable || kind === "other" : provable) return s;
      // What is not for proving gets a proof only if nothing near it is.
      if (hops === 1 && (!ASIDES.has(kind) || isBlank(text, blocks[s]!.end, blocks[k]!.start))) aside = s;
    }
    return aside;
  }

  function headingBetween(s: number, k: number): boolean {
    const barrier = barriers[k]!;
    return barrier > s && blocks[barrier]!.start >= blocks[s]!.end;
  }
}

/** The first statement of each label. */
function labelled(blocks: readonly Block[]): ReadonlyMap<string, number> {
  const byLabel = new Map<string, number>();
  blocks.forEach((block, k) => {
    if (block.role !== "statement") return;
    for (const label of block.labels) if (!byLabel.has(label)) byLabel.set(label, k);
  });
  return byLabel;
}

/** The statements of each number, and of each kind and number. */
function numbered(blocks: readonly Block[]): ReadonlyMap<string, readonly number[]> {
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

/** For each block the last heading before it that a proof is not looked for across, -1 without one. */
function barriersOf(blocks: readonly Block[]): Int32Array {
  const barriers = new Int32Array(blocks.length);
  let last = -1;
  blocks.forEach((block, k) => {
    barriers[k] = last;
    if (block.role !== "heading" || block.level >= 6) return;
    if (!/proof|solution|beweis|lösung|preuve|démonstration|prueba/i.test(block.title ?? "")) last = k;
  });
  return barriers;
}

function isBlank(text: string, from: number, to: number): boolean {
  return to - from < 200 && /^(?:\s|%[^\n]*\n)*$/.test(text.slice(from, to));
}

/** "prove \ref{a}", in UTF-16 units. */
const SHORTEST_SENTENCE = 12;

/** The sentence that leads into a proof, if it says what is proved ("We now prove Theorem~\ref{x}."); else empty. */
export function sentenceAbove(text: string, blocks: readonly Block[], k: number): string {
  const block = blocks[k]!;
  const previous = blocks[k - 1];
  const from = Math.max(
    block.start - 300,
    previous ? (previous.end <= block.start ? previous.end : previous.body.start) : 0,
  );
  if (block.start - from < SHORTEST_SENTENCE) return "";
  const gap = text.slice(from, block.start).trimEnd();
  const paragraph = gap.slice(gap.lastIndexOf("\n\n") + 1).trim();
  const match =
    /\b(?:prove|proof of|proof for|proving|show)\s+(?:the\s+)?((?:[A-Z][a-z]+[\s~]*)?\\(?:[cCvV]|auto|th)?ref\{[^{}]*\})[^.]{0,40}[.:]?$/.exec(
      paragraph,
    );
  return match ? `of ${match[1]}` : "";
}
