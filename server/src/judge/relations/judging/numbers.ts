import { speaksOfStructures } from "../claims/gates.js";
import { REASONS } from "../claims/reasons.js";
import { whole } from "../numbers/rational.js";
import { absolute, add, compare, mul, neg, real, type Value } from "../numbers/value.js";
import type { Link, Outcome } from "../search/link.js";
import { hasDecimals, isCompound } from "./shape.js";
import { refuted, type Surroundings, silent, type Verdict } from "./verdicts.js";

/** Without letters a relation is true or false. */
export function judgeNumbers(link: Link, failed: readonly Outcome[], around: Surroundings): Verdict {
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
  if (link.relation === "=" && speaksOfStructures(around.near)) return silent(REASONS.structures);
  if (/contradict|absurd|impossib|false|wrong|mistak/i.test(around.near) && !around.supported)
    return silent(REASONS.negated);
  return refuted(link, failed);
}

/** Whether two numbers differ by less than two per cent: decimals are rounded. */
function nearlyEqual(a: Value, b: Value): boolean {
  const gap = add(a, neg(b));
  const size = absolute(a);
  const scaled = gap && mul(gap, real(whole(50)));
  const apart = scaled && absolute(scaled);
  return !apart || !size || (compare(apart, size) ?? -1) < 0;
}
