import type { Expression } from "../algebra/expression.js";
import { whole } from "../numbers/rational.js";
import { type Cursor, reasonOf, Unreadable } from "./cursor.js";
import { argument, factor, postfix, startsFactor } from "./factors.js";
import { splitList } from "./letters.js";
import { sum } from "./parser.js";
import { isSign, type MathToken } from "./tokens.js";
import { FUNCTIONS, LISTS, UPRIGHT } from "./vocabulary.js";

/** Whether a token is a named function, of one argument or of a list. */
export function applies(token: MathToken): boolean {
  if (token.type === "cmd") return FUNCTIONS.has(token.value) || LISTS.has(token.value);
  return token.type === "word" && UPRIGHT.has(token.value);
}

const INVERSE: Readonly<Record<string, string>> = { sin: "asin", cos: "acos", tan: "atan" };

/** `\sin^2 x`, `\log_2 n`, `\gcd(a, b)`, `\max\{a, b\}`. */
export function application(cursor: Cursor): Expression {
  const token = cursor.peek()!;
  cursor.at++;
  const name =
    token.type === "cmd" ? (FUNCTIONS.get(token.value) ?? LISTS.get(token.value)!) : UPRIGHT.get(token.value)!;
  if (["gcd", "lcm", "max", "min"].includes(name)) return postfix(cursor, listFunction(cursor, name));
  let power: Expression | null = null;
  let logBase: Expression | null = null;
  for (;;) {
    if (cursor.is("^") && !power) {
      cursor.at++;
      power = argument(cursor);
    } else if (cursor.is("_") && name === "log" && !logBase) {
      cursor.at++;
      logBase = argument(cursor);
    } else break;
  }
  if (cursor.is("_") || cursor.is("^")) throw new Unreadable("unknown notation");
  const inside = functionArgument(cursor);
  const isInverse = power?.op === "negate" && power.args[0].op === "number" && power.args[0].value.n === 1n;
  const inverse = isInverse ? INVERSE[name] : undefined;
  if (isInverse && inverse === undefined) throw new Unreadable("inverse functions");
  let value: Expression;
  if (name === "log") {
    const usual = logBase ? 0 : cursor.choose("logarithm");
    const base = logBase ?? (usual === 0 ? null : ({ op: "number", value: whole(usual) } as const));
    value = base
      ? { op: "function", name: "log", args: [inside, base] }
      : { op: "function", name: "ln", args: [inside] };
  } else value = { op: "function", name: inverse ?? name, args: [inside] };
  return power && !isInverse ? { op: "power", args: [value, power] } : value;
}

/** What a function without brackets is applied to: factors up to a sign, another function or a bracket. */
function functionArgument(cursor: Cursor): Expression {
  const opens = cursor.is("(") || cursor.is("[") || cursor.is("|(") || cursor.is("|");
  if (opens) {
    const first = factor(cursor);
    const next = cursor.peek();
    // \cos(2k+1)\theta
    const more = next?.type === "id" && next.value.startsWith("\\") && startsFactor(cursor);
    if (!more || cursor.choose("wideArguments") === false) return first;
    return { op: "multiply", args: [first, factor(cursor)] };
  }
  if (cursor.take("-")) return { op: "negate", args: [functionArgument(cursor)] };
  const next = cursor.peek();
  // \ln\sin x
  if (next && applies(next)) return application(cursor);
  if (!startsFactor(cursor)) throw new Unreadable(reasonOf(next));
  const factors: Expression[] = [];
  let onlyNumbers = true;
  while (startsFactor(cursor)) {
    const token = cursor.peek()!;
    if (applies(token) || token.value === "\\sum" || token.value === "\\prod") break;
    if (!onlyNumbers && (isSign(token, "(") || isSign(token, "["))) break;
    onlyNumbers &&= token.type === "number";
    factors.push(factor(cursor));
  }
  if (cursor.is("/") && factors.length > 0) {
    // \sin x/2 may be either.
    throw new Unreadable("a slash after a function without brackets");
  }
  return factors.length === 1 ? factors[0]! : { op: "multiply", args: factors };
}

function listFunction(cursor: Cursor, name: string): Expression {
  if (cursor.is("_") || cursor.is("^")) throw new Unreadable("extrema over a set");
  const braces = cursor.is("\\{");
  if (!braces && !cursor.is("(") && !cursor.is("[")) throw new Unreadable(reasonOf(cursor.peek()));
  const [open, close] = braces ? ["\\{", "\\}"] : cursor.is("(") ? ["(", ")"] : ["[", "]"];
  let depth = 0;
  for (let k = cursor.at; k < cursor.tokens.length; k++) {
    const { value } = cursor.tokens[k]!;
    if (value === open) depth++;
    else if (value === close && --depth === 0) {
      const parts = splitList(cursor.tokens.slice(cursor.at + 1, k));
      cursor.at = k + 1;
      if (parts.length < 2) throw new Unreadable("extrema over a set");
      return { op: "function", name, args: parts.map((part) => cursor.within(part, sum)) };
    }
  }
  throw new Unreadable("a formula that is not complete");
}
