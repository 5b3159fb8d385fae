import { type Expression, keyOf, sizeOf, someNode, termsOf } from "../algebra/expression.js";
import { difference } from "../algebra/normal.js";
import { atomsOf } from "../algebra/polynomial.js";
import type { Link } from "../search/link.js";

/** Whether a side is more than one letter, number, or value of a function. */
export function isCompound(side: Expression): boolean {
  if (side.op === "negate") return isCompound(side.args[0]);
  return side.op !== "symbol" && side.op !== "number" && side.op !== "call";
}

/** A sum of products of letters and numbers: already multiplied out. */
export function isPlain(side: Expression): boolean {
  return termsOf(side).every(({ term }) => isMonomial(term));
}

function isMonomial(node: Expression): boolean {
  if (node.op === "symbol" || node.op === "number" || node.op === "call") return true;
  if (node.op === "multiply") return node.args.every(isMonomial);
  if (node.op === "power") return isMonomial(node.args[0]) && node.args[1].op === "number";
  if (node.op === "divide") return isMonomial(node.args[0]) && node.args[1].op === "number";
  return node.op === "negate" && isMonomial(node.args[0]);
}

/** The sides without the terms that both have as they stand. */
export function cancelled(link: Link): readonly [Expression, Expression] {
  const right = termsOf(link.right).map((own) => ({ ...own, key: keyOf(own.term) }));
  const left = termsOf(link.left).filter(({ term, sign }) => {
    const key = keyOf(term);
    const at = right.findIndex((own) => own.key === key && own.sign === sign);
    if (at >= 0) right.splice(at, 1);
    return at < 0;
  });
  const sum = (terms: readonly { readonly term: Expression; readonly sign: 1 | -1 }[]): Expression => {
    const args = terms.map(({ term, sign }): Expression => (sign === 1 ? term : { op: "negate", args: [term] }));
    return args.length === 1 ? args[0]! : { op: "add", args };
  };
  return [sum(left), sum(right)];
}

/** Whether a link holds in a way that says something: not the same on both sides, not a definition. */
export function isTelling(link: Link): boolean {
  return keyOf(link.left) !== keyOf(link.right) && (isCompound(link.left) || isCompound(link.right));
}

/** Whether the sides differ by a quotient of polynomials in letters alone: then they differ nearly everywhere. */
export function differsAsPolynomial(link: Link): boolean {
  const above = difference(link.left, link.right)?.above;
  return above !== undefined && above.size > 0 && [...atomsOf(above)].every((name) => !name.startsWith("{"));
}

/** Whether decimals occur: equations between them are rounded. */
export function hasDecimals(link: Link): boolean {
  const isDecimal = (node: Expression) => node.op === "number" && node.value.d !== 1n;
  return someNode(link.left, isDecimal) || someNode(link.right, isDecimal);
}

/** Whether both sides have at least so many nodes. */
export function bigEnough(left: Expression, right: Expression, least: number): boolean {
  return sizeOf(left) >= least && sizeOf(right) >= least;
}

/** Whether brackets stand in a sum: taking them away is a step that claims to be an identity. */
export function isNested(side: Expression): boolean {
  return side.op === "add" && side.args.some((part) => someNode(part, (node) => node.op === "add"));
}

/** Whether both sides speak of the same values of unknown functions. */
export function sameCalls(link: Link): boolean {
  const calls = (side: Expression) => {
    const keys = new Set<string>();
    someNode(side, (node) => {
      if (node.op === "call") keys.add(keyOf(node));
      return false;
    });
    return [...keys].sort().join(" ");
  };
  return calls(link.left) === calls(link.right);
}
