import { evaluate, type Fuel } from "../algebra/evaluate.js";
import { type Expression, freeNames, keyOf, sizeOf } from "../algebra/expression.js";
import { normalForm, textOfP } from "../algebra/normal.js";
import { atomsOf, coefficientsIn, constantOf, dividesP, remainderP } from "../algebra/polynomial.js";
import type { Context, Fact } from "../claims/context.js";
import { ZERO } from "../numbers/rational.js";
import { agree, equal, real, type Value } from "../numbers/value.js";
import { environmentOf, type Link, type Point } from "./link.js";
import { pointsFor } from "./points.js";
import { applyRule, type Rule, rulesOf } from "./rules.js";

/** Most expressions that are looked at when stated equations are used. */
const MOST_FORMS = 90;
/** Most stated equations that are used one after another. */
const DEEPEST = 4;
const LARGEST = 900;

/** The stated equations that speak of letters of a link, outside its own chain. */
export function relevantRules(
  link: Link,
  context: Context,
  excluded: (fact: Fact) => boolean,
  isLocal: (fact: Fact) => boolean,
): Rule[] {
  const names = new Set([...freeNames(link.left), ...freeNames(link.right)]);
  const rules: Rule[] = [];
  // Letters that an equation brings in are looked up as well.
  const equations = context.facts.filter(
    (fact) =>
      (fact.relation === "=" || fact.relation === ":=") &&
      !excluded(fact) &&
      (isLocal(fact) || !(fact.conditional || isValue(fact))),
  );
  for (let round = 0; round < 2; round++) {
    for (const fact of equations) {
      if (!fact.left || !fact.right || rules.some((rule) => rule.fact === fact)) continue;
      const own = new Set([...freeNames(fact.left), ...freeNames(fact.right)]);
      if (![...own].some((name) => names.has(name))) continue;
      const found = rulesOf(fact);
      rules.push(...found);
      if (found.length > 0 && round === 0) for (const name of own) names.add(name);
      if (rules.length > 160) return rules;
    }
  }
  return rules;
}

/** "n = 3", "x = y": what holds for a while. */
function isValue({ left, right }: Fact): boolean {
  const isLone = (side: Expression | null) => side?.op === "symbol";
  const isFixed = (side: Expression | null) => side !== null && freeNames(side).size === 0;
  return (isLone(left) && (isFixed(right) || isLone(right))) || (isLone(right) && isFixed(left));
}

/** Whether left = right follows from stated equations, as far as replacing and dividing finds that out. */
export function followsFrom(link: Link, rules: readonly Rule[], context: Context, fuel: Fuel): boolean {
  const start: Expression = { op: "add", args: [link.left, { op: "negate", args: [link.right] }] };
  const seen = new Set([keyOf(start)]);
  let layer: Expression[] = [start];
  for (let depth = 0; depth < DEEPEST; depth++) {
    const next: Expression[] = [];
    for (const form of layer) {
      for (const rule of rules) {
        fuel.left -= 2 * sizeOf(form);
        if (fuel.left < 0) return false;
        if (rule.kind === "zero") {
          if (depth > 1) continue;
          fuel.left -= 200;
          if (divides(rule, form)) return true;
          continue;
        }
        const changed = applyRule(form, rule);
        if (changed === form || sizeOf(changed) > LARGEST) continue;
        const key = keyOf(changed);
        if (seen.has(key)) continue;
        seen.add(key);
        if (isZero(changed, context, fuel)) return true;
        next.push(changed);
        if (seen.size > MOST_FORMS) return false;
      }
    }
    if (next.length === 0) return false;
    layer = next;
  }
  return false;
}

