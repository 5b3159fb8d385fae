import type { Expression } from "../algebra/expression.js";
import { whole } from "../numbers/rational.js";
import { Cursor, type Letters, type Reading, reasonOf, Unreadable } from "./cursor.js";
import { factor, startsFactor } from "./factors.js";
import { seriesOf } from "./series.js";
import type { MathToken } from "./tokens.js";

/** A formula that was understood, with the parts of the reading that mattered; or why it was not. */
export type Parsed =
  | { readonly expression: Expression; readonly met: ReadonlySet<keyof Reading> }
  | { readonly expression: null; readonly reason: string };

/** Reads the tokens of one operand. Total. */
export function parseFormula(tokens: readonly MathToken[], reading: Reading, letters: Letters): Parsed {
  const cursor = new Cursor(tokens, reading, letters);
  try {
    const expression = sum(cursor);
    if (cursor.at < tokens.length) return { expression: null, reason: reasonOf(cursor.peek()) };
    return { expression, met: cursor.met };
  } catch (error) {
    if (error instanceof Unreadable) return { expression: null, reason: error.reason };
    if (error instanceof RangeError) return { expression: null, reason: "formulas nested too deeply" };
    throw error;
  }
}

const DOTS: ReadonlySet<string> = new Set(["\\cdots", "\\dots", "\\ldots", "\\dotsb", "\\dotsm", "\\dotsc"]);

/** Whether the next token is dots of a series. */
function atDots(cursor: Cursor): boolean {
  const token = cursor.peek();
  return token?.type === "cmd" && DOTS.has(token.value);
}

/** A sum of terms, up to what can't be part of it. */
export function sum(cursor: Cursor): Expression {
  if (--cursor.fuel < 0) throw new Unreadable("a formula that is too long");
  if (++cursor.depth > 80) throw new Unreadable("formulas nested too deeply");
  const items: ({ readonly term: Expression; readonly sign: 1 | -1 } | "dots")[] = [];
  let sign = signAt(cursor, true);
  for (;;) {
    if (atDots(cursor)) {
      cursor.at++;
      items.push("dots");
    } else {
      const term = product(cursor);
      items.push({ term, sign: sign ?? 1 });
    }
    if (cursor.is("\\bmod") || (cursor.peek()?.type === "word" && cursor.peek()?.value === "mod")) {
      if (items.length > 1) throw new Unreadable("a remainder of a sum");
      cursor.at++;
      const only = items[0]!;
      if (only === "dots") throw new Unreadable("series");
      const modulus = product(cursor);
      items[0] = { sign: 1, term: { op: "function", name: "mod", args: [signed(only), modulus] } };
    }
    sign = signAt(cursor, false);
    if (sign === null) break;
    if (cursor.at >= cursor.tokens.length) throw new Unreadable("a formula that is not complete");
  }
  cursor.depth--;
  if (items.includes("dots")) return seriesOf(items, "sum");
  const terms = items.map((item) => signed(item as { term: Expression; sign: 1 | -1 }));
  return terms.length === 1 ? terms[0]! : { op: "add", args: terms };
}

function signed({ term, sign }: { readonly term: Expression; readonly sign: 1 | -1 }): Expression {
  return sign === 1 ? term : { op: "negate", args: [term] };
}

/** Signs before a term: null if none stands there and none has to. */
function signAt(cursor: Cursor, first: boolean): 1 | -1 | null {
  let sign: 1 | -1 | null = first ? 1 : null;
  for (;;) {
    if (cursor.take("+")) sign = sign ?? 1;
    else if (cursor.take("-")) sign = sign === -1 ? 1 : -1;
    else return sign;
  }
}

/** A product of factors, with its slashes. */
export function product(cursor: Cursor): Expression {
  if (--cursor.fuel < 0) throw new Unreadable("a formula that is too long");
  let items: (Expression | "dots")[] = [factor(cursor)];
  const close = (): Expression => {
    if (items.includes("dots"))
      return seriesOf(
        items.map((item) => (item === "dots" ? item : { term: item, sign: 1 })),
        "product",
      );
    const factors = items as Expression[];
    return factors.length === 1 ? factors[0]! : { op: "multiply", args: factors };
  };
  for (;;) {
    if (cursor.is("\\times") && betweenCapitals(cursor)) throw new Unreadable("sets");
    if (cursor.take("\\cdot") || cursor.take("\\times") || cursor.is("*")) {
      if (cursor.is("*")) cursor.at++;
      if (atDots(cursor)) {
        cursor.at++;
        items.push("dots");
        if (!cursor.take("\\cdot")) cursor.take("\\times");
      }
      items.push(timesSigned(cursor));
    } else if (atDots(cursor) && dotsInProduct(cursor)) {
      cursor.at++;
      if (!cursor.take("\\cdot")) cursor.take("\\times");
      items.push("dots", factor(cursor));
    } else if (cursor.take("/") || cursor.take("\\div")) {
      const below: Expression[] = [factor(cursor)];
      // "1/2n" may be either; "a/b·c" is not.
      if (startsFactor(cursor) && cursor.choose("wideSlash")) while (startsFactor(cursor)) below.push(factor(cursor));
      const divisor: Expression = below.length === 1 ? below[0]! : { op: "multiply", args: below };
      items = [{ op: "divide", args: [close(), divisor] }];
    } else if (startsFactor(cursor)) items.push(factor(cursor));
    else return close();
  }
}

/** R × S is a set of pairs. */
function betweenCapitals(cursor: Cursor): boolean {
  const next = cursor.peek(1);
  let k = cursor.at - 1;
  // Back over an index.
  for (; k > 0 && cursor.at - k < 8; k--) {
    const token = cursor.tokens[k]!;
    if (token.type === "id" && /^[A-Z]$/.test(token.value)) break;
    if (!/^[_{}'\da-z]$/.test(token.value)) return false;
  }
  const last = cursor.tokens[k];
  return last?.type === "id" && /^[A-Z]$/.test(last.value) && next?.type === "id" && /^[A-Z]$/.test(next.value);
}

/** `2 \cdot -3` is written, though it should not be. */
function timesSigned(cursor: Cursor): Expression {
  if (cursor.take("-")) return { op: "multiply", args: [{ op: "number", value: whole(-1) }, factor(cursor)] };
  return factor(cursor);
}

/** Dots that stand between factors rather than between terms. */
function dotsInProduct(cursor: Cursor): boolean {
  const after = cursor.peek(1);
  if (!after) return false;
  return !(after.type === "sym" && /^[+\-,;.)\]}]$/.test(after.value)) && after.type !== "rel";
}
