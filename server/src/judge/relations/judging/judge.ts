import type { Fuel } from "../algebra/evaluate.js";
import { REASONS } from "../claims/reasons.js";
import { compare, signOf, wholeValue } from "../numbers/value.js";
import { isOpaque, type Link, lettersOfLink } from "../search/link.js";
import { judgeEquation } from "./equation.js";
import { judgeInequality } from "./inequality.js";
import { FEWEST, type Look, lookAt } from "./look.js";
import { judgeNumbers } from "./numbers.js";
import { judgeResidues } from "./residues.js";
import { type Surroundings, silent, type Verdict } from "./verdicts.js";

/** The verdict on a link at a first look: proved, in agreement at all points, or open. */
export function firstVerdict(link: Link, look: Look): Verdict | null {
  // What two things are not is stated as a condition.
  if (link.relation === "!=" || link.relation === "!|") return silent(REASONS.notRelation);
  if (look.proved) return { kind: "proved" };
  const held = look.outcomes.filter(({ holds }) => holds).length;
  const letters = lettersOfLink(link).length > 0 || isOpaque(link);
  if (look.outcomes.length < (letters ? FEWEST : 1))
    return { kind: "silent", reason: look.empty ? REASONS.empty : REASONS.few };
  if (held === look.outcomes.length) return { kind: "agrees", points: letters ? held : 1 };
  return null;
}

/** Decides on a link that is false at some point. */
export function judgeFalse(link: Link, look: Look, around: Surroundings, fuel: Fuel): Verdict {
  const failed = look.outcomes.filter(({ holds }) => !holds);
  const share = failed.length / look.outcomes.length;
  if (around.gate && !around.gate.weak) return silent(around.gate.reason);
  const letters = lettersOfLink(link);
  if (letters.length === 0 && !isOpaque(link)) return judgeNumbers(link, failed, around);
  // Between numbers there is nothing to find or to choose.
  if (around.gate && link.relation !== "=") return silent(around.gate.reason);
  if (link.relation === "=") return judgeEquation(link, look, failed, around, fuel);
  if (link.relation === "==" || link.relation === "|") return judgeResidues(link, look, failed, share, around, fuel);
  return judgeInequality(link, look, failed, share, around, fuel);
}

/** Whether a link holds at more than a part of the points: a fresh look, for readings other than the first. */
export function holdsOtherwise(link: Link, around: Surroundings, least: number, fuel: Fuel): boolean {
  const look = lookAt(link, around.context, around.chain, fuel);
  if (look.proved) return true;
  // 1 to any power is 1, whatever is meant.
  const telling = look.outcomes.filter(({ point }) => {
    const e = point.values.get("letter e");
    return !e || (compare(e, wholeValue(1)) !== 0 && signOf(e) !== 0);
  });
  const held = telling.filter(({ holds }) => holds).length;
  return telling.length > 0 && held / telling.length > least;
}
