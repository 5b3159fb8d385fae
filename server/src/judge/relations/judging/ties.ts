import { freeNames, keyOf, sizeOf } from "../algebra/expression.js";
import { type Context, type Fact, isOf } from "../claims/context.js";
import { type Link, lettersOfLink, namesOfSides } from "../search/link.js";
import { FEWEST, LARGEST_BOUND, lookAt } from "./look.js";
import type { Surroundings } from "./verdicts.js";

/** Whether an equation ties letters of the link, rather than naming something or giving one a value for a while. */
export function constrains({ left, right }: Fact, link: Link): boolean {
  const names = namesOfSides(link);
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

/** Whether a bound by a number is stated for a letter: "k ≥ 9". */
export function isBounded(name: string, context: Context): boolean {
  return context.facts.some(
    ({ left, right, relation }) =>
      /^[<>]=?$/.test(relation) &&
      ((left?.op === "symbol" && left.name === name && right?.op === "number") ||
        (right?.op === "symbol" && right.name === name && left?.op === "number")),
  );
}

/** The equations that are stated about the letters of a link, or what else ties them. */
export function tiesOf(link: Link, { context, chain }: Surroundings): Fact[] | "bounds" | "unread" {
  const names = new Set(lettersOfLink(link));
  const own = `${keyOf(link.left)} ${keyOf(link.right)}`;
  const equations: Fact[] = [];
  let bounded = false;
  for (const fact of context.facts) {
    if (isOf(chain, fact) || fact.conditional) continue;
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
