import type { Block } from "./blocks.js";
import { citation, isSecondProof, sameName } from "./citations.js";
import { isBlank, sentenceAbove } from "./lead-in.js";
import { labelled, numbered } from "./statement-index.js";
import type { StatementKind } from "./types.js";

/** A statement block with its proofs, as indices into the blocks that were paired. */
export interface Pair {
  readonly statement: number;
  /** -1 without one. */
  readonly proof: number;
  /** Second proofs and further solutions, in order. */
  readonly others: readonly number[];
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

const NONE: readonly number[] = [];

/** How many statements before it a proof of several ("the lemmas") is looked for in. */
const MOST_AT_ONCE = 200;

/**
 * Pairs each proof with what it proves, as a reader would: what its title cites (`\ref`, "Theorem 3", "the lemma", a
 * name), else what a sentence just above it or its heading cites, else the nearest statement before it at the same depth
 * that has none, else the block that holds it. Solutions go to problems. A proof that says that it is a second one, or
 * that follows a proof directly and finds no other statement, is a further one of what was proved there. Blocks must be
 * in order of their starts; `parent` is what `parents` (nesting.ts) gives for them.
 * A solution that answers nothing is listed as a statement of kind `solution`; a proof of nothing here is left out.
 */
export function pair(text: string, blocks: readonly Block[], parent: Int32Array): Pair[] {
  const proofOf = new Int32Array(blocks.length).fill(-1);
  const others = new Map<number, number[]>();
  /** For each proof that has found one the last statement that it proves, else -1. */
  const provedBy = new Int32Array(blocks.length).fill(-1);
  let labels: ReadonlyMap<string, number> | null = null;
  let numbers: ReadonlyMap<string, readonly number[]> | null = null;
  const byLabel = (label: string) => {
    labels ??= labelled(blocks);
    return labels.get(label);
  };
  const byNumber = (key: string) => {
    numbers ??= numbered(blocks);
    return numbers.get(key);
  };
  const before: number[] = [];
  const barriers = barriersOf(blocks);

  const assign = (statement: number, proof: number) => {
    provedBy[proof] = statement;
    if (proofOf[statement] === -1) {
      proofOf[statement] = proof;
      return;
    }
    const list = others.get(statement);
    if (list) list.push(proof);
    else others.set(statement, [proof]);
  };
  const free = (k: number) => proofOf[k] === -1;

  const byCitation = (proof: number, title: string, again = false): boolean | null => {
    const cited = citation(title);
    if (!cited) return null;
    if (cited.labels.length > 0) {
      const targets = cited.labels.map(byLabel).filter((k) => k !== undefined);
      if (targets.length === 0) return cited.certain ? false : null;
      for (const target of targets) assign(target, proof);
      return true;
    }
    if (cited.numbered.length > 0) {
      const targets = cited.numbered.map(({ kind, number }) => {
        const found = (byNumber(`${kind} ${number}`) ?? byNumber(number) ?? []).filter((k) => again || free(k));
        return found.findLast((k) => k < proof) ?? found[0];
      });
      for (const target of new Set(targets)) if (target !== undefined) assign(target, proof);
      return targets.some((target) => target !== undefined) ? true : null;
    }
    if (cited.count !== 1) {
      const last = barriers[proof]!;
      const near = before
        .slice(-MOST_AT_ONCE)
        .filter((k) => free(k) && blocks[k]!.kind === cited.kind && (cited.count > 0 || k > last));
      const targets = near.slice(cited.count === 0 ? 0 : -cited.count);
      for (const target of targets) assign(target, proof);
      return targets.length > 0 ? true : null;
    }
    const named =
      cited.name === null
        ? undefined
        : before.findLast((k) => (again || free(k)) && sameName(blocks[k]!.title, cited.name!));
    const target =
      named ??
      (cited.kind === null ? undefined : before.findLast((k) => (again || free(k)) && blocks[k]!.kind === cited.kind));
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
      const again = isSecondProof(block.title);
      const numbered = block.role === "solution" ? problemOf(block) : -1;
      if (numbered >= 0) {
        assign(numbered, k);
        return;
      }
      cited = byCitation(k, block.title, again);
      const proved = cited === null && again ? provedBefore(k) : -1;
      if (proved >= 0) {
        assign(proved, k);
        return;
      }
    }
    if (cited === null) {
      const sentence = sentenceAbove(text, blocks, k);
      if (sentence !== "") cited = byCitation(k, sentence);
    }
    const above = heading >= 0 && (before.at(-1) ?? -1) < heading ? blocks[heading]! : null;
    if (cited === null && above?.title) cited = byCitation(k, above.title);
    if (cited !== null) return;
    const target = byPosition(k, outer);
    const again = target < 0 ? directlyBefore(k) : -1;
    if (target >= 0) assign(target, k);
    else if (outer >= 0 && blocks[outer]!.role === "statement") assign(outer, k);
    else if (again >= 0) assign(again, k);
  });

  const pairs: Pair[] = [];
  blocks.forEach((block, statement) => {
    if (block.role !== "statement" && (block.role !== "solution" || provedBy[statement] !== -1)) return;
    pairs.push({ statement, proof: proofOf[statement]!, others: others.get(statement) ?? NONE });
  });
  return pairs;

  /** The statement that the last proof at the depth of proof `k` has proved, if none was stated since; else -1. */
  function provedBefore(k: number): number {
    const outer = parent[k]!;
    const last = before.findLast((s) => parent[s] === outer);
    if (last !== undefined) return free(last) ? -1 : last;
    return outer >= 0 && blocks[outer]!.role === "statement" && !free(outer) ? outer : -1;
  }

  /** What the proof has proved that ends where proof or solution `k` begins; -1 if none does. */
  function directlyBefore(k: number): number {
    let last = k - 1;
    while (last >= 0 && parent[last] !== parent[k]) last = parent[last]!;
    const block = last < 0 ? null : blocks[last]!;
    if (!block || block.role !== blocks[k]!.role || provedBy[last] === -1) return -1;
    return isBlank(text, block.end, blocks[k]!.start) ? provedBy[last]! : -1;
  }

  /** The problem that a numbered solution answers, if it stands before it and has none yet; else -1. */
  function problemOf(solution: Block): number {
    const number = solution.number ?? /^\(?(\d+(?:\.\d+)*)\)?[.:]?$/.exec(solution.title ?? "")?.[1] ?? null;
    const found = number === null ? [] : (byNumber(number) ?? []);
    const nearest = before.at(-1);
    return found.findLast((s) => free(s) && ASKS.has(blocks[s]!.kind) && s <= (nearest ?? -1)) ?? -1;
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
