import type { Fuel } from "../algebra/evaluate.js";
import { type Expression, freeNames, keyOf, sizeOf, someNode } from "../algebra/expression.js";
import type { Fact } from "../claims/context.js";
import { mayConstrain, speaksOfStructures } from "../claims/gates.js";
import { REASONS } from "../claims/reasons.js";
import { add, agree, neg, signOf, type Value } from "../numbers/value.js";
import { hasOnlyNumbered, isOpaque, type Link, type Outcome, outcomeAt, type Point } from "../search/link.js";
import { domainsFor } from "../search/points.js";
import { overlapOf, repairOf } from "../search/repair.js";
import { eliminate, followsFrom, relevantRules } from "../search/rescue.js";
import { applyRule, type Rule } from "../search/rules.js";
import { FEWEST, type Look } from "./look.js";
import { bigEnough, cancelled, differsAsPolynomial, isCompound, isNested, isPlain, sameCalls } from "./shape.js";
import { constrains } from "./ties.js";
import { clearest, type Surroundings, silent, type Verdict } from "./verdicts.js";

/** Work for looking whether stated equations explain a relation. */
const RESCUE_FUEL = 200_000;

/** Decides on an equation with letters that is false at some point. */
export function judgeEquation(
  link: Link,
  look: Look,
  failed: readonly Outcome[],
  around: Surroundings,
  fuel: Fuel,
): Verdict {
  const { context, chain } = around;
  if (shareFailed(link, look.outcomes) < 0.85 && !differsAsPolynomial(link)) return silent(REASONS.part);
  if (!isCompound(link.left) && !isCompound(link.right)) return silent(REASONS.definition);
  const excluded = (fact: Fact) => fact.chain.start === chain.start && fact.chain.end === chain.end;
  const repeats = (fact: Fact) =>
    fact.left !== null &&
    fact.right !== null &&
    keyOf(fact.left) === keyOf(link.left) &&
    keyOf(fact.right) === keyOf(link.right);
  const rules = relevantRules(link, context, (fact) => excluded(fact) || repeats(fact), around.isLocal);
  const rescue: Fuel = { left: RESCUE_FUEL };
  if (followsFrom(link, rules, context, rescue)) return { kind: "follows" };
  const [l, r] = [freeNames(link.left), freeNames(link.right)];
  const sameNames = l.size === r.size && [...l].every((name) => r.has(name));
  const replaced = sameNames ? null : eliminate(link, rules);
  const through: readonly Rule[] = replaced ?? [];
  const constant = constantGap(look.outcomes);
  if (!isCompound(link.left) || !isCompound(link.right)) {
    // A letter alone is defined or asked for; a number alone may be the value of something that does not vary.
    const [lone, other] = isCompound(link.left) ? [link.right, link.left] : [link.left, link.right];
    // "the product is n" speaks of n on both sides.
    const valued = lone.op === "symbol" && sameNames && sizeOf(other) >= (isPlain(other) ? 9 : 5);
    if (!valued && !(lone.op === "number" && constant)) return silent(REASONS.definition);
  }
  const structures = speaksOfStructures(context.text);
  const declared = [...domainsFor(link, context).values()].every((domain) => domain.declared);
  const [left, right] = cancelled(link);
  const points = look.points;
  const repair = repairOf(link, points, through, fuel);
  // "Find when …" and "the line …" ask or describe, but not with what is one slip from an identity.
  if (
    around.gate &&
    !(repair && (around.supported || (!(isPlain(left) && isPlain(right)) && bigEnough(left, right, 4))))
  ) {
    return silent(around.gate.reason);
  }
  const commutes =
    repair !== null &&
    sizeOf(left) + sizeOf(right) >= 16 &&
    !/matri|characteristic|quaternion|boolean|mathbb\s*\{?F|\\FF|finite field|modul|ideal/i.test(context.text);
  if (structures && !declared && !commutes) return silent(REASONS.structures);
  const explained = repair !== null && sizeOf(left) + sizeOf(right) >= 16 && !(isPlain(left) && isPlain(right));
  if (!explained && isGeometric(link, around)) return silent(REASONS.geometry);
  const opaque = isOpaque(link) && !replaced && !hasOnlyNumbered(link);
  // The witness has to satisfy the definitions that were put in.
  const meant: Link = replaced ? { ...link, left: putIn(link.left, through), right: putIn(link.right, through) } : link;
  if (replaced && freeNames(meant.left).size + freeNames(meant.right).size === 0) return silent(REASONS.letters);
  const wrong = replaced ? outcomesOf(meant, points, fuel).filter(({ holds }) => !holds) : failed;
  if (wrong.length < (replaced ? Math.min(points.length, FEWEST) : 1)) return silent(REASONS.part);
  const refuted = (because: string): Verdict => ({
    kind: "refuted",
    outcome: clearest(wrong),
    link: meant,
    because,
    hint: repair ? repair.kind : null,
  });
  const missing = [...l, ...r].filter((name) => l.has(name) !== r.has(name));
  if (missing.some((name) => /^(?:[CcKk]|C_)$/.test(name)) && /\\int|integra|different|\bconstant/i.test(context.text))
    return silent(REASONS.constant);
  // A term that was dropped may have been the only one with its letter.
  const oneSided = missing.length === 1 && !missing[0]!.endsWith("()");
  const lost = repair !== null && oneSided && repair.kind !== "letter" && sizeOf(left) + sizeOf(right) >= 12;
  const comparable = sameNames || replaced !== null || constant || lost;
  if (repair && comparable && around.supported && (!opaque || bigEnough(left, right, 4)))
    return refuted("one slip, chain");
  if (
    opaque &&
    repair &&
    repair.kind !== "term" &&
    bigEnough(left, right, 5) &&
    sizeOf(left) + sizeOf(right) >= 14 &&
    sameCalls(link)
  ) {
    return refuted("one slip");
  }
  if (opaque) return silent(REASONS.functions);
  if (!comparable) return silent(REASONS.letters);
  // "|a − b| = |b − c|" is no identity with a letter amiss, and x₁ may have a value.
  const amiss = repair?.kind === "letter" || (!replaced && isOpaque(link) && !sameCalls(link));
  const nested =
    sizeOf(link.left) + sizeOf(link.right) >= 11 && sameNames && (isNested(link.left) || isNested(link.right));
  const structured =
    nested ||
    (sameNames && sizeOf(left) + sizeOf(right) >= 10 && (left.op === "symbol" || right.op === "symbol")) ||
    (!(isPlain(left) && isPlain(right)) &&
      (bigEnough(left, right, 3) || (sizeOf(left) + sizeOf(right) >= 8 && sameNames)));
  if (repair && structured && !amiss) return refuted("one slip");
  const overlap = overlapOf(link);
  if (structured && !amiss && overlap && overlap.shared >= 2 && overlap.different === 1) return refuted("one term");
  if (repair && constant && !amiss && sizeOf(link.left) + sizeOf(link.right) >= 8) return refuted("never");
  const constrained = rules.some((rule) => constrains(rule.fact, link)) || mayConstrain(context.text);
  if (around.supported && !constrained && sameNames && isCompound(link.left) && isCompound(link.right))
    return refuted("chain");
  return silent(REASONS.undecided);
}

const GEOMETRY =
  /\b(?:triangle|circ(?:le|um)\w*|vectors?|collinear|tangent|segments?|chord|polygon|sphere|midpoint|perpendicular|distances?)\b/i;

/** Whether products of capitals are lengths of segments here. */
function isGeometric(link: Link, { context }: Surroundings): boolean {
  const isCapital = (node: Expression) => node.op === "symbol" && /^[A-Z]$/.test(node.name);
  const isSegment = (node: Expression) => node.op === "multiply" && node.args.filter(isCapital).length >= 2;
  return GEOMETRY.test(context.text) && [link.left, link.right].some((side) => someNode(side, isSegment));
}

function putIn(side: Expression, rules: readonly Rule[]): Expression {
  return rules.reduce((value, rule) => applyRule(value, rule), side);
}

function outcomesOf(link: Link, points: readonly Point[], fuel: Fuel): Outcome[] {
  return points.map((point) => outcomeAt(link, point, fuel)).filter((outcome) => outcome !== null);
}

/** The part of the points at which an equation is false; where both sides vanish a binomial says nothing. */
function shareFailed(link: Link, outcomes: readonly Outcome[]): number {
  const isVanishing = (node: Expression) =>
    node.op === "function" && (node.name === "binomial" || node.name === "floor");
  const vanishes = someNode(link.left, isVanishing) || someNode(link.right, isVanishing);
  const telling = outcomes.filter(({ left, right }) => !vanishes || signOf(left) !== 0 || signOf(right) !== 0);
  // 0 and 1 make many a false equation true.
  const large = telling.filter(({ point }) =>
    [...point.values.values()].every(({ re }) => re.kind !== "rational" || re.d !== 1n || re.n > 1n || re.n < -1n),
  );
  const counted = large.length >= FEWEST ? large : telling;
  return counted.length === 0 ? 0 : counted.filter(({ holds }) => !holds).length / counted.length;
}

/** Whether the sides differ by the same number, not 0, wherever they have values. */
function constantGap(outcomes: readonly Outcome[]): boolean {
  let first: Value | null = null;
  for (const { left, right } of outcomes) {
    const gap = add(left, neg(right));
    if (!gap || gap.im || signOf(gap) === 0 || signOf(gap) === null) return false;
    if (first && !agree(first, gap)) return false;
    first = gap;
  }
  return outcomes.length >= FEWEST && first !== null;
}
