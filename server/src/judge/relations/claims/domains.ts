import type { Document } from "../../../document/types.js";
import type { MathToken } from "../reading/tokens.js";
import type { Place } from "./scopes.js";
import type { Mathematics } from "./spans-read.js";

/** What a letter stands for. */
export interface Domain {
  readonly set: "integer" | "rational" | "real" | "complex";
  readonly positive: boolean;
  readonly nonnegative: boolean;
  readonly negative: boolean;
  readonly nonzero: boolean;
  readonly odd: boolean;
  readonly even: boolean;
  readonly prime: boolean;
  /** Whether the text says so; else it is guessed from how the letter is used. */
  readonly declared: boolean;
}

/** Nothing is known. */
export const UNKNOWN: Domain = {
  set: "real",
  positive: false,
  nonnegative: false,
  negative: false,
  nonzero: false,
  odd: false,
  even: false,
  prime: false,
  declared: false,
};

const NOUN =
  "(?:integers?|reals?|(?:real |complex |natural |whole |rational |prime |odd |even )?numbers?|naturals?|rationals?|primes?|constants?|parameters?|angles?|side lengths|sides)";
const ADJECTIVES =
  "(?:(?:strictly |positive|negative|non-?negative|non-?zero|real|rational|odd|even|prime|natural|whole|complex|arbitrary|fixed|given|distinct|any|all|every|each|some|two|three|four|a|an|the|consecutive|pairwise|different|large|small)[\\s,-]+|and |or )*";
const AFTER = new RegExp(`^\\s*(?:be|is|are|denotes?|being)\\s+(${ADJECTIVES}${NOUN})`, "i");
const BEFORE = new RegExp(`(${ADJECTIVES}${NOUN})\\s*(?:such as\\s*)?$`, "i");
const ADJECTIVE_ONLY =
  /^\s*(?:is|are|be)\s+(?:both\s+|all\s+)?(odd|even|positive|negative|non-?negative|non-?zero|real|prime|an integer|integers|rational)\b/i;
const ADJECTIVE_BEFORE =
  /\b(odd|even|positive|negative|non-?negative|non-?zero|real|prime|integral|integer|natural|complex)\s*$/i;

/** Reads what words and memberships near formulas say about letters. */
export function domainsOf(document: Document, mathematics: Mathematics, place: Place): Map<string, Domain> {
  const domains = new Map<string, Domain>();
  const { text } = document;
  const learn = (name: string, words: string) => {
    const known = domains.get(name) ?? UNKNOWN;
    domains.set(name, refine(known, words));
  };
  for (const { start, end } of place.ranges) {
    for (const k of mathematics.within(start, end)) {
      const { span, raw } = mathematics.at(k);
      for (const [name, words] of memberships(raw)) learn(name, words);
      if (span.display) continue;
      const names = subjects(raw);
      if (names.length === 0) continue;
      const after = text.slice(span.end, Math.min(end, span.end + 120));
      const before = text.slice(Math.max(start, span.start - 80), span.start).replace(/\s+/g, " ");
      const words = AFTER.exec(after)?.[1] ?? ADJECTIVE_ONLY.exec(after)?.[1] ?? null;
      if (words) for (const name of names) learn(name, words);
      const lead = BEFORE.exec(before)?.[1] ?? ADJECTIVE_BEFORE.exec(before)?.[1] ?? null;
      if (lead) for (const name of names) learn(name, lead);
    }
  }
  for (const list of [LIST_BEFORE, LIST_AFTER]) {
    for (const { start, end } of place.ranges) {
      for (const { groups } of text.slice(start, end).matchAll(list)) {
        for (const [, name] of groups!.list!.matchAll(FIRST_LETTER)) learn(name!, groups!.words!);
      }
    }
  }
  return domains;
}

const FORMULA = "(?:\\$[^$\\n]{1,40}\\$|\\\\\\([^\\n]{1,40}?\\\\\\))";
const FORMULAS = `(?<list>${FORMULA}(?:\\s*(?:,|and|, and)\\s*${FORMULA}){1,5})`;
const MEANING = `(?<words>${ADJECTIVES}${NOUN})`;
/** "Let $a$, $b$ and $c$ be positive integers": each in its own formula. */
const LIST_BEFORE = new RegExp(`${FORMULAS}\\s*(?:be|are|denote|is)\\s+${MEANING}`, "g");
/** "for all positive integers $m$ and $n$": the words come first. */
const LIST_AFTER = new RegExp(`\\b${MEANING}\\s+${FORMULAS}`, "g");
/** The letter with which a formula begins. */
const FIRST_LETTER = /(?:\$|\\\()\s*([A-Za-z]|\\[A-Za-z]+)(?=[\s$\\_=<>]|\\\))/g;

