import { addQ, invQ, mulQ, negQ, ONE, type Rational, whole } from "../numbers/rational.js";

/** A term: a coefficient, not 0, and the exponents of its atoms, all at least 1, in the order of their names. */
interface Term {
  readonly coefficient: Rational;
  readonly powers: readonly (readonly [string, number])[];
}

/** A polynomial over the rationals in named atoms; terms by the key of their powers. */
export type Polynomial = ReadonlyMap<string, Term>;

/** Most terms of a polynomial; what needs more is not normalised. */
const MOST_TERMS = 240;
/** Highest exponent of one atom. */
const HIGHEST = 60;

/** The name of the imaginary unit. */
export const IMAGINARY = "const i";

/** A constant. */
export function constantP(value: Rational): Polynomial {
  return value.n === 0n ? new Map() : new Map([["", { coefficient: value, powers: [] }]]);
}

/** An atom. */
export function atomP(name: string): Polynomial {
  return new Map([[name, { coefficient: ONE, powers: [[name, 1] as const] }]]);
}

/** a + b; null if it gets too large. */
export function addP(a: Polynomial, b: Polynomial): Polynomial | null {
  const result = new Map(a);
  for (const [key, term] of b) if (!put(result, key, term)) return null;
  return result.size > MOST_TERMS ? null : result;
}

function put(into: Map<string, Term>, key: string, term: Term): boolean {
  const known = into.get(key);
  if (!known) {
    into.set(key, term);
    return true;
  }
  const coefficient = addQ(known.coefficient, term.coefficient);
  if (!coefficient) return false;
  if (coefficient.n === 0n) into.delete(key);
  else into.set(key, { coefficient, powers: term.powers });
  return true;
}

/** c · a for a constant. */
export function scaleP(a: Polynomial, factor: Rational): Polynomial | null {
  if (factor.n === 0n) return new Map();
  const result = new Map<string, Term>();
  for (const [key, { coefficient, powers }] of a) {
    const scaled = mulQ(coefficient, factor);
    if (!scaled) return null;
    result.set(key, { coefficient: scaled, powers });
  }
  return result;
}

/** a · b; null if it gets too large. */
export function mulP(a: Polynomial, b: Polynomial): Polynomial | null {
  if (a.size * b.size > 12_000) return null;
  const result = new Map<string, Term>();
  for (const x of a.values()) {
    for (const y of b.values()) {
      const coefficient = mulQ(x.coefficient, y.coefficient);
      const term = coefficient && multiply(x.powers, y.powers, coefficient);
      if (!term || !put(result, keyOfPowers(term.powers), term)) return null;
      if (result.size > MOST_TERMS) return null;
    }
  }
  return result;
}

function multiply(a: Term["powers"], b: Term["powers"], coefficient: Rational): Term | null {
  const powers: (readonly [string, number])[] = [];
  let value = coefficient;
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const [x, y] = [a[i], b[j]];
    if (x && (!y || x[0] < y[0])) {
      powers.push(x);
      i++;
    } else if (y && (!x || y[0] < x[0])) {
      powers.push(y);
      j++;
    } else {
      let exponent = x![1] + y![1];
      if (exponent > HIGHEST) return null;
      if (x![0] === IMAGINARY && exponent >= 2) {
        value = negQ(value);
        exponent -= 2;
      }
      if (exponent > 0) powers.push([x![0], exponent]);
      i++;
      j++;
    }
  }
  return { coefficient: value, powers };
}

function keyOfPowers(powers: Term["powers"]): string {
  return powers.map(([name, exponent]) => (exponent === 1 ? name : `${name}^${exponent}`)).join("·");
}

/** a to a whole power, at least 0. */
export function powP(a: Polynomial, exponent: number): Polynomial | null {
  if (exponent > HIGHEST) return null;
  let result: Polynomial | null = constantP(whole(1));
  let square: Polynomial | null = a;
  for (let e = exponent; e > 0 && result && square; e >>= 1) {
    if (e & 1) result = mulP(result, square);
    if (e > 1) square = mulP(square, square);
  }
  return result && (exponent === 0 || square) ? result : null;
}

/** The value of a constant polynomial, null for others. */
export function constantOf(a: Polynomial): Rational | null {
  if (a.size === 0) return whole(0);
  return a.size === 1 ? (a.get("")?.coefficient ?? null) : null;
}

/** The atoms of a polynomial. */
export function atomsOf(a: Polynomial): Set<string> {
  return new Set([...a.values()].flatMap(({ powers }) => powers.map(([name]) => name)));
}

/** The coefficients of the powers of one atom, lowest first; each is a polynomial in the others. */
export function coefficientsIn(a: Polynomial, name: string): Polynomial[] {
  const result: Map<string, Term>[] = [];
  for (const { coefficient, powers } of a.values()) {
    const exponent = powers.find(([atom]) => atom === name)?.[1] ?? 0;
    while (result.length <= exponent) result.push(new Map());
    const rest = powers.filter(([atom]) => atom !== name);
    result[exponent]!.set(keyOfPowers(rest), { coefficient, powers: rest });
  }
  return result;
}

/**
 * The pseudo-remainder of a by b in one atom (Knuth, vol. 2, 4.6.1, algorithm R): 0 if and only if b divides a, where the
 * leading coefficient of b is not 0. Null if it gets too large.
 */
export function remainderP(a: Polynomial, b: Polynomial, name: string): Polynomial | null {
  const divisor = coefficientsIn(b, name);
  const degree = divisor.length - 1;
  const lead = divisor[degree];
  if (degree < 1 || !lead) return a;
  let rest: Polynomial | null = a;
  for (let round = 0; round < 80 && rest; round++) {
    const coefficients = coefficientsIn(rest, name);
    const top = coefficients.length - 1;
    if (top < degree || rest.size === 0) return rest;
    const shift = powP(atomP(name), top - degree);
    const scaled: Polynomial | null = mulP(rest, lead);
    const factor = shift && mulP(coefficients[top]!, shift);
    const taken = factor && mulP(factor, b);
    const minus = taken && scaleP(taken, whole(-1));
    rest = scaled && minus && addP(scaled, minus);
  }
  return null;
}

/** Whether b divides a without a remainder: division by leading terms in lexicographic order. */
export function dividesP(a: Polynomial, b: Polynomial): boolean {
  const names = [...new Set([...atomsOf(a), ...atomsOf(b)])].sort();
  const lead = leadingOf(b, names);
  if (!lead) return false;
  let rest: Polynomial | null = a;
  for (let round = 0; round < 200 && rest; round++) {
    const top = leadingOf(rest, names);
    if (!top) return true;
    const powers: (readonly [string, number])[] = [];
    for (const name of names) {
      const exponent = exponentOf(top, name) - exponentOf(lead, name);
      if (exponent < 0) return false;
      if (exponent > 0) powers.push([name, exponent]);
    }
    const inverse = invQ(lead.coefficient);
    const coefficient = inverse && mulQ(top.coefficient, negQ(inverse));
    const taken: Polynomial | null = coefficient && mulP(b, new Map([[keyOfPowers(powers), { coefficient, powers }]]));
    rest = taken && addP(rest, taken);
  }
  return false;
}

function exponentOf({ powers }: Term, name: string): number {
  return powers.find(([atom]) => atom === name)?.[1] ?? 0;
}

function leadingOf(a: Polynomial, names: readonly string[]): Term | null {
  let best: Term | null = null;
  for (const term of a.values()) {
    const name = best && names.find((own) => exponentOf(term, own) !== exponentOf(best!, own));
    if (!best || (name && exponentOf(term, name) > exponentOf(best, name))) best = term;
  }
  return best;
}