/** Whether the polynomial of a stated equation divides the difference. */
function divides(rule: Extract<Rule, { kind: "zero" }>, form: Expression): boolean {
  const quotient = normalForm(form);
  const difference = quotient?.above;
  // Where a denominator vanishes nothing holds.
  if (!quotient || dividesP(quotient.below, rule.polynomial)) return false;
  if (!difference || difference.size > 160) return false;
  if (dividesP(difference, rule.polynomial)) return true;
  const own = atomsOf(difference);
  for (const atom of rule.atoms) {
    // With a letter in the leading coefficient the remainder is 0 where that vanishes, too.
    const lead = coefficientsIn(rule.polynomial, atom).at(-1);
    if (own.has(atom) && lead && constantOf(lead) && remainderP(difference, rule.polynomial, atom)?.size === 0)
      return true;
  }
  return false;
}

/** Whether an expression is 0 at every point where it has a value. */
function isZero(expression: Expression, context: Context, fuel: Fuel): boolean {
  const link: Link = { relation: "=", left: expression, right: { op: "number", value: ZERO }, modulus: null };
  let held = 0;
  for (const point of pointsFor(link, context, 3)) {
    const value = valueAt(expression, point, fuel);
    if (!value) continue;
    const same = equal(value, real(ZERO));
    if (same === false) return false;
    if (same === true || agree(value, real(ZERO))) held++;
    if (held >= 8) return true;
  }
  // A form that has hardly any values is no proof.
  return held >= (freeNames(expression).size === 0 ? 1 : 5);
}

function valueAt(expression: Expression, point: Point, fuel: Fuel): Value | null {
  return evaluate(expression, environmentOf(point, fuel));
}

/** The definitions that were put in for what only one side speaks of, in order; null where that changes nothing. */
export function eliminate(link: Link, rules: readonly Rule[]): Rule[] | null {
  const used: Rule[] = [];
  let { left, right } = link;
  const allowed = new Set([...freeNames(left), ...freeNames(right)]);
  for (let round = 0; round < 4; round++) {
    const [a, b] = [freeNames(left), freeNames(right)];
    const lone = new Set([...a, ...b].filter((name) => a.has(name) !== b.has(name)));
    if (lone.size === 0) break;
    const rule = rules.find((candidate) => {
      const name = headOf(candidate);
      if (name === null || candidate.kind === "zero" || !lone.has(name)) return false;
      const by = freeNames(candidate.by);
      if (candidate.kind === "pattern") by.delete(candidate.letter);
      return !by.has(name) && [...by].every((own) => allowed.has(own)) && isOnlyMeaning(candidate, name, rules);
    });
    if (!rule) break;
    const next = [applyRule(left, rule), applyRule(right, rule)] as const;
    if (next[0] === left && next[1] === right) break;
    [left, right] = next;
    used.push(rule);
    if (sizeOf(left) + sizeOf(right) > LARGEST) return null;
  }
  const [a, b] = [freeNames(left), freeNames(right)];
  const same = a.size === b.size && [...a].every((name) => b.has(name));
  return used.length > 0 && same ? used : null;
}

/** The letter, or the function or sequence, that a rule is about; null for a value at one place. */
function headOf(rule: Rule): string | null {
  if (rule.kind === "zero") return null;
  if (rule.kind === "pattern") return `${rule.name}()`;
  return rule.node.op === "symbol" ? rule.node.name : null;
}

/** Whether the text gives a name no other meaning: what is true in one case only is no definition. */
function isOnlyMeaning(rule: Rule, name: string, rules: readonly Rule[]): boolean {
  const own = meaningOf(rule);
  return rules.every((other) => {
    if (other === rule || headOf(other) !== name || other.kind === "zero") return true;
    return freeNames(other.by).has(name) || meaningOf(other) === own;
  });
}

function meaningOf(rule: Rule): string {
  if (rule.kind === "zero") return "";
  const hash: Expression = { op: "symbol", name: "#" };
  const body = rule.kind === "pattern" ? applyRule({ op: "call", name: rule.name, args: [hash] }, rule) : rule.by;
  const form = normalForm(body);
  return form ? `${textOfP(form.above)}:${textOfP(form.below)}` : keyOf(body);
}
