import type { Fuel } from "./algebra/evaluate.js";
import { type Expression, freeNames, keyOf, sizeOf, someNode } from "./algebra/expression.js";
import type { Context, Fact } from "./claims/context.js";
import { mayConstrain, mayRestrict, speaksOfStructures } from "./claims/gates.js";
import { REASONS } from "./claims/reasons.js";
import { whole } from "./numbers/rational.js";
import { absolute, add, agree, compare, mul, neg, real, signOf, textOf, type Value } from "./numbers/value.js";
import { pointsOn } from "./search/constrained.js";
import {
  hasOnlyNumbered,
  isOpaque,
  type Link,
  lettersOfLink,
  type Outcome,
  outcomeAt,
  type Point,
} from "./search/link.js";
import { domainsFor } from "./search/points.js";
import { overlapOf, repairOf } from "./search/repair.js";
import { eliminate, followsFrom, relevantRules } from "./search/rescue.js";
import type { Rule } from "./search/rules.js";
import {
  allows,
  boundsFor,
  cancelled,
  differsAsPolynomial,
  FEWEST,
  hasDecimals,
  isCompound,
  isPlain,
  LARGEST_BOUND,
  type Look,
  lookAt,
} from "./verdict.js";

/** What is known of a link. Refuted links carry the outcome that shows it. */
export type Verdict =
  | { readonly kind: "proved" }
  | { readonly kind: "agrees"; readonly points: number }
  | { readonly kind: "follows" }
  | { readonly kind: "refuted"; readonly outcome: Outcome; readonly because: string; readonly hint: string | null }
  | { readonly kind: "silent"; readonly reason: string };

/** What the chain around a link tells about it. */
export interface Surroundings {
  readonly context: Context;
  readonly chain: { readonly start: number; readonly end: number };
  /** Another link of the chain holds and says something, or a longer span across this one holds. */
  readonly supported: boolean;
  readonly gate: string | null;
  /** Whether what is stated there may be meant here: it stands shortly before, in the same case. */
  readonly isLocal: (fact: Fact) => boolean;
  /** The words of the sentence and what is near. */
  readonly near: string;
  /** The relation is asserted for all values: "for all real x". */
  readonly universal: boolean;
}

/** The verdict on a link at a first look: proved, in agreement at all points, or open. */
export function firstVerdict(link: Link, look: Look): Verdict | null {
  if (look.proved) return { kind: "proved" };
  const held = look.outcomes.filter(({ holds }) => holds).length;
  const letters = lettersOfLink(link).length > 0 || isOpaque(link);
  if (look.outcomes.length < (letters ? FEWEST : 1))
    return { kind: "silent", reason: look.empty ? REASONS.empty : REASONS.few };
  if (held === look.outcomes.length) return { kind: "agrees", points: letters ? held : 1 };
  return null;
}

/** Work for looking whether stated equations explain a relation. */
const RESCUE_FUEL = 200_000;

const silent = (reason: string): Verdict => ({ kind: "silent", reason });

/** Decides on a link that is false at some point. */
export function judgeFalse(link: Link, look: Look, around: Surroundings, fuel: Fuel): Verdict {
  const failed = look.outcomes.filter(({ holds }) => !holds);
  const share = failed.length / look.outcomes.length;
  if (around.gate) return silent(around.gate);
  if (link.relation === "!=" || link.relation === "!|") return silent(REASONS.notRelation);
  const letters = lettersOfLink(link);
  if (letters.length === 0 && !isOpaque(link)) return judgeNumbers(link, failed, around);
  if (link.relation === "=") return judgeEquation(link, look, failed, around, fuel);
  if (link.relation === "==" || link.relation === "|") return judgeResidues(link, look, failed, share, around, fuel);
  return judgeInequality(link, look, failed, share, around, fuel);
}

