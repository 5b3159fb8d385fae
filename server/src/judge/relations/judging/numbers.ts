import { REASONS } from "../claims/reasons.js";
import { whole } from "../numbers/rational.js";
import { absolute, add, compare, mul, neg, real, type Value } from "../numbers/value.js";
import type { Link, Outcome } from "../search/link.js";
import { hasDecimals, isCompound } from "./shape.js";
import { type Surroundings, silent, type Verdict } from "./verdicts.js";

/** Words for what is written like numbers and is none. */
const NOT_NUMBERS =
  /\bring\b|\bideals?\b|characteristic|localiz|localis|finite field|\\mathbb\s*\{?F|\\mathfrak|modulo|\\[bp]?mod\b|\\ZZ\/|\\mathbb\s*\{?Z\}?\s*\/|\\Zc\b/i;

const OTHER_NUMERALS = /congruen|residue|\\equiv|\bbase (?:\d|two|three|ten)|\bbinary\b|\bclock/i;

/** Without letters a relation is true or false. */
export function judgeNumbers(link: Link, failed: readonly Outcome[], around: Surroundings): Verdict {
  const isValue = link.relation === "=" || !around.supported;
  if (isValue && !isCompound(link.left) && !isCompound(link.right)) return silent(REASONS.definition);
  if (link.relation === "=" && hasDecimals(link)) {
    const { left, right } = failed[0]!;
    if (nearlyEqual(left, right)) return silent(REASONS.decimals);
  }
  // "√(12) = (6)" may be ideals, "12/2 = 0" residues.
  if (link.relation === "=" && NOT_NUMBERS.test(around.near)) return silent(REASONS.structures);
  if (link.relation === "=" && !around.supported && OTHER_NUMERALS.test(around.near)) return silent(REASONS.structures);
  if (/contradict|absurd|impossib|false|wrong|mistak/i.test(around.near) && !around.supported)
    return silent(REASONS.negated);
  return { kind: "refuted", outcome: failed[0]!, link, because: "numbers", hint: null };
}

/** Whether two numbers differ by less than two per cent: decimals are rounded. */
function nearlyEqual(a: Value, b: Value): boolean {
  const gap = add(a, neg(b));
  const size = absolute(a);
  const scaled = gap && mul(gap, real(whole(50)));
  const apart = scaled && absolute(scaled);
  return !apart || !size || (compare(apart, size) ?? -1) < 0;
}
