import type { LatexPackages } from "./plain-latex.js";

/** The tokens of a formula: commands, single characters (code points), white space. Their texts add up to the formula. */
export function formulaTokens(tex: string): string[] {
  return tex.match(/\\@[a-zA-Z@]*|\\[a-zA-Z]+|\\[\s\S]?|\s+|[\s\S]/gu) ?? [];
}

/** A formula that can't be made to compile: unbalanced braces, a command without its argument, an unknown environment. */
export class BrokenFormula extends Error {}

/** A formula whose `\left` and `\right` don't pair, or enclose a column or row break: it is read again without them. */
export class UnpairedDelimiters extends Error {}

/** A `\tag` of the model: what it prints, as LaTeX text, and what a reference to it looks like. */
export interface Tag {
  /** What stands between the parentheses, or all of it if `starred`. */
  readonly text: string;
  readonly starred: boolean;
  /** The name by which the proof refers to it: `1'`, `*_2`; see `tagKey`. */
  readonly key: string;
}

/** A part of a formula that has been read. `out` is LaTeX. */
export interface Piece {
  readonly kind: "atom" | "operator" | "space" | "cell" | "row" | "infix" | "tag" | "environment";
  readonly out: string;
  /** For an environment: its name in the output, its body, and the most cells in one of its rows. */
  readonly environment?: { readonly name: string; readonly body: string; readonly cells: number };
}

/** Stands for tag number `index` in LaTeX that is not finished. */
export const tagMark = (index: number): string => `\uE003${index}\uE004`;

/** Finds tag marks. */
export const tagMarks = (): RegExp => /[ \t]*\uE003(\d+)\uE004/g;

/** Joins LaTeX parts so that no command runs into a letter that follows it. */
export function glue(parts: readonly string[]): string {
  let out = "";
  for (const part of parts) out += /\\[a-zA-Z]+$/.test(out) && /^[a-zA-Z]/.test(part) ? ` ${part}` : part;
  return out;
}

/** The LaTeX of pieces in one group; `a \over b` becomes a fraction. */
export function finish(pieces: readonly Piece[], packages: LatexPackages): string {
  const infix = pieces.findIndex(({ kind }) => kind === "infix");
  if (infix < 0) return glue(pieces.map(({ out }) => out)).replace(/\n\s*\n/g, "\n");
  const above = finish(pieces.slice(0, infix), packages).trim();
  const below = finish(pieces.slice(infix + 1), packages).trim();
  const name = pieces[infix]!.out;
  if (name === "over") return `\\frac{${above}}{${below}}`;
  if (!packages.amsmath) return `{${above} \\${name} ${below}}`;
  return `${name === "choose" ? "\\binom" : "\\genfrac{}{}{0pt}{}"}{${above}}{${below}}`;
}

/** The name by which a tag is looked up: without spaces and dollars, with stars, primes and indices in one spelling. */
export function tagKey(text: string): string {
  return text
    .replace(/\\(?:ast|star)(?![a-zA-Z])|∗|⋆/g, "*")
    .replace(/\\prime(?![a-zA-Z])|\^\{?\\prime\}?|[′’]/g, "'")
    .replace(/\\(?:dagger|dag)(?![a-zA-Z])/g, "†")
    .replace(/\\(?:ddagger|ddag)(?![a-zA-Z])/g, "‡")
    .replace(/\\[()]|[\s${}\\]/g, "")
    .normalize("NFKD")
    .replace(/_/g, "");
}