/** Without letters a relation is true or false. */
function judgeNumbers(link: Link, failed: readonly Outcome[], around: Surroundings): Verdict {
  const isValue = link.relation === "=" || !around.supported;
  if (isValue && !isCompound(link.left) && !isCompound(link.right)) return silent(REASONS.definition);
  if (link.relation === "=" && hasDecimals(link)) {
    const { left, right } = failed[0]!;
    if (nearlyEqual(left, right)) return silent(REASONS.decimals);
  }
  if (
    link.relation !== "==" &&
    link.relation !== "|" &&
    /\bmod|congru|residue|\\equiv|\\bmod|\\pmod|characteristic|field|ring\b|base (?:\d|two|three|ten)|binary|clock/i.test(
      around.near,
    )
  ) {
    if (link.relation === "=" && !around.supported) return silent(REASONS.structures);
  }
  // "√(12) = (6)" may be ideals.
  if (link.relation === "=" && speaksOfStructures(around.context.text)) return silent(REASONS.structures);
  if (/contradict|absurd|impossib|false|wrong|mistak/i.test(around.near) && !around.supported)
    return silent(REASONS.negated);
  return { kind: "refuted", outcome: failed[0]!, because: "numbers", hint: null };
}

/** Whether two numbers differ by less than two per cent: decimals are rounded. */
function nearlyEqual(a: Value, b: Value): boolean {
  const gap = add(a, neg(b));
  const size = absolute(a);
  const scaled = gap && mul(gap, real(whole(50)));
  const apart = scaled && absolute(scaled);
  return !apart || !size || (compare(apart, size) ?? -1) < 0;
}

function judgeEquation(link: Link, look: Look, failed: readonly Outcome[], around: Surroundings, fuel: Fuel): Verdict {
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
  if (isGeometric(link, around)) return silent(REASONS.geometry);
  const through: readonly Rule[] = replaced ?? [];
  const constant = constantGap(look.outcomes);
  if (!isCompound(link.left) || !isCompound(link.right)) {
    // A letter alone is defined or asked for; a number alone may be the value of something that does not vary.
    const [lone, other] = isCompound(link.left) ? [link.right, link.left] : [link.left, link.right];
    // "the product is n" speaks of n on both sides.
    const valued = lone.op === "symbol" && sameNames && !isPlain(other) && sizeOf(other) >= 5;
    if (!valued && !(lone.op === "number" && constant)) return silent(REASONS.definition);
  }
  const structures = speaksOfStructures(context.text);
  const declared = [...domainsFor(link, context).values()].every((domain) => domain.declared);
  const [left, right] = cancelled(link);
  const points = look.points;
  const repair = repairOf(link, points, through, fuel);
  const commutes =
    repair !== null &&
    sizeOf(left) + sizeOf(right) >= 16 &&
    !/matri|characteristic|quaternion|boolean|mathbb\s*\{?F|\\FF|finite field|modul|ideal/i.test(context.text);
  if (structures && !declared && !commutes) return silent(REASONS.structures);
  const opaque = isOpaque(link) && !replaced && !hasOnlyNumbered(link);
  const refuted = (because: string): Verdict => ({
    kind: "refuted",
    outcome: clearest(failed),
    because,
    hint: repair ? repair.kind : null,
  });
  const missing = [...l, ...r].filter((name) => l.has(name) !== r.has(name));
  if (missing.some((name) => /^(?:[CcKk]|C_)$/.test(name)) && /\\int|integra|different|\bconstant/i.test(context.text))
    return silent(REASONS.constant);
  if (repair && around.supported && (!opaque || bigEnough(left, right, 4))) return refuted("one slip, chain");
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
  // A term that was dropped may have been the only one with its letter.
  const oneSided =
    missing.length === 1 && (missing.every((name) => l.has(name)) || missing.every((name) => r.has(name)));
  const lost = repair !== null && oneSided && repair.kind !== "letter" && sizeOf(left) + sizeOf(right) >= 12;
  if (!sameNames && !replaced && !constant && !lost) return silent(REASONS.letters);
  const nested =
    sizeOf(link.left) + sizeOf(link.right) >= 14 && sameNames && (isNested(link.left) || isNested(link.right));
  const structured =
    nested ||
    (!(isPlain(left) && isPlain(right)) &&
      (bigEnough(left, right, 3) || (sizeOf(left) + sizeOf(right) >= 8 && sameNames)));
  if (repair && structured) return refuted("one slip");
  const overlap = overlapOf(link);
  if (structured && overlap && overlap.shared >= 2 && overlap.different === 1) return refuted("one term");
  if (repair && constant && sizeOf(link.left) + sizeOf(link.right) >= 8) return refuted("never");
  const constrained = rules.some((rule) => constrains(rule.fact, link)) || mayConstrain(context.text);
  if (around.supported && !constrained && sameNames && isCompound(link.left) && isCompound(link.right))
    return refuted("chain");
  return silent(REASONS.undecided);
}

/** Whether an equation ties letters of the link, rather than naming something or giving one a value for a while. */
function constrains({ left, right }: Fact, link: Link): boolean {
  const names = new Set([...freeNames(link.left), ...freeNames(link.right)]);
  const own = new Set([...(left ? freeNames(left) : []), ...(right ? freeNames(right) : [])]);
  if (![...own].some((name) => names.has(name))) return false;
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (!one || !other || (one.op !== "symbol" && one.op !== "call")) continue;
    if (other.op === "symbol" || other.op === "number") return false;
    const name = one.op === "call" ? `${one.name}()` : one.name;
    if (!names.has(name) && !freeNames(other).has(name)) return false;
  }
  return true;
}

