import { evaluate, type Fuel } from "../algebra/evaluate.js";
import { freeNames } from "../algebra/expression.js";
import type { Context, Fact } from "../claims/context.js";
import { asWhole, signOf } from "../numbers/value.js";
import { environmentOf, type Link, lettersOfLink, type Point } from "./link.js";
import { domainsFor, pointsFor } from "./points.js";
import { rulesOf } from "./rules.js";

/** Most stated equations that are put in at once. */
const MOST = 3;

/**
 * Points that satisfy stated equations exactly: each equation gives one letter in terms of the others. Null if an
 * equation speaks of letters that the link has not, or can't be solved.
 */
export function pointsOn(link: Link, equations: readonly Fact[], context: Context, fuel: Fuel): Point[] | null {
  if (equations.length > MOST) return null;
  const letters = new Set(lettersOfLink(link));
  const domains = domainsFor(link, context);
  const solved: { readonly name: string; readonly by: Parameters<typeof evaluate>[0] }[] = [];
  for (const fact of equations) {
    const rule = rulesOf(fact).find(
      (own) =>
        own.kind === "replace" &&
        own.node.op === "symbol" &&
        letters.has(own.node.name) &&
        !solved.some(({ name }) => own.node.op === "symbol" && own.node.name === name) &&
        [...freeNames(own.by)].every((name) => letters.has(name) && !solved.some((before) => before.name === name)),
    );
    if (rule?.kind !== "replace" || rule.node.op !== "symbol") return null;
    solved.push({ name: rule.node.name, by: rule.by });
  }
  const points: Point[] = [];
  for (const seed of [21, 22, 23]) {
    for (const point of pointsFor(link, context, seed)) {
      const values = new Map(point.values);
      let defined = true;
      for (const { name, by } of [...solved].reverse()) {
        const value = evaluate(by, environmentOf({ ...point, values }, fuel));
        const domain = domains.get(name);
        if (
          !value ||
          (domain?.positive && signOf(value) !== 1) ||
          (domain?.set === "integer" && asWhole(value) === null)
        )
          defined = false;
        else values.set(name, value);
      }
      if (defined) points.push({ ...point, values });
    }
  }
  return points;
}
