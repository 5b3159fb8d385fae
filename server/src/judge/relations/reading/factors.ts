import type { Expression } from "../algebra/expression.js";
import { whole } from "../numbers/rational.js";
import { application, applies } from "./applications.js";
import { type Cursor, numberOf, reasonOf, Unreadable } from "./cursor.js";
import { letter } from "./letters.js";
import { bigOperator } from "./operators.js";
import { sum } from "./parser.js";
import { isSign, type MathToken } from "./tokens.js";

const STARTS: ReadonlySet<string> = new Set(
  "( [ { |( \\frac \\dfrac \\tfrac \\cfrac \\nicefrac \\sfrac \\sqrt \\binom \\dbinom \\tbinom \\lfloor \\lceil \\sum \\prod \\overline \\abs \\Re \\Im".split(
    " ",
  ),
);

/** Whether a factor may begin here without a sign of multiplication. */
export function startsFactor(cursor: Cursor): boolean {
  const token = cursor.peek();
  if (!token) return false;
  if (token.type === "number" || token.type === "id" || token.type === "word") return token.value !== "mod";
  if (token.type !== "sym" && token.type !== "cmd") return false;
  if (token.value === "|") return cursor.bars === 0;
  return STARTS.has(token.value) || applies(token);
}

/** One factor with its powers and factorials. */
export function factor(cursor: Cursor): Expression {
  if (--cursor.fuel < 0) throw new Unreadable("a formula that is too long");
  const token = cursor.peek();
  if (token && applies(token)) return application(cursor);
  if (token?.type === "cmd" && (token.value === "\\sum" || token.value === "\\prod")) return bigOperator(cursor);
  return postfix(cursor, base(cursor));
}

/** Powers, factorials and degrees after a base. */
export function postfix(cursor: Cursor, start: Expression): Expression {
  let value = start;
  for (;;) {
    if (cursor.is("^")) {
      if (cursor.is("\\circ", 1) || (cursor.is("{", 1) && cursor.is("\\circ", 2) && cursor.is("}", 3))) {
        cursor.at += cursor.is("{", 1) ? 4 : 2;
        value = degrees(value);
        continue;
      }
      cursor.at++;
      value = { op: "power", args: [value, argument(cursor)] };
    } else if (cursor.is("\\degree")) {
      cursor.at++;
      value = degrees(value);
    } else if (cursor.take("!")) {
      const double = cursor.take("!");
      value = { op: "function", name: double ? "double-factorial" : "factorial", args: [value] };
    } else return value;
  }
}

function degrees(value: Expression): Expression {
  return {
    op: "divide",
    args: [
      { op: "multiply", args: [value, { op: "symbol", name: "\\pi" }] },
      { op: "number", value: whole(180) },
    ],
  };
}

function base(cursor: Cursor): Expression {
  const token = cursor.peek();
  if (!token) throw new Unreadable(reasonOf(token));
  if (token.type === "number") {
    cursor.at++;
    if (cursor.peek()?.type === "number") throw new Unreadable("numbers side by side");
    return numberOf(token.value);
  }
  if (token.type === "id") return letter(cursor);
  switch (token.type === "sym" || token.type === "cmd" ? token.value : "") {
    case "(":
    case "[":
      return bracket(cursor, token.value === "(" ? ")" : "]");
    case "{":
      return group(cursor);
    case "|(":
      return bars(cursor, "|)");
    case "|":
      return bars(cursor, "|");
    case "\\abs":
      cursor.at++;
      return { op: "function", name: "abs", args: [argument(cursor)] };
    case "\\lfloor":
    case "\\lceil":
      return rounded(cursor);
    case "\\frac":
    case "\\dfrac":
    case "\\tfrac":
    case "\\cfrac":
    case "\\nicefrac":
    case "\\sfrac":
      return fraction(cursor);
    case "\\binom":
    case "\\dbinom":
    case "\\tbinom": {
      cursor.at++;
      const n = argument(cursor);
      return { op: "function", name: "binomial", args: [n, argument(cursor)] };
    }
    case "\\sqrt":
      return squareRoot(cursor);
    case "\\overline":
      if (!cursor.letters.complex) throw new Unreadable("lines over letters");
      cursor.at++;
      return { op: "function", name: "conjugate", args: [argument(cursor)] };
    case "\\Re":
    case "\\Im": {
      const name = token.value === "\\Re" ? "re" : "im";
      cursor.at++;
      return { op: "function", name, args: [factor(cursor)] };
    }
    default:
      throw new Unreadable(reasonOf(token));
  }
}