const GEOMETRY =
  /\b(?:triangle|circ(?:le|um)\w*|vectors?|collinear|tangent|segments?|chord|polygon|sphere|midpoint|perpendicular|distances?)\b/i;

/** Whether products of capitals are lengths of segments here. */
function isGeometric(link: Link, { context }: Surroundings): boolean {
  const isCapital = (node: Expression) => node.op === "symbol" && /^[A-Z]$/.test(node.name);
  const isSegment = (node: Expression) => node.op === "multiply" && node.args.filter(isCapital).length >= 2;
  return GEOMETRY.test(context.text) && [link.left, link.right].some((side) => someNode(side, isSegment));
}

function bigEnough(left: Expression, right: Expression, least: number): boolean {
  return sizeOf(left) >= least && sizeOf(right) >= least;
}

/** Whether brackets stand in a sum: taking them away is a step that claims to be an identity. */
function isNested(side: Expression): boolean {
  return side.op === "add" && side.args.some((part) => someNode(part, (node) => node.op === "add"));
}

/** Whether both sides speak of the same values of unknown functions. */
function sameCalls(link: Link): boolean {
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

/** The outcome that is easiest to check by hand: exact, with short values. */
function clearest(failed: readonly Outcome[]): Outcome {
  const cost = ({ point, left, right }: Outcome) => {
    let sum = 0;
    for (const { re, im } of [...point.values.values(), left, right]) {
      sum +=
        re.kind === "interval"
          ? 40
          : String(re.n).length + (re.d === 1n ? 0 : 3 + String(re.d).length) + (re.n < 0n ? 2 : 0);
      if (im) sum += 6;
    }
    // 0 and 1 hide much.
    for (const { re } of point.values.values())
      if (re.kind === "rational" && re.d === 1n && (re.n === 0n || re.n === 1n)) sum += 2;
    return sum;
  };
  return failed.reduce((best, next) => (cost(next) < cost(best) ? next : best));
}

/** Congruences and divisibility: false for all residues, or one slip away from what holds for all. */
function judgeResidues(
  link: Link,
  look: Look,
  failed: readonly Outcome[],
  share: number,
  around: Surroundings,
  fuel: Fuel,
): Verdict {
  if (!isCompound(link.left) && !isCompound(link.right)) return silent(REASONS.definition);
  if (isOpaque(link)) return silent(REASONS.functions);
  const size = sizeOf(link.left) + sizeOf(link.right);
  const named = domainsFor(link, around.context);
  const prime = [...named.values()].some(({ prime }) => prime) || link.modulus?.op === "symbol";
  const refuted = (because: string): Verdict => ({ kind: "refuted", outcome: clearest(failed), because, hint: null });
  if (share === 1 && look.outcomes.length >= 12) {
    if (/contradict|absurd|impossib/i.test(around.near) && !around.supported) return silent(REASONS.negated);
    if (size >= 6 || around.supported) return refuted("never");
    return silent(REASONS.undecided);
  }
  if (prime) return silent(REASONS.undecided);
  const constrained = mayConstrain(around.context.text) || hasResidueFacts(link, around);
  if (constrained) return silent(REASONS.undecided);
  const repair = repairOf(link, look.points, [], fuel);
  if (repair && (around.supported || around.universal) && share >= 0.3 && size >= 6) return refuted("one slip, chain");
  return silent(share < 0.85 ? REASONS.part : REASONS.undecided);
}

/** Whether congruences about the letters of a link are stated elsewhere. */
function hasResidueFacts(link: Link, { context, chain }: Surroundings): boolean {
  const names = new Set([...freeNames(link.left), ...freeNames(link.right)]);
  return context.facts.some(
    (fact) =>
      !(fact.chain.start === chain.start && fact.chain.end === chain.end) &&
      /^(?:==|\||!\||!=|=|:=)$/.test(fact.relation) &&
      [...fact.names].some((name) => names.has(name)),
  );
}

function judgeInequality(
  link: Link,
  look: Look,
  failed: readonly Outcome[],
  share: number,
  around: Surroundings,
  fuel: Fuel,
): Verdict {
  const { context } = around;
  if (isOpaque(link)) return silent(REASONS.functions);
  if (speaksOfStructures(context.text)) return silent(REASONS.structures);
  // Equality, and letters that are equal, may be ruled out without a word.
  const strict = failed.filter(({ edge, point }) => !edge && areDistinct(point));
  if (strict.length < 3) return silent(REASONS.part);
  if (!isCompound(link.left) && !isCompound(link.right)) return silent(REASONS.definition);
  const size = sizeOf(link.left) + sizeOf(link.right);
  const refuted = (because: string): Verdict => ({ kind: "refuted", outcome: clearest(strict), because, hint: null });
  const claims = around.supported || around.universal;
  const never = share >= 0.95 && strict.length >= 10;
  if (never && size >= 5 && claims) return refuted("never");
  const domains = [...domainsFor(link, context)];
  const known = domains.every(([name, domain]) => domain.declared || isBounded(name, context));
  const ties = tiesOf(link, around);
  if (mayRestrict(context.text)) return silent(never ? REASONS.undecided : REASONS.part);
  // What fails all but everywhere, one slip away from what holds, is not saved by another inequality.
  if (never && size >= 10 && ties !== "unread" && (ties === "bounds" || ties.length === 0)) {
    if (repairOf(link, look.points, [], fuel)) return refuted("never, one slip");
  }
  if (typeof ties === "string") return silent(never ? REASONS.undecided : REASONS.part);
  if (!known || size < 6) return silent(never ? REASONS.undecided : REASONS.part);
  if (ties.length > 0) return judgeUnder(ties, link, around, fuel);
  if (claims) return refuted("domain");
  // One slip away from what holds at every point: nothing else explains it.
  if (!repairOf(link, look.points, [], fuel)) return silent(never ? REASONS.undecided : REASONS.part);
  return refuted("one slip");
}

/** An inequality under stated equations, which are put in. */
function judgeUnder(equations: readonly Fact[], link: Link, around: Surroundings, fuel: Fuel): Verdict {
  const { context, chain } = around;
  const bounds = boundsFor(link, context, chain);
  const points = pointsOn(link, equations, context, fuel)?.filter((point) =>
    bounds.every((bound) => allows(bound, point, fuel)),
  );
  const outcomes = (points ?? []).map((point) => outcomeAt(link, point, fuel)).filter((outcome) => outcome !== null);
  if (!points || outcomes.length < FEWEST) return silent(REASONS.part);
  const failed = outcomes.filter(({ holds }) => !holds);
  if (failed.length === 0) return { kind: "agrees", points: outcomes.length };
  const strict = failed.filter(({ edge, point }) => !edge && areDistinct(point));
  const claims = around.supported || around.universal || repairOf(link, points, [], fuel) !== null;
  if (strict.length < 3 || !claims) return silent(REASONS.part);
  return { kind: "refuted", outcome: clearest(strict), because: "under equations", hint: null };
}

function areDistinct({ values }: Point): boolean {
  return new Set([...values.values()].map(textOf)).size === values.size;
}

/** Whether a bound by a number is stated for a letter: "k ≥ 9". */
function isBounded(name: string, context: Context): boolean {
  return context.facts.some(
    ({ left, right, relation }) =>
      /^[<>]=?$/.test(relation) &&
      ((left?.op === "symbol" && left.name === name && right?.op === "number") ||
        (right?.op === "symbol" && right.name === name && left?.op === "number")),
  );
}

/** The equations that are stated about the letters of a link, or what else ties them. */
function tiesOf(link: Link, { context, chain }: Surroundings): Fact[] | "bounds" | "unread" {
  const names = new Set(lettersOfLink(link));
  const own = `${keyOf(link.left)} ${keyOf(link.right)}`;
  const equations: Fact[] = [];
  let bounded = false;
  for (const fact of context.facts) {
    if ((fact.chain.start === chain.start && fact.chain.end === chain.end) || fact.conditional) continue;
    const shared = [...fact.names].filter((name) => names.has(name));
    if (shared.length === 0) continue;
    if (!fact.left || !fact.right) return "unread";
    if (`${keyOf(fact.left)} ${keyOf(fact.right)}` === own) continue;
    const isBound = fact.relation !== "=" && fact.relation !== ":=";
    // Bounds of these letters alone have been used.
    const letters = [...freeNames(fact.left), ...freeNames(fact.right)].filter(
      (name) => name !== "\\pi" && !name.startsWith("const "),
    );
    if (isBound && letters.every((name) => names.has(name)) && sizeOf(fact.left) + sizeOf(fact.right) <= LARGEST_BOUND)
      continue;
    if (!constrains(fact, link) || holdsGenerally(fact, context)) continue;
    if (isBound) bounded = true;
    else if (
      !equations.some((known) => keyOf(known.left!) === keyOf(fact.left!) && keyOf(known.right!) === keyOf(fact.right!))
    )
      equations.push(fact);
  }
  return bounded && equations.length === 0 ? "bounds" : bounded ? "unread" : equations;
}

const GENERAL = new WeakMap<Fact, boolean>();

/** Whether a stated relation holds at every point that is tried: then it ties nothing. */
function holdsGenerally(fact: Fact, context: Context): boolean {
  const known = GENERAL.get(fact);
  if (known !== undefined) return known;
  const link: Link = {
    relation: fact.relation === ":=" ? "=" : fact.relation,
    left: fact.left!,
    right: fact.right!,
    modulus: fact.modulus,
  };
  // Only bounds by numbers: what is being judged must not bound what speaks against it.
  const look = lookAt(link, context, fact.chain, { left: 40_000 }, 3);
  const holds = look.proved || (look.outcomes.length >= FEWEST && look.outcomes.every((outcome) => outcome.holds));
  GENERAL.set(fact, holds);
  return holds;
}

/** Whether a link holds at more than a part of the points: a fresh look, for readings other than the first. */
export function holdsOtherwise(link: Link, around: Surroundings, least: number, fuel: Fuel): boolean {
  const look = lookAt(link, around.context, around.chain, fuel);
  if (look.proved) return true;
  const held = look.outcomes.filter(({ holds }) => holds).length;
  return look.outcomes.length > 0 && held / look.outcomes.length > least;
}
