import { ONE, ZERO } from "../numbers/rational.js";
import { PI } from "../numbers/transcendental.js";
import { add, asWhole, inv, mul, neg, pow, real, type Value, wholeValue } from "../numbers/value.js";
import type { Expression } from "./expression.js";
import { callFunction, E_VALUE } from "./functions.js";
import { IMAGINARY } from "./polynomial.js";

/** What letters stand for while an expression is evaluated. */
export interface Environment {
  readonly values: Map<string, Value>;
  /** The value of an opaque function or sequence; null if it has none. */
  readonly call: (name: string, args: readonly Value[]) => Value | null;
  readonly fuel: Fuel;
}

/** Work that may still be done, in about the time of one small operation. Shared by all that is tried for one relation. */
export interface Fuel {
  left: number;
}

/** Most terms of one sum. */
const MOST_TERMS = 400;

/** The value of an expression; null where it has none, or it can't be computed within its bounds. */
export function evaluate(expression: Expression, environment: Environment): Value | null {
  if (--environment.fuel.left < 0) return null;
  switch (expression.op) {
    case "number":
      return real(expression.value);
    case "symbol":
      return symbol(expression.name, environment);
    case "negate": {
      const value = evaluate(expression.args[0], environment);
      return value && neg(value);
    }
    case "add":
      return accumulate(expression.args, environment, add);
    case "multiply":
      return accumulate(expression.args, environment, mul);
    case "divide": {
      const a = evaluate(expression.args[0], environment);
      const b = a && evaluate(expression.args[1], environment);
      const inverse = b && inv(b);
      return a && inverse && mul(a, inverse);
    }
    case "power": {
      const a = evaluate(expression.args[0], environment);
      const b = a && evaluate(expression.args[1], environment);
      if (!a || !b) return null;
      environment.fuel.left -= 4;
      // e^x also for complex x.
      const isE = expression.args[0].op === "symbol" && expression.args[0].name === "const e";
      return isE ? callFunction("exp", [b]) : pow(a, b);
    }
    case "call": {
      const args = all(expression.args, environment);
      return args && environment.call(expression.name, args);
    }
    case "function": {
      const args = all(expression.args, environment);
      if (!args) return null;
      environment.fuel.left -= 20;
      return callFunction(expression.name, args);
    }
    default:
      return expression.range === "between" ? series(expression, environment) : overDivisors(expression, environment);
  }
}

function symbol(name: string, { values }: Environment): Value | null {
  const value = values.get(name);
  if (value) return value;
  if (name === "\\pi") return real(PI);
  if (name === "const e") return E_VALUE;
  return name === IMAGINARY ? { re: ZERO, im: ONE } : null;
}

function all(parts: readonly Expression[], environment: Environment): Value[] | null {
  const values: Value[] = [];
  for (const part of parts) {
    const value = evaluate(part, environment);
    if (!value) return null;
    values.push(value);
  }
  return values;
}

function accumulate(
  parts: readonly Expression[],
  environment: Environment,
  join: (a: Value, b: Value) => Value | null,
): Value | null {
  let result: Value | null = null;
  for (const [k, part] of parts.entries()) {
    const next = evaluate(part, environment);
    if (!next) return null;
    result = k === 0 ? next : join(result!, next);
    if (!result) return null;
  }
  return result;
}

type Series = Extract<Expression, { op: "sum" | "product" }>;

function series({ op, index, args }: Series, environment: Environment): Value | null {
  const from = evaluate(args[0]!, environment);
  const to = from && evaluate(args[1]!, environment);
  const first = from && asWhole(from);
  const last = to && asWhole(to);
  if (first === null || last === null || last - first > MOST_TERMS) return null;
  // A sum that runs backwards is empty only by one: further back it is a mistake or a convention of its own.
  if (last < first - 1n) return null;
  const values: Value[] = [];
  for (let k = first; k <= last; k++) values.push(wholeValue(k));
  return over(op, index, args[2]!, values, environment);
}

function overDivisors({ op, index, args }: Series, environment: Environment): Value | null {
  const of = evaluate(args[0]!, environment);
  const n = of && asWhole(of);
  if (n === null || n < 1n || n > 2_000n) return null;
  const values: Value[] = [];
  for (let d = 1n; d <= n; d++) if (n % d === 0n) values.push(wholeValue(d));
  return over(op, index, args[1]!, values, environment);
}

function over(
  op: "sum" | "product",
  index: string,
  body: Expression,
  indices: readonly Value[],
  environment: Environment,
): Value | null {
  const values = new Map(environment.values);
  const inner = { ...environment, values };
  let result: Value | null = real(op === "sum" ? ZERO : ONE);
  for (const value of indices) {
    values.set(index, value);
    const term = evaluate(body, inner);
    if (!term || !result) return null;
    result = op === "sum" ? add(result, term) : mul(result, term);
  }
  return result;
}
