import { latexBlocks } from "./latex/blocks.js";
import { lex } from "./latex/lex.js";
import { parseMarkdown } from "./markdown/parse.js";
import { mathStyle } from "./math-style.js";
import { statementsOf } from "./statements.js";
import type { Document, StatementKind, Syntax } from "./types.js";

/** What a parse may know from outside the text. */
export interface ParseOptions {
  /** Environment names from a setting or from other files of the project, with their kinds. */
  readonly names?: Readonly<Record<string, StatementKind>>;
}

/** What a text says about theorems and proofs. Pure and total: any text, cut anywhere, gives a document. */
export function parseDocument(text: string, syntax: Syntax, options: ParseOptions = {}): Document {
  const names = options.names ?? {};
  if (syntax === "markdown") {
    const { blocks, ...rest } = parseMarkdown(text, names);
    return { syntax, text, statements: statementsOf(text, syntax, blocks), ...rest };
  }
  const lexed = lex(text);
  return {
    syntax,
    text,
    statements: statementsOf(text, syntax, latexBlocks(text, lexed, names)),
    macros: lexed.macros,
    references: lexed.references,
    directives: lexed.directives,
    mathStyle: mathStyle(lexed.math, "\\["),
  };
}
