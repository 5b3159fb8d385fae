import type { Document, Macro, TextRange } from "../../document/types.js";
import type { Finding } from "../finding.js";
import type { Fuel } from "./algebra/evaluate.js";
import type { Expression } from "./algebra/expression.js";
import { type Context, contextOf, otherReadings } from "./claims/context.js";
import { gateOf, sentenceBefore } from "./claims/gates.js";
import { REASONS } from "./claims/reasons.js";
import { Scopes } from "./claims/scopes.js";
import { Mathematics } from "./claims/spans-read.js";
import { firstVerdict, holdsOtherwise, judgeFalse } from "./judging/judge.js";
import { type Look, lookAt } from "./judging/look.js";
import { isTelling } from "./judging/shape.js";
import type { Surroundings, Verdict } from "./judging/verdicts.js";
import type { Chain } from "./reading/chains.js";
import { PLAIN, type Reading } from "./reading/cursor.js";
import { expansionsOf } from "./reading/macros.js";
import { parseFormula } from "./reading/parser.js";
import type { Span } from "./reading/spans.js";
import type { MathToken } from "./reading/tokens.js";
import { findingOf } from "./report.js";
import type { Link } from "./search/link.js";

/** One relation of a text, with what is known of it. The range is that of its own text: both sides. */
export interface Relation extends TextRange {
  readonly verdict: Verdict;
  /** Whether both sides could be read and were tried; else the verdict says why not. */
  readonly read: boolean;
  readonly step: TextRange | null;
}

/** What a look at all relations of a document gives. */
export interface RelationReport {
  /** In order of their starts. */
  readonly relations: readonly Relation[];
  readonly findings: readonly Finding[];
}

/** What a check may be told. */
export interface RelationOptions {
  /** The macros that hold in the file; those of the document itself by default. */
  readonly macros?: readonly Macro[];
  /** Only formulas that have a part in this range are checked. */
  readonly range?: TextRange;
}

/** Work for one relation, in about tens of nanoseconds. */
const FUEL = 400_000;
/** Most links of one chain that are looked at. */
const MOST_LINKS = 60;

/**
 * Checks the relations that stand in displays, and in running text where two or more stand in a chain. Pure: no disk,
 * network or clock; work is bounded by counting it, so the same text gives the same findings everywhere. Total.
 */
export function checkRelations(document: Document, options: RelationOptions = {}): RelationReport {
  const mathematics = new Mathematics(document, expansionsOf(options.macros ?? document.macros));
  const scopes = new Scopes(document);
  const contexts = new Map<string, Context>();
  const relations: Relation[] = [];
  const findings: Finding[] = [];
  const steps = stepsOf(document);
  const range = options.range ?? { start: 0, end: document.text.length };
  for (const index of mathematics.touching(range.start, range.end)) {
    const { span, chains } = mathematics.at(index);
    for (const chain of chains) {
      if (chain.relations.length < (span.display ? 1 : 2)) continue;
      const place = scopes.at(span);
      let context = contexts.get(place.key);
      if (!context) {
        context = contextOf(document, mathematics, place);
        contexts.set(place.key, context);
      }
      const step = steps.find(({ start, end }) => start <= span.start && span.end <= end) ?? null;
      for (const [link, verdict, where] of judgeChain(document.text, span, chain, context)) {
        relations.push({ ...where, verdict, read: link !== null, step });
        if (verdict.kind === "refuted") findings.push(findingOf(verdict, where, step));
      }
    }
  }
  return { relations, findings };
}

/** The innermost steps first. */
function stepsOf(document: Document): TextRange[] {
  const proofs = [...document.statements.flatMap(({ proof }) => (proof ? [proof] : [])), ...document.looseProofs];
  return proofs
    .flatMap(({ steps }) => steps.map(({ start, end }) => ({ start, end })))
    .sort((a, b) => a.end - a.start - (b.end - b.start));
}

interface Operand {
  readonly expression: Expression | null;
  readonly reason: string;
  readonly met: ReadonlySet<keyof Reading>;
}

type Judged = readonly [Link | null, Verdict, TextRange];

