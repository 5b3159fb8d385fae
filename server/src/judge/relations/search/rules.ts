import { type Expression, freeNames, keyOf, mapNodes, partsOf } from "../algebra/expression.js";
import { constantValue, isIdentity, normalForm } from "../algebra/normal.js";
import { atomsOf, coefficientsIn, constantOf, dividesP, type Polynomial } from "../algebra/polynomial.js";
import type { Fact } from "../claims/context.js";
import { whole } from "../numbers/rational.js";

/** What a stated equation allows: one side in place of the other, or a polynomial that is 0. */
export type Rule =
  | {
      readonly kind: "replace";
      readonly node: Expression;
      readonly key: string;
      readonly by: Expression;
      readonly fact: Fact;
    }
  | {
      /** `T_k = 2^k + k` says what T is at any index. */
      readonly kind: "pattern";
      readonly name: string;
      readonly letter: string;
      readonly shift: Expression;
      readonly by: Expression;
      readonly fact: Fact;
    }
  | { readonly kind: "zero"; readonly polynomial: Polynomial; readonly atoms: readonly string[]; readonly fact: Fact };

/** Most rules of one fact. */
const MOST_RULES = 8;

/** The rules that an equation gives; none if it is not one, could not be read, or holds anyway. */
export function rulesOf(fact: Fact): Rule[] {
  const { left, right, relation } = fact;
  if (!left || !right || (relation !== "=" && relation !== ":=")) return [];
  if (isIdentity(left, right)) return [];
  const rules: Rule[] = [];
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (one.op !== "symbol" && one.op !== "call") continue;
    rules.push({ kind: "replace", node: one, key: keyOf(one), by: other, fact });
    const pattern = one.op === "call" && one.args.length === 1 ? patternOf(one.name, one.args[0]!, other, fact) : null;
    if (pattern) rules.push(pattern);
  }
  const form = normalForm({ op: "add", args: [left, { op: "negate", args: [right] }] });
  if (form && form.above.size > 0 && form.above.size < 60) {
    const atoms = [...atomsOf(form.above)];
    rules.push({ kind: "zero", polynomial: form.above, atoms, fact });
    rules.push(...solved(form.above, atoms, nodesByAtom(left, right), fact));
  }
  return rules.slice(0, MOST_RULES);
}

function patternOf(name: string, argument: Expression, by: Expression, fact: Fact): Rule | null {
  const letters = [...freeNames(argument)];
  const letter = letters[0];
  if (letters.length !== 1 || letter === undefined || letter.endsWith("()")) return null;
  const shift: Expression = { op: "add", args: [argument, { op: "negate", args: [{ op: "symbol", name: letter }] }] };
  return constantValue(shift) ? { kind: "pattern", name, letter, shift, by, fact } : null;
}

/** The nodes that are atoms of the normal form, by the name of the atom. */
function nodesByAtom(left: Expression, right: Expression): Map<string, Expression> {
  const nodes = new Map<string, Expression>();
  const visit = (node: Expression) => {
    const form =
      node.op === "symbol" || node.op === "call" || node.op === "power" || node.op === "function" || node.op === "sum"
        ? normalForm(node)
        : null;
    if (form && form.above.size === 1) {
      const [term] = form.above.values();
      if (term?.powers.length === 1 && term.powers[0]![1] === 1 && term.coefficient.n === term.coefficient.d)
        nodes.set(term.powers[0]![0], node);
    }
    partsOf(node).forEach(visit);
  };
  visit(left);
  visit(right);
  return nodes;
}

/** The equation solved for each atom in which it is linear. */
function solved(
  polynomial: Polynomial,
  atoms: readonly string[],
  nodes: ReadonlyMap<string, Expression>,
  fact: Fact,
): Rule[] {
  const rules: Rule[] = [];
  for (const atom of atoms) {
    const node = nodes.get(atom);
    const [constant, linear, ...higher] = coefficientsIn(polynomial, atom);
    if (!node || !constant || !linear || higher.length > 0) continue;
    // A product that is 0 says only that some factor is.
    if (!constantOf(linear) && (constant.size === 0 || dividesP(constant, linear))) continue;
    const above = expressionOf(constant, nodes);
    const below = expressionOf(linear, nodes);
    if (!above || !below) continue;
    rules.push({
      kind: "replace",
      node,
      key: keyOf(node),
      by: { op: "negate", args: [{ op: "divide", args: [above, below] }] },
      fact,
    });
  }
  return rules;
}

function expressionOf(polynomial: Polynomial, nodes: ReadonlyMap<string, Expression>): Expression | null {
  const terms: Expression[] = [];
  for (const { coefficient, powers } of polynomial.values()) {
    const factors: Expression[] = [{ op: "number", value: coefficient }];
    for (const [atom, exponent] of powers) {
      const node = nodes.get(atom);
      if (!node) return null;
      factors.push({ op: "power", args: [node, { op: "number", value: whole(exponent) }] });
    }
    terms.push({ op: "multiply", args: factors });
  }
  return { op: "add", args: terms.length === 0 ? [{ op: "number", value: whole(0) }] : terms };
}

/** An expression with a rule applied wherever it fits; the same object where it fits nowhere. */
export function applyRule(expression: Expression, rule: Rule): Expression {
  if (rule.kind === "zero") return expression;
  return mapNodes(expression, (node) => {
    if (rule.kind === "replace") {
      return node.op === rule.node.op && keyOf(node) === rule.key ? rule.by : node;
    }
    if (node.op !== "call" || node.name !== rule.name || node.args.length !== 1) return node;
    const value: Expression = { op: "add", args: [node.args[0]!, { op: "negate", args: [rule.shift] }] };
    return mapNodes(rule.by, (inner) => (inner.op === "symbol" && inner.name === rule.letter ? value : inner));
  });
}
