import type { TextRange } from "../../../document/types.js";
import type { Chain } from "../reading/chains.js";
import type { Span } from "../reading/spans.js";
import { REASONS } from "./reasons.js";

/** Why words around a relation say that it may not be a claim. A weak one is outweighed by other evidence. */
export interface Gate {
  readonly reason: string;
  readonly weak: boolean;
}

const STRONG =
  /\b(?:if|suppos\w*|assum\w*|such that|satisf\w*|solv\w*|whenever|unless|would|could|should|w\.?l\.?o\.?g|loss of generality|conjecture\w*|guess\w*)\b/gi;
const WEAK =
  /\b(?:solutions?|equations?|system|conditions?|constraints?|when|approximat\w*|roughly|normali[sz]\w*|given(?=\s*(?:that\b|X|$))|provided|subject to|requir\w*|want|need|aim|goal|hope|try|trying|find|determine|let|either|possib\w*|choos\w*|restrict\w*|impos\w*|the case|holds only|locus|curve|parabola|hyperbola|ellipse|circle|line|plane|surface|point)\b/gi;
const NEGATED =
  /\b(?:false\w*|incorrect\w*|wrong\w*|mistake\w*|pitfall|contradict\w*|impossible|absurd|cannot|can't|never|not|n't|fails?|differs?|counter-?example|naive\w*|erroneous\w*|trap|bogus|flaw\w*|unlike|question|whether|warning)\b/gi;
const ASSERTS =
  /\b(?:then|we (?:have|get|obtain|find|see|compute|know|conclude)|gives?|giving|yields?|hence|thus|therefore|so|becomes?|equals?|simplif\w*|expand\w*|namely|obtain\w*|follows|prove|show|note|observe|implies|holds?|identity|formula|computing|indeed|calculat\w*)\b|[:;]/gi;
const AFTER =
  /^[\s.,;$\\)\]]*(?:which |and |but |this |that |it )?(?:is |are |would be |can |has |have |does |do )?(?:also )?(?:an? |clearly |obviously )?(?:contradict\w*|impossible|absurd\w*|false|cannot|not\b|nonsense|never|wrong|incorrect|fails?\b|if\b|when\b|whenever\b|unless\b|provided\b|no (?:integer|real|solution)|holds? (?:only|if|when|for some)|for some\b|in the (?:field|ring)|in characteristic|mod\b|modulo\b)/i;

/** What the sentence around a relation says about it. `text` is the whole file. */
export function gateOf(text: string, span: Span, chain: Chain): Gate | null {
  const inside = text.slice(span.inner.start, chain.start);
  const lead = `${sentenceBefore(text, span)} ${words(inside)} ${chain.before}`;
  const asserts = lastOf(lead, ASSERTS);
  if (lastOf(lead, NEGATED) > lastOf(lead, /\bthen\b|\bhence\b|\bthus\b|\btherefore\b/gi))
    return { reason: REASONS.negated, weak: false };
  if (lastOf(lead, STRONG) > asserts) return { reason: REASONS.condition, weak: false };
  const rest = text.slice(chain.end, span.inner.end);
  const after =
    chain.after !== "" ? chain.after : /^[\s.,;&\\]*$/.test(words(rest)) ? text.slice(span.end, span.end + 90) : "";
  if (AFTER.test(after)) return { reason: REASONS.negated, weak: false };
  return lastOf(lead, WEAK) > asserts ? { reason: REASONS.condition, weak: true } : null;
}

/** The text of the sentence up to a formula, formulas left out. */
export function sentenceBefore(text: string, { start }: TextRange): string {
  const before = text.slice(Math.max(0, start - 400), start);
  const cut = Math.max(
    lastOf(before, /[.!?](?=[\s})*_]+(?:\S|$))/g),
    lastOf(
      before,
      /\n[ \t>]*\n|\\(?:item|par|begin|end|section|subsection|medskip|smallskip|bigskip)\b|\n\s*(?:[-*+]|\d+[.)])\s/g,
    ),
  );
  return words(before.slice(cut + 1));
}

function words(source: string): string {
  return source
    .replace(/\$\$?[^$]*\$\$?|\\\([\s\S]*?\\\)|\\\[[\s\S]*?\\\]/g, " X ")
    .replace(/\\text\w*\s*\{([^{}]*)\}/g, " $1 ")
    .replace(/\\[A-Za-z]+\*?/g, " ");
}

function lastOf(text: string, pattern: RegExp): number {
  let last = -1;
  for (const match of text.matchAll(pattern)) last = match.index;
  return last;
}

const STRUCTURES =
  /\b(?:(?:commutative|polynomial|quotient|local|noetherian|integral|division|unital|associative) (?:rings?|domains?|algebras?)|rings?\b(?! of)|(?<!scalar |direction |slope |vector )fields?\b|(?:abelian|cyclic|finite|symmetric|permutation|quotient|Galois|Lie|free|matrix|multiplicative|additive) groups?|groups? (?:\$|\\\(|G\b|of order)|subgroups?|submodules?|modules?|ideals?|(?:homo|iso|auto|endo)morphisms?|matri(?:x|ces)|tensors?|schemes?|shea(?:f|ves)|categor(?:y|ies)|functors?|topolog\w*|manifolds?|(?:Lie|Boolean|Banach|exterior|tensor) algebras?|cohomolog\w*|homotop\w*|linear (?:operators?|maps?)|quaternions?|characteristic \$?[p\d]|p-adic|formal power series|ordinals?|cardinals?|random variables?|martingale)\b|\\mathbb\s*\{?F|\\F_/i;

/** Whether a text speaks of things that only look like numbers. */
export function speaksOfStructures(text: string): boolean {
  return STRUCTURES.test(text);
}

const CONSTRAINTS =
  /\b(?:triangles?|angles?|acute|obtuse|quadrilateral|polygon|sides?|tangent|inscribed|circum\w*|roots? of|unity|vieta\w*|orthogon\w*|perpendicular|w\.?l\.?o\.?g|without loss|normali[sz]\w*|homogen\w*|constraint|subject to|satisf\w*|lagrange|critical|maximum|minimum|minimi[sz]\w*|maximi[sz]\w*|extrem\w*|periodic|fixed point|perfect (?:square|cube|number)|primitive|pythagorean|sufficiently|large enough|small enough|consecutive|coprime|relatively|distinct|divisors?|digits?|increasing|decreasing|monoton\w*|order(?:ed|ing)|sorted|convex|concave|dominat\w*|contradict\w*|suppose (?:for|to|that|not|on)|assume (?:for|to|the contrary|not|on)|(?<!base )case|(?<!base )cases|parity|residue)\b/i;

/** Whether words of a text may tie letters together, or restrict them, in a way that is not written as a formula. */
export function mayConstrain(text: string): boolean {
  return CONSTRAINTS.test(text);
}

const RESTRICTIONS =
  /\b(?:triangles?(?! inequalit)|acute|obtuse|quadrilateral|polygon|inscribed|circum\w*|w\.?l\.?o\.?g|without loss|normali[sz]\w*|lagrange|sufficiently|large enough|small enough|contradict\w*|suppose (?:for|to|that|not|on)|assume (?:for|to|the contrary|not|on)|probabilit\w*|digits?)\b/i;

/** Whether words of a text may restrict letters to where an inequality holds. */
export function mayRestrict(text: string): boolean {
  return RESTRICTIONS.test(text);
}