function judgeChain(text: string, span: Span, chain: Chain, context: Context): Judged[] {
  const parse = (tokens: readonly MathToken[], reading: Reading): Operand => {
    const parsed = parseFormula(tokens, reading, context.letters);
    return parsed.expression ? { ...parsed, reason: "" } : { expression: null, reason: parsed.reason, met: new Set() };
  };
  const operands = chain.operands.map((tokens) => parse(tokens, PLAIN));
  const modulus = chain.modulus ? parse(chain.modulus, PLAIN) : null;
  const count = Math.min(chain.relations.length, MOST_LINKS);
  const links: (Link | null)[] = [];
  const looks: (Look | null)[] = [];
  const verdicts: (Verdict | null)[] = [];
  for (let k = 0; k < count; k++) {
    const relation = chain.relations[k]!.value;
    const [left, right] = [operands[k]!, operands[k + 1]!];
    const reason = unreadable(relation, left, right, modulus);
    const link = reason
      ? null
      : ({ relation, left: left.expression!, right: right.expression!, modulus: modulus?.expression ?? null } as const);
    const look = link && lookAt(link, context, chain, { left: FUEL });
    links.push(link);
    looks.push(look);
    verdicts.push(link && look ? firstVerdict(link, look) : { kind: "silent", reason: reason! });
  }
  const congruences = chain.relations.some(({ value }) => value === "==");
  return links.map((link, k) => {
    const where = {
      start: chain.operands[k]![0]?.start ?? chain.relations[k]!.start,
      end: chain.operands[k + 1]!.at(-1)?.end ?? chain.relations[k]!.end,
    };
    const known = verdicts[k];
    if (!known && chain.listed) return [link, silence(REASONS.lists), where];
    if (known || !link) return [link, known!, where];
    const fuel: Fuel = { left: FUEL };
    const around: Surroundings = {
      context,
      chain,
      supported: isSupported(k, chain, operands, links, verdicts, context),
      gate: gateOf(text, span, chain),
      isLocal: (fact) => isLocal(text, fact, chain),
      near: text.slice(Math.max(0, span.start - 300), Math.min(text.length, span.end + 200)),
      universal: isUniversal(text, span, chain),
    };
    // In a chain of congruences "=" may be one.
    if (congruences && link.relation === "=" && modulus?.expression) {
      if (holdsOtherwise({ ...link, relation: "==", modulus: modulus.expression }, around, 0.4, fuel))
        return [link, silence(REASONS.readings), where];
    }
    let verdict = judgeFalse(link, looks[k]!, around, fuel);
    if (fuel.left < 0) verdict = silence(REASONS.fuel);
    if (verdict.kind === "refuted") {
      const met = new Set([...operands[k]!.met, ...operands[k + 1]!.met]);
      for (const reading of otherReadings(met)) {
        const [left, right] = [parse(chain.operands[k]!, reading), parse(chain.operands[k + 1]!, reading)];
        if (!left.expression || !right.expression) continue;
        const other = { ...link, left: left.expression, right: right.expression };
        // A letter has values of its own, of which one may be meant.
        if (holdsOtherwise(other, around, reading.lettersOnly ? 0 : 0.4, { left: FUEL }))
          verdict = silence(REASONS.readings);
      }
    }
    return [link, verdict, where];
  });
}

function silence(reason: string): Verdict {
  return { kind: "silent", reason };
}

function unreadable(relation: string, left: Operand, right: Operand, modulus: Operand | null): string | null {
  if (relation === ":=") return REASONS.definition;
  if (!left.expression) return left.reason;
  if (!right.expression) return right.reason;
  if (relation !== "==") return null;
  if (!modulus) return REASONS.modulus;
  return modulus.expression ? null : modulus.reason;
}

/** Whether something else in the chain holds, so that identities are meant. */
function isSupported(
  k: number,
  chain: Chain,
  operands: readonly Operand[],
  links: readonly (Link | null)[],
  verdicts: readonly (Verdict | null)[],
  context: Context,
): boolean {
  for (const [j, verdict] of verdicts.entries()) {
    const link = links[j];
    if (j !== k && link && (verdict?.kind === "proved" || verdict?.kind === "agrees") && isTelling(link)) return true;
  }
  // A₀ = A₃ where A₁ = A₂ is false.
  const isEquation = (j: number) => chain.relations[j]?.value === "=";
  if (!isEquation(k)) return false;
  let from = k;
  while (from > 0 && isEquation(from - 1) && k - from < 4) from--;
  let to = k + 1;
  while (to < operands.length - 1 && isEquation(to) && to - k < 5) to++;
  for (let a = from; a <= k; a++) {
    for (let b = k + 1; b <= to; b++) {
      const [left, right] = [operands[a]!.expression, operands[b]!.expression];
      if (b - a < 2 || !left || !right) continue;
      const link: Link = { relation: "=", left, right, modulus: null };
      if (!isTelling(link)) continue;
      const look = lookAt(link, context, chain, { left: FUEL / 4 });
      const verdict = firstVerdict(link, look);
      if (verdict?.kind === "proved" || verdict?.kind === "agrees") return true;
    }
  }
  return false;
}

/** How far back a value is remembered, in UTF-16 units. */
const REMEMBERED = 900;
const NEW_CASE = /\\item\b|\\textbf|\\paragraph|\*\*|\b(?:[Cc]ase|[Ss]tep|[Ii]nducti(?:ve|on)|[Bb]ase)\b|\n#/;

/** What joins a value to the formula before it. */
const MEANWHILE = /^[^.]*\b(?:where|when|if|for|at|with|since|as)\b[^.]*$/;

function isLocal(text: string, fact: TextRange, chain: TextRange): boolean {
  if (fact.start > chain.end) return fact.start - chain.end < 200 && MEANWHILE.test(text.slice(chain.end, fact.start));
  return chain.start - fact.end < REMEMBERED && !NEW_CASE.test(text.slice(fact.end, chain.start));
}

const UNIVERSAL = /\b(?:for (?:all|every|any|each)|prove that|show that|whenever|always|identity)\b|\\forall/i;

function isUniversal(text: string, span: Span, chain: Chain): boolean {
  const after = text.slice(chain.end, Math.min(text.length, span.end + 100)).split(/\.\s/)[0]!;
  return UNIVERSAL.test(sentenceBefore(text, span)) || UNIVERSAL.test(after) || UNIVERSAL.test(chain.after);
}
