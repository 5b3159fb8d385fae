import { type Expression, freeNames } from "../algebra/expression.js";
import { ONE, whole } from "../numbers/rational.js";
import { type Cursor, reasonOf, Unreadable } from "./cursor.js";
import { argument, startsFactor } from "./factors.js";
import { splitList } from "./letters.js";
import { product, sum } from "./parser.js";
import type { MathToken } from "./tokens.js";

type Range =
  | { readonly kind: "between"; readonly index: string; readonly from: Expression; readonly to: Expression | null }
  | { readonly kind: "divisors"; readonly index: string; readonly of: Expression };

/** `\sum_{k=1}^{n}`, `\sum_{0 \le i < n}`, `\prod_{d \mid n}` with what they are taken over. */
export function bigOperator(cursor: Cursor): Expression {
  const op = cursor.is("\\sum") ? "sum" : "product";
  cursor.at++;
  let below: readonly MathToken[] | null = null;
  let upper: Expression | null = null;
  for (;;) {
    if (cursor.is("_") && !below) {
      cursor.at++;
      below = groupTokens(cursor);
    } else if (cursor.is("^") && !upper) {
      cursor.at++;
      upper = argument(cursor);
    } else break;
  }
  if (!below) throw new Unreadable("sums without bounds");
  const ranges = rangesOf(cursor, below);
  const names = ranges.map((range) => letterName(range.index));
  cursor.bound.push(...ranges.map((range) => range.index));
  const body = bodyOf(cursor, op, names);
  cursor.bound.length -= ranges.length;
  return ranges.reduceRight<Expression>((inner, range) => {
    const index = letterName(range.index);
    if (range.kind === "divisors") return { op, range: "divisors", index, args: [range.of, inner] };
    const to = range.to ?? upper;
    if (!to) throw new Unreadable("sums over a set");
    return { op, range: "between", index, args: [range.from, to, inner] };
  }, body);
}

/** The name under which the parser knows a letter that may be a constant. */
function letterName(letter: string): string {
  return letter === "e" || letter === "\\pi" || letter === "i" ? `letter ${letter}` : letter;
}

function groupTokens(cursor: Cursor): readonly MathToken[] {
  if (!cursor.is("{")) {
    const token = cursor.peek();
    if (!token) throw new Unreadable(reasonOf(token));
    cursor.at++;
    return [token];
  }
  return cursor.takeGroup("{", "}");
}

function rangesOf(cursor: Cursor, tokens: readonly MathToken[]): Range[] {
  const skipped = tokens.find((token) => token.type === "skip" || token.type === "text" || token.type === "break");
  if (skipped) throw new Unreadable("sums over a set");
  if (tokens.every((token) => token.type === "word" || token.type === "id") && tokens.length > 1)
    throw new Unreadable("cyclic sums");
  const relations = tokens.flatMap((token, k) => (token.type === "rel" ? [k] : []));
  const cut = (from: number, to: number) => tokens.slice(from, to);
  const parse = (part: readonly MathToken[]) => cursor.within(part, sum);
  const one: Expression = { op: "number", value: ONE };
  const plus = (part: Expression, n: number): Expression => ({
    op: "add",
    args: [part, { op: "number", value: whole(n) }],
  });
  const [first, second, third] = relations;
  if (first === undefined) throw new Unreadable(tokens[0]?.type === "word" ? "cyclic sums" : "sums over a set");
  const left = cut(0, first);
  const kind = tokens[first]!.value;
  if (second === undefined) {
    if (left.length === 1 && left[0]!.type === "id") {
      const index = left[0]!.value;
      if (kind === "=") return [{ kind: "between", index, from: parse(cut(first + 1, tokens.length)), to: null }];
      if (kind === "|") return [{ kind: "divisors", index, of: parse(cut(first + 1, tokens.length)) }];
    }
    const indices = splitList(left);
    if (kind === "=" && indices.length > 1 && indices.every((part) => part.length === 1 && part[0]!.type === "id")) {
      const from = parse(cut(first + 1, tokens.length));
      return indices.map((part) => ({ kind: "between", index: part[0]!.value, from, to: null }));
    }
    throw new Unreadable("sums over a set");
  }
  const bound = (k: number, part: Expression, side: 1 | -1) => (tokens[k]!.value === "<" ? plus(part, side) : part);
  if (![...relations].every((k) => tokens[k]!.value === "<" || tokens[k]!.value === "<="))
    throw new Unreadable("sums over a set");
  const middle = cut(first + 1, second);
  if (middle.length !== 1 || middle[0]!.type !== "id") throw new Unreadable("sums over a set");
  const index = middle[0]!.value;
  if (third === undefined) {
    const from = bound(first, parse(left), 1);
    return [{ kind: "between", index, from, to: bound(second, parse(cut(second + 1, tokens.length)), -1) }];
  }
  if (relations.length > 3) throw new Unreadable("sums over a set");
  // 1 ≤ i < j ≤ n
  const other = cut(second + 1, third);
  if (other.length !== 1 || other[0]!.type !== "id") throw new Unreadable("sums over a set");
  const from = bound(first, parse(left), 1);
  const to = bound(third, parse(cut(third + 1, tokens.length)), -1);
  const inner: Expression = { op: "symbol", name: letterName(index) };
  const start = tokens[second]!.value === "<" ? ({ op: "add", args: [inner, one] } as const) : inner;
  return [
    { kind: "between", index, from, to },
    { kind: "between", index: other[0]!.value, from: start, to },
  ];
}

/** What is summed: a product, and more terms where the index occurs in them or the reading says so. */
function bodyOf(cursor: Cursor, op: "sum" | "product", names: readonly string[]): Expression {
  const first = product(cursor);
  const terms: Expression[] = [first];
  if (op === "product") return first;
  while (cursor.is("+") || cursor.is("-")) {
    const before = cursor.at;
    const negative = cursor.is("-");
    cursor.at++;
    if (!startsFactor(cursor)) {
      cursor.at = before;
      break;
    }
    const term = product(cursor);
    const free = freeNames(term);
    const belongs = names.some((name) => free.has(name)) || cursor.choose("wideSums");
    if (!belongs) {
      cursor.at = before;
      break;
    }
    terms.push(negative ? { op: "negate", args: [term] } : term);
  }
  return terms.length === 1 ? first : { op: "add", args: terms };
}
