import type { Document, TextRange } from "../../../document/types.js";
import type { Expression } from "../algebra/expression.js";
import { type Letters, PLAIN, type Reading } from "../reading/cursor.js";
import { parseFormula } from "../reading/parser.js";
import type { MathToken } from "../reading/tokens.js";
import { wholeLetters } from "../search/link.js";
import { type Domain, domainsOf } from "./domains.js";
import { sentenceBefore } from "./gates.js";
import type { Place } from "./scopes.js";
import type { Mathematics } from "./spans-read.js";

/** A relation that the text states, as far as it could be read. */
export interface Fact {
  readonly relation: string;
  /** Null where a side could not be read; `names` then are all letters of it. */
  readonly left: Expression | null;
  readonly right: Expression | null;
  readonly modulus: Expression | null;
  readonly names: ReadonlySet<string>;
  /** Its sentence speaks of when equality holds: it is not assumed elsewhere. */
  readonly conditional: boolean;
  /** Range of the fact in the file, and of the chain it is a link of. */
  readonly start: number;
  readonly end: number;
  readonly chain: TextRange;
}

/** What the text of a place says about the letters in it. */
export interface Context {
  readonly place: Place;
  /** The text of the place, comments and all. */
  readonly text: string;
  readonly letters: Letters;
  readonly facts: readonly Fact[];
  readonly domains: ReadonlyMap<string, Domain>;
  /** Letters that some formula uses as a bound, an exponent of a letter, an index or in a factorial. */
  readonly wholes: ReadonlySet<string>;
}

/** Most facts of one place. */
const MOST_FACTS = 400;

/** Reads a place: which letters are functions, what is known of them, and what is said to hold. */
export function contextOf(document: Document, mathematics: Mathematics, place: Place): Context {
  const spans = place.ranges.flatMap(({ start, end }) => mathematics.within(start, end));
  const text = place.ranges.map(({ start, end }) => document.text.slice(start, end)).join("\n");
  const letters = lettersOf(
    text,
    spans.map((k) => mathematics.at(k).raw),
  );
  const facts: Fact[] = [];
  for (const k of spans) {
    if (facts.length >= MOST_FACTS) break;
    const { chains, span } = mathematics.at(k);
    const around = `${sentenceBefore(document.text, span)} ${document.text.slice(span.end, span.end + 60).split(/\.\s|\n\s*\n/)[0]}`;
    const conditional = /\bequality|\bif and only if\b|\biff\b/i.test(around);
    chains.forEach((chain, c) => {
      const parse = (tokens: readonly MathToken[]) => parseFormula(tokens, PLAIN, letters).expression;
      for (const condition of chain.conditions) facts.push(...conditionFacts(condition, parse, chain));
      if (chain.relations.length === 0) return;
      const operands = chain.operands.map(parse);
      const modulus = chain.modulus && parse(chain.modulus);
      // "x, y, z > 0" bounds all three.
      const also: Expression[] = [];
      for (let before = c - 1; before >= 0; before--) {
        const lone = chains[before]!;
        const expression =
          lone.relations.length === 0 && lone.operands[0]!.length <= 6 ? parse(lone.operands[0]!) : null;
        if (!expression || (expression.op !== "symbol" && expression.op !== "call")) break;
        also.push(expression);
      }
      chain.relations.forEach((relation, j) => {
        const firsts = j === 0 ? [operands[0]!, ...also] : [operands[j]!];
        for (const left of firsts) {
          const right = operands[j + 1]!;
          const tokens = [...chain.operands[j]!, ...chain.operands[j + 1]!];
          facts.push({
            relation: relation.value,
            left,
            right,
            modulus,
            conditional,
            names: new Set(tokens.filter((token) => token.type === "id").map((token) => token.value)),
            start: chain.operands[j]![0]?.start ?? relation.start,
            end: chain.operands[j + 1]!.at(-1)?.end ?? relation.end,
            chain: { start: chain.start, end: chain.end },
          });
        }
      });
    });
  }
  const wholes = new Set<string>();
  for (const { relation, left, right, modulus } of facts)
    if (left && right) for (const name of wholeLetters({ relation, left, right, modulus })) wholes.add(name);
  return { place, text, letters, facts, domains: domainsOf(document, mathematics, place), wholes };
}

