import { changeBetween, type TextChange } from "./changes.js";
import { type BlockReading, readBlocks } from "./latex/blocks.js";
import type { Scan } from "./latex/checkpoints.js";
import { environmentTable } from "./latex/environments.js";
import { scan } from "./latex/lex.js";
import { rescan } from "./latex/rescan.js";
import type { Lexed } from "./latex/tokens.js";
import { type Paired, paired, pairedAgain } from "./paired.js";
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
  return syntax === "latex" ? latex(text, options) : markdown(text, options, ProofMemory.empty(text, syntax));
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

/** A LaTeX text as it was read. */
interface LatexReading {
  readonly text: string;
  readonly scan: Scan;
  /** The scan with the declarations of other files before its own. */
  readonly lexed: Lexed;
  readonly blocks: BlockReading;
  readonly paired: Paired;
}

function latex(text: string, options: ParseOptions): LiveDocument {
  const scanned = scan(text);
  const lexed = withDeclared(scanned.lexed, options);
  const blocks = readBlocks(text, lexed, environmentTable(lexed, options.names ?? {}), null, null);
  return liveLatex(
    { text, scan: scanned, lexed, blocks, paired: paired(text, blocks.blocks) },
    options,
    ProofMemory.empty(text, "latex"),
  );
}

function liveLatex(reading: LatexReading, options: ParseOptions, memory: ProofMemory): LiveDocument {
  const { text, lexed } = reading;
  const live: LiveDocument = {
    document: readLatex(text, lexed, reading.paired, memory.read),
    read: (next) => {
      const change = changeBetween(text, next);
      return change ? liveLatex(changed(reading, next, change, options), options, memory.after(next, change)) : live;
    },
  };
  return live;
}

function changed(before: LatexReading, text: string, change: TextChange, options: ParseOptions): LatexReading {
  const { scan, kept } = rescan(before.scan, text, change);
  const { theorems, environments, exercises } = scan.lexed;
  const was = before.scan.lexed;
  const declaresTheSame =
    theorems === was.theorems && environments === was.environments && exercises > 0 === was.exercises > 0;
  const lexed = declaresTheSame
    ? { ...scan.lexed, theorems: before.lexed.theorems, environments: before.lexed.environments }
    : withDeclared(scan.lexed, options);
  const table = declaresTheSame ? before.blocks.table : environmentTable(lexed, options.names ?? {});
  const blocks = readBlocks(text, lexed, table, before.blocks, kept);
  return { text, scan, lexed, blocks, paired: pairedAgain(text, blocks.blocks, before.paired, change) };
}
