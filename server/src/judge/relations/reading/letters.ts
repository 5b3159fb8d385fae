import type { Expression } from "../algebra/expression.js";
import { type Cursor, reasonOf, Unreadable } from "./cursor.js";
import { sum } from "./parser.js";
import { isSign, type MathToken } from "./tokens.js";

/** Letters that are usually functions when a bracket follows. */
const USUAL =
  /^(?:[fghFGH]|\\varphi|\\phi|\\psi|\\Phi|\\Psi|\\sigma|\\tau|\\mu|\\pi|\\Gamma|\\zeta|\\Delta|\\nu|\\rho|\\chi|\\Lambda|[A-Z])$/;

/** Letters with indices that are factors when a bracket follows. */
const FACTORS =
  /^(?:[a-eklmnpqrstuwxyz]|\\(?:alpha|beta|gamma|delta|lambda|mu|theta|omega|varepsilon|epsilon|eta|xi))$/;

/** A letter with its indices and primes, or a letter applied to arguments. */
export function letter(cursor: Cursor): Expression {
  const token = cursor.peek()!;
  cursor.at++;
  let name = token.value;
  let primes = 0;
  const indices: Expression[] = [];
  for (;;) {
    if (cursor.take("'")) {
      name += "'";
      primes++;
    } else if (cursor.is("_")) {
      if (indices.length > 0) throw new Unreadable("unknown notation");
      cursor.at++;
      const index = indexOf(cursor);
      if (typeof index === "string") name += `_${index}`;
      else indices.push(...index);
    } else if (cursor.is("^") && isPrime(cursor)) {
      const close = cursor.is("{", 1) ? 4 : 2;
      name += cursor.peek(cursor.is("{", 1) ? 2 : 1)!.value;
      primes++;
      cursor.at += close;
    } else break;
  }
  if (indices.length > 0) {
    // v_2(n) is a valuation, a_1(b + c) a product.
    if (cursor.is("(") && (cursor.letters.functions.has(token.value) || !FACTORS.test(token.value)))
      throw new Unreadable("families of functions");
    return { op: "call", name: `${name}_`, args: indices };
  }
  // A power of a function, f^n(x), may be anything.
  const bracketAhead =
    cursor.is("(") || (cursor.is("^") && cursor.letters.functions.has(token.value) && bracketAfterPower(cursor));
  if (bracketAhead && !cursor.bound.includes(token.value)) {
    const kind = applicationOf(cursor, token, primes);
    if (kind === "function") {
      if (!cursor.is("(")) throw new Unreadable("powers of functions");
      if (primes > 0) throw new Unreadable("derivatives");
      return { op: "call", name, args: callArguments(cursor) };
    }
    if (kind === "unclear") throw new Unreadable("a letter before a bracket that may be a function or a factor");
  }
  if (name === "e" || name === "\\pi" || name === "i") {
    const isUnit = name !== "i" || cursor.letters.complex;
    if (
      isUnit &&
      !cursor.bound.includes(name) &&
      (name === "i" || !cursor.letters.doubtful.has(name) || cursor.choose("lettersOnly") === false)
    ) {
      return { op: "symbol", name: name === "\\pi" ? "\\pi" : `const ${name}` };
    }
    return { op: "symbol", name: `letter ${name}` };
  }
  return { op: "symbol", name };
}

function isPrime(cursor: Cursor): boolean {
  const inside = cursor.is("{", 1) ? cursor.peek(2) : cursor.peek(1);
  const prime = inside !== undefined && (inside.value === "\\prime" || inside.value === "*" || inside.value === "'");
  return prime && (!cursor.is("{", 1) || cursor.is("}", 3));
}

/** An index: a name such as `max`, or expressions. */
function indexOf(cursor: Cursor): string | Expression[] {
  if (!cursor.is("{")) {
    const token = cursor.peek();
    if (!token) throw new Unreadable(reasonOf(token));
    if (token.type === "number" && token.value.length > 1) throw new Unreadable("numbers without braces");
    if (token.type !== "number" && token.type !== "id") {
      if (token.type !== "word") throw new Unreadable(reasonOf(token));
      cursor.at++;
      return token.value;
    }
    cursor.at++;
    return [cursor.within([token], sum)];
  }
  const inside = cursor.takeGroup("{", "}");
  if (inside.every((token) => token.type === "word" || token.type === "text")) {
    return inside.map((token) => token.value).join(" ");
  }
  return splitList(inside).map((part) => cursor.within(part, sum));
}

/** Cuts tokens at their outer commas. */
export function splitList(tokens: readonly MathToken[]): MathToken[][] {
  const parts: MathToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.type === "sym" && /^(?:[([{]|\|\()$/.test(token.value)) depth++;
    else if (token.type === "sym" && /^(?:[)\]}]|\|\))$/.test(token.value)) depth--;
    if (depth === 0 && isSign(token, ",")) parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts;
}

/** The arguments in the bracket that opens here. */
function callArguments(cursor: Cursor): Expression[] {
  return splitList(cursor.takeGroup("(", ")")).map((part) => cursor.within(part, sum));
}

function bracketAfterPower(cursor: Cursor): boolean {
  const after = cursor.is("{", 1)
    ? cursor.tokens.findIndex((t, k) => k > cursor.at && isSign(t, "}")) + 1
    : cursor.at + 2;
  return isSign(cursor.tokens[after], "(");
}

/** Whether a letter before a bracket is a function or a factor. */
function applicationOf(cursor: Cursor, token: MathToken, primes: number): "function" | "factor" | "unclear" {
  const { functions, numbers } = cursor.letters;
  const isFunction = functions.has(token.value);
  const isNumber = numbers.has(token.value);
  if (isFunction && !isNumber) return "function";
  const close = cursor.closing("(", ")");
  const inside = close < 0 ? [] : cursor.tokens.slice(cursor.at + 1, close);
  const list = inside.some((t) => isSign(t, ","));
  if (list) return "function";
  const operates = inside.some((t) => isSign(t, "+") || isSign(t, "-"));
  // \sigma(i) is a value, whatever σ is beside.
  const simple = inside.length === 1 && inside[0]!.value !== token.value;
  if (isNumber && !isFunction) return !simple ? "factor" : USUAL.test(token.value) ? "function" : "unclear";
  if (isFunction && isNumber) return "unclear";
  if (USUAL.test(token.value))
    return primes > 0 || !operates || /^[fghFGHP]$/.test(token.value) ? "function" : "unclear";
  return operates ? "factor" : inside.length === 1 ? "unclear" : "factor";
}