function conditionFacts(
  tokens: readonly MathToken[],
  parse: (tokens: readonly MathToken[]) => Expression | null,
  chain: TextRange,
): Fact[] {
  const cuts = tokens.flatMap((token, k) => (token.type === "rel" ? [k] : []));
  return cuts.map((cut, j) => {
    const from = j === 0 ? 0 : cuts[j - 1]! + 1;
    const to = cuts[j + 1] ?? tokens.length;
    return {
      relation: tokens[cut]!.value,
      left: parse(tokens.slice(from, cut)),
      right: parse(tokens.slice(cut + 1, to)),
      modulus: null,
      conditional: false,
      names: new Set(
        tokens
          .slice(from, to)
          .filter((token) => token.type === "id")
          .map((token) => token.value),
      ),
      start: tokens[from]?.start ?? chain.start,
      end: tokens[to - 1]?.end ?? chain.end,
      // A condition is no claim of its chain.
      chain: { start: tokens[from]?.start ?? chain.start, end: tokens[from]?.start ?? chain.start },
    };
  });
}

const DECLARED_FUNCTION =
  /(?:functions?|polynomials?|maps?|mappings?|permutations?|bijections?|homomorphisms?|operators?)\s+(?:(?:with|of|in)\s+\w+\s+\w+\s+)?(?:\$|\\\()\s*\\?([A-Za-z]+)(?:\s*(?:,|and)\s*([A-Za-z]))?(?=[\s$(:,_\\])/g;
const COMPLEX =
  /complex (?:number|plane|root|value|conj)|\\mathbb\s*\{?C\b|\\C\b|\\CC\b|imaginary|roots? of unity|i\^\{?2\}?\s*=\s*-\s*1|e\^\{[^{}]{0,20}i[^{}]{0,20}\}|[Dd]e Moivre|Argand/;

/** e is 2.718…. */
const EULER = /e\^\{?\s*-?\s*(?:i|x|\\pi)|\\ln\b|\\exp\b|exponential/;
/** π is a map or a permutation. */
const PROJECTION = /\\pi\s*(?:[(:_]|\\colon|\\circ|\\in)|projection|permutation|homotop/;

/** Which letters are functions and which numbers, by how they are used in the text. */
function lettersOf(text: string, formulas: readonly (readonly MathToken[])[]): Letters {
  const functions = new Set<string>();
  const numbers = new Set<string>();
  for (const match of text.matchAll(DECLARED_FUNCTION)) {
    for (const name of [match[1], match[2]]) if (name) functions.add(name.length > 1 ? `\\${name}` : name);
  }
  for (const tokens of formulas) {
    for (let k = 0; k < tokens.length; k++) {
      const token = tokens[k]!;
      const isLetter =
        token.type === "id" ||
        (token.type === "cmd" && /^\\(?:var)?(?:phi|psi|sigma|tau|pi|Phi|Psi)$/.test(token.value));
      if (!isLetter) continue;
      const next = tokens[k + 1]?.value;
      if (next === ":" || next === "\\colon") {
        if (tokens.slice(k, k + 40).some(({ value }) => /^\\(?:to|rightarrow|longrightarrow|mapsto)$/.test(value)))
          functions.add(token.value);
        continue;
      }
      if (next === "(" || next === "'" || next === "_") continue;
      const beside = (t: MathToken | undefined) =>
        t !== undefined &&
        (t.type === "number" || /^(?:[+\-<>^/]|\\(?:le|ge|leq|geq|cdot|times|equiv|mid|frac|sqrt))$/.test(t.value));
      if (beside(tokens[k + 1]) || beside(tokens[k - 1])) numbers.add(token.value);
    }
  }
  const doubtful = new Set(EULER.test(text) ? [] : ["e"]);
  if (PROJECTION.test(text)) doubtful.add("\\pi");
  return { functions, numbers, doubtful, complex: COMPLEX.test(text) };
}

/** A reading that differs from the plain one in one respect. */
export function otherReadings(met: ReadonlySet<keyof Reading>): Reading[] {
  const readings: Reading[] = [];
  for (const key of met) {
    if (key === "logarithm") readings.push({ ...PLAIN, logarithm: 10 }, { ...PLAIN, logarithm: 2 });
    else readings.push({ ...PLAIN, [key]: !PLAIN[key] });
  }
  return readings;
}
