import { type DeclaredEnvironments, NOTHING_DECLARED } from "./declarations.js";
import { latexBlocks } from "./latex/blocks.js";
import { environmentTable } from "./latex/environments.js";
import { lex } from "./latex/lex.js";
import type { Lexed } from "./latex/tokens.js";
import { looseProofsOf } from "./loose-proofs.js";
import { parseMarkdown } from "./markdown/parse.js";
import { mathStyle } from "./math-style.js";
import { type Paired, paired } from "./paired.js";
import { type ProofReader, readProof } from "./read-proof.js";
import { statementsOf } from "./statements.js";
import type { Document, StatementKind, Syntax } from "./types.js";

/** What a parse may know from outside the text. */
export interface ParseOptions {
  /** Environment names from a setting, with their kinds. */
  readonly names?: Readonly<Record<string, StatementKind>>;
  /** What the other files of a LaTeX project declare. */
  readonly declared?: DeclaredEnvironments;
}

/** What a text says about theorems and proofs. Pure and total: any text, cut anywhere, gives a document. */
export function parseDocument(text: string, syntax: Syntax, options: ParseOptions = {}): Document {
  const read: ProofReader = (body) => readProof(text, body, syntax);
  if (syntax === "markdown") return readMarkdown(text, options, read);
  const lexed = withDeclared(lex(text), options);
  const blocks = latexBlocks(text, lexed, environmentTable(lexed, options.names ?? {}));
  return readLatex(text, lexed, paired(text, blocks), read);
}

/** The document that a Markdown text is. */
export function readMarkdown(text: string, options: ParseOptions, read: ProofReader): Document {
  const { blocks, ...rest } = parseMarkdown(text, options.names ?? {});
  return { syntax: "markdown", text, ...joined(text, paired(text, blocks), read), ...rest };
}

/** What a scan of LaTeX gave, with the declarations of other files before its own. */
export function withDeclared(lexed: Lexed, options: ParseOptions): Lexed {
  const { theorems, environments } = options.declared ?? NOTHING_DECLARED;
  if (theorems.length === 0 && environments.length === 0) return lexed;
  return {
    ...lexed,
    theorems: [...theorems, ...lexed.theorems],
    environments: [...environments, ...lexed.environments],
  };
}

/** The document that a scan of LaTeX and its blocks give. */
export function readLatex(text: string, lexed: Lexed, paired: Paired, read: ProofReader): Document {
  const { macros, references, directives } = lexed;
  return {
    syntax: "latex",
    text,
    ...joined(text, paired, read),
    macros,
    references,
    directives,
    mathStyle: mathStyle(lexed.math, "\\["),
  };
}

function joined(text: string, paired: Paired, read: ProofReader): Pick<Document, "statements" | "looseProofs"> {
  return { statements: statementsOf(text, paired, read), looseProofs: looseProofsOf(paired, read) };
}
