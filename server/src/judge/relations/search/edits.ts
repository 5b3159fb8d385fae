import { type Expression, freeNames, mapNodes, partsOf, termsOf, withParts } from "../algebra/expression.js";
import { addQ, invQ, mulQ, negQ, ONE, type Rational, ratio, whole } from "../numbers/rational.js";
import { isNumbered } from "./link.js";

/** What one slip of the pen changes. */
export type EditKind = "sign" | "number" | "term" | "factor" | "exponent" | "letter" | "function";

/** An expression with one slip undone. */
export interface Edit {
  readonly kind: EditKind;
  readonly expression: Expression;
}

/**
 * All expressions that differ from this one in one sign, number, term, factor, exponent or letter. Lazy.
 * @param all letters that may have been meant
 */
export function* editsOf(expression: Expression, all: readonly string[]): Generator<Edit> {
  const letters = all.filter((name) => !name.endsWith("()") && !name.startsWith("const ") && name !== "\\pi");
  yield* edits(expression, letters, false, true);
  yield* likeTerms(expression, letters);
}

/** A term more, like one that is there but in another letter: a² + c² lacks b². */
function* likeTerms(side: Expression, letters: readonly string[]): Generator<Edit> {
  const terms = termsOf(side);
  if (terms.length > 12 || letters.length > 6) return;
  for (const { term, sign } of terms) {
    const own = [...freeNames(term)].filter((name) => letters.includes(name));
    for (const name of own) {
      for (const other of letters) {
        if (other === name) continue;
        const like = mapNodes(term, (node) =>
          node.op === "symbol" && node.name === name ? { op: "symbol", name: other } : node,
        );
        yield {
          kind: "term",
          expression: { op: "add", args: [side, sign === 1 ? like : { op: "negate", args: [like] }] },
        };
      }
    }
  }
}

function* edits(node: Expression, letters: readonly string[], inCall: boolean, top: boolean): Generator<Edit> {
  if (!inCall) yield* ownEdits(node, letters, top);
  const parts = partsOf(node);
  for (const [k, part] of parts.entries()) {
    // What a function is taken of, or which term of a sequence is meant, is never a slip that one can see.
    for (const edit of edits(part, letters, inCall || node.op === "call", false)) {
      yield {
        kind: edit.kind,
        expression: withParts(
          node,
          parts.map((own, j) => (j === k ? edit.expression : own)),
        ),
      };
    }
  }
}

function* ownEdits(node: Expression, letters: readonly string[], top: boolean): Generator<Edit> {
  const number = (value: Rational | null): Expression => ({ op: "number", value: value ?? ONE });
  switch (node.op) {
    case "number": {
      const { value } = node;
      for (const shift of [1, -1, 2, -2]) yield { kind: "number", expression: number(addQ(value, whole(shift))) };
      yield { kind: "sign", expression: number(negQ(value)) };
      for (const [n, d] of [
        [2, 1],
        [1, 2],
        [3, 1],
        [1, 3],
      ] as const) {
        yield { kind: "number", expression: number(mulQ(value, ratio(BigInt(n), BigInt(d))!)) };
      }
      if (value.n !== 0n && value.d !== 1n) yield { kind: "number", expression: number(invQ(value)) };
      return;
    }
    case "symbol":
      for (const shift of [1, -1])
        yield { kind: "number", expression: { op: "add", args: [node, number(whole(shift))] } };
      yield { kind: "exponent", expression: { op: "power", args: [node, number(whole(2))] } };
      yield { kind: "exponent", expression: { op: "power", args: [node, number(whole(3))] } };
      if (!top) yield { kind: "sign", expression: { op: "negate", args: [node] } };
      for (const name of letters) {
        if (name === node.name) continue;
        const other: Expression = { op: "symbol", name };
        yield { kind: "letter", expression: other };
        yield { kind: "term", expression: { op: "add", args: [node, other] } };
        yield { kind: "term", expression: { op: "add", args: [node, { op: "negate", args: [other] }] } };
      }
      return;
    case "add":
      for (const [k, part] of node.args.entries()) {
        yield {
          kind: "sign",
          expression: { op: "add", args: node.args.map((own, j) => (j === k ? { op: "negate", args: [part] } : own)) },
        };
        const rest = node.args.filter((_, j) => j !== k);
        yield { kind: "term", expression: rest.length === 1 ? rest[0]! : { op: "add", args: rest } };
      }
      return;
    case "negate":
      yield { kind: "sign", expression: node.args[0] };
      return;
    case "multiply":
      for (const shift of top ? [] : [1, -1])
        yield { kind: "term", expression: { op: "add", args: [node, number(whole(shift))] } };
      for (const [n, d] of [
        [2, 1],
        [1, 2],
      ] as const) {
        yield {
          kind: "factor",
          expression: { op: "multiply", args: [number(ratio(BigInt(n), BigInt(d))), ...node.args] },
        };
      }
      for (const k of node.args.keys()) {
        const rest = node.args.filter((_, j) => j !== k);
        yield { kind: "factor", expression: rest.length === 1 ? rest[0]! : { op: "multiply", args: rest } };
      }
      return;
    case "divide":
      yield { kind: "factor", expression: node.args[0] };
      for (const by of [2, 3])
        yield {
          kind: "factor",
          expression: {
            op: "divide",
            args: [node.args[0], { op: "multiply", args: [number(whole(by)), node.args[1]] }],
          },
        };
      return;
    case "power": {
      const [base, exponent] = node.args;
      yield { kind: "exponent", expression: base };
      if (exponent.op !== "number")
        for (const shift of [1, -1])
          yield {
            kind: "exponent",
            expression: { op: "power", args: [base, { op: "add", args: [exponent, number(whole(shift))] }] },
          };
      return;
    }
    case "call":
      for (const shift of isNumbered(node) ? [1, -1] : []) {
        const args = node.args.map(
          (index, k): Expression =>
            k === 0 && index.op === "number" ? number(addQ(index.value, whole(shift))) : index,
        );
        yield { kind: "letter", expression: { ...node, args } };
      }
      return;
    case "function":
      for (const shift of [1, -1])
        yield { kind: "term", expression: { op: "add", args: [node, number(whole(shift))] } };
      if (node.name === "sin" || node.name === "cos")
        yield { kind: "function", expression: { ...node, name: node.name === "sin" ? "cos" : "sin" } };
      return;
    default:
  }
}
