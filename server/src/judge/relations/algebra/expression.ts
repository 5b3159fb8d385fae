import { type Rational, textOfQ } from "../numbers/rational.js";

/**
 * What a formula says, as a tree. Names of `function`: `sin` … `atanh`-like real functions, `root` [x, k], `abs`,
 * `floor`, `ceil`, `factorial`, `double-factorial`, `binomial` [n, k], `gcd`, `lcm`, `max`, `min`, `mod` [a, m],
 * `log` [x, base], `conjugate`, `re`, `im`.
 */
export type Expression =
  | { readonly op: "number"; readonly value: Rational }
  | { readonly op: "symbol"; readonly name: string }
  | { readonly op: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly op: "add" | "multiply"; readonly args: readonly Expression[] }
  | { readonly op: "divide" | "power"; readonly args: readonly [Expression, Expression] }
  | { readonly op: "negate"; readonly args: readonly [Expression] }
  | { readonly op: "function"; readonly name: string; readonly args: readonly Expression[] }
  | {
      /** `args` are the first and last value of the index and the body; for `divisors`, the number and the body. */
      readonly op: "sum" | "product";
      readonly range: "between" | "divisors";
      readonly index: string;
      readonly args: readonly Expression[];
    };

/** The parts of an expression. */
export function partsOf(expression: Expression): readonly Expression[] {
  return "args" in expression ? expression.args : [];
}

/** The same expression with other parts. */
export function withParts(expression: Expression, args: readonly Expression[]): Expression {
  return "args" in expression ? ({ ...expression, args } as Expression) : expression;
}

const SIZES = new WeakMap<Expression, number>();

/** Number of nodes. */
export function sizeOf(expression: Expression): number {
  const parts = partsOf(expression);
  if (parts.length === 0) return 1;
  let size = SIZES.get(expression);
  if (size === undefined) {
    size = 1;
    for (const part of parts) size += sizeOf(part);
    SIZES.set(expression, size);
  }
  return size;
}

/** Free symbols, and opaque calls as `f()`; bound indices and constants are left out. */
export function freeNames(
  expression: Expression,
  bound: ReadonlySet<string> = NONE,
  into = new Set<string>(),
): Set<string> {
  if (expression.op === "symbol") {
    if (!bound.has(expression.name) && !isConstant(expression.name)) into.add(expression.name);
  } else if (expression.op === "sum" || expression.op === "product") {
    const inner = new Set([...bound, expression.index]);
    expression.args.forEach((part, k) => {
      freeNames(part, k === expression.args.length - 1 ? inner : bound, into);
    });
  } else {
    if (expression.op === "call") into.add(`${expression.name}()`);
    for (const part of partsOf(expression)) freeNames(part, bound, into);
  }
  return into;
}

const NONE: ReadonlySet<string> = new Set();

/** Whether a name is π, e or the imaginary unit. */
function isConstant(name: string): boolean {
  return name === "\\pi" || name.startsWith("const ");
}

/** Whether any node satisfies a test. */
export function someNode(expression: Expression, test: (node: Expression) => boolean): boolean {
  return test(expression) || partsOf(expression).some((part) => someNode(part, test));
}

/** Replaces nodes from the leaves up. */
export function mapNodes(expression: Expression, change: (node: Expression) => Expression): Expression {
  const parts = partsOf(expression);
  if (parts.length === 0) return change(expression);
  const mapped = parts.map((part) => mapNodes(part, change));
  return change(mapped.every((part, k) => part === parts[k]) ? expression : withParts(expression, mapped));
}

const KEYS = new WeakMap<Expression, string>();

/** A text that tells two expressions apart; equal for equal trees. */
export function keyOf(expression: Expression): string {
  if (expression.op === "symbol") return expression.name;
  const known = KEYS.get(expression);
  if (known !== undefined) return known;
  const key = makeKey(expression);
  KEYS.set(expression, key);
  return key;
}

function makeKey(expression: Expression): string {
  switch (expression.op) {
    case "number":
      return textOfQ(expression.value);
    case "symbol":
      return expression.name;
    case "sum":
    case "product":
      return `(${expression.op} ${expression.range} ${expression.index} ${expression.args.map(keyOf).join(" ")})`;
    case "call":
    case "function":
      return `(${expression.op} ${expression.name} ${expression.args.map(keyOf).join(" ")})`;
    default:
      return `(${expression.op} ${expression.args.map(keyOf).join(" ")})`;
  }
}

/** The terms of a sum with their signs, nested sums opened. */
export function termsOf(
  expression: Expression,
  sign: 1 | -1 = 1,
): { readonly term: Expression; readonly sign: 1 | -1 }[] {
  if (expression.op === "add") return expression.args.flatMap((part) => termsOf(part, sign));
  if (expression.op === "negate") return termsOf(expression.args[0], sign === 1 ? -1 : 1);
  return [{ term: expression, sign }];
}
