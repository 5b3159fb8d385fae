import { type Environment, evaluate, type Fuel } from "../algebra/evaluate.js";
import { type Expression, freeNames, someNode } from "../algebra/expression.js";
import { gcdOf } from "../numbers/rational.js";
import { agree, asWhole, compare, equal, type Value, wholeValue } from "../numbers/value.js";

/** One relation between two expressions. */
export interface Link {
  readonly relation: string;
  readonly left: Expression;
  readonly right: Expression;
  readonly modulus: Expression | null;
}

/** Values for the letters of a link, and the seed of its opaque functions. */
export interface Point {
  readonly values: ReadonlyMap<string, Value>;
  readonly seed: number;
  /** Whether opaque functions take positive values only. */
  readonly positive: boolean;
}

/** What a link is at a point. */
export interface Outcome {
  readonly point: Point;
  readonly left: Value;
  readonly right: Value;
  readonly holds: boolean;
  /** Of an inequality: the sides are equal there. */
  readonly edge: boolean;
}

/** The relation that both sides of a link would have to be in, at a point; null where it can't be told. */
export function outcomeAt(link: Link, point: Point, fuel: Fuel): Outcome | null {
  const environment = environmentOf(point, fuel);
  const left = evaluate(link.left, environment);
  const right = left && evaluate(link.right, environment);
  if (!left || !right) return null;
  let modulus: Value | null = null;
  if (link.relation === "==") {
    modulus = link.modulus && evaluate(link.modulus, environment);
    if (!modulus) return null;
  }
  const holds = holdsFor(link.relation, left, right, modulus);
  if (holds === null) return null;
  return { point, left, right, holds, edge: compare(left, right) === 0 };
}

/** Whether two values stand in a relation; null where that can't be told. */
function holdsFor(relation: string, left: Value, right: Value, modulus: Value | null): boolean | null {
  switch (relation) {
    case "=":
    case "!=": {
      const same = equal(left, right) ?? (agree(left, right) ? true : null);
      return same === null ? null : same === (relation === "=");
    }
    case "|":
    case "!|": {
      const divides = divisible(left, right);
      return divides === null ? null : divides === (relation === "|");
    }
    case "==":
      return modulus && congruent(left, right, modulus);
    default: {
      const order = compare(left, right);
      if (order === null) return null;
      if (relation === "<") return order < 0;
      if (relation === ">") return order > 0;
      return relation === "<=" ? order <= 0 : relation === ">=" ? order >= 0 : null;
    }
  }
}

function divisible(a: Value, b: Value): boolean | null {
  const [d, n] = [asWhole(a), asWhole(b)];
  if (d === null || n === null) return null;
  return d === 0n ? n === 0n : n % d === 0n;
}

function congruent(a: Value, b: Value, modulus: Value): boolean | null {
  const m = asWhole(modulus);
  if (m === null || m < 1n || a.im || b.im || a.re.kind !== "rational" || b.re.kind !== "rational") return null;
  const n = a.re.n * b.re.d - b.re.n * a.re.d;
  const d = a.re.d * b.re.d;
  // Fractions are inverses where there are any.
  return d === 1n || gcdOf(d, m) === 1n ? n % m === 0n : null;
}

/** Letters and opaque functions at a point. */
export function environmentOf(point: Point, fuel: Fuel): Environment {
  return {
    values: point.values as Map<string, Value>,
    fuel,
    call: (name, args) => {
      const key = args.map((value) =>
        value.im || value.re.kind !== "rational" ? null : `${value.re.n}/${value.re.d}`,
      );
      if (key.includes(null)) return null;
      const h = hash(`${name}(${key.join(",")})`, point.seed);
      const size = 1 + (h % 23);
      const value = !point.positive && (h >>> 9) % 3 === 0 ? -size : size;
      return wholeValue(value);
    },
  };
}

/** FNV-1a, 32 bits, with a seed. */
function hash(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ Math.imul(seed + 1, 0x9e3779b1)) >>> 0;
  for (let k = 0; k < text.length; k++) h = Math.imul(h ^ text.charCodeAt(k), 0x01000193) >>> 0;
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d) >>> 0;
  return (h ^ (h >>> 13)) >>> 0;
}

/** Free letters of a link, without opaque functions. */
export function lettersOfLink({ left, right, modulus }: Link): string[] {
  const names = freeNames(left);
  freeNames(right, new Set(), names);
  if (modulus) freeNames(modulus, new Set(), names);
  return [...names].filter((name) => !name.endsWith("()") && name !== "\\pi" && !name.startsWith("const "));
}

/** Free names of both sides, opaque functions included. */
export function namesOfSides({ left, right }: Pick<Link, "left" | "right">): Set<string> {
  return freeNames(right, new Set(), freeNames(left));
}

/** Whether a link speaks of functions or sequences that are not known. */
export function isOpaque({ left, right }: Link): boolean {
  return [left, right].some((side) => someNode(side, (node) => node.op === "call"));
}

/** Whether all that is not known are letters with numbers: x₁, y₂. */
export function hasOnlyNumbered({ left, right }: Link): boolean {
  const isOther = (node: Expression) => node.op === "call" && !isNumbered(node);
  return ![left, right].some((side) => someNode(side, isOther));
}

/** Whether a node is a letter with a number. */
export function isNumbered(node: Expression): boolean {
  return node.op === "call" && node.name.endsWith("_") && node.args.every((index) => index.op === "number");
}

/** Letters that must be whole for a link to make sense: bounds, exponents, arguments of factorials, indices. */
export function wholeLetters({ relation, left, right, modulus }: Link): Set<string> {
  const names = new Set<string>();
  const visit = (node: Expression) => {
    if (node.op === "sum" || node.op === "product")
      for (const bound of node.args.slice(0, -1)) freeNames(bound, new Set(), names);
    else if (node.op === "power") freeNames(node.args[1], new Set(), names);
    else if (node.op === "call" && node.name.endsWith("_"))
      for (const index of node.args) freeNames(index, new Set(), names);
    else if (node.op === "function" && WHOLE.has(node.name))
      for (const part of node.args) freeNames(part, new Set(), names);
    return false;
  };
  for (const side of [left, right]) someNode(side, visit);
  if (relation === "==" || relation === "|" || relation === "!|") {
    for (const side of [left, right, modulus]) if (side) freeNames(side, new Set(), names);
  }
  return names;
}

const WHOLE: ReadonlySet<string> = new Set(["factorial", "double-factorial", "binomial", "gcd", "lcm", "mod"]);
