import type { Fuel } from "../algebra/evaluate.js";
import { sizeOf } from "../algebra/expression.js";
import { isOf } from "../claims/context.js";
import { mayConstrain } from "../claims/gates.js";
import { REASONS } from "../claims/reasons.js";
import { isOpaque, type Link, namesOfSides, type Outcome } from "../search/link.js";
import { domainsFor } from "../search/points.js";
import { repairOf } from "../search/repair.js";
import type { Look } from "./look.js";
import { isCompound } from "./shape.js";
import { refuted, type Surroundings, silent, type Verdict } from "./verdicts.js";

/** Congruences and divisibility: false for all residues, or one slip away from what holds for all. */
export function judgeResidues(
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
  if (share === 1 && look.outcomes.length >= 12) {
    if (/contradict|absurd|impossib/i.test(around.near) && !around.supported) return silent(REASONS.negated);
    if (size >= 6 || around.supported) return refuted(link, failed);
    return silent(REASONS.undecided);
  }
  if (prime) return silent(REASONS.undecided);
  const constrained = mayConstrain(around.context.text) || hasResidueFacts(link, around);
  if (constrained) return silent(REASONS.undecided);
  const repair = repairOf(link, look.points, [], fuel);
  if (repair && (around.supported || around.universal) && share >= 0.3 && size >= 6) return refuted(link, failed);
  return silent(share < 0.85 ? REASONS.part : REASONS.undecided);
}

/** Whether congruences about the letters of a link are stated elsewhere. */
function hasResidueFacts(link: Link, { context, chain }: Surroundings): boolean {
  const names = namesOfSides(link);
  return context.facts.some(
    (fact) =>
      !isOf(chain, fact) &&
      /^(?:==|\||!\||!=|=|:=)$/.test(fact.relation) &&
      [...fact.names].some((name) => names.has(name)),
  );
}
