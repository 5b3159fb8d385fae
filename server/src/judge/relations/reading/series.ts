import { type Expression, keyOf, partsOf, someNode, withParts } from "../algebra/expression.js";
import { constantValue, isIdentity } from "../algebra/normal.js";
import { ONE, type Rational, whole, ZERO } from "../numbers/rational.js";
import { Unreadable } from "./cursor.js";

type Item = { readonly term: Expression; readonly sign: 1 | -1 } | "dots";

const number = (value: Rational): Expression => ({ op: "number", value });
const minus = (a: Expression, b: Expression): Expression => ({ op: "add", args: [a, { op: "negate", args: [b] }] });

/**
 * The sum or product that `1 + 2 + \cdots + n` means, where only one is possible: the terms before the dots fix how each
 * number in them goes on, and the last one fixes how many there are. Otherwise throws {@link Unreadable}.
 */
export function seriesOf(items: readonly Item[], op: "sum" | "product"): Expression {
  const at = items.indexOf("dots");
  const before = items.slice(0, at);
  const after = items.slice(at + 1);
  if (before.length === 0 || after.length === 0 || after.length > 3 || after.includes("dots"))
    throw new Unreadable("series");
  const all = [...before, ...after] as { readonly term: Expression; readonly sign: 1 | -1 }[];
  if (all.some(({ sign }) => sign !== all[0]!.sign)) throw new Unreadable("series");
  const terms = all.map(({ term }) => term);
  const index = freshIndex(terms);
  const search: Search = { index, leading: before.length, count: null };
  const body = general(terms, search, false);
  if (!body || !search.count) throw new Unreadable("series");
  const sum: Expression = { op, range: "between", index, args: [number(ONE), search.count, body] };
  return all[0]!.sign === -1 && op === "sum" ? { op: "negate", args: [sum] } : sum;
}

/** A name that no series within these terms has, the same one for the same terms. */
function freshIndex(terms: readonly Expression[]): string {
  let name = "#1";
  const taken = (node: Expression) => (node.op === "sum" || node.op === "product") && node.index === name;
  for (let k = 2; terms.some((term) => someNode(term, taken)) && k < 40; k++) name = `#${k}`;
  return name;
}

interface Search {
  readonly index: string;
  /** How many of the terms stand before the dots. */
  readonly leading: number;
  /** How many terms the series has, once that is known. */
  count: Expression | null;
}

/** One expression in the index that gives all terms, or null. */
function general(terms: readonly Expression[], search: Search, counts: boolean): Expression | null {
  const [first] = terms;
  if (!first) return null;
  if (terms.every((term) => keyOf(term) === keyOf(first))) return first;
  const before = search.count;
  const progression = (all: readonly Expression[], into: Search) => arithmetic(all, into, counts);
  // 1/1², 1/2², … are not 1 and 1/4.
  const attempts = first.op === "number" ? [progression, alike] : [alike, progression];
  for (const attempt of [...attempts, geometric, besideCommonFactor, asPowers]) {
    const found = attempt(terms, search);
    if (found) return found;
    search.count = before;
  }
  return null;
}

/** Terms of one shape whose parts go on. */
function alike(terms: readonly Expression[], search: Search): Expression | null {
  const first = terms[0]!;
  const parts = partsOf(first);
  const same = terms.every(
    (term) => term.op === first.op && partsOf(term).length === parts.length && nameOf(term) === nameOf(first),
  );
  if (!same || parts.length === 0 || first.op === "sum" || first.op === "product") return null;
  const isIndex = first.op === "call" || (first.op === "function" && first.name === "binomial");
  const mapped: Expression[] = [];
  for (const k of parts.keys()) {
    const part = general(
      terms.map((term) => partsOf(term)[k]!),
      search,
      isIndex,
    );
    if (!part) return null;
    mapped.push(part);
  }
  return withParts(first, mapped);
}

/** θ, 3θ, …, (2n − 1)θ: what all terms have as a factor is set aside. */
function besideCommonFactor(terms: readonly Expression[], search: Search): Expression | null {
  const factors = terms.map((term) => (term.op === "multiply" ? term.args : [term]));
  const common = factors[0]!.find(
    (factor) => factor.op !== "number" && factors.every((own) => own.some((other) => keyOf(other) === keyOf(factor))),
  );
  if (!common) return null;
  const rest = factors.map((own) => {
    const at = own.findIndex((other) => keyOf(other) === keyOf(common));
    const left = own.filter((_, k) => k !== at);
    return left.length === 0 ? number(ONE) : left.length === 1 ? left[0]! : ({ op: "multiply", args: left } as const);
  });
  const body = general(rest, search, false);
  return body && { op: "multiply", args: [body, common] };
}

