import { plainText } from "../document/body.js";
import type { Document, Macro, Reference, Statement, TextRange } from "../document/types.js";
import { withAvoided } from "./different.js";

/** The instruction that QED-Nano and QED-Nano-SFT were trained with (model card: one user message, no system prompt). */
const INSTRUCTION = "Generate a rigorous proof to the following question:\n\n";

/** What the model is asked for a statement. */
export interface ProvePrompt {
  /** The user message. */
  readonly message: string;
  /** What the author has written of the proof: the beginning of the answer, empty if there is nothing. */
  readonly prefix: string;
}

/** A statement with the document that holds it. */
interface CitedStatement {
  readonly document: Document;
  readonly statement: Statement;
}

/** What other files declare and state for a document. */
export interface PromptContext {
  /** The macros that hold here; by default those of the document itself. */
  readonly macros?: readonly Macro[];
  /** The statement of another file that has this label, or null. */
  readonly cited?: (label: string) => CitedStatement | null;
  /** Approaches that the proof is not to take, each in a line. */
  readonly avoid?: readonly string[];
}

/** The part of a statement's proof that stands before its first hole, or all of it; null without a proof. */
export function writtenRange(statement: Statement): TextRange | null {
  const body = statement.proof?.body;
  if (!body) return null;
  const hole = statement.holes.find(({ start, end }) => start >= body.start && end <= body.end);
  return { start: body.start, end: hole ? hole.start : body.end };
}

/**
 * The question for a statement, with what it needs to be understood: the macros it uses, the statements it cites, and
 * the author's own `qed: given` and `qed: hint` lines. A statement that needs none of it is asked as it stands.
 * Of the statements that it cites, those of its own document come first.
 */
export function provePrompt(
  document: Document,
  statement: Statement,
  { macros: known = document.macros, cited: elsewhere = () => null, avoid = [] }: PromptContext = {},
): ProvePrompt {
  const question = plainText(document, statement.body);
  const written = writtenRange(statement);
  const prefix = written ? plainText(document, written) : "";
  const scope: TextRange[] = [statement, ...(written ? [written] : [])];
  const cited = citedStatements(document, statement, scope, elsewhere).map((other) =>
    citation(other.document, other.statement),
  );
  const said = (verb: string) =>
    document.directives
      .filter((directive) => directive.verb === verb && directive.text !== "" && belongsTo(directive, statement))
      .map((directive) => directive.text);
  const given = said("given");
  const hints = said("hint");
  const macros = usedMacros(known, [question, prefix, ...cited, ...given, ...hints].join("\n"));

  const context = [
    section("These macros are used:", macros.map((macro) => macro.declaration.trim()).join("\n")),
    section("These statements may be used without proof:", cited.join("\n\n")),
    section("Assume moreover:", given.join("\n")),
    section("Hint:", hints.join("\n")),
  ].filter((part) => part !== "");
  const asked = context.length === 0 ? question : [...context, section("Prove this:", question)].join("\n\n");
  const begun = prefix === "" ? "" : `\n\nThe proof begins with these words, continue from there:\n${prefix}`;
  return { message: INSTRUCTION + withAvoided(asked, avoid) + begun, prefix };
}

function section(head: string, text: string): string {
  return text === "" ? "" : `${head}\n${text}`;
}

function belongsTo(range: TextRange, statement: Statement): boolean {
  return [statement, statement.proof].some((block) => block && range.start >= block.start && range.end <= block.end);
}

/** The statements that are cited in `scope`, each once: those of the document in its order, then those of others. */
function citedStatements(
  document: Document,
  statement: Statement,
  scope: readonly TextRange[],
  elsewhere: (label: string) => CitedStatement | null,
): CitedStatement[] {
  const inScope = ({ start, end }: Reference) => scope.some((range) => start >= range.start && end <= range.end);
  const labels = new Set(document.references.filter(inScope).flatMap((reference) => reference.labels));
  const here = document.statements.filter(({ label }) => label !== null && labels.has(label));
  for (const { label } of here) labels.delete(label!);
  const others = new Map<Statement, CitedStatement>();
  for (const label of labels) {
    const found = elsewhere(label);
    if (found) others.set(found.statement, found);
  }
  return [
    ...here.filter((other) => other !== statement).map((other) => ({ document, statement: other })),
    ...others.values(),
  ];
}

function citation(document: Document, statement: Statement): string {
  const kind = statement.kind === "other" ? statement.name : statement.kind;
  const title = statement.title === null ? "" : ` (${statement.title})`;
  const label = statement.label === null ? "" : ` [${statement.label}]`;
  return `${kind[0]?.toUpperCase()}${kind.slice(1)}${title}${label}. ${plainText(document, statement.body)}`;
}

/** The macros that `text` uses, directly or through others, in the order of their declaration; a later one wins. */
function usedMacros(macros: readonly Macro[], text: string): Macro[] {
  const byName = new Map(macros.map((macro) => [macro.name, macro]));
  const used = new Set<Macro>();
  const visit = (tex: string) => {
    for (const [name] of tex.matchAll(/\\(?:[A-Za-z@]+|[^A-Za-z@])/g)) {
      const macro = byName.get(name);
      if (macro && !used.has(macro)) {
        used.add(macro);
        visit(macro.body);
      }
    }
  };
  visit(text);
  return macros.filter((macro) => used.has(macro));
}
