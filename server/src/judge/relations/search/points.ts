import type { Context } from "../claims/context.js";
import { type Domain, UNKNOWN } from "../claims/domains.js";
import { ratio, whole } from "../numbers/rational.js";
import { real, type Value, wholeValue } from "../numbers/value.js";
import { type Link, lettersOfLink, type Point, wholeLetters } from "./link.js";

/** How values are drawn: small whole ones first, then by size and sign. */
type Style = "small" | "fractions" | "mixed" | "large" | "tiny" | "equal" | "wide";

const SMALL: readonly Style[] = ["small", "small", "small", "small", "small", "small", "small", "small"];
const STYLES: readonly Style[] = [
  ...SMALL,
  "fractions",
  "fractions",
  "fractions",
  "fractions",
  "fractions",
  "mixed",
  "mixed",
  "mixed",
  "mixed",
  "mixed",
  "mixed",
  "large",
  "large",
  "tiny",
  "tiny",
  "wide",
  "wide",
  "wide",
  "equal",
  "equal",
];

/** A generator of whole numbers below a bound (mulberry32), the same sequence for the same seed. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** What each letter of a link stands for: as the text declares it, or as its use demands. */
export function domainsFor(link: Link, context: Context): Map<string, Domain> {
  const wholes = wholeLetters(link);
  const domains = new Map<string, Domain>();
  for (const name of lettersOfLink(link)) {
    const declared = context.domains.get(plainName(name)) ?? UNKNOWN;
    const isWhole = (wholes.has(name) || context.wholes.has(name)) && declared.set !== "complex";
    domains.set(
      name,
      isWhole ? { ...declared, set: "integer", nonnegative: declared.nonnegative || !declared.declared } : declared,
    );
  }
  return domains;
}

/** A letter as it is written: constants that are letters here carry a mark. */
export function plainName(name: string): string {
  return name.startsWith("letter ") ? name.slice(7) : name;
}

/** Points to try a link at, those that people like to read first. A link without letters has one. */
export function pointsFor(link: Link, context: Context, seed: number): Point[] {
  const domains = domainsFor(link, context);
  const names = [...domains.keys()];
  if (names.length === 0)
    return [0, 1, 2, 3, 4, 5].map((k) => ({ values: new Map(), seed: seed + k, positive: k % 2 === 0 }));
  const next = generator(seed * 7919 + 17);
  return STYLES.map((style, k) => {
    const values = new Map<string, Value>();
    const same = next(5);
    names.forEach((name, j) => {
      values.set(name, draw(domains.get(name)!, style, style === "equal" ? same : next(97), k, j, names.length));
    });
    return { values, seed: seed + k, positive: style !== "mixed" };
  });
}

const PRIMES = [3, 5, 7, 2, 11, 13, 17, 19, 23];

function draw(domain: Domain, style: Style, random: number, round: number, place: number, count: number): Value {
  if (domain.prime) return wholeValue(PRIMES[(random + round) % PRIMES.length]!);
  const sign = domain.negative
    ? -1
    : style === "mixed" && !domain.positive && !domain.nonnegative && random % 3 !== 0
      ? -1
      : 1;
  if (domain.set === "integer") {
    let n = 1 + (random % (style === "large" ? 40 : style === "wide" ? 24 : 12));
    // One letter: all small values in turn.
    if (style === "small") n = count === 1 ? [2, 3, 1, 4, 5, 6, 7, 8][round % 8]! : 1 + ((random + place) % 6);
    if (style === "tiny") n = domain.positive || domain.nonzero ? 1 : random % 2;
    if (domain.odd) n = 2 * n + 1;
    if (domain.even) n = 2 * n;
    return wholeValue(sign * n);
  }
  if (domain.set === "complex") {
    const [x, y] = [(random % 7) - 3, ((random >> 3) % 7) - 2];
    return { re: whole(x === 0 && y === 0 ? 1 : x), im: y === 0 ? null : whole(y) };
  }
  switch (style) {
    case "small":
    case "equal":
      return wholeValue(sign * (count === 1 ? [2, 3, 1, 4, 5, 6, 7, 8][round % 8]! : 1 + (random % 6)));
    case "large":
      return fraction(sign * (30 + random * 3), 1 + (random % 2));
    case "tiny":
      return fraction(sign * (1 + (random % 5)), 29 + random);
    case "wide":
      return random % 2 === 0 ? fraction(sign, 2 + (random % 30)) : wholeValue(sign * (5 + random));
    default:
      return fraction(sign * (1 + (random % 13)), 1 + ((random >> 2) % 6));
  }
}

function fraction(n: number, d: number): Value {
  return real(ratio(BigInt(n), BigInt(d))!);
}
