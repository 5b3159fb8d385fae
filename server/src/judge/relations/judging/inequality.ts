import type { Fuel } from "../algebra/evaluate.js";
import { sizeOf } from "../algebra/expression.js";
import type { Fact } from "../claims/context.js";
import { mayRestrict, speaksOfStructures } from "../claims/gates.js";
import { REASONS } from "../claims/reasons.js";
import { textOf } from "../numbers/value.js";
import { pointsOn } from "../search/constrained.js";
import { isOpaque, type Link, type Outcome, outcomeAt, type Point } from "../search/link.js";
import { domainsFor } from "../search/points.js";
import { repairOf } from "../search/repair.js";
import { allows, boundsFor, FEWEST, type Look } from "./look.js";
import { isCompound } from "./shape.js";
import { isBounded, tiesOf } from "./ties.js";
import { refuted, type Surroundings, silent, type Verdict } from "./verdicts.js";

/** Decides on an inequality that is false at some point: its domain must be known, or it fails all but everywhere. */
export function judgeInequality(
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
  const claims = around.supported || around.universal;
  const never = share >= 0.95 && strict.length >= 10;
  if (never && size >= 5 && claims) return refuted(link, strict);
  const domains = [...domainsFor(link, context)];
  const known = domains.every(([name, domain]) => domain.declared || isBounded(name, context));
  const ties = tiesOf(link, around);
  if (mayRestrict(context.text)) return silent(never ? REASONS.undecided : REASONS.part);
  // What fails all but everywhere, one slip away from what holds, is not saved by another inequality.
  if (never && size >= 10 && ties !== "unread" && (ties === "bounds" || ties.length === 0)) {
    if (repairOf(link, look.points, [], fuel)) return refuted(link, strict);
  }
  if (typeof ties === "string") return silent(never ? REASONS.undecided : REASONS.part);
  if (!known || size < 6) return silent(never ? REASONS.undecided : REASONS.part);
  if (ties.length > 0) return judgeUnder(ties, link, around, fuel);
  if (claims) return refuted(link, strict);
  // One slip away from what holds at every point: nothing else explains it.
  if (!repairOf(link, look.points, [], fuel)) return silent(never ? REASONS.undecided : REASONS.part);
  return refuted(link, strict);
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
  return refuted(link, strict);
}

function areDistinct({ values }: Point): boolean {
  return new Set([...values.values()].map(textOf)).size === values.size;
}
