import type { Block } from "./blocks.js";
import { type DeclaredEnvironments, NOTHING_DECLARED } from "./declarations.js";
import { latexBlocks } from "./latex/blocks.js";
import { lex } from "./latex/lex.js";
import { looseProofsOf } from "./loose-proofs.js";
import { parseMarkdown } from "./markdown/parse.js";
import { mathStyle } from "./math-style.js";
import { pair } from "./pairing.js";
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
  const names = options.names ?? {};
  if (syntax === "markdown") {
    const { blocks, ...rest } = parseMarkdown(text, names);
    return { syntax, text, ...joined(text, syntax, blocks), ...rest };
  }
  const lexed = lex(text);
  const { theorems, environments } = options.declared ?? NOTHING_DECLARED;
  const known = {
    ...lexed,
    theorems: [...theorems, ...lexed.theorems],
    environments: [...environments, ...lexed.environments],
  };
  return {
    syntax,
    text,
    ...joined(text, syntax, latexBlocks(text, known, names)),
    macros: lexed.macros,
    references: lexed.references,
    directives: lexed.directives,
    mathStyle: mathStyle(lexed.math, "\\["),
  };
}

function joined(text: string, syntax: Syntax, blocks: readonly Block[]): Pick<Document, "statements" | "looseProofs"> {
  const pairs = pair(text, blocks);
  return {
    statements: statementsOf(text, syntax, blocks, pairs),
    looseProofs: looseProofsOf(text, syntax, blocks, pairs),
  };
}