/** Adds what words say to what is known. */
function refine(known: Domain, words: string): Domain {
  const says = (pattern: RegExp) => pattern.test(words);
  const integer = says(/integ|natural|whole|prime|\bodd\b|\beven\b/i);
  const nonnegative = says(/non-?negative/i);
  const set = integer ? "integer" : says(/complex/i) ? "complex" : says(/rational/i) ? "rational" : known.set;
  return {
    set: known.set === "integer" && !integer ? "integer" : set,
    positive: known.positive || says(/(?<!non-?)positive|natural|prime|side|triangle/i),
    nonnegative: known.nonnegative || nonnegative,
    negative: known.negative || (!nonnegative && says(/(?<!non-?)negative/i)),
    nonzero: known.nonzero || says(/non-?zero/i),
    odd: known.odd || says(/\bodd\b/i),
    even: known.even || says(/\beven\b/i),
    prime: known.prime || says(/prime/i),
    declared: true,
  };
}

/** The letters that a short formula is about: `a,b,c`, `n`, `n \ge 2`, `x > 0`, `a_1, \dots, a_n`. */
function subjects(raw: readonly MathToken[]): string[] {
  const names: string[] = [];
  let expecting = true;
  for (let k = 0; k < raw.length && names.length < 8; k++) {
    const token = raw[k]!;
    if (/^\\(?:dots|ldots|cdots|,|;|quad)$/.test(token.value)) continue;
    if (token.value === ",") {
      expecting = true;
      continue;
    }
    const isLetter =
      token.type === "id" ||
      (token.type === "cmd" &&
        /^\\(?:alpha|beta|gamma|delta|epsilon|varepsilon|theta|lambda|mu|phi|varphi|omega|xi|eta|rho|sigma|tau|zeta)$/.test(
          token.value,
        ));
    if (!expecting || !isLetter) {
      // A condition after the letter is fine; anything else is not a list of letters.
      return names.length > 0 && /^(?:[<>=]|\\(?:le|ge|leq|geq|lt|gt|ne|neq|in|geqslant|leqslant))$/.test(token.value)
        ? names
        : [];
    }
    expecting = false;
    if (raw[k + 1]?.value === "_") {
      names.push(`${token.value}_`);
      k += 2;
      if (raw[k]?.value === "{") while (k < raw.length && raw[k]!.value !== "}") k++;
    } else names.push(token.value);
  }
  return names;
}

const SETS: Readonly<Record<string, string>> = {
  Z: "integer",
  N: "natural",
  R: "real",
  Q: "rational",
  C: "complex",
  P: "prime",
};

/** `x, y \in \mathbb{R}^+` and the like, as pairs of letter and words. */
function memberships(raw: readonly MathToken[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let k = 1; k < raw.length; k++) {
    if (raw[k]!.value !== "\\in") continue;
    const at = raw[k + 1]?.value === "\\mathbb" || raw[k + 1]?.value === "\\mathbf" ? k + 2 : -1;
    if (at < 0) continue;
    const letter = raw[raw[at]?.value === "{" ? at + 1 : at]?.value ?? "";
    const set = SETS[letter];
    if (set === undefined) continue;
    const rest = raw
      .slice(at, at + 9)
      .map(({ value }) => value)
      .join("");
    const words = `${set}${/\^\{?\+|_\{?\+|_\{?>0|_\{?\\g[et]q?1/.test(rest) ? " positive" : ""}${/_\{?\\geq?0/.test(rest) ? " nonnegative" : ""}`;
    if (letter === "Z" && /^\{?Z\}?[/_]\{?[a-z\d]/.test(rest) && !/positive|nonnegative/.test(words)) continue;
    for (let j = k - 1; j >= 0; j--) {
      const { type, value } = raw[j]!;
      if (type === "id" || /^\\(?:alpha|beta|gamma|theta|lambda|mu)$/.test(value)) pairs.push([value, words]);
      else if (value !== "," && value !== "\\,") break;
    }
  }
  return pairs;
}
