import type { MathCounts } from "../math-style.js";
import type { Directive, Macro, Reference } from "../types.js";
import type { TheoremDeclaration } from "./definitions.js";
import type { Opening } from "./titles.js";

/** One thing that structure hangs on. `end` is the offset after the token (for `begin` after the closing brace). */
export interface Token {
  readonly type: "begin" | "end" | "label" | "section" | "head" | "qed" | "proof" | "endproof";
  /** Environment, label, section title or head text; with its star. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Depth of a section, 1 (`\part`) to 7 (`\subparagraph`); else 0. */
  readonly level: number;
  /** What is known of the text just after it; goes along when text before it changes. */
  readonly memory: TokenMemory;
}

/** What is remembered of the text after a token, at offsets from the token's end. */
interface TokenMemory {
  /** The arguments of an environment, and the use of it that they were read for. */
  opening: { readonly use: unknown; readonly opening: Opening } | null;
}

/** An environment that the document defines: the text with which its begin part is typeset. */
export interface EnvironmentDefinition {
  readonly name: string;
  readonly begin: string;
  /** A letter for each argument: `m` in braces, `o` in brackets. */
  readonly parameters: string;
}

/** What one pass over LaTeX text gives: all that the block layer and the prompt need, in order of offsets. */
export interface Lexed {
  readonly tokens: readonly Token[];
  /** How many environments of the exercise family begin, which tells what `ex` means. */
  readonly exercises: number;
  readonly theorems: readonly TheoremDeclaration[];
  readonly environments: readonly EnvironmentDefinition[];
  readonly macros: readonly Macro[];
  readonly references: readonly Reference[];
  readonly directives: readonly Directive[];
  /** Where the text ends for TeX: at `\end{document}` or `\endinput`, else the length. */
  readonly end: number;
  /** How often each delimiter opens. */
  readonly math: MathCounts;
}
