/**
 * The document model: what a text says about theorems and proofs, as plain data.
 *
 * Invariant: `document/` is pure and total. Any text, cut anywhere, gives a `Document` and never throws.
 * All offsets are UTF-16 code units into the text as it is; all ranges are half-open.
 */

/** A half-open range `[start, end)` of UTF-16 offsets. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** The two families of markup that are understood. Quarto and MyST are Markdown here. */
export type Syntax = "latex" | "markdown";

/** Canonical kinds. `name` of a {@link Statement} keeps what the author wrote (`thm`, `Satz`, `{prf:lemma}` → `lemma`). */
export const STATEMENT_KINDS = [
  "theorem",
  "lemma",
  "proposition",
  "corollary",
  "claim",
  "fact",
  "observation",
  "conjecture",
  "problem",
  "exercise",
  "question",
  "definition",
  "notation",
  "axiom",
  "assumption",
  "property",
  "criterion",
  "algorithm",
  "example",
  "remark",
  "note",
  "solution",
  "other",
] as const;

/** One of {@link STATEMENT_KINDS}. */
export type StatementKind = (typeof STATEMENT_KINDS)[number];

/**
 * How a block is written: a LaTeX environment, a Pandoc/Quarto fenced div, a MyST directive, an Obsidian callout, or a
 * bold or italic run-in head.
 */
export type Markup = "environment" | "div" | "directive" | "callout" | "run-in";

/** A theorem-like block. */
export interface Statement extends TextRange {
  readonly kind: StatementKind;
  /** The environment, class, directive or head as written, without a star: `thm`, `theorem`, `Theorem`. */
  readonly name: string;
  /** The title as written, without its brackets; null if there is none. */
  readonly title: string | null;
  /** The label or id, without `#` or `^`; null if there is none. */
  readonly label: string | null;
  /** What is asserted: the text between the head and the end of the block. */
  readonly body: TextRange;
  readonly markup: Markup;
  /** False for definitions, remarks, examples, exercises and the like, which are listed but not offered for proof. */
  readonly provable: boolean;
  /** Whether the author asks for a proof here: provable, and without a proof or with a hole in it. */
  readonly hole: boolean;
  /** The places that ask, in order of their offsets; empty exactly if `hole` is false. */
  readonly holes: readonly Hole[];
  readonly proof: Proof | null;
  /** Second proofs and further solutions, in order; holes in them are not the author's asking. */
  readonly otherProofs: readonly Proof[];
}

/**
 * Why a place asks for a proof: no proof at all (an empty range where one would go), an empty proof, a `\todo{…}`, a
 * marker (`\qedhole`, `sorry`, `% qed: prove`), or words such as "proof omitted" and "left to the reader".
 */
export type HoleKind = "missing" | "empty" | "todo" | "marker" | "omitted";

/** A place that asks for a proof. */
export interface Hole extends TextRange {
  readonly kind: HoleKind;
}

/** A proof, from the opening of its block to the end of it. */
export interface Proof extends TextRange {
  /** The argument itself, without head, end and, for run-in proofs, without the closing ∎. */
  readonly body: TextRange;
  readonly title: string | null;
  readonly markup: Markup;
  /** False if the block was not closed (half-typed); it then ends where the next thing must begin. */
  readonly closed: boolean;
  readonly steps: readonly Step[];
}

/** A proof of something that is not in this text: its statement stands in another file, or nowhere. */
export interface LooseProof extends Proof {
  /** Labels of what it proves, as its title, the heading or the sentence above it cites them; often none. */
  readonly labels: readonly string[];
  /** The places in it that ask for a proof. */
  readonly holes: readonly Hole[];
}

/** A hash of a step's content, white space normalised. Verdicts hang on it. */
export type StepHash = string;

/** One step of a proof: an exact range that carries its display mathematics. */
export interface Step extends TextRange {
  readonly hash: StepHash;
  /**
   * The step within its proof: its hash, with `.2`, `.3` … where the same words come again. Edits elsewhere leave it as
   * it is; an edit of the step itself makes another one.
   */
  readonly id: string;
}

/** A macro declaration: `\newcommand`, `\def`, `\DeclareMathOperator`, … */
export interface Macro extends TextRange {
  /** With its backslash: `\RR`. */
  readonly name: string;
  /** The declaration as written, one line or many. */
  readonly declaration: string;
  /** Number of arguments, 0 to 9. */
  readonly arguments: number;
  /** What it stands for, with `#1` … `#9`. */
  readonly body: string;
}

/** A reference to one or more labels: `\ref{a}`, `\cref{a,b}`, `{prf:ref}`, `@thm-a`, `[[#^a]]`. */
export interface Reference extends TextRange {
  readonly labels: readonly string[];
}

/** A `% qed: verb text` or `<!-- qed: verb text -->` directive. */
export interface Directive extends TextRange {
  /** As written; empty if none is. */
  readonly verb: string;
  readonly text: string;
  /** Both are empty where nothing is written. */
  readonly verbRange: TextRange;
  readonly textRange: TextRange;
  /** What is wrong with it, in one sentence that says what to do; null if nothing is. */
  readonly error: string | null;
}

/** How an author writes inline and display mathematics. */
export interface MathStyle {
  readonly inline: "$" | "\\(";
  readonly display: "$$" | "\\[";
}

/** What a text says about theorems and proofs. */
export interface Document {
  readonly syntax: Syntax;
  readonly text: string;
  /** In order of `start`; nested statements come after the one that holds them. */
  readonly statements: readonly Statement[];
  /** Proofs that prove something which is not here, in order of `start`; a proof that proves that too is also its. */
  readonly looseProofs: readonly LooseProof[];
  readonly macros: readonly Macro[];
  readonly references: readonly Reference[];
  readonly directives: readonly Directive[];
  /** The delimiters that this text uses most; `$` and (`\[` in LaTeX, `$$` in Markdown) if it uses none. */
  readonly mathStyle: MathStyle;
}