function nameOf(expression: Expression): string {
  return expression.op === "call" || expression.op === "function" ? expression.name : "";
}

/** Terms that go on by a constant: e₁ + (k − 1)·s. One leading term is enough only for an index. */
function arithmetic(terms: readonly Expression[], search: Search, counts: boolean): Expression | null {
  const leading = terms.slice(0, search.leading);
  const first = leading[0]!;
  let step: Rational | null = null;
  if (leading.length === 1) {
    const start = constantValue(first);
    step = counts && start && (start.n === 0n || start.n === 1n) ? ONE : null;
  }
  for (let k = 1; k < leading.length; k++) {
    const next = constantValue(minus(leading[k]!, leading[k - 1]!));
    if (!next || (step && (next.n !== step.n || next.d !== step.d))) return null;
    step = next;
  }
  if (!step || step.n === 0n || step.d !== 1n) return null;
  const last = terms.at(-1)!;
  // "1 + 2 + … + 2^n" may double.
  if (leading.length === 2 && last.op === "power" && constantValue(last.args[0])) return null;
  const by = step;
  const count: Expression = {
    op: "add",
    args: [{ op: "divide", args: [minus(last, first), number(by)] }, number(ONE)],
  };
  if (!agrees(search, count)) return null;
  for (let k = search.leading; k < terms.length - 1; k++) {
    const behind = terms.length - 1 - k;
    const expected = minus(last, { op: "multiply", args: [number(whole(behind)), number(by)] });
    if (!isIdentity(terms[k]!, expected)) return null;
  }
  return at(first, by, search.index);
}

function at(first: Expression, step: Rational, index: string): Expression {
  const k: Expression = { op: "add", args: [{ op: "symbol", name: index }, number(whole(-1))] };
  return { op: "add", args: [first, { op: "multiply", args: [k, number(step)] }] };
}

function agrees(search: Search, count: Expression): boolean {
  if (!search.count) {
    search.count = count;
    return true;
  }
  return isIdentity(search.count, count);
}

/** 1 + 2 + 4 + … + 2^n, with at least three terms before the dots. */
function geometric(terms: readonly Expression[], search: Search): Expression | null {
  const leading = terms.slice(0, search.leading).map(constantValue);
  const last = terms.at(-1)!;
  if (search.leading < 3 || terms.length !== search.leading + 1 || last.op !== "power") return null;
  const ratio = constantValue(last.args[0]);
  if (ratio?.d !== 1n || ratio.n < 2n) return null;
  let value = 1n;
  let shift = 0;
  for (; value < (leading[0]?.n ?? 0n) && shift < 20; shift++) value *= ratio.n;
  for (const [k, term] of leading.entries()) if (term?.d !== 1n || term.n !== value * ratio.n ** BigInt(k)) return null;
  if (!agrees(search, minus(last.args[1], number(whole(shift - 1))))) return null;
  const k: Expression = { op: "add", args: [{ op: "symbol", name: search.index }, number(whole(shift - 1))] };
  return { op: "power", args: [last.args[0], k] };
}

/** 1 + x + x² + … + x^n and a^n + a^(n−1) b + … + b^n: exponents that go on, where a missing power is the power 0. */
function asPowers(terms: readonly Expression[], search: Search): Expression | null {
  const split = terms.map(powersOf);
  if (split.some((powers) => powers === null) || search.leading < 2) return null;
  const bases = new Map(split.flatMap((powers) => [...powers!].map(([key, { base }]) => [key, base] as const)));
  const factors: Expression[] = [];
  for (const [key, base] of bases) {
    const exponents = split.map((powers) => powers!.get(key)?.exponent ?? number(ZERO));
    const exponent = general(exponents, search, false);
    if (!exponent) return null;
    factors.push({ op: "power", args: [base, exponent] });
  }
  return factors.length === 0 ? null : { op: "multiply", args: factors };
}

function powersOf(term: Expression): Map<string, { readonly base: Expression; readonly exponent: Expression }> | null {
  const powers = new Map<string, { base: Expression; exponent: Expression }>();
  for (const part of term.op === "multiply" ? term.args : [term]) {
    if (part.op === "number") {
      if (part.value.n !== 1n || part.value.d !== 1n) return null;
      continue;
    }
    const [base, exponent] = part.op === "power" ? part.args : [part, number(ONE)];
    const key = keyOf(base);
    if (powers.has(key) || part.op === "negate") return null;
    powers.set(key, { base, exponent });
  }
  return powers;
}
