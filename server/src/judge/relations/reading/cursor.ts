import type { Expression } from "../algebra/expression.js";
import { ratio } from "../numbers/rational.js";
import { isSign, type MathToken } from "./tokens.js";

/** What a formula may mean more than one way. A relation is refuted only if it is false however it is read. */
export interface Reading {
  /** `\cos(2k+1)\theta` is the cosine of the whole product. */
  readonly wideArguments: boolean;
  /** `\sum a_k + b` sums b as well. */
  readonly wideSums: boolean;
  /** `a/bc` is a/(bc). */
  readonly wideSlash: boolean;
  /** `e` is a variable, not 2.718…; π and i likewise are letters. */
  readonly lettersOnly: boolean;
  /** The base of `\log`: e, 10 or 2. */
  readonly logarithm: 0 | 10 | 2;
}

/** How mathematics is read first. */
export const PLAIN: Reading = {
  wideArguments: true,
  wideSums: false,
  wideSlash: false,
  lettersOnly: false,
  logarithm: 0,
};

/** What the text around a formula says about its letters. */
export interface Letters {
  /** Letters that are functions here, such as f in f(x). */
  readonly functions: ReadonlySet<string>;
  /** Letters that stand for numbers and can't be functions. */
  readonly numbers: ReadonlySet<string>;
  /** Of e and π, those that may be letters here. */
  readonly doubtful: ReadonlySet<string>;
  /** i is the imaginary unit. */
  readonly complex: boolean;
}

/** Thrown inside the parser and turned into a reason for silence at its only entry. */
export class Unreadable extends Error {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

/** Where the parser is, and what it has met. Lives for one formula. */
export class Cursor {
  at = 0;
  depth = 0;
  fuel = 40_000;
  /** Which parts of {@link Reading} made a difference. */
  readonly met = new Set<keyof Reading>();
  readonly bound: string[] = [];
  /** How many bars of |…| are open. */
  bars = 0;

  /** A copy: a number may be cut in two while it is read. */
  readonly tokens: MathToken[];

  constructor(
    tokens: readonly MathToken[],
    readonly reading: Reading,
    readonly letters: Letters,
  ) {
    this.tokens = [...tokens];
  }

  /** The token `ahead` of here. */
  peek(ahead = 0): MathToken | undefined {
    return this.tokens[this.at + ahead];
  }

  /** Whether the next token is this sign or command. */
  is(value: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token !== undefined && (token.type === "sym" || token.type === "cmd") && token.value === value;
  }

  /** Takes the next token if it is this sign or command. */
  take(value: string): boolean {
    if (!this.is(value)) return false;
    this.at++;
    return true;
  }

  /** Takes this sign, or the formula is not readable. */
  need(value: string): void {
    if (!this.take(value)) throw new Unreadable(reasonOf(this.peek()));
  }

  /** Says that a part of the reading matters, and which way it goes. */
  choose<K extends keyof Reading>(key: K): Reading[K] {
    this.met.add(key);
    return this.reading[key];
  }

  /** The index of the sign that closes the bracket at `from`; −1 if none does. */
  closing(open: string, close: string, from = this.at): number {
    let depth = 0;
    for (let k = from; k < this.tokens.length; k++) {
      if (isSign(this.tokens[k], open)) depth++;
      else if (isSign(this.tokens[k], close) && --depth === 0) return k;
    }
    return -1;
  }

  /** Takes the group that opens here, with its brackets: what stands in it. */
  takeGroup(open: string, close: string): MathToken[] {
    const end = this.closing(open, close);
    if (end < 0) throw new Unreadable("a formula that is not complete");
    const inside = this.tokens.slice(this.at + 1, end);
    this.at = end + 1;
    return inside;
  }

  /** Runs a parser on some of the tokens, which it must use up. */
  within(tokens: readonly MathToken[], parse: (cursor: Cursor) => Expression): Expression {
    const inner = new Cursor(tokens, this.reading, this.letters);
    inner.depth = this.depth + 1;
    inner.fuel = this.fuel;
    inner.bound.push(...this.bound);
    if (inner.depth > 60) throw new Unreadable("formulas nested too deeply");
    const result = parse(inner);
    if (inner.at < tokens.length) throw new Unreadable(reasonOf(inner.peek()));
    this.fuel = inner.fuel;
    for (const key of inner.met) this.met.add(key);
    return result;
  }
}

/** Why a token can't be part of a formula. */
export function reasonOf(token: MathToken | undefined): string {
  if (!token) return "a formula that is not complete";
  if (token.type === "skip") return token.value;
  if (token.type === "text" || token.type === "word") return "words inside a formula";
  if (token.type === "rel") return "a relation inside a formula";
  return "unknown notation";
}

/** The expression of a written number; thousands may be set apart by commas. */
export function numberOf(digits: string): Expression {
  if (digits.length > 60) throw new Unreadable("numbers of many digits");
  const plain = digits.replaceAll("{,}", "").replaceAll(",", "");
  const [whole = "0", places = ""] = plain.split(".");
  const value = ratio(BigInt(whole + places), 10n ** BigInt(places.length));
  if (!value) throw new Unreadable("numbers of many digits");
  return { op: "number", value };
}
