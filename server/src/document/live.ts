import { changeBetween, type TextChange } from "./changes.js";
import type { Scan } from "./latex/checkpoints.js";
import { type EnvironmentTable, environmentTable, hasExercises } from "./latex/environments.js";
import { scan } from "./latex/lex.js";
import { rescan } from "./latex/rescan.js";
import { type ParseOptions, readLatex, readMarkdown, withDeclared } from "./parse.js";
import { ProofMemory } from "./proof-memory.js";
import type { Document, Syntax } from "./types.js";

/** A document that is being typed: a value, from which the next one is read at little cost. */
export interface LiveDocument {
  /** Equal, field for field, to what `parseDocument` gives for its text. */
  readonly document: Document;
  /** The document of a text that differs from this one's by an edit, or by anything else. */
  read(text: string): LiveDocument;
}

/** Reads a text in such a way that what it becomes by an edit is read at little cost. Pure and total. */
export function openDocument(text: string, syntax: Syntax, options: ParseOptions = {}): LiveDocument {
  const memory = ProofMemory.empty(text, syntax);
  return syntax === "latex" ? latex(text, scan(text), null, options, memory) : markdown(text, options, memory);
}

function markdown(text: string, options: ParseOptions, memory: ProofMemory): LiveDocument {
  const document = readMarkdown(text, options, memory.read);
  return {
    document,
    read: (next) => {
      const change = changeBetween(text, next);
      return change ? markdown(next, options, memory.after(next, change)) : markdown(next, options, memory);
    },
  };
}

/** The environments of a text, for as long as it declares the same. */
interface KnownTable {
  readonly theorems: Scan["lexed"]["theorems"];
  readonly environments: Scan["lexed"]["environments"];
  readonly exercises: boolean;
  readonly table: EnvironmentTable;
}

function latex(
  text: string,
  scanned: Scan,
  before: KnownTable | null,
  options: ParseOptions,
  memory: ProofMemory,
): LiveDocument {
  const lexed = withDeclared(scanned.lexed, options);
  const { theorems, environments } = scanned.lexed;
  const exercises = hasExercises(lexed);
  const known =
    before?.theorems === theorems && before.environments === environments && before.exercises === exercises
      ? before
      : { theorems, environments, exercises, table: environmentTable(lexed, options.names ?? {}) };
  const document = readLatex(text, lexed, known.table, memory.read);
  return {
    document,
    read: (next) => {
      const change: TextChange | null = changeBetween(text, next);
      if (!change) return latex(next, scanned, known, options, memory);
      return latex(next, rescan(scanned, next, change), known, options, memory.after(next, change));
    },
  };
}