/** The argument of a command or the exponent after `^`: a group, or one sign; of a number its first digit. */
export function argument(cursor: Cursor): Expression {
  const token = cursor.peek();
  if (!token) throw new Unreadable(reasonOf(token));
  if (isSign(token, "{")) {
    const inside = cursor.takeGroup("{", "}");
    if (inside.length === 0) throw new Unreadable("a formula that is not complete");
    return cursor.within(inside, sum);
  }
  if (token.type === "number") {
    cursor.at++;
    if (token.value.length === 1) return numberOf(token.value);
    // TeX takes one digit: what an author means by x^10 can't be known, 1/2 by \frac12 can.
    if (isSign(cursor.peek(-2), "^") || /[.,{]/.test(token.value)) throw new Unreadable("numbers without braces");
    const rest: MathToken = { ...token, value: token.value.slice(1), start: token.start + 1 };
    cursor.tokens[--cursor.at] = rest;
    return numberOf(token.value[0]!);
  }
  if (token.type === "id") {
    cursor.at++;
    return cursor.within([token], letter);
  }
  if (token.type === "cmd" && (STARTS.has(token.value) || applies(token))) return base(cursor);
  throw new Unreadable(reasonOf(token));
}

function bracket(cursor: Cursor, closing: string): Expression {
  cursor.at++;
  const bars = cursor.bars;
  cursor.bars = 0;
  const inside = sum(cursor);
  cursor.bars = bars;
  if (cursor.is(",")) throw new Unreadable("tuples");
  cursor.need(closing);
  return inside;
}

function group(cursor: Cursor): Expression {
  const inside = cursor.takeGroup("{", "}");
  const choose = inside.findIndex((token) => token.type === "cmd" && token.value === "\\choose");
  if (choose > 0) {
    const n = cursor.within(inside.slice(0, choose), sum);
    return { op: "function", name: "binomial", args: [n, cursor.within(inside.slice(choose + 1), sum)] };
  }
  if (inside.length === 0) throw new Unreadable("unknown notation");
  return cursor.within(inside, sum);
}

function bars(cursor: Cursor, closing: string): Expression {
  cursor.at++;
  cursor.bars++;
  const inside = sum(cursor);
  cursor.bars--;
  cursor.need(closing);
  return { op: "function", name: "abs", args: [inside] };
}

function rounded(cursor: Cursor): Expression {
  const down = cursor.take("\\lfloor");
  if (!down) cursor.at++;
  const inside = sum(cursor);
  if (cursor.take("\\rfloor")) {
    if (!down) throw new Unreadable("unknown notation");
    return { op: "function", name: "floor", args: [inside] };
  }
  cursor.need("\\rceil");
  if (down) throw new Unreadable("unknown notation");
  return { op: "function", name: "ceil", args: [inside] };
}

function fraction(cursor: Cursor): Expression {
  const [first, second] = [cursor.peek(1), cursor.peek(2)];
  const isD = (token: MathToken | undefined) =>
    token !== undefined &&
    (token.value === "d" || token.value === "\\partial" || (token.type === "word" && token.value === "d"));
  if (isD(first) || (isSign(first, "{") && isD(second))) {
    const close = isSign(first, "{") ? cursor.closing("{", "}", cursor.at + 1) : cursor.at + 1;
    const below = cursor.tokens[close + 1];
    if (isD(below) || (isSign(below, "{") && isD(cursor.tokens[close + 2]))) throw new Unreadable("derivatives");
  }
  cursor.at++;
  const above = argument(cursor);
  return { op: "divide", args: [above, argument(cursor)] };
}

function squareRoot(cursor: Cursor): Expression {
  cursor.at++;
  let degree: Expression = { op: "number", value: whole(2) };
  if (cursor.is("[")) {
    degree = cursor.within(cursor.takeGroup("[", "]"), sum);
  }
  return { op: "function", name: "root", args: [argument(cursor), degree] };
}
